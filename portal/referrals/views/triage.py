"""The triage pages, one after another, and the route that their answers lead to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.families import SERVICE
from portal.forms.queries import Published
from portal.forms.queries.statements import told_rules
from portal.forms.schema import Page
from portal.kernel import clock, scope
from portal.kernel.errors import Conflict, NotFound
from portal.kernel.language import say
from portal.referrals.commands import drafts
from portal.referrals.inputs import Disagree
from portal.referrals.paths import TRIAGE, shown_pages, walk_triage
from portal.referrals.presenting import route_view
from portal.referrals.queries.drafts import Draft
from portal.referrals.routing import DEFAULT_RANK, URGENT_ROUTE, Routed, route
from portal.referrals.views import sheet, typed
from portal.referrals.views.blueprint import (
    blueprint,
    closed_words,
    is_trial,
    keeper,
    language,
    number_posted,
    open_draft,
    phones_now,
)
from portal.referrals.views.shown import Shown
from portal.referrals.wording import Wording
from portal.tenants.opening import is_open
from portal.web.fields import from_form


def route_of(draft: Draft, published: Published) -> Routed:
    """Where the draft's answers lead, worked out again every time it is asked."""
    return route(published.form, published.thresholds, draft.kind, draft.triage, clock.now())


def first_gap(draft: Draft, published: Published) -> str:
    """The first triage page on which a required answer is missing, "" when none is."""
    _kept, missing = walk_triage(published.form, draft.triage)
    for triage_page in shown_pages(published.form, draft.triage):
        if any(question.key in missing for question in triage_page.questions):
            return triage_page.key
    return ""


@blueprint.get("/report/<uuid:draft_id>/questions")
@page(Permission.REPORT)
def triage_first(draft_id: UUID) -> ResponseReturnValue:
    """Go to the first triage page that is not answered yet, or to the route."""
    draft, published = open_draft(draft_id)
    return redirect(_page_or_route(draft_id, first_gap(draft, published)), 303)


def _page_or_route(draft_id: UUID, page_key: str) -> str:
    if page_key:
        return url_for(".triage", draft_id=draft_id, page_key=page_key)
    return url_for(".route", draft_id=draft_id)


def _page(published: Published, draft: Draft, key: str) -> Page:
    """A page that the answers so far open; anything else does not exist for this draft."""
    for found in shown_pages(published.form, draft.triage):
        if found.key == key:
            return found
    raise NotFound("no such page")


@blueprint.route("/report/<uuid:draft_id>/questions/<page_key>", methods=["GET", "POST"], endpoint="triage")
@page(Permission.REPORT)
def triage(draft_id: UUID, page_key: str) -> ResponseReturnValue:
    """One triage page: shown as saved, or read, saved and followed by the next."""
    draft, published = open_draft(draft_id)
    asked = _page(published, draft, page_key)
    reachable, _missing = walk_triage(published.form, draft.triage)
    paper = sheet.sheet_of(asked.questions, reachable, reachable)
    if request.method != "POST":
        version = draft.of(TRIAGE).version
        form = typed.open_page(draft, typed.name_of(typed.QUESTIONS, page_key), paper, draft.triage, version)
        return _show(draft, published, asked, form)
    return _save(draft, published, asked, paper)


def _save(draft: Draft, published: Published, asked: Page, paper: sheet.Sheet) -> ResponseReturnValue:
    read, name = sheet.read(paper), typed.name_of(typed.QUESTIONS, asked.key)
    if read.wrong:
        return _show(draft, published, asked, typed.again(draft, name, read)), 422
    unseen = typed.typed_elsewhere(draft, name, paper, read)
    if unseen:
        return _show(draft, published, asked, unseen), 409
    override = published.thresholds.override_answer
    before = {key: value for key, value in draft.triage.items() if key != override}
    answers = sheet.body_of(paper, read, before)
    try:
        drafts.save_triage(guard.actor(), draft, answers, override, number_posted("seen_version"), keep=keeper().save)
    except Conflict as conflict:
        if conflict.now.get("section") != TRIAGE:
            raise
        draft, published = open_draft(draft.id)
        differing = sheet.differences(paper, read.answers, draft.triage)
        return _show(draft, published, asked, typed.again(draft, name, read, differing)), 409
    typed.settle(draft, name, paper, read)
    if read.more:
        return redirect(_page_or_route(draft.id, asked.key), 303)
    next_page = _after(published, answers, asked.key)
    if not next_page:
        routed = route(published.form, published.thresholds, draft.kind, answers, clock.now())
        keeper().note_route(guard.actor(), draft, routed.outcome.route, routed.outcome.rule)
    return redirect(_page_or_route(draft.id, next_page), 303)


def _after(published: Published, answers: dict[str, Any], key: str) -> str:
    keys = [found.key for found in shown_pages(published.form, answers)]
    place = keys.index(key) + 1 if key in keys else 0
    return keys[place] if place < len(keys) else ""


def _show(draft: Draft, published: Published, asked: Page, form: Shown) -> str:
    return render_template(
        "referrals/triage.html",
        title=say(asked.title, language()),
        intro=say(asked.intro, language()) if asked.intro else "",
        stands_out=say(asked.inset, language()) if asked.inset else "",
        form=form,
        seen=draft.of(TRIAGE).version,
        back=_before(draft, published, asked.key),
    )


def _before(draft: Draft, published: Published, key: str) -> str:
    keys = [found.key for found in shown_pages(published.form, draft.triage)]
    place = keys.index(key)
    if not place:
        return url_for(".start")
    return url_for(".triage", draft_id=draft.id, page_key=keys[place - 1])


@blueprint.get("/report/<uuid:draft_id>/route", endpoint="route")
@page(Permission.REPORT)
def show_route(draft_id: UUID) -> ResponseReturnValue:
    """What will happen, who decides, whom to ring, why, and "I disagree"."""
    draft, published = open_draft(draft_id)
    gap = first_gap(draft, published)
    if gap:
        return redirect(_page_or_route(draft_id, gap), 303)
    return _route_page(draft, published, Disagree())


@blueprint.post("/report/<uuid:draft_id>/disagree")
@page(Permission.REPORT)
def disagree(draft_id: UUID) -> ResponseReturnValue:
    """Go up with a reason; where "I disagree" is not open this changes nothing."""
    draft, published = open_draft(draft_id)
    form = Disagree()
    if not route_of(draft, published).may_disagree:
        return redirect(url_for(".route", draft_id=draft_id), 303)
    if not form.validate_on_submit():
        return _route_page(draft, published, form), 422
    key, seen = published.thresholds.override_answer, number_posted("seen_version")
    drafts.disagree(guard.actor(), draft, key, form.reason.data or "", seen, keep=keeper().save)
    return redirect(url_for(".route", draft_id=draft_id), 303)


@blueprint.post("/report/<uuid:draft_id>/agree")
@page(Permission.REPORT)
def agree(draft_id: UUID) -> ResponseReturnValue:
    """Take "I disagree" back."""
    draft, published = open_draft(draft_id)
    drafts.agree_again(guard.actor(), draft, published.thresholds.override_answer, keep=keeper().save)
    return redirect(url_for(".route", draft_id=draft_id), 303)


def _route_page(draft: Draft, published: Published, form: Disagree) -> str:
    routed = route_of(draft, published)
    outcome = routed.outcome
    pages = shown_pages(published.form, draft.triage)
    return render_template(
        "referrals/route.html",
        draft=draft,
        wording=Wording(draft.form_key),
        offer_concern=draft.form_key == SERVICE and routed.rank >= DEFAULT_RANK,
        seen=draft.of(TRIAGE).version,
        route=route_view(published, outcome, language()),
        routed=routed,
        urgent=outcome.route == URGENT_ROUTE,
        phones=phones_now(),
        open_now=is_open(scope.council()),
        out_of_hours=closed_words(published.form),
        fields=from_form(form),
        question=say(published.thresholds.override_question, language()),
        back=_page_or_start(draft, pages),
        urgent_href=_urgent_href(published),
        advice_title=_("Pages that may help"),
        told=told_rules(published, (outcome.rule, outcome.before_override, *outcome.also), language()),
    )


def _page_or_start(draft: Draft, pages: list[Page]) -> str:
    """The page before the route: the last triage page, or where drafts begin when a form has none."""
    if not pages:
        return url_for(".start")
    return url_for(".triage", draft_id=draft.id, page_key=pages[-1].key)


def _urgent_href(published: Published) -> str:
    """Where the short form is, "" where the council has none; in a trial, where one of it can begin."""
    if not published.form.urgent:
        return ""
    return url_for("trials.start") if is_trial() else url_for("referrals.urgent")
