"""The partners' side: what is open to their agency, what is shared of it, and what is written."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from uuid import uuid4

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.audit import events
from portal.audit.events import Event
from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.hub import commands, words
from portal.hub.inputs import PartnerMessageInput
from portal.hub.queries import MOST_LISTED, Opened, find_opened, opened, thread
from portal.hub.queries.members import colleagues
from portal.hub.sides import COUNCIL
from portal.hub.views.blueprint import blueprint
from portal.hub.views.files import with_files
from portal.kernel.errors import NotFound
from portal.messaging.views import bringing
from portal.referrals.wording import Wording
from portal.web.fields import from_form
from portal.web.security import large

NOT_FOUND = 404


@blueprint.get("/hub")
@page(Permission.HUB)
def opened_reports() -> ResponseReturnValue:
    """What is open to the agency: what is new first."""
    found = opened(guard.actor())
    lines = found[:MOST_LISTED]
    return render_template(
        "hub/opened.html",
        lines=[(one, words.told_of(one.shared), words.told_in(one.shared)) for one in lines],
        news=sum(1 for one in lines if one.new or one.read_at is None),
        more=len(found) > MOST_LISTED,
        most=MOST_LISTED,
    )


@blueprint.get("/hub/<reference>")
@page(Permission.HUB)
def room(reference: str) -> ResponseReturnValue:
    """What is shared, and the thread with its form."""
    found = find_opened(guard.actor(), reference)
    commands.note_read(guard.actor(), found)
    return _page(found, PartnerMessageInput(formdata=None))


@blueprint.post("/hub/<reference>")
@large(bringing.most)
@page(Permission.HUB)
def answer(reference: str) -> ResponseReturnValue:
    """Write to the council and the other agencies."""
    actor, form = guard.actor(), PartnerMessageInput()
    try:
        found = find_opened(actor, reference)
    except NotFound:
        return _gone(form)
    try:
        status = bringing.sent_with(form, partial(commands.answer, actor, found), words.changed())
    except NotFound:
        return _gone(form)
    if status != HTTPStatus.SEE_OTHER:
        # What a refused form did is undone; that they read what is shared stays on record.
        events.record_apart(Event.HUB_READ, found.room.referral_id, agency=str(actor.agency_id))
        return _page(found, form), status
    flash(_("Your message was sent to the hub"), "success")
    return redirect(url_for(".room", reference=found.room.reference), 303)


def _gone(form: PartnerMessageInput) -> ResponseReturnValue:
    """It may have been taken back while somebody typed, or sent: what they wrote is theirs to keep."""
    return render_template("hub/gone.html", kept=str(form.message.data or "")), NOT_FOUND


def _page(found: Opened, form: PartnerMessageInput) -> str:
    actor = guard.actor()
    side = actor.agency_id or COUNCIL
    said = thread(found.room, side)
    if any(one.new for one in said):
        commands.mark_read(found.room, side, (one.id for one in said if one.new))
    form.once.data = form.once.data or str(uuid4())
    members, others = colleagues(found, side)
    return render_template(
        "hub/room.html",
        members=members,
        others=[words.named(one) for one in others],
        named=words.named,
        found=found,
        wording=Wording(found.room.form_key),
        rows=words.rows(found.shared),
        groups=words.told_of(found.shared).groups,
        told_in=words.told_in(found.shared),
        entries=with_files(words.entries(said, actor.account_id), found.room, side, "hub.partners_file"),
        views=from_form(form),
        wrong=[*from_form(form).values(), *bringing.errors()],
        upload=bringing.field(),
    )
