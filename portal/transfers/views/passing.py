"""What came in after a report was accepted: ticked on the sender's page, and passed on."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from portal.audit import events
from portal.audit.events import Event
from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.referrals.queries.record import Found, find
from portal.transfers import words
from portal.transfers.commands.passing_on import pass_on
from portal.transfers.inputs import LaterInput
from portal.transfers.queries.lately import Later, not_sent
from portal.transfers.queries.since import open_there
from portal.transfers.queries.transfers import One
from portal.transfers.states import ACCEPTED
from portal.transfers.views import sending
from portal.transfers.views.blueprint import blueprint
from portal.web.dates import datetime_words
from portal.web.fields import from_form
from portal.web.inputs import as_uuid

UNPROCESSABLE, CONFLICT = 422, 409


@blueprint.post("/screening/<reference>/transfer/later")
@page(Permission.DECIDE)
def later(reference: str) -> ResponseReturnValue:
    """Pass on what was ticked."""
    actor = guard.actor()
    found = find(actor, Permission.DECIDE, reference)
    form, transfer_id = LaterInput(), as_uuid(request.form.get("transfer"))
    chosen = form.chosen()
    if not form.validate_on_submit() or transfer_id is None:
        return sending.shown(found, later=form), UNPROCESSABLE
    try:
        number = 0 if chosen is None else pass_on(actor, found, transfer_id, chosen)
    except Invalid:
        chosen = None
    except (Conflict, Forbidden, NotFound):
        return sending.shown(found, later=form, conflict=True), CONFLICT
    if chosen is None:
        form.refuse("things", _("Choose what they should get"))
        return sending.shown(found, later=form), UNPROCESSABLE
    said = ngettext("%(num)s thing was passed on", "%(num)s things were passed on", number)
    flash(said if number else _("They have that already"), "success")
    return redirect(url_for(".sending", reference=found.reference), 303)


def what_can_go(found: Found, made: tuple[One, ...], form: LaterInput | None) -> dict[str, Any]:
    """Of a report that another council has accepted: what it has not got, for whoever may pass it on."""
    actor = guard.actor()
    accepted = [one for one in made if one.state == ACCEPTED]
    if not accepted:
        return {"gone": None}
    gone = accepted[0]
    before = dict.fromkeys(words.other_name(one) for one in accepted[1:] if one.other_id != gone.other_id)
    may = guard.may(Permission.DECIDE) and not found.reads_only(actor) and words.other(gone) is not None
    # What somebody restricted since must not reach everybody there.
    barred = may and found.sight is not None and open_there(gone)
    things = not_sent(actor, found, gone, str(get_locale())) if may and not barred else ()
    if things:
        # Messages are read on this page; what was refused is undone, and they were read all the same.
        record = events.record_apart if request.method == "POST" else events.record
        record(Event.REFERRAL_READ, found.id, part="transfer")
    given = form or LaterInput(formdata=None)
    views = from_form(given.offer([(str(one.id), _words(one)) for one in things]))
    return {
        "gone": gone,
        "gone_to": words.other_name(gone),
        "gone_before": list(before),
        "may_pass_on": may,
        "barred": words.phones(gone) if barred else None,
        "things": [views["things"]] if things else [],
    }


def _words(one: Later) -> str:
    when = datetime_words(one.at)
    if one.name:
        return str(_("File %(file)s, %(name)s, %(date)s", file=one.name, name=one.by, date=when))
    return str(_("%(name)s, %(date)s: %(text)s", name=one.by, date=when, text=one.text))
