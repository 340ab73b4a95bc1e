"""The council's side: to which agencies a report is open, what they see, and what is written."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.audit import events
from portal.audit.events import Event
from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.auth.queries.hub import partner_agencies
from portal.hub import commands, words
from portal.hub.inputs import CouncilMessageInput, OpenInput
from portal.hub.queries import Access, Room, Said, accesses, room_of, thread
from portal.hub.queries.held import releases
from portal.hub.queries.members import everybody
from portal.hub.queries.sources import added_since, formers
from portal.hub.sides import COUNCIL, KEPT, said_with
from portal.hub.views.blueprint import blueprint
from portal.hub.views.files import with_files
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.messaging.inputs import MessageInput
from portal.messaging.views import bringing, held
from portal.referrals.queries.corrections import count
from portal.referrals.queries.record import Found, find
from portal.referrals.wording import Wording
from portal.screening import beside
from portal.web.fields import FieldView, from_form
from portal.web.inputs import as_uuid
from portal.web.posted import only_language
from portal.web.security import large

OPEN, NEW = "hub_open", "hub_new"
UNPROCESSABLE, CONFLICT = 422, 409


@blueprint.get("/screening/<reference>/hub")
@page(Permission.SCREEN)
def council(reference: str) -> ResponseReturnValue:
    """To whom it is open, the thread, and the forms of whoever may ask."""
    return _page(find(guard.actor(), Permission.SCREEN, reference))


@blueprint.post("/screening/<reference>/hub")
@page(Permission.ASK)
def open_report(reference: str) -> ResponseReturnValue:
    """Open it to an agency."""
    actor, form = guard.actor(), OpenInput()
    found = find(actor, Permission.ASK, reference)
    form.offer(partner_agencies(), words.language())
    if not form.validate_on_submit():
        return _page(found, opening=form), UNPROCESSABLE
    wanted = commands.Opening(
        as_uuid(form.agency.data), str(form.what.data), str(form.question.data), form.mark(),
        str(form.confirmed.data or ""),
    )  # fmt: skip
    try:
        commands.open_to(actor, found, wanted)
    except Invalid as error:
        _refuse(form, error)
        return _page(found, opening=form), UNPROCESSABLE
    except Conflict:
        # Pressed again it is another form: what it says was not done.
        form.once.data = ""
        return _page(found, opening=form, conflict=True), CONFLICT
    flash(_("Opened. The agency’s partners in the hub are told that there is news."), "success")
    return redirect(url_for(".council", reference=found.reference), 303)


@blueprint.post("/screening/<reference>/hub/message")
@large(bringing.most)
@page(Permission.ASK)
def write(reference: str) -> ResponseReturnValue:
    """Write to every agency to which it is open."""
    actor, form = guard.actor(), CouncilMessageInput()
    found = find(actor, Permission.ASK, reference)
    act = partial(commands.write, actor, found, confirmed=str(form.confirmed.data or ""))
    status = bringing.sent_with(form, act, words.changed())
    if status != HTTPStatus.SEE_OTHER:
        return _page(found, message=form, conflict=status == HTTPStatus.CONFLICT), status
    flash(_("Your message was sent to the hub"), "success")
    return redirect(url_for(".council", reference=found.reference), 303)


@blueprint.post("/screening/<reference>/hub/withdraw")
@page(Permission.ASK)
def withdraw(reference: str) -> ResponseReturnValue:
    """Take it back from an agency."""
    found = find(guard.actor(), Permission.ASK, reference)
    access_id = as_uuid(request.form.get("access"))
    if only_language() or access_id is None:
        return _page(found), UNPROCESSABLE
    try:
        commands.withdraw(guard.actor(), found, access_id)
    except NotFound:
        return _page(found), UNPROCESSABLE
    flash(_("Taken back: that agency’s partners do not see it any more"), "success")
    return redirect(url_for(".council", reference=found.reference), 303)


def _refuse(form: MessageInput, error: Invalid) -> None:
    """Say beside each field what is wrong."""
    says = {
        "choice": _("Select an agency of the list"),
        "own": _("Only its author may see this in that agency: it cannot be opened to the agency’s partners"),
        "protected": held.trouble(),
    }
    for name, code in error.errors.items():
        form.refuse(name, says.get(code) or _("Enter text that can be read, and not too much of it"))


def _page(
    found: Found, *, opening: OpenInput | None = None, message: CouncilMessageInput | None = None,
    conflict: bool = False,
) -> str:  # fmt: skip
    actor = guard.actor()
    record = events.record_apart if request.method == "POST" else events.record
    record(Event.REFERRAL_READ, found.id, part="hub")
    room = room_of(actor, Permission.SCREEN, found)
    made = accesses(room) if room else ()
    said = thread(room, COUNCIL) if room else ()
    writes = guard.may(Permission.ASK) and not found.reads_only(actor)
    if room and writes and any(one.new for one in said):
        commands.mark_read(room, COUNCIL, (one.id for one in said if one.new))
    opens, live = writes and found.sight is None, [one for one in made if one.withdrawn_at is None]
    left = [one for one in partner_agencies() if one.id not in {other.agency_id for other in live}] if opens else []
    offers = (opening or OpenInput(formdata=None)).offer(left, words.language())
    views = _views(found, offers, "question") if left else {}
    message_views = _views(found, message or CouncilMessageInput(formdata=None), "message") if live and writes else {}
    return render_template(
        "hub/council.html",
        found=found,
        wording=Wording(found.form_key),
        live=[_shown(one) for one in live],
        formers=_formers(room, made),
        members=everybody(found.id, live),
        **_since(found, live),
        ended=[one for one in made if one.withdrawn_at is not None],
        entries=_entries(found, room, said, writes=writes),
        writes=writes,
        restricted=found.sight is not None,
        no_partners=opens and not left,
        opening=views,
        message=message_views,
        wrong=[*(views if opening else {}).values(), *(message_views if message else {}).values(), *bringing.errors()],
        upload=bringing.field(),
        conflict=conflict,
        kept=_kept(opening, message, conflict=conflict),
        named=words.named,
        what_words=words.what_words,
    )


def _entries(found: Found, room: Room | None, said: Sequence[Said], *, writes: bool) -> list[dict[str, Any]]:
    """The messages with their files: where one is held its page, and who showed it to partners when it was."""
    shown = releases(room, [one.id for one in said if one.released_at]) if room else ()
    entries = with_files(words.entries(said, guard.actor().account_id), room, COUNCIL, "hub.councils_file")
    for entry in entries:
        entry["released"] = [one for one in shown if one.message_id == entry["id"]]
        if entry["held"] and writes:
            entry["look"] = url_for(".held", reference=found.reference, message_id=entry["id"])
    return entries


def _shown(one: Access) -> dict[str, Any]:
    return {
        "access": one,
        "kept": words.kept_words(one.kept_why) if one.kept_why else "",
        "rows": words.rows(one.shared),
        "groups": words.told_of(one.shared).groups,
        "told_in": words.told_in(one.shared),
    }


def _formers(room: Room | None, made: Sequence[Access]) -> list[dict[str, Any]]:
    """What the agencies could read before, under their names."""
    changed = [one.id for one in made if one.changed_at or one.kept_at]
    names = {one.id: words.named(one.agency) for one in made}
    return [
        {
            "agency": names[one.access_id],
            "ended_at": one.ended_at,
            "why": words.kept_words(one.why) if one.why in KEPT else _("It was shared anew."),
            "rows": words.rows(one.shared),
            "groups": words.told_of(one.shared).groups,
            "told_in": words.told_in(one.shared),
        }
        for one in (formers(room, changed) if room and changed else ())
    ]


def _since(found: Found, live: Sequence[Access]) -> dict[str, int]:
    """What came to the report after it was shared: how many corrections, and how often information was added."""
    if not live:
        return {"corrected": 0, "added": 0}
    known = min(one.corrections for one in live)
    shared_at = min(one.changed_at or one.opened_at for one in live)
    return {"corrected": max(count(found) - known, 0), "added": added_since(found, shared_at)}


def _kept(opening: OpenInput | None, message: CouncilMessageInput | None, *, conflict: bool) -> str:
    """What was typed, for the page of a conflict, which may offer the form no more."""
    if not conflict:
        return ""
    return str((opening.question.data if opening else message.message.data if message else "") or "")


def _views(found: Found, form: MessageInput, field: str) -> dict[str, FieldView]:
    """The fields of a form; once what was typed is held, with the box that confirms just that."""
    form.once.data = form.once.data or str(uuid4())
    views = from_form(form)
    text = str(views[field].value or "").strip()
    names = bringing.names_sent() if field == "message" and request.method == "POST" else []
    box = _box(found, said_with(text, names)) if views[field].error and text else None
    # What is confirmed stands below the words that it is about.
    return {name: view for name, view in views.items() if name != "confirmed"} | ({"confirmed": box} if box else {})


def _box(found: Found, text: str) -> FieldView | None:
    says = (
        _("This has words that the report keeps secret"),
        _("I have checked it: the partners in the hub may read this"),
    )
    return held.box(found, text, says)


def line(found: Found) -> beside.Line | None:
    """On the report's page: to how many agencies it is open, and what is new."""
    if not guard.may(Permission.SCREEN):
        return None
    opened, new = found.counted.get(OPEN) or 0, found.counted.get(NEW) or 0
    said = [ngettext("%(num)d agency", "%(num)d agencies", opened)] if opened else []
    said += [ngettext("%(num)s new message", "%(num)s new messages", new)] if new else []
    href = url_for("hub.council", reference=found.reference)
    return beside.Line(_("Hub with other agencies"), href, ", ".join(said), attention=bool(new))
