"""Trials of a form: a person's own, one opened like a draft, and one that was "sent" as its screener would see it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from portal.auth.policy import Permission, Reach, reach
from portal.forms.models import FormDraft, FormTrial, FormVersion
from portal.forms.queries import Published, pinned
from portal.kernel import clock, db, scope
from portal.kernel.errors import NotFound
from portal.kernel.scope import Actor
from portal.referrals.deadlines import due_at
from portal.referrals.paths import walk
from portal.referrals.projecting import ChildFacts, Projected, project
from portal.referrals.queries.drafts import Draft, Stored
from portal.referrals.queries.record import Answers, Found
from portal.referrals.routing import Routed, route
from portal.tenants import vault
from portal.tenants.opening import is_open

TABLE = "form_trial"
REFERENCE = "TEST"
"""What stands where a report has its reference: no report can have it, theirs are longer."""
KEPT_DAYS = 30
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class TrialLine:
    """One of a person's trials; `number` is the version's, None for a trial of a draft."""

    id: UUID
    form_key: str
    number: int | None
    kind: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True)
class Tried:
    """A trial that was "sent": what a receipt and a screener would have of a report, made for this page only."""

    found: Found
    published: Published
    answers: Answers
    children: tuple[ChildFacts, ...]


def own(actor: Actor) -> ColumnElement[bool]:
    """The trials that this person may open: their own, while they may read drafts of forms."""
    council = scope.current().council
    if council is None or reach(actor, Permission.PUBLISH) is not Reach.COUNCIL:
        raise NotFound("no such trial")
    return and_(FormTrial.tenant_id == council.id, FormTrial.account_id == actor.account_id)


def my_trials(actor: Actor) -> tuple[TrialLine, ...]:
    """The person's trials, newest first."""
    query = (
        select(
            FormTrial.id,
            FormDraft.form_key,
            FormVersion.form_key.label("published_key"),
            FormVersion.number,
            FormTrial.kind,
            FormTrial.created_at,
            FormTrial.sent_at,
        )
        .outerjoin(FormDraft, and_(FormDraft.tenant_id == FormTrial.tenant_id, FormDraft.id == FormTrial.draft_id))
        .outerjoin(
            FormVersion, and_(FormVersion.tenant_id == FormTrial.tenant_id, FormVersion.id == FormTrial.version_id)
        )
        .where(own(actor))
        .order_by(FormTrial.created_at.desc(), FormTrial.id)
    )
    return tuple(
        TrialLine(row.id, row.form_key or row.published_key or "", row.number, row.kind, row.created_at, row.sent_at)
        for row in db.session().execute(query)
    )


def open_trial(actor: Actor, trial_id: UUID) -> tuple[Draft, Published]:
    """A trial that goes on, like a draft, with the questions and rules pinned when it began; raises NotFound."""
    row = _row(actor, trial_id)
    if row.sent_at is not None:
        raise NotFound("the trial has ended")
    return draft_of(row), pinned(row.id, row.content)


def sent_trial(actor: Actor, trial_id: UUID) -> Tried:
    """A trial that was "sent"; raises NotFound for any other."""
    row = _row(actor, trial_id)
    if row.sent_at is None:
        raise NotFound("the trial goes on")
    draft, form = draft_of(row), pinned(row.id, row.content)
    routed = route(form.form, form.thresholds, draft.kind, draft.triage, row.sent_at)
    walked = walk(form.form, draft.kind, routed.triage, draft.sections, form.thresholds.override_answer)
    projected = project(form.form, draft.kind, walked.sections)
    reason = draft.override_reason if routed.overridden else ""
    return Tried(
        found=_found(actor, draft, row.sent_at, routed, projected),
        published=form,
        answers=Answers(walked.triage, reason, walked.sections),
        children=projected.children,
    )


def _row(actor: Actor, trial_id: UUID) -> FormTrial:
    query = select(FormTrial).where(own(actor), FormTrial.id == trial_id)
    row = db.session().execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise NotFound("no such trial")
    return row


def record_of(trial_id: UUID, wrapped_key: bytes) -> vault.Record:
    """What seals and opens the answers of a trial."""
    return vault.Record(TABLE, trial_id, wrapped_key)


def sealed(record: vault.Record, trial_id: UUID, stored: Mapping[str, Stored]) -> bytes:
    """The sections of a trial encrypted for its `answers` column."""
    document = {key: {"version": one.version, "body": one.body} for key, one in stored.items()}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return record.seal(text, TABLE, trial_id, "answers")


def _opened(row: FormTrial) -> dict[str, Stored]:
    if row.answers is None:
        return {}
    document = json.loads(record_of(row.id, row.wrapped_key).open(row.answers, TABLE, row.id, "answers"))
    return {key: Stored(one["version"], one["body"]) for key, one in document.items()}


def draft_of(row: FormTrial) -> Draft:
    """A trial as the pages of a draft read it; it has no agency, and its own id makes sending happen once."""
    return Draft(
        id=row.id,
        kind=row.kind,
        version=row.version,
        language=row.language,
        agency_id=NOBODY,
        form_version_id=row.id,
        submit_key=row.id,
        expires_on=(row.created_at + timedelta(days=KEPT_DAYS)).astimezone(clock.LONDON).date(),
        wrapped_key=row.wrapped_key,
        form_key=str(row.content["form"].get("key", "")),
        must_restart=False,
        stored=_opened(row),
    )


def _found(actor: Actor, draft: Draft, at: datetime, routed: Routed, projected: Projected) -> Found:
    council = scope.council()
    return Found(
        id=draft.id,
        reference=REFERENCE,
        state="sent",
        version=draft.version,
        kind=draft.kind,
        agency_id=NOBODY,
        agency_name=actor.agency_name,
        author_id=actor.account_id,
        author_name=actor.name,
        author_job=actor.job_title,
        language=draft.language,
        route=routed.outcome.route,
        rule=routed.outcome.rule,
        level=routed.outcome.level,
        outcome_of_rules=routed.document(),
        overridden=routed.overridden,
        attention=routed.outcome.attention,
        out_of_hours=not is_open(council, at),
        urgency=routed.rank,
        priority=routed.priority,
        category=projected.category,
        initials=projected.initials,
        sent_at=at,
        queued_at=at,
        due_at=due_at(council, routed.rank, at),
        owner_id=None,
        owner_name="",
        unread_by_council=0,
        unread_by_agency=0,
        outcome="",
        decided_at=None,
        form_version_id=draft.id,
        wrapped_key=draft.wrapped_key,
        form_key=draft.form_key,
    )
