"""The fictional reports of the demonstration, told through the very commands that people's pages use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from unittest import mock
from uuid import UUID

from sqlalchemy import select

from portal.cli.demo_keys import key_of
from portal.cli.demo_papers import papers
from portal.cli.demo_steps import take
from portal.forms.facts import is_empty
from portal.forms.families import CONCERN
from portal.forms.formats import day_limit
from portal.forms.queries import Published, newest
from portal.forms.questionnaire import Question, Section
from portal.kernel import clock, db, scope
from portal.kernel.scope import Actor, Council, Scope
from portal.referrals import tasks
from portal.referrals.commands import drafts, sending, sharing
from portal.referrals.commands.attaching import Target, attach_along
from portal.referrals.models import Notice, Referral
from portal.referrals.paths import Walked, sections_of, walk
from portal.referrals.projecting import initials_of
from portal.referrals.queries.draft_lists import shared
from portal.referrals.queries.drafts import find_draft
from portal.referrals.routing import route
from portal.tenants.opening import hours_of

Story = Mapping[str, Any]

WRITING = timedelta(minutes=14)
APART = timedelta(minutes=2)


@dataclass(frozen=True)
class Cast:
    """One council of the demonstration: its people by key, its scenarios' answers by id, and the usual answers.

    `posts`: emails are put on the outbox page at once, dated like the story; else the worker sends them.
    """

    council: Council
    people: Mapping[str, Actor]
    scenarios: Mapping[str, Mapping[str, Any]]
    usual: Mapping[str, Mapping[str, Any]]
    posts: bool = True


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """A block at another time: every command asks the one clock."""
    with mock.patch.object(clock, "now", return_value=moment):
        yield


def tell(cast: Cast, story: Story) -> bool:
    """Tell one story from its draft to its last step; False when it was told before."""
    author = cast.people[story["by"]]
    once = key_of(cast.council.slug, story["key"])
    if _told(cast, once):
        return False
    steps: Sequence[Story] = story.get("steps", ())
    sent, *later = _moments(cast.council, story)
    reference = _report(cast, author, story, once, sent)
    post(cast, sent)
    for step, moment in zip(steps, later, strict=True):
        actor = cast.people[step["by"]]
        with at(moment), db.unit_of_work(Scope(cast.council, actor)):
            take(actor, step, reference)
        post(cast, moment)
    return True


def _told(cast: Cast, once: UUID) -> bool:
    with db.unit_of_work(Scope(cast.council, scope.SYSTEM)) as session:
        query = select(Referral.id).where(Referral.submit_key == once)
        return session.execute(query).scalar_one_or_none() is not None


def _moments(council: Council, story: Story) -> list[datetime]:
    """When the story and each of its steps happens: in order, and none of them in the future."""
    latest = clock.now() - APART
    found: list[datetime] = []
    for part in reversed([story, *story.get("steps", ())]):
        found.insert(0, min(moment_of(council, part), latest))
        latest = found[0] - APART
    return found


def moment_of(council: Council, part: Story) -> datetime:
    """When a part of a story happens."""
    if "hours" in part:
        return clock.now() - timedelta(hours=part["hours"])
    day = _working_day(council, int(part["days"]))
    return datetime.combine(day, time.fromisoformat(part["at"]), clock.LONDON).astimezone(UTC)


def _working_day(council: Council, days: int) -> date:
    """So many of the council's working days ago; 0 is today, or the last one on a day without work."""
    day, hours = clock.today(), hours_of(council)
    while not clock.works(day, council.nation, hours) or days:
        days -= clock.works(day, council.nation, hours)
        day -= timedelta(days=1)
    return day


def _report(cast: Cast, author: Actor, story: Story, once: UUID, sent: datetime) -> str:
    """Write the report and send it; its reference, "" for one that stays a draft."""
    language = story.get("language", "en")
    if story.get("urgent"):
        with at(sent), db.unit_of_work(Scope(cast.council, author)):
            form = newest()
            body = _sections(cast, story, sections_of(form.form, "urgent"))
            return sending.send_urgent(author, once, form, body, language)
    with at(sent - WRITING), db.unit_of_work(Scope(cast.council, author)):
        draft_id = _write(cast, author, story, once, language)
        _attach(author, draft_id, story)
    if story.get("draft"):
        return ""
    with at(sent), db.unit_of_work(Scope(cast.council, author)):
        return sending.send(author, draft_id, once, find_draft(author, draft_id).version)


def _attach(author: Actor, draft_id: UUID, story: Story) -> None:
    target = Target(draft_id, find_draft(author, draft_id).agency_id, "agency", later=False)
    for paper in papers(story.get("files", ())):
        attach_along(author, target, paper)


def _write(cast: Cast, author: Actor, story: Story, once: UUID, language: str) -> UUID:
    """Begin a draft and save its triage and sections (of a draft that stays one, those it names)."""
    form = newest(story.get("form", CONCERN))
    draft_id = drafts.start(author, "full", language, form, once)
    if draft_id is None:
        raise LookupError(f"the story {story['key']} is there already")
    override = form.thresholds.override_answer
    walked = _walked(cast, story, form, override)
    drafts.save_triage(author, find_draft(author, draft_id), walked.triage, override, 0)
    if story.get("disagree"):
        drafts.disagree(author, find_draft(author, draft_id), override, story["disagree"], 1)
    draft = find_draft(author, draft_id)
    outcome = route(form.form, form.thresholds, draft.kind, draft.triage, clock.now()).outcome
    drafts.note_route(author, draft, outcome.route, outcome.rule)
    wanted = story.get("draft")
    for section in walked.shown:
        if wanted is None or section.key in wanted:
            body = walked.sections[section.key]
            initials = initials_of(section, body) or None
            now = find_draft(author, draft_id)
            drafts.save(author, now, section.key, body, 0, complete=True, initials=initials)
    for key in story.get("helpers", ()):
        sharing.invite(author, shared(author, draft_id), cast.people[key].account_id)
    return draft_id


def _walked(cast: Cast, story: Story, form: Published, override: str) -> Walked:
    """The story's answers along the path that they open; nothing on a page that would not be shown."""
    scenario = cast.scenarios[story["scenario"]]
    triage = {
        question.key: _none_of_these(question, scenario[question.key])
        for question in form.form.triage_questions()
        if question.key in scenario and question.key != override
    }
    sections = _sections(cast, story, form.form.sections)
    return walk(form.form, "full", triage, sections)


def _none_of_these(question: Question, value: Any) -> Any:
    """A scenario's empty list is the page's "none of these"."""
    if question.type != "checkboxes" or not is_empty(value):
        return value
    return [option.value for option in question.options if option.exclusive]


def _sections(cast: Cast, story: Story, sections: Sequence[Section]) -> dict[str, Any]:
    answers = {**_dated(cast.usual["answers"]), **story.get("answers", {})}
    repeated = {
        "children": [{**cast.usual["child"], **child} for child in story.get("children", ())],
        "people": [{**cast.usual["person"], **person} for person in story.get("people", ())],
        "subjects": [{**cast.usual["subject"], **one} for one in story.get("subjects", ())],
        "professionals": list(story.get("professionals", ())),
        "chronology": list(story.get("chronology", ())),
    }
    # Any other section is told once, also one that asks about each child, such as what the child says.
    return {section.key: repeated.get(section.key, [answers]) if section.repeat else answers for section in sections}


def _dated(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The usual answers with the day that a distance such as `today+50d` means when the story happens."""
    days = {key: day_limit(value, clock.today()) for key, value in answers.items() if str(value).startswith("today")}
    return {**answers, **{key: day.isoformat() for key, day in days.items() if day is not None}}


def post(cast: Cast, moment: datetime) -> None:
    """Let the emails of what has just happened arrive when it happened; their jobs find nothing left to do."""
    if not cast.posts:
        return
    whole = Scope(cast.council, scope.SYSTEM)
    with db.unit_of_work(whole) as session:
        waiting = list(session.execute(select(Notice.id).where(Notice.state == "pending")).scalars())
    for notice_id in waiting:
        with at(moment), db.unit_of_work(whole):
            tasks.send_notice(notice_id)
