"""The transfers of a council in both directions, the answer to an offer, and what came with a report."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.audit.events import Event, record
from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.referrals.queries.record import find, record_of
from portal.referrals.wording import Wording
from portal.screening import presenting
from portal.transfers import words
from portal.transfers.commands import answering
from portal.transfers.envelope import from_text
from portal.transfers.inputs import DeclineInput
from portal.transfers.queries.since import came_since
from portal.transfers.queries.transfers import MOST_LISTED, One, arrival, listed, one, record_of_arrival, waiting
from portal.transfers.states import ACCEPTED, IN, OFFERED, OUT
from portal.transfers.views.blueprint import blueprint
from portal.web.fields import from_form

UNPROCESSABLE, CONFLICT = 422, 409


@blueprint.get("/transfers")
@page(Permission.SCREEN)
def listing() -> ResponseReturnValue:
    """What other councils offer, or what was offered to them; what waits first."""
    side = OUT if request.args.get("side") == OUT else IN
    found = listed(guard.actor(), side)
    names = {IN: _("From other councils"), OUT: _("To other councils")}
    number, _urgent = waiting(guard.actor())
    if number:
        names[IN] = _("From other councils (%(number)s to answer)", number=number)
    return render_template(
        "transfers/list.html",
        side=side,
        parts=[(key, names[key], url_for(".listing", side=key)) for key in (IN, OUT)],
        lines=found[:MOST_LISTED],
        more=len(found) > MOST_LISTED,
        most=MOST_LISTED,
        words=words,
        route_badge=presenting.route_badge,
    )


@blueprint.get("/transfers/<uuid:transfer_id>")
@page(Permission.SCREEN)
def show(transfer_id: UUID) -> ResponseReturnValue:
    """An offer with the least that is needed to answer it; one's own leads to its report."""
    found = one(guard.actor(), transfer_id)
    if found.side == OUT:
        return redirect(url_for(".sending", reference=found.reference), 303)
    return _page(found, DeclineInput(formdata=None))


@blueprint.post("/transfers/<uuid:transfer_id>/accept")
@page(Permission.DECIDE)
def accept(transfer_id: UUID) -> ResponseReturnValue:
    """Take the report over."""
    actor = guard.actor()
    found = one(actor, transfer_id)
    form = DeclineInput()
    if not form.validate_on_submit():
        return _page(found, form), UNPROCESSABLE
    try:
        new = answering.accept(actor, transfer_id)
    except Conflict:
        return _page(one(actor, transfer_id), form, conflict=True), CONFLICT
    flash(_("Accepted: it is in your holding area now") if new else _("It was accepted before"), "success")
    return redirect(_after(transfer_id), 303)


def _after(transfer_id: UUID) -> str:
    """The report that it became; the list, for somebody who said that they must not see this family."""
    try:
        return url_for("screening.show", reference=one(guard.actor(), transfer_id).reference)
    except NotFound:
        return url_for(".listing")


@blueprint.post("/transfers/<uuid:transfer_id>/decline")
@page(Permission.DECIDE)
def decline(transfer_id: UUID) -> ResponseReturnValue:
    """Say no, with a reason."""
    actor = guard.actor()
    found = one(actor, transfer_id)
    form = DeclineInput()
    if not form.validate_on_submit():
        return _page(found, form), UNPROCESSABLE
    try:
        answering.decline(actor, transfer_id, str(form.words.data or ""))
    except Invalid:
        form.refuse("words", _("Enter why you do not take it"))
        return _page(found, form), UNPROCESSABLE
    except Conflict:
        return _page(one(actor, transfer_id), form, conflict=True), CONFLICT
    flash(_("Declined: the other council keeps it and is told"), "success")
    return redirect(url_for(".listing"), 303)


@blueprint.get("/screening/<reference>/arrived")
@page(Permission.SCREEN)
def arrived(reference: str) -> ResponseReturnValue:
    """All that came with a report from another council, in the words of that council's form."""
    actor = guard.actor()
    found = find(actor, Permission.SCREEN, reference)
    came = arrival(actor, found.id)
    envelope = from_text(record_of(found).open(record_of_arrival(came.id), "transfer", came.id, "record"))
    record(Event.REFERRAL_READ, found.id, part="transfer")
    wish = str(get_locale())
    language = wish if wish in envelope.parts else next(iter(envelope.parts), wish)
    return render_template(
        "transfers/arrived.html",
        found=found,
        wording=Wording(found.form_key),
        came=came,
        about=words.rows(came),
        other=words.other_name(came),
        phones=words.phones(came),
        envelope=envelope,
        parts=envelope.parts.get(language, ()),
        spoken="" if language == wish else language,
    )


def _page(found: One, form: DeclineInput, *, conflict: bool = False) -> str:
    waits = found.side == IN and found.state == OFFERED
    return render_template(
        "transfers/offer.html",
        one=found,
        other=words.other_name(found),
        phones=words.phones(found),
        rows=words.rows(found),
        about=words.about(found) if waits else [],
        route=presenting.route_badge(found.route),
        state=words.state_words(found.state, found.side),
        waits=waits,
        later=came_since(found),
        accepted=found.state == ACCEPTED,
        may=guard.may(Permission.DECIDE),
        views=from_form(form),
        conflict=conflict,
    )
