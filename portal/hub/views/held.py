"""Looking at what is held in the hub, and showing it to partners with a reason."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.audit import events
from portal.audit.events import Event
from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.hub import commands, words
from portal.hub.inputs import ReleaseInput
from portal.hub.queries.held import find_held
from portal.hub.sides import COUNCIL
from portal.hub.views.blueprint import blueprint
from portal.hub.views.files import with_files
from portal.kernel.errors import Conflict, Invalid
from portal.referrals.queries.record import Found, find
from portal.referrals.wording import Wording
from portal.web.fields import FieldView, OptionView, from_form

UNPROCESSABLE, CONFLICT = 422, 409


@blueprint.get("/screening/<reference>/hub/held/<uuid:message_id>")
@page(Permission.ASK)
def held(reference: str, message_id: UUID) -> ResponseReturnValue:
    """The message with its files, what it gives away, and the form of whoever shows it to partners."""
    return _page(find(guard.actor(), Permission.ASK, reference), message_id, ReleaseInput(formdata=None))


@blueprint.post("/screening/<reference>/hub/held/<uuid:message_id>")
@page(Permission.ASK)
def release(reference: str, message_id: UUID) -> ResponseReturnValue:
    """Show it to them."""
    actor, form = guard.actor(), ReleaseInput()
    found = find(actor, Permission.ASK, reference)
    if not form.validate_on_submit():
        return _page(found, message_id, form), UNPROCESSABLE
    try:
        commands.release(actor, found, message_id, str(form.why.data), str(form.confirmed.data or ""))
    except Invalid as error:
        says = {"confirmed": _("Confirm that you have looked at it")}
        for name in error.errors:
            form.refuse(name, says.get(name) or _("Enter text that can be read, and not too much of it"))
        return _page(found, message_id, form), UNPROCESSABLE
    except Conflict:
        return _page(found, message_id, form, conflict=True), CONFLICT
    flash(_("The partners in the hub read it now"), "success")
    return redirect(url_for(".council", reference=found.reference, _anchor=f"message-{message_id}"), 303)


def _page(found: Found, message_id: UUID, form: ReleaseInput, *, conflict: bool = False) -> str:
    actor = guard.actor()
    record = events.record_apart if request.method == "POST" else events.record
    record(Event.REFERRAL_READ, found.id, part="hub")
    room, one = find_held(actor, found, message_id)
    views = from_form(form)
    box = FieldView(
        "checkboxes",
        "confirmed",
        _("Have you looked at it?"),
        error=views["confirmed"].error,
        options=(OptionView(one.mark, _("I have checked it: the partners in the hub may read this")),),
    )
    shown = {"why": views["why"], "confirmed": box}
    return render_template(
        "hub/held.html",
        found=found,
        wording=Wording(found.form_key),
        one=one,
        entries=with_files(words.entries([one.said], actor.account_id), room, COUNCIL, "hub.councils_file"),
        given=[kept.words for kept in one.given],
        writes=not found.reads_only(actor) and found.sight is None,
        restricted=found.sight is not None,
        views=shown,
        wrong=[*shown.values()],
        conflict=conflict,
    )
