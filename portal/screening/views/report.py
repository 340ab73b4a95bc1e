"""One report for its screener: read it, claim it, release it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.audit.events import Event
from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.queries import told_rules
from portal.kernel import clock
from portal.kernel.errors import Conflict
from portal.kernel.language import say
from portal.kernel.scope import Actor
from portal.messaging.views import held
from portal.referrals import presenting as referrals
from portal.referrals import states
from portal.referrals.elsewhere import PORTAL
from portal.referrals.progress import reason_words
from portal.referrals.queries.corrections import corrections
from portal.referrals.queries.record import Found, find
from portal.referrals.queries.timeline import MOST_EVENTS
from portal.referrals.queries.withdrawals import withdrawals
from portal.referrals.states import OPEN
from portal.referrals.views.files_shown import told_later
from portal.referrals.wording import Wording, kind_words
from portal.screening import beside, presenting
from portal.screening.channel_words import channel_words
from portal.screening.clock_words import ClockView
from portal.screening.commands import correcting, holding, presence
from portal.screening.digest import digest
from portal.screening.inputs import RefusalInput
from portal.screening.queries.kept import has
from portal.screening.queries.report import Report, open_report
from portal.screening.views import decided
from portal.screening.views.alerts import keys
from portal.screening.views.noting import noted
from portal.screening.views.queue import blueprint
from portal.screening.work_inputs import NoteInput
from portal.web.fields import FieldView, from_form
from portal.web.inputs import as_uuid


@blueprint.get("/screening/<reference>")
@page(Permission.LOOK)
def show(reference: str) -> ResponseReturnValue:
    """The report, summary first. Other packages ask for this page again when they refuse a form on it."""
    return report_page(reference)


@blueprint.post("/screening/<reference>/claim")
@page(Permission.CLAIM)
def claim(reference: str) -> ResponseReturnValue:
    """Take the report; whoever comes second sees whose it is."""
    actor = guard.actor()
    found = find(actor, Permission.CLAIM, reference)
    try:
        holding.claim(actor, found)
    except Conflict as conflict:
        return conflict_page(reference, conflict)
    flash(Wording(found.form_key)["claimed"], "success")
    return redirect(url_for(".show", reference=found.reference), 303)


@blueprint.post("/screening/<reference>/release")
@page(Permission.CLAIM)
def release(reference: str) -> ResponseReturnValue:
    """Give the report back to the holding area."""
    actor = guard.actor()
    found = find(actor, Permission.CLAIM, reference)
    try:
        holding.release(actor, found, as_uuid(request.form.get("owner_id")))
    except Conflict as conflict:
        return conflict_page(reference, conflict)
    flash(Wording(found.form_key)["released"], "success")
    return redirect(url_for(".show", reference=found.reference), 303)


def conflict_page(
    reference: str, conflict: Conflict, *, kept: list[dict[str, str]] | None = None
) -> ResponseReturnValue:
    """The report as it is now, under the words that say who got there first; `kept` is what was typed."""
    owner = conflict.now.get("by", "")
    if owner and owner != guard.actor().name:
        words = _("%(name)s has this now. What you asked for was not done.", name=owner)
    else:
        words = _("This changed a moment ago. What you asked for was not done: see how it is now.")
    return report_page(reference, conflict=words, kept=kept), 409


def report_page(
    reference: str,
    *,
    conflict: str = "",
    kept: list[dict[str, str]] | None = None,
    refusal: RefusalInput | None = None,
    note: NoteInput | None = None,
) -> str:
    """The report as it is now, with what was refused on it."""
    actor = guard.actor()
    # A POST that comes here was refused, and its transaction will be rolled back.
    report = open_report(actor, reference, refusing=request.method == "POST")
    language = str(get_locale())
    found = report.found
    return render_template(
        "screening/show.html",
        report=report,
        found=found,
        wording=Wording(found.form_key),
        kind=kind_words(found.form_key),
        mine=found.owner_id == actor.account_id,
        reading_only=found.reads_only(actor) or not guard.may(Permission.SCREEN),
        opened=found.reads_only(actor),
        is_open=found.state in OPEN,
        can_decide=states.may("decide", found.state)
        and found.owner_id == actor.account_id
        and not found.approval_asked_at,
        can_ask=_can_ask(actor, found),
        conflict=conflict,
        kept=kept or (),
        **noted(found, note),
        digest=digest(report.published.form, found, report.children, report.answers, language),
        route=route_told(report, language),
        parts=_parts(report),
        **_answered(actor, report, language),
        **_changes(actor, report, refusal, language),
        **_around(actor, report),
        events=presenting.timeline_items(report.timeline, Wording(found.form_key)["sent"], told_later(actor, found.id)),
        clocks=ClockView(clock.now()),
        words=presenting,
    )


def _around(actor: Actor, report: Report) -> dict[str, Any]:
    """What is beside it, who else has it open, and where a script asks that again (not for whoever only looks)."""
    found = report.found
    if not guard.may(Permission.SCREEN):
        return {"here": "", "live": "", "beside": beside.lines(found)}
    address = url_for("screening.report_now", reference=found.reference, seen=found.version, shown=keys())
    return {
        "here": presenting.here_words(presence.be_here(actor, found)),
        "live": address,
        "beside": beside.lines(found),
    }


def route_told(report: Report, language: str) -> dict[str, Any]:
    """The route, what the referrer was told about it, and why they disagreed."""
    return {
        "label": presenting.route_label(report.published, report.found.route, language),
        "told": [say(text, language) for text in (report.why, *report.also, *report.notices) if text],
        "rules": told_rules(report.published, report.rules, language),
        "disagreed": report.answers.override_reason if report.answers else "",
    }


def _parts(report: Report) -> list[dict[str, str]]:
    """The parts of the page beneath the summary, for the list of links."""
    written = report.found.channel == PORTAL
    found = [
        ("outcome", _("Outcome")) if report.decided else ("actions", _("What to do")),
        ("previous", _("Previous contacts")),
        ("files", _("Files")),
        ("messages", _("Messages") if written else _("Who told us")),
        ("notes", _("Notes for colleagues")),
        ("answers", _("What the referrer answered") if written else _("What was taken down")),
        ("timeline", _("Timeline")),
    ]
    acts = report.found.state in OPEN and guard.may(Permission.SCREEN) and not report.found.reads_only(guard.actor())
    left_out = () if report.decided or acts else ("actions",)
    return [{"href": f"#{place}", "text": text} for place, text in found if place not in left_out]


def _changes(actor: Actor, report: Report, refusal: RefusalInput | None, language: str) -> dict[str, Any]:
    """What came after sending: wishes to withdraw, and decisions that were replaced."""
    found = report.found
    return {
        "wishes": withdrawals(actor, Permission.LOOK, found) if _may_have_wishes(report) else (),
        "withdrawal_reasons": dict(reason_words()),
        "refusal": _refusal(found, refusal) if found.withdrawal_asked_at else None,
        "closed": found.state in states.CLOSED,
        "outcome": decided.rows(report, report.decided, language),
        "can_correct": guard.may(Permission.DECIDE) and correcting.may_correct(actor, found),
        "earlier": decided.earlier(report, language),
    }


def _may_have_wishes(report: Report) -> bool:
    """Whether anybody may have wished to withdraw it: most reports' timelines say that nobody did."""
    told = {entry.event for entry in report.timeline}
    wished = told & {Event.WITHDRAWAL_ASKED, Event.REFERRAL_WITHDRAWN}
    return bool(wished) or report.found.state == "withdrawn" or len(report.timeline) == MOST_EVENTS


def _can_ask(actor: Actor, found: Found) -> bool:
    mine = found.owner_id == actor.account_id and guard.may(Permission.ASK)
    return mine and states.may("ask", found.state) and found.channel == PORTAL


def _answered(actor: Actor, report: Report, language: str) -> dict[str, Any]:
    """The answers in groups, and what was corrected of them."""
    made = corrections(actor, Permission.LOOK, report.found) if has(report.found, "corrections") else ()
    groups = referrals.answer_groups(report.found, report.answers, language) if report.answers else []
    return {
        "channel_words": channel_words,
        "corrected": made,
        "groups": referrals.marked(groups, {one.place for one in made}),
    }


def _refusal(found: Found, form: RefusalInput | None) -> dict[str, FieldView]:
    views = from_form(form or RefusalInput(formdata=None))
    if not views["once"].value:
        views["once"] = replace(views["once"], value=str(uuid4()))
    views.pop("confirmed")
    box = held.box(found, str(views["why"].value).strip()) if views["why"].error else None
    return views | {"confirmed": box} if box else views
