"""The council's side: the challenged decisions, and the answer to one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel import clock, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.language import say
from portal.onward import words
from portal.onward.commands import challenges as commands
from portal.onward.inputs import AnswerInput
from portal.onward.queries.challenges import MOST_LISTED, TABS, Step, deciders, listed, steps
from portal.onward.views.blueprint import blueprint
from portal.referrals.queries.record import Found, find
from portal.referrals.wording import Wording, kind_words
from portal.screening import beside, presenting
from portal.screening.queries.decision import Decided, decision
from portal.web.dates import datetime_words
from portal.web.fields import from_form
from portal.web.inputs import as_uuid

CHALLENGE = "challenge"
UNPROCESSABLE, CONFLICT = 422, 409


@blueprint.get("/challenges")
@page(Permission.SCREEN)
def challenges() -> ResponseReturnValue:
    """The challenged decisions: those to answer, those answered, those that are over."""
    tab = request.args.get("tab", "")
    tab = tab if tab in TABS else TABS[0]
    found = listed(guard.actor(), tab)
    return render_template(
        "onward/challenges.html",
        tab=tab,
        parts=[(key, _tabs()[key], url_for(".challenges", tab=key)) for key in TABS],
        lines=found[:MOST_LISTED],
        more=len(found) > MOST_LISTED,
        most=MOST_LISTED,
        now=clock.now(),
        words=words,
        kind_words=kind_words,
        say=lambda text: say(text, str(get_locale())),
    )


def _tabs() -> dict[str, str]:
    return {"waiting": _("To answer"), "answered": _("Answered"), "ended": _("Ended")}


@blueprint.get("/screening/<reference>/challenge")
@page(Permission.SCREEN)
def answering(reference: str) -> ResponseReturnValue:
    """Every level so far, and the form for whoever may answer."""
    found = find(guard.actor(), Permission.SCREEN, reference)
    made = steps(guard.actor(), Permission.SCREEN, found)
    if not made:
        return redirect(url_for("screening.show", reference=found.reference), 303)
    return _page(found, made, AnswerInput(formdata=None))


@blueprint.post("/screening/<reference>/challenge")
@page(Permission.APPROVE)
def answer(reference: str) -> ResponseReturnValue:
    """Answer the level that the page showed; a decision that is to change is corrected next."""
    actor = guard.actor()
    found = find(actor, Permission.APPROVE, reference)
    made = steps(actor, Permission.APPROVE, found)
    if not made:
        return redirect(url_for("screening.show", reference=found.reference), 303)
    form, step_id = AnswerInput(), as_uuid(request.form.get("step"))
    if not form.validate_on_submit() or step_id is None:
        return _page(found, made, form), UNPROCESSABLE
    reply = commands.Reply(str(form.verdict.data), str(form.words.data), str(form.on_behalf.data or ""))
    try:
        commands.answer(actor, found, step_id, reply)
    except Invalid as error:
        _refuse(form, error)
        return _page(found, made, form), UNPROCESSABLE
    except (Conflict, NotFound, Forbidden):
        return _page(found, steps(actor, Permission.APPROVE, found), form, conflict=True), CONFLICT
    flash(_("Answered: whoever challenged the decision is told"), "success")
    return redirect(url_for(".answering", reference=found.reference), 303)


def _refuse(form: AnswerInput, error: Invalid) -> None:
    """Say beside each field what is wrong."""
    says = {
        "verdict": _("Say whether the decision stays"),
        "words": _("Enter the reasons for the answer"),
        "on_behalf": _("You answered an earlier level. Enter whose answer this is, up to 200 characters"),
    }
    for name in error.errors:
        form.refuse(name, says[name])


def _page(found: Found, made: tuple[Step, ...], form: AnswerInput, *, conflict: bool = False) -> str:
    actor, last = guard.actor(), made[-1]
    now = decision(actor, Permission.SCREEN, found)
    waits = not last.answer and not last.ended
    allowed, for_another = commands.may_answer(actor, found, last, made)
    manages = guard.may(Permission.APPROVE)
    kept = form.words.data if conflict and not (waits and allowed and manages) else ""
    return render_template(
        "onward/answer.html",
        found=found,
        wording=Wording(found.form_key),
        history=[(words.level_words(one.level, one.level_name), words.rows(one)) for one in made],
        step=last,
        late=waits and last.due_at < clock.now(),
        waits=waits,
        answers=waits and allowed and manages,
        manages=manages,
        named=_named(found, last) if waits and not allowed else [],
        for_another=for_another,
        decided=_decided(now),
        to_change=last.answer == "changed" and now is not None and now.id == last.decision_id,
        views=from_form(form),
        conflict=conflict,
        kept=kept,
    )


def _named(found: Found, step: Step) -> list[str]:
    """Whose answer it is, where the council named somebody."""
    council = scope.current().council
    those = deciders(found.id, step.decision_id)
    return sorted(commands.named_for(council, step.level, found.id, those).values()) if council else []


def _decided(now: Decided | None) -> list[dict[str, str]]:
    """The decision that counts, in rows."""
    council = scope.current().council
    if now is None or council is None:
        return []
    return [
        {"key": _("Outcome"), "value": presenting.outcome_label(council.settings, now.outcome, str(get_locale()))},
        {"key": _("Reasons (council only)"), "value": now.rationale},
        {"key": _("What the referrer was told"), "value": now.told},
        {"key": _("Decided by"), "value": now.decided_by},
        {"key": _("Decided"), "value": datetime_words(now.decided_at)},
    ]


def line(found: Found) -> beside.Line | None:
    """On the report's page: that its decision was challenged, and how that stands."""
    how = found.counted.get(CHALLENGE)
    if not how:
        return None
    states = {
        "waiting": _("To answer"),
        "late": _("Answer overdue"),
        "to_change": _("Decision to be changed"),
        "answered": _("Answered"),
        "ended": _("Ended"),
    }
    href = url_for("onward.answering", reference=found.reference)
    return beside.Line(_("Challenge of the decision"), href, states[how], how in ("waiting", "late", "to_change"))
