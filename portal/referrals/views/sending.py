"""Checking the answers, sending them, and the receipt."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.queries import Published, version
from portal.forms.schema import Section
from portal.kernel import scope
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.language import say
from portal.referrals.paths import TRIAGE, Missing, Walked, gaps_of
from portal.referrals.presenting import Group, groups, item_title, route_view, stored_outcome
from portal.referrals.progress import state_words
from portal.referrals.queries.drafts import Draft, may_send_full
from portal.referrals.queries.record import answers_of, find
from portal.referrals.routing import URGENT_ROUTE
from portal.referrals.views import sheet, typed
from portal.referrals.views.blueprint import (
    MustRestartError,
    blueprint,
    keeper,
    key_posted,
    language,
    number_posted,
    open_draft,
    phones_now,
    receipt_of,
)
from portal.referrals.views.sections import walk_draft
from portal.referrals.views.triage import first_gap, route_of
from portal.referrals.wording import Wording, kind_words
from portal.tenants.opening import is_open
from portal.web.fields import ErrorTarget


def _receipt(reference: str) -> ResponseReturnValue:
    return redirect(url_for("referrals.receipt", reference=reference), 303)


@blueprint.get("/report/<uuid:draft_id>/check")
@page(Permission.REPORT)
def check(draft_id: UUID) -> ResponseReturnValue:
    """Every answer with a way to change it, the declaration, and the button that sends."""
    try:
        draft, published = open_draft(draft_id)
    except NotFound:
        # Back from the receipt: the draft is the report now.
        return redirect(receipt_of(draft_id, keeper().sent_as(guard.actor(), draft_id)), 303)
    return _check_page(draft, published, asked=False)


@blueprint.post("/report/<uuid:draft_id>/check", endpoint="send")
@page(Permission.REPORT)
def send(draft_id: UUID) -> ResponseReturnValue:
    """Send the draft as it was shown; the second click of two gets the same receipt."""
    actor = guard.actor()
    if not _told_of_earlier(draft_id):
        draft, published = open_draft(draft_id)
        return _check_page(draft, published, asked=False), 409
    try:
        reference = keeper().send(actor, draft_id, key_posted(), number_posted("seen_version"))
    except Invalid:
        draft, published = open_draft(draft_id)
        return _check_page(draft, published, asked=True), 422
    except Conflict as conflict:
        if conflict.now.get("restart"):
            raise MustRestartError(draft_id) from None
        if conflict.now.get("state") != "draft":
            return redirect(receipt_of(draft_id, keeper().sent_as(actor, draft_id)), 303)
        draft, published = open_draft(draft_id)
        return _check_page(draft, published, asked=True, changed=True), 409
    return redirect(receipt_of(draft_id, reference), 303)


def _told_of_earlier(draft_id: UUID) -> bool:
    """Whether the page from which this is sent named every earlier report about the child that there is now."""
    try:
        draft, published = open_draft(draft_id)
    except (NotFound, MustRestartError):
        return True  # sent meanwhile, or to be restarted: sending says so
    walked = walk_draft(draft, published)
    told = set(request.form.getlist("told_of"))
    return all(one.reference in told for one in keeper().earlier(guard.actor(), draft, published, walked.sections))


def _check_page(draft: Draft, published: Published, *, asked: bool, changed: bool = False) -> str:
    walked = walk_draft(draft, published)
    routed = route_of(draft, published)
    gaps = {(gap.section, gap.item, _group_of(published, gap)): gap for gap in walked.missing}
    return render_template(
        "referrals/check.html",
        draft=draft,
        wording=Wording(draft.form_key),
        groups=[
            _with_places(draft, group)
            for group in groups(published.form, draft.kind, walked.triage, walked.sections, language())
        ],
        errors=[_target(draft, published, walked, gap) for gap in gaps.values()],
        earlier=keeper().earlier(guard.actor(), draft, published, walked.sections),
        state_words=state_words,
        kind_words=kind_words,
        asked=asked,
        changed=changed,
        unsaved=typed.unsaved(draft, published.form),
        sender="" if draft.author_id in (None, guard.actor().account_id) else draft.author,
        ready=not walked.missing,
        submit_key=keeper().key(guard.actor(), draft),
        seen=draft.version,
        route=route_view(published, routed.outcome, language()),
        reason=draft.override_reason if routed.overridden else "",
        urgent=routed.outcome.route == URGENT_ROUTE,
        phones=phones_now(),
        person=guard.actor(),
    )


def _with_places(draft: Draft, group: Group) -> Group:
    """The group with the place of each question, where its answer can be changed."""
    href = _people_href(draft, group) if group.people else _href(draft, group.section, group.page, group.item)
    rows = tuple(replace(row, href=f"{href}#{row.key}" if row.key else href) for row in group.rows)
    return replace(group, rows=rows)


def _people_href(draft: Draft, group: Group) -> str:
    """Where the people of a group, or one of them, can be changed."""
    where: dict[str, Any] = {
        "draft_id": draft.id,
        "key": group.section,
        "place": group.item or 0,
        "group": group.people,
    }
    if group.number is None:
        return url_for(".people", **where)
    return url_for(".person", **where, number=group.number)


def _href(draft: Draft, section: str, page_key: str = "", item: int | None = None) -> str:
    if section == TRIAGE:
        return url_for(".triage", draft_id=draft.id, page_key=page_key)
    if item is not None:
        return url_for(".item", draft_id=draft.id, key=section, place=item)
    return url_for(".section", draft_id=draft.id, key=section)


def _group_of(published: Published, gap: Missing) -> str:
    """The group of people in which something is missing, "" when it is missing in the section itself."""
    questions = published.form.section(gap.section).questions if gap.section != TRIAGE else ()
    return next((one.key for one in questions if one.key == gap.question and one.type == sheet.PEOPLE), "")


def _target(draft: Draft, published: Published, walked: Walked, gap: Missing) -> ErrorTarget:
    if gap.section == TRIAGE:
        href = _href(draft, TRIAGE, first_gap(draft, published))
        return ErrorTarget(_("Answer the first questions"), href)
    section: Section = published.form.section(gap.section)
    title = say(section.title, language())
    if section.repeat is not None and gap.item is not None:
        number = _("%(item)s %(number)s", item=say(section.repeat.item, language()), number=gap.item + 1)
        title = f"{title} ({number})"
    if _group_of(published, gap):
        return _people_target(draft, section, walked, gap, title)
    return ErrorTarget(_("Complete “%(section)s”", section=title), _href(draft, gap.section, item=gap.item))


def _people_target(draft: Draft, section: Section, walked: Walked, gap: Missing, title: str) -> ErrorTarget:
    """The first person of a group with something missing; the group itself when there are too few people."""
    group = next(one for one in section.questions if one.key == gap.question)
    body = walked.sections[section.key]
    own = body if gap.item is None else body[gap.item]
    known, people = {**walked.known(), **own}, own.get(group.key) or []
    number = next((place for place, one in enumerate(people) if gaps_of(group, one, known)), None)
    name = say(group.label, language()) if number is None else item_title(group, people[number], number, language())
    named = _("%(item)s: %(name)s", item=title, name=name)
    where = Group(named, (), section.key, item=gap.item, people=group.key, number=number)
    return ErrorTarget(_("Complete “%(section)s”", section=named), _people_href(draft, where))


@blueprint.get("/referrals/<reference>/receipt")
@page(Permission.RECEIPT)
def receipt(reference: str) -> ResponseReturnValue:
    """What was sent when, what happens next and by when; all that a waiting person sees of a report."""
    found = find(guard.actor(), Permission.RECEIPT, reference)
    published = version(found.form_version_id)
    return render_template(
        "referrals/receipt.html",
        found=found,
        wording=Wording(found.form_key),
        route=route_view(published, stored_outcome(found), language()),
        urgent=found.route == URGENT_ROUTE,
        phoned=found.kind == "urgent" and has_phoned(answers_of(found).sections),
        phones=phones_now(),
        open_now=is_open(scope.council()),
        full=may_send_full(guard.actor()),
        statutory=scope.council().settings.statutory,
    )


def has_phoned(sections: dict[str, Any]) -> bool:
    """Whether the urgent form says that somebody rang already (question `ref_phoned`, the fifth thing)."""
    return any(body.get("ref_phoned") == "yes" for body in sections.values() if isinstance(body, dict))
