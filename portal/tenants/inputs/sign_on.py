"""The forms of a council's identity providers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectField, StringField, TextAreaField

from portal.auth.providers import Provider
from portal.kernel.language import Text, say
from portal.tenants.inputs import Seen
from portal.tenants.reading import Found
from portal.web.fields import FieldView, choices, from_form
from portal.web.inputs import Choice, longest, needed

NAME_LONGEST: Final = 120
SECRET_LONGEST: Final = 1_000
_KEY_LONGEST: Final = 40
# Whoever is in several groups gets the role that stands first here, and on the page.
ROLES: Final = ("council_admin", "practice_manager", "form_designer", "screener", "early_help_worker")
_FIELDS: Final = {
    "name": "name_en", "issuer": "issuer", "client_id": "client_id", "hosts": "hosts", "agency": "agency",
    "second_step": "values", "key": "name_en",
}  # fmt: skip


class ProviderInput(Seen):
    """What is said of a provider; the names are asked in each of the council's languages."""

    name_en = StringField(_l("Name of the organisation in English"), description=_l("On the button: Sign in with …"))
    name_cy = StringField(_l("Name of the organisation in Welsh"), description=_l("On the button: Sign in with …"))
    issuer = StringField(
        _l("Issuer"),
        [needed(_l("Enter the issuer"))],
        description=_l(
            "The https address that the provider gives as its own, written exactly as it does. It cannot be changed"
            " later: another issuer is another provider."
        ),
        render_kw={"autocomplete": "off"},
    )
    client_id = StringField(
        _l("Client ID"),
        [needed(_l("Enter the client ID"))],
        description=_l("How the provider knows this portal."),
        render_kw={"autocomplete": "off"},
    )
    agency = SelectField(_l("Whose people does it sign in?"), validate_choice=False)
    hosts = TextAreaField(
        _l("Other hosts that the provider uses (optional)"),
        description=_l("One on each line, such as login.example.org. The check tells you which are missing."),
    )
    second_step = Choice(
        _l("How do you know that it asks for two factors?"),
        message=_l("Select how you know that it asks for two factors"),
        choices=[
            ("said", _l("Its answer says so each time")),
            ("trusted", _l("It does not say so, but its owner has assured us that it always asks for two")),
        ],
    )
    values = StringField(
        _l("Which values of amr or acr say so?"),
        description=_l("Separated by commas, such as mfa"),
        render_kw={"autocomplete": "off"},
    )
    role_claim = StringField(
        _l("Claim with the groups of a person (optional)"),
        description=_l(
            "Such as groups. Only for the council’s own people: at each sign-in their role becomes what their groups"
            " say. Without a claim, roles are given in the portal."
        ),
        render_kw={"autocomplete": "off"},
    )
    council_admin = TextAreaField(_l("Groups whose people are administrators (optional)"))
    practice_manager = TextAreaField(_l("Groups whose people are practice managers (optional)"))
    form_designer = TextAreaField(_l("Groups whose people design forms (optional)"))
    screener = TextAreaField(
        _l("Groups whose people are screeners (optional)"),
        description=_l("One group on each line, in every box. In several groups, the box that stands first counts."),
    )
    early_help_worker = TextAreaField(_l("Groups whose people work in early help (optional)"))

    def prepare(self, languages: Sequence[str], agencies: Mapping[str, Text], language: str, *, new: bool) -> None:
        """Ask the names that the council has, offer its agencies, and the issuer of a new provider only."""
        for code, name in (("en", self.name_en), ("cy", self.name_cy)):
            if code not in languages:
                del self[name.name]
        if not new:
            del self.issuer
        named = sorted((say(name, language), key) for key, name in agencies.items())
        self.agency.choices = choices([("", _("The council’s own people")), *((key, name) for name, key in named)])

    def validate(self, extra_validators: Any = None) -> bool:
        """What one field alone cannot know."""
        good = super().validate(extra_validators)
        for name in self._names():
            text = str(self[name].data or "")
            if not text:
                self.refuse(name, _("Enter the name in English") if name == "name_en" else _("Enter the name in Welsh"))
            elif len(text) > NAME_LONGEST:
                self.refuse(name, _("The name must be %(limit)s characters or fewer", limit=NAME_LONGEST))
        if self.second_step.data == "said" and not self._values():
            self.refuse("values", _("Enter the values, such as mfa"))
        self._check_groups()
        offered: Any = self.agency.choices
        if self.agency.data not in {str(value) for value, *_rest in offered}:
            self.refuse("agency", _("Select whose people it signs in"))
        return good and not any(item.errors for item in self)

    def _check_groups(self) -> None:
        given = [group for role in ROLES for group in _lines(self[role].data)]
        claim = str(self.role_claim.data or "")
        if self.agency.data and (given or claim):
            says = _("Leave this and the groups empty: an agency’s people get no role of the council")
            self.refuse("role_claim", says)
        elif given and not claim:
            self.refuse("role_claim", _("Enter the claim that has the groups, such as groups"))
        elif claim and not given:
            self.refuse("council_admin", _("Enter at least one group in one of the boxes, or no claim"))
        for role in ROLES:
            if any(given.count(group) > 1 for group in _lines(self[role].data)):
                self.refuse(role, _("Enter each group once, in one of the boxes"))

    def _names(self) -> list[str]:
        return [name for name in ("name_en", "name_cy") if name in self]

    def _values(self) -> list[str]:
        return [one.strip() for one in str(self.values.data or "").split(",") if one.strip()]

    def said(self) -> dict[str, Any]:
        """The provider as a council's settings write it, without its key."""
        give = [{"group": group, "role": role} for role in ROLES for group in _lines(self[role].data)]
        return {
            "name": {name[-2:]: str(self[name].data) for name in self._names()},
            **({"issuer": str(self.issuer.data)} if "issuer" in self else {}),
            "client_id": str(self.client_id.data),
            "agency": str(self.agency.data or ""),
            "hosts": _lines(self.hosts.data),
            "second_step": ["trusted"] if self.second_step.data == "trusted" else self._values(),
            "roles": {"claim": str(self.role_claim.data), "give": give} if give else {},
        }

    def refuse_all(self, mistakes: Iterable[Found]) -> None:
        """Put what the reader of the settings refused beside the fields that it is about."""
        words = {
            "name_en": _("Enter the name, up to 120 characters"),
            "issuer": _("Enter the https address of a provider that is not in the list yet"),
            "client_id": _("Enter the client ID: letters, digits and signs without spaces"),
            "hosts": _("Enter host names in lower case, one on each line, such as login.example.org"),
            "agency": _("Select whose people it signs in"),
            "values": _("Enter values without spaces, separated by commas, such as mfa"),
            "role_claim": _("Enter the claim and the groups as the provider writes them"),
        }
        for mistake in mistakes:
            # A mistake of the whole entry is that it is there twice.
            about = str((*mistake.place, "issuer", "issuer")[2])
            field = _FIELDS.get(about, "role_claim")
            field = field if field in self else "client_id"
            if not self[field].errors:
                self.refuse(field, words[field])

    def views(self) -> list[FieldView]:
        """The fields as the page draws them: the values of two factors beneath their choice."""
        found = from_form(self)
        values = found.pop("values")
        options = tuple(
            replace(one, children=(values,)) if one.value == "said" else one for one in found["second_step"].options
        )
        found["second_step"] = replace(found["second_step"], options=options)
        return list(found.values())


def values_of(provider: Provider) -> dict[str, Any]:
    """What the form says of a provider before anybody types."""
    groups = {role: "\n".join(g for g, given in provider.roles.items() if given == role) for role in ROLES}
    return {
        **{f"name_{code}": name for code, name in provider.name.items()},
        "client_id": provider.client_id,
        "agency": provider.agency,
        "hosts": "\n".join(provider.hosts),
        "second_step": "trusted" if provider.trusted else "said",
        "values": "" if provider.trusted else ", ".join(provider.second_step),
        "role_claim": provider.role_claim,
        **groups,
    }


def key_for(name: str, taken: Collection[str]) -> str:
    """A key for a new provider, from its name: it stands in the addresses that the provider sends people back to."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_KEY_LONGEST].strip("-")
    made = made if made[:1].isalpha() else f"provider-{made}".strip("-")
    number, found = 2, made
    while found in taken:
        number, found = number + 1, f"{made}-{number}"
    return found


def _lines(text: Any) -> list[str]:
    return [line.strip() for line in str(text or "").splitlines() if line.strip()]


class SecretInput(Seen):
    """Our secret for a provider; taken exactly as it is, and never shown again."""

    secret = PasswordField(
        _l("Client secret"),
        [
            needed(_l("Enter the client secret")),
            longest(SECRET_LONGEST, _l("The secret must be %(limit)s characters or fewer", limit=SECRET_LONGEST)),
        ],
        description=_l("As the provider gave it to you. It is kept sealed, and nobody can read it here again."),
        render_kw={"autocomplete": "off"},
    )
