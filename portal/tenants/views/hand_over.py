"""How the portal proves itself to a council's file server, and whether a parcel would reach it."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.adapters import ssh_keys
from portal.auth.guard import actor, page
from portal.auth.policy import Permission
from portal.auth.views.blueprint import limited
from portal.auth.views.signed_in import recently
from portal.kernel.errors import Conflict, NotFound
from portal.tenants.commands import hand_over as commands
from portal.tenants.handover_settings import Handover
from portal.tenants.queries import hand_over as queries
from portal.tenants.queries import own_settings
from portal.tenants.settings import parse_council
from portal.tenants.views.blueprint import tenants
from portal.web.posted import only_language

CONFLICT = 409


@tenants.get("/council/hand-over/connection")
@page(Permission.COUNCIL)
@recently
def case_system() -> ResponseReturnValue:
    """The keys, and the way to try them."""
    return _draw()


@tenants.post("/council/hand-over/connection")
@page(Permission.COUNCIL)
@limited("case-system", network="60 per hour")
@recently
def case_system_changed() -> ResponseReturnValue:
    """Make a key, end one, or try the connection."""
    wanted = request.form.get("do", "")
    if wanted not in ("make", "end", "try") or only_language():
        raise NotFound("no such step")
    if wanted == "try":
        return _draw(commands.try_connection(actor(), _settings()))
    if wanted == "end":
        commands.end_key(actor(), _key())
        flash(_("Ended. The portal does not use this key any more."), "success")
        return redirect(url_for(".case_system"), 303)
    try:
        commands.make_key(actor())
    except Conflict:
        return _draw("two"), CONFLICT
    flash(_("Made. Give the public key to whoever runs the server."), "success")
    return redirect(url_for(".case_system"), 303)


def _settings() -> Handover:
    return parse_council(own_settings.stored().document).hand_over


def _key() -> UUID:
    try:
        return UUID(request.form.get("key", ""))
    except ValueError:
        raise NotFound("no such key") from None


def _draw(tried: str = "") -> str:
    settings = _settings()
    pinned = settings.sftp.host_key
    return render_template(
        "tenants/case_system.html",
        settings=settings,
        keys=[(one, ssh_keys.fingerprint(one.public)) for one in queries.made_keys()],
        fingerprint=ssh_keys.fingerprint(pinned) if pinned else "",
        said=_words().get(tried, ""),
        good=tried == "good",
        most=commands.MOST,
    )


def _words() -> dict[str, str]:
    return {
        "good": _("It works: the portal reached the server, was let in, and could write into the folder."),
        "none": _(
            "Nothing was tried: decisions do not go to a file server. Choose that in the settings first."
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
        "two": _("There are two keys already. End the older one first."),
    }  # fmt: skip
