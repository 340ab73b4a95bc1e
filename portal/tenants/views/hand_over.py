"""How a council's case system and the portal prove themselves to each other, and whether a parcel would reach it."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.adapters import ports, ssh_keys
from portal.adapters.signing import COLLECT
from portal.auth.guard import actor, page
from portal.auth.policy import Permission
from portal.auth.views.blueprint import limited
from portal.auth.views.signed_in import recently
from portal.kernel import scope
from portal.kernel.digits import whole
from portal.kernel.errors import Conflict, NotFound
from portal.tenants.commands import hand_over as commands
from portal.tenants.commands import own_settings as settings_commands
from portal.tenants.handover_settings import Handover
from portal.tenants.queries import hand_over as queries
from portal.tenants.queries import own_settings
from portal.tenants.settings import SettingsMistakes, parse_council
from portal.tenants.views.blueprint import tenants
from portal.web.posted import only_language

CONFLICT = 409


@tenants.get("/council/hand-over/connection")
@page(Permission.COUNCIL)
@recently
def case_system() -> ResponseReturnValue:
    """The keys and secrets, and the way to try them."""
    return _draw()


@tenants.post("/council/hand-over/connection")
@page(Permission.COUNCIL)
@limited("case-system", network="60 per hour")
@recently
def case_system_changed() -> ResponseReturnValue:
    """Make a key or a secret, end one, read and confirm the server's key, or try the connection."""
    step = _STEPS.get(request.form.get("do", ""))
    if step is None or only_language():
        raise NotFound("no such step")
    return step()


def _make() -> ResponseReturnValue:
    try:
        commands.make_key(actor())
    except Conflict:
        return _draw("two"), CONFLICT
    return _done(_("Made. Give the public key to whoever runs the server."))


def _make_secret() -> ResponseReturnValue:
    """The page with the secret is the only one that ever shows it."""
    try:
        made = commands.make_secret(actor(), _key())
    except Conflict:
        return _draw("two_secrets"), CONFLICT
    return _draw(secret=made) if made else (_draw("shown"), CONFLICT)


def _end() -> ResponseReturnValue:
    commands.end_key(actor(), _key())
    return _done(_("Ended. It does not count any more."))


def _try() -> ResponseReturnValue:
    return _draw(commands.try_connection(actor(), _settings()))


def _read() -> ResponseReturnValue:
    ended, key = commands.shown_key(actor(), _settings())
    return _draw("" if key else ended, shown=key)


def _confirm() -> ResponseReturnValue:
    """What a person has compared becomes the key of the settings, if those are as they were seen."""
    place, seen = ("hand_over", "sftp", "host_key"), whole(request.form.get("version")) or 0
    key = request.form.get("host-key", "")
    try:
        settings_commands.change(actor(), {place: ssh_keys.host_key(key) or key}, seen)
    except (Conflict, SettingsMistakes):
        return _draw("changed"), CONFLICT
    return _done(_("Kept. Everything goes to the server that has this key, and to no other."))


def _done(said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for(".case_system"), 303)


_STEPS = {
    "make": _make, "make-secret": _make_secret, "end": _end, "try": _try, "read": _read, "confirm": _confirm,
}  # fmt: skip


def _settings() -> Handover:
    return parse_council(own_settings.stored().document).hand_over


def _key() -> UUID:
    try:
        return UUID(request.form.get("key", ""))
    except ValueError:
        raise NotFound("no such key") from None


def _draw(tried: str = "", *, secret: str = "", shown: str = "") -> str:
    stored, council = own_settings.stored(), scope.current().council
    settings = parse_council(stored.document).hand_over
    pinned = settings.sftp.host_key
    secrets = queries.made_keys(queries.PUSH)
    return render_template(
        "tenants/case_system.html",
        settings=settings,
        version=stored.version,
        keys=[(one, ssh_keys.fingerprint(one.public)) for one in queries.made_keys()],
        secrets=secrets,
        secret=secret,
        next_secret=uuid4(),
        collect=ports.address(f"/{council.slug if council else ''}{COLLECT}"),
        fingerprint=ssh_keys.fingerprint(pinned) if pinned else "",
        shown=shown,
        shown_mark=ssh_keys.fingerprint(shown) if shown else "",
        missing=settings.how == queries.PUSH and not secrets,
        said=_words(settings.how).get(tried, ""),
        good=tried == "good",
        most=commands.MOST,
    )


def _words(how: str) -> dict[str, str]:
    own = _push_words() if how == queries.PUSH else {}
    return {**_server_words(), **own}


def _push_words() -> dict[str, str]:
    """What ends otherwise where a receiver is told."""
    return {
        "good": _("It works: your system accepted a test message. It was about no report."),
        "unavailable": _(
            "Your system did not answer in time, or answered with a fault. Try again, or ask whoever runs it."
        ),
        "unauthorised": _("Your system did not accept our signature. Both sides must have the same secret."),
        "no_secret": _("There is no secret yet. Make one first, and give it to whoever runs your system."),
        "not_found": _("There is nothing at this address."),
        "too_large": _("Your system refused it."),
        "other": _("Your system refused it."),
    }  # fmt: skip


def _server_words() -> dict[str, str]:
    """How a step ended, by its code."""
    return {
        "good": _("It works: the portal reached the server, was let in, and could write into the folder."),
        "none": _(
            "Nothing was tried: decisions go to no system by themselves. Choose how in the settings first."
        ),
        "unavailable": _("The server did not answer in time. Try again; if that stays so, ask whoever runs it."),
        "unauthorised": _(
            "The server did not let the portal in, or not into the folder. Check the account, the key and what it may "
            "do."
        ),
        "not_found": _("The folder is not there."),
        "host_key": _(
            "The server shows another key than the one in the settings, or none is set. Nothing was sent. Ask whoever "
            "runs it before you change the key."
        ),
        "no_space": _("The server has no room left."),
        "bad_request": _(
            "The portal may not connect to this address, or the settings are not complete. A private network must be "
            "allowed by the portal’s operator."
        ),
        "too_large": _("The server refused it."),
        "other": _("The server refused it."),
        "no_server": _("There is no file server in the settings yet."),
        "changed": _("The settings have changed meanwhile. Read the key again."),
        "two_secrets": _("There are two secrets already. End the older one first."),
        "shown": _("This secret was made and shown already. If nobody has it, end it and make another."),
        "two": _("There are two keys already. End the older one first."),
    }  # fmt: skip
