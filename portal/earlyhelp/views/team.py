"""The team's side: what was offered to it, one report, and accepting, declining or closing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.audit import events
from portal.audit.events import Event
from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.earlyhelp import words
from portal.earlyhelp.commands.answering import Answer, answer
from portal.earlyhelp.inputs import AcceptInput, EndInput
from portal.earlyhelp.queries.lists import OVERDUE, TABS, counts, listed
from portal.earlyhelp.queries.offers import Offer, fate, offers
from portal.earlyhelp.queries.standing import standing, unagreed
from portal.earlyhelp.sharing import Shared, shared
from portal.earlyhelp.states import ACCEPTED, BY_TEAM, DECLINED, DONE, MOVES, OFFERED
from portal.earlyhelp.views.blueprint import blueprint
from portal.kernel import clock
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.language import say
from portal.referrals.queries.attachments import taken_up
from portal.referrals.queries.corrections import corrections
from portal.referrals.queries.record import Found, answers_of, children_of, find
from portal.referrals.views.files_shown import on_report, rows
from portal.referrals.wording import Wording, kind_words
from portal.screening import presenting
from portal.screening.queries.decision import decisions
from portal.web import keyset
from portal.web.fields import from_form
from portal.web.inputs import as_uuid

UNPROCESSABLE, CONFLICT = 422, 409
FORMS: dict[str, Callable[..., AcceptInput | EndInput]] = {
    "accept": AcceptInput, "decline": EndInput, "close": EndInput,
}  # fmt: skip


@blueprint.get("/early-help")
@page(Permission.EARLY_HELP)
def index() -> ResponseReturnValue:
    """What was offered, what a team has, what was declined and what is over."""
    tab = request.args.get("tab", "")
    return _list(tab if tab in TABS else TABS[0])


def _list(tab: str, *, conflict: bool = False, kept: str = "") -> str:
    after = keyset.understood(request.args.get("after", ""))
    number, found = counts(guard.actor()), listed(guard.actor(), tab, after)
    return render_template(
        "earlyhelp/list.html",
        tab=tab,
        parts=[(key, f"{_tabs()[key]} ({number[key]})", url_for(".index", tab=key)) for key in TABS],
        lines=found.lines,
        overdue=number[OVERDUE],
        first=url_for(".index", tab=tab) if after else "",
        next=url_for(".index", tab=tab, after=keyset.spoken(found.next)) if found.next else "",
        words=words,
        reasons=words.reason_words(),
        results=words.result_words(),
        kind_words=kind_words,
        conflict=conflict,
        kept=kept,
    )


def _tabs() -> dict[str, str]:
    return {OFFERED: _("Offered"), ACCEPTED: _("Accepted"), DECLINED: _("Declined"), DONE: _("Closed")}


@blueprint.get("/early-help/<reference>")
@page(Permission.EARLY_HELP)
def show(reference: str) -> ResponseReturnValue:
    """What the team needs to know, and what it can do; there only while a team has it."""
    found, now = _found(reference)
    return _page(found, now)


@blueprint.get("/early-help/<reference>/<move>")
@page(Permission.EARLY_HELP)
def ask(reference: str, move: str) -> ResponseReturnValue:
    """The page that asks once more before anything is done."""
    found, now = _found(reference)
    if not _may(move, now):
        return redirect(url_for(".show", reference=found.reference), 303)
    return _ask(found, now, move, _form(move, empty=True))


@blueprint.post("/early-help/<reference>/<move>")
@page(Permission.EARLY_HELP)
def act(reference: str, move: str) -> ResponseReturnValue:
    """Accept, decline or close the offer that the page showed; whoever comes second is told how it is now."""
    if move not in BY_TEAM:
        raise NotFound("no such move")
    offer_id = as_uuid(request.form.get("offer"))
    try:
        found, now = _found(reference)
    except NotFound:
        return _too_late(reference, offer_id, move, request.form.get("words", ""))
    form = _form(move)
    typed = str(form.words.data or "")
    if now.id != offer_id or not _may(move, now):
        return _too_late(found.reference, offer_id, move, typed)
    if not form.validate_on_submit():
        return _ask(found, now, move, form), UNPROCESSABLE
    try:
        answer(guard.actor(), found, now.id, Answer(move, form.code(), typed))
    except Invalid as error:
        for name in error.errors:
            form.refuse("why" if name == "code" else name, _("Enter text that can be read, and not too much of it"))
        return _ask(found, now, move, form), UNPROCESSABLE
    except Conflict:
        return _too_late(found.reference, offer_id, move, typed)
    flash(_done()[move], "success")
    return _on(found.reference, move)


def _too_late(reference: str, offer_id: UUID | None, move: str, typed: str) -> ResponseReturnValue:
    """The same form once more is done already; anything else shows how it is now, with what was typed."""
    known = fate(guard.actor(), offer_id) if offer_id is not None else None
    if known == (MOVES[move][1], True):
        return _on(reference.upper(), move)
    try:
        found, now = _found(reference)
    except NotFound:
        if known is None:
            raise
        return _list(TABS[0], conflict=True, kept=typed), CONFLICT
    return _page(found, now, conflict=True, kept=typed), CONFLICT


def _on(reference: str, move: str) -> ResponseReturnValue:
    """What was accepted is there to be read; what is over is on its part of the list only."""
    if move == "accept":
        return redirect(url_for(".show", reference=reference), 303)
    return redirect(url_for(".index", tab=MOVES[move][1]), 303)


def _done() -> dict[str, str]:
    return {
        "accept": _("Accepted: whoever reported it is told that there is news"),
        "decline": _("Declined: the screening team is told, and decides what happens now"),
        "close": _("Closed: whoever reported it is told that there is news"),
    }


def _found(reference: str) -> tuple[Found, Offer]:
    """The report with the offer that a team has now; raises NotFound for any other report."""
    actor = guard.actor()
    found = find(actor, Permission.EARLY_HELP, reference)
    now = next((one for one in offers(actor, Permission.EARLY_HELP, found) if one.open), None)
    if now is None:
        raise NotFound("no team has it")
    return found, now


def _may(move: str, now: Offer) -> bool:
    if move not in BY_TEAM:
        raise NotFound("no such move")
    return now.state == MOVES[move][0]


def _form(move: str, *, empty: bool = False) -> AcceptInput | EndInput:
    form = FORMS[move](formdata=None) if empty else FORMS[move]()
    if isinstance(form, EndInput):
        closes = move == "close"
        form.why.choices = list((words.result_words() if closes else words.reason_words()).items())
        form.why.label.text = _("How did it end?") if closes else _("Why can you not take this on?")
    return form


def _ask(found: Found, now: Offer, move: str, form: AcceptInput | EndInput) -> str:
    titles = {
        "accept": _("Accept this for your team"),
        "decline": _("Decline this"),
        "close": _("Close your work on this"),
    }
    return render_template(
        "earlyhelp/answer.html",
        found=found,
        wording=Wording(found.form_key),
        now=now,
        move=move,
        title=titles[move],
        views=from_form(form),
        words=words,
    )


def _page(found: Found, now: Offer, *, conflict: bool = False, kept: str = "") -> str:
    actor, today = guard.actor(), clock.today()
    record = events.record_apart if request.method == "POST" else events.record
    record(Event.REFERRAL_READ, found.id, part="early_help")
    answers = _answers(found, now)
    given = rows([one for one in on_report(actor, found.id) if one.id in now.files], actor)
    return render_template(
        "earlyhelp/show.html",
        found=found,
        wording=Wording(found.form_key),
        kind=kind_words(found.form_key),
        agency=say(found.agency_name, str(get_locale())),
        now=now,
        # How it stands is at the head of the page.
        rows=words.rows(_told(now, answers), _consent(found, now, answers))[1:],
        late=words.late_words(now.due_at) if now.state == OFFERED else "",
        undecided=found.state != "decided",
        unagreed=unagreed(standing(found), now),
        children=[presenting.child_words(child, today) for child in children_of(found)],
        answers=answers,
        files=given,
        kept_files=taken_up(found.id)[0] > len(given),
        words=words,
        conflict=conflict,
        kept=kept,
        screens=guard.may(Permission.SCREEN) and not found.reads_only(actor),
    )


def _consent(found: Found, now: Offer, answers: Shared | None) -> str:
    """What was typed of consent in the decision that it was handed over with: for the council's own eyes, so that what
    the report keeps secret does not go on to the team by it."""
    made = decisions(guard.actor(), Permission.EARLY_HELP, found)
    grounds = next((one.grounds for one in made if one.id == now.decision_id), None)
    said = grounds.consent_words if grounds else ""
    return said if answers is None or not answers.keeps(said) else _not_shown()


def _told(now: Offer, answers: Shared | None) -> Offer:
    """The offer without words of the screener's that give away what became secret later: whoever wrote them was not
    asked about that."""
    if answers is None:
        return now
    said = {key: _not_shown() if answers.keeps(text, asked=True) else text for key, text in now.said.items()}
    return replace(now, said=said)


def _not_shown() -> str:
    return str(_("Not shown here. Ask the screening team if you must know."))


def _answers(found: Found, now: Offer) -> Shared | None:
    """What is shown of the answers; None when they were destroyed."""
    try:
        answers: Any = answers_of(found)
    except NotFound:
        return None
    made = corrections(guard.actor(), Permission.EARLY_HELP, found)
    return shared(found, answers, made, str(get_locale()), now.offered_at)
