"""What the pages of identity providers say: states, what a check found, and what is wrong in words to act on."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.auth.providers import Checked, Provider
from portal.auth.views.account import role_words
from portal.tenants.inputs.sign_on import ROLES


def state(provider: Provider) -> tuple[str, str]:
    """The state in words, and the colour of its tag."""
    return (_("Signs people in"), "green") if provider.in_use else (_("Switched off"), "grey")


def second_step(provider: Provider) -> str:
    """How it is known that two factors were used."""
    if provider.trusted:
        return str(_("Its owner has assured us"))
    return str(_("Its answer says one of: %(values)s", values=", ".join(provider.second_step)))


def roles(provider: Provider) -> list[str]:
    """A line for each role: whom the groups make what."""
    lines = []
    for role in ROLES:
        groups = [group for group, given in provider.roles.items() if given == role]
        if groups:
            lines.append(f"{role_words(role)}: {', '.join(groups)}")
    return lines


def checked(found: Checked) -> list[str]:
    """What the check found, or what is wrong and what to do about it, in sentences."""
    if found.trouble:
        return [_trouble(found)]
    facts = found.facts
    lines = [
        _("It answers, and calls itself by the issuer that you typed."),
        _("People sign in at %(host)s.", host=facts.host),
        ngettext("It has %(num)s key for its signatures.", "It has %(num)s keys for its signatures.", facts.keys),
    ]
    if facts.signs_out:
        lines.append(_("People can sign out there, too."))
    if facts.tells:
        lines.append(_("It tells this portal when somebody signs out there, once you have registered where."))
    return [str(line) for line in lines]


def _trouble(found: Checked) -> str:
    if found.trouble == "address" and found.about:
        return str(
            _(
                "Its description names addresses at %(host)s, which is not in your list. If that host is the"
                " provider’s own, add it to the other hosts and check again.",
                host=found.about,
            )
        )
    says = {
        "unavailable": _(
            "Nobody answers at the issuer’s address, or what answers has no description of a provider."
            " Compare the issuer with what the provider gives as its own, letter by letter."
        ),
        "issuer": _("What answers calls itself by another issuer. Copy the issuer from the provider’s own settings."),
        "address": _("Its description names an address that is not safe: every one must begin with https://."),
        "inside": _("The address leads into a private network, and not to a provider on the internet."),
        "too_large": _("Its answer is far larger than a description of a provider is."),
        "no_json": _("What answers is a page, and no description of a provider. Look at the issuer again."),
        "pkce": _("It does not know PKCE with S256, which this portal needs. Ask the provider to switch it on."),
        "keys": _("It publishes no keys, so its signatures cannot be checked."),
        "algorithms": _("It signs only in ways that this portal does not trust. Ask for RS256 or ES256."),
    }
    return str(says.get(found.trouble, _("Its answer cannot be trusted.")))
