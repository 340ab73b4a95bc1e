"""The task list of a draft, and one section of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.queries import Published
from portal.forms.schema import Section, visible
from portal.kernel.errors import Conflict, NotFound
from portal.kernel.language import say
from portal.referrals.paths import TRIAGE, Walked, walk
from portal.referrals.projecting import WHOM, initials_of
from portal.referrals.queries.draft_lists import names_of
from portal.referrals.queries.drafts import Draft
from portal.referrals.views import sheet, typed
from portal.referrals.views.blueprint import blueprint, keeper, language, number_posted, open_draft
from portal.referrals.views.shown import Shown
from portal.referrals.views.triage import route_of
from portal.referrals.wording import Wording
from portal.web.dates import datetime_words

LATER = "later"


@dataclass(frozen=True)
class Task:
    """One line of the task list."""

    title: str
    href: str
    status: str
    colour: str
    done: bool
    hint: str = ""


def walk_draft(draft: Draft, published: Published) -> Walked:
    """The path that the draft's answers open."""
    triage = route_of(draft, published).triage
    override = published.thresholds.override_answer
    return walk(published.form, draft.kind, triage, draft.sections, override)


@blueprint.get("/report/<uuid:draft_id>", endpoint="tasks")
@page(Permission.REPORT)
def tasks(draft_id: UUID) -> ResponseReturnValue:
    """The sections that apply, and how far each is."""
    draft, published = open_draft(draft_id)
    walked = walk_draft(draft, published)
    first = _task(draft, walked, TRIAGE, _("First questions"))
    lines = ([first] if published.form.triage else []) + [
        _task(draft, walked, section.key, say(section.title, language())) for section in walked.shown
    ]
    waiting = typed.unsaved(draft, published.form)
    return render_template(
        "referrals/tasks.html",
        draft=draft,
        wording=Wording(draft.form_key),
        lines=lines,
        done=sum(line.done for line in lines),
        unsaved=waiting,
        mine=draft.author_id in (None, guard.actor().account_id),
        helpers=list(names_of(draft.helpers).values()) if draft.helpers else [],
        ready=not walked.missing,
    )


def _task(draft: Draft, walked: Walked, key: str, title: str) -> Task:
    href = url_for(".route", draft_id=draft.id) if key == TRIAGE else url_for(".section", draft_id=draft.id, key=key)
    if not draft.of(key).version:
        return Task(title, href, _("Not started"), "blue", done=False)
    hint = _written(draft, key)
    if walked.gaps(key):
        return Task(title, href, _("Incomplete"), "teal", done=False, hint=hint)
    return Task(title, href, _("Completed"), "", done=True, hint=hint)


def _written(draft: Draft, key: str) -> str:
    """Who wrote a section last, where more than one person writes the draft."""
    stored = draft.of(key)
    if not stored.writer or (stored.writer_id == guard.actor().account_id and not draft.helpers):
        return ""
    return str(_("Last changed by %(name)s, %(when)s", name=stored.writer, when=datetime_words(stored.at)))


def section_of(draft: Draft, published: Published, key: str) -> tuple[Section, Walked]:
    """A section that applies to this draft, and the path; raises NotFound for any other."""
    walked = walk_draft(draft, published)
    for section in walked.shown:
        if section.key == key:
            return section, walked
    raise NotFound("no such section")


def elsewhere(section: Section, walked: Walked) -> dict[str, Any]:
    """The answers of every other page."""
    own = {question.key for question in section.questions}
    return {key: value for key, value in walked.known().items() if key not in own}


def asks_about_referrer(section: Section) -> bool:
    """Whether the section is the referrer's own, which shows what the account knows."""
    return any((question.fact or "").startswith("referrer.") for question in section.questions)


@blueprint.route("/report/<uuid:draft_id>/section/<key>", methods=["GET", "POST"], endpoint="section")
@page(Permission.REPORT)
def section(draft_id: UUID, key: str) -> ResponseReturnValue:
    """One section: shown as saved, or read and saved with the version that the person saw."""
    draft, published = open_draft(draft_id)
    asked, walked = section_of(draft, published, key)
    if asked.repeat is not None:
        return redirect(url_for(".items", draft_id=draft_id, key=key), 303)
    saved = draft.of(key).body or {}
    paper = sheet.sheet_of(asked.questions, elsewhere(asked, walked), walked.sections[key])
    name = typed.name_of(typed.SECTION, key)
    if request.method != "POST":
        return _show(draft, asked, typed.open_page(draft, name, paper, saved, draft.of(key).version))
    read = sheet.read(paper)
    later = request.form.get("action") == LATER
    if read.wrong and not (later and read.incomplete):
        return _show(draft, asked, typed.again(draft, name, read)), 422
    unseen = typed.typed_elsewhere(draft, name, paper, read)
    if unseen:
        return _show(draft, asked, unseen), 409
    try:
        save_section(draft, asked, sheet.body_of(paper, read, saved), complete=not (read.wrong or read.more))
    except Conflict as conflict:
        if conflict.now.get("section") != key:
            raise
        draft, _published = open_draft(draft_id)
        differing = sheet.differences(paper, read.answers, draft.of(key).body or {})
        return _show(draft, asked, typed.again(draft, name, read, differing)), 409
    typed.settle(draft, name, paper, read)
    around = group_href(draft_id, asked, 0, {**paper.elsewhere, **read.answers})
    return redirect(after_saving(draft_id, more=read.more and not later, again=request.path, around=around), 303)


def group_href(draft_id: UUID, asked: Section, place: int, known: Mapping[str, Any], after: str = "") -> str:
    """The page of the section's first group of people (after another) that these answers open, "" without any."""
    groups = [one.key for one in visible(asked.questions, known) if one.type == sheet.PEOPLE]
    left = groups[groups.index(after) + 1 :] if after in groups else groups
    return url_for(".people", draft_id=draft_id, key=asked.key, place=place, group=left[0]) if left else ""


def save_section(draft: Draft, asked: Section, body: object, *, complete: bool) -> None:
    """Save a section as seen at the posted version, with the initials where it is about children."""
    about_children = any((question.fact or "").startswith(WHOM) for question in asked.questions)
    keeper().save(
        guard.actor(),
        draft,
        asked.key,
        body,
        number_posted("seen_version"),
        complete=complete,
        initials=initials_of(asked, body) if about_children else None,
    )


def after_saving(draft_id: UUID, *, more: bool, again: str, around: str = "") -> str:
    """Where to go: the same page when the answers bring up more questions, then the people around, then the tasks."""
    if more:
        flash(_("Saved. Because of your answers there are more questions on this page."))
        return request.script_root + again
    return around or url_for(".tasks", draft_id=draft_id)


def _show(draft: Draft, asked: Section, form: Shown) -> str:
    return render_template(
        "referrals/section.html",
        title=say(asked.title, language()),
        intro=say(asked.intro, language()) if asked.intro else "",
        stands_out=say(asked.inset, language()) if asked.inset else "",
        form=form,
        seen=draft.of(asked.key).version,
        back=url_for(".tasks", draft_id=draft.id),
        person=guard.actor() if asks_about_referrer(asked) else None,
    )
