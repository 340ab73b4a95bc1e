"""Trials of a form: begin one, keep its answers, end it, forget it; no report, notice or clock hears of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from portal.audit import events
from portal.audit.events import Event
from portal.forms.models import FormTrial
from portal.forms.queries import Published
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import Actor
from portal.referrals.paths import walk
from portal.referrals.queries import trials as queries
from portal.referrals.queries.drafts import Draft, Stored
from portal.referrals.queries.duplicates import Earlier
from portal.referrals.queries.trials import KEPT_DAYS, REFERENCE, own
from portal.referrals.routing import route
from portal.tenants import vault

MOST_KEPT = 30
"""Trials of one person; the content of each is kept with it."""
MOST_AT_ONCE = 500


def begin(
    actor: Actor,
    content: Mapping[str, Any],
    kind: str,
    language: str,
    *,
    trial_id: UUID,
    draft_id: UUID | None = None,
    version_id: UUID | None = None,
) -> None:
    """Begin a trial of these documents, which are pinned; the same id again (a double click) begins none.

    Raises NotFound for those who may not try forms, and Invalid({"trial": "too_many"}).
    """
    mine = own(actor)
    session = db.session()
    kept = session.execute(select(func.count()).select_from(FormTrial).where(mine, FormTrial.id != trial_id))
    if kept.scalar_one() >= MOST_KEPT:
        raise Invalid({"trial": "too_many"})
    statement = (
        insert(FormTrial)
        .values(
            tenant_id=scope.council().id,
            id=trial_id,
            account_id=actor.account_id,
            draft_id=draft_id,
            version_id=version_id,
            content={"form": content["form"], "thresholds": content["thresholds"]},
            kind=kind,
            language=language,
            wrapped_key=vault.new_record_key(queries.TABLE, trial_id),
            created_at=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(FormTrial.id)
    )
    if session.execute(statement).scalar_one_or_none() is not None:
        events.record(Event.FORM_TRIED, trial_id)


class Trials:
    """Keeps the answers of trials (commands/keeping.py says what each method is for)."""

    open = staticmethod(queries.open_trial)

    def save(
        self,
        actor: Actor,
        draft: Draft,
        section: str,
        body: Any,
        seen: int,
        *,
        complete: bool,
        initials: str | None = None,
    ) -> int:
        """Save one section; the whole trial is one sealed value, changed under a lock."""
        del complete, initials
        now = _locked(actor, draft.id)
        stored = now.of(section)
        if stored.version != seen:
            if stored.body == body:
                return stored.version
            raise Conflict("the section was saved elsewhere", section=section)
        _write(now, {**now.stored, section: Stored(seen + 1, body)})
        return seen + 1

    def note_route(self, actor: Actor, draft: Draft, route: str, rule: str) -> None:
        """Where a trial leads is nobody's record."""

    def throw_away(self, actor: Actor, draft: Draft) -> None:
        """Delete the trial."""
        forget(actor, draft.id)

    def key(self, actor: Actor, draft: Draft) -> UUID:
        """The trial's own id."""
        del actor
        return draft.id

    def send(self, actor: Actor, draft_id: UUID, submit_key: UUID, seen: int) -> str:
        """End the trial as a report is sent, and send nothing; the second click of two gets the same answer."""
        del submit_key
        try:
            draft, form = queries.open_trial(actor, draft_id)
        except NotFound:
            return self.sent_as(actor, draft_id)
        if draft.version != seen:
            raise Conflict("the draft changed", state="draft")
        end(actor, draft, form)
        return REFERENCE

    def sent_as(self, actor: Actor, draft_id: UUID) -> str:
        """What stands in the place of a reference; raises NotFound while the trial goes on."""
        return queries.sent_trial(actor, draft_id).found.reference

    def earlier(self, *_about: object) -> tuple[Earlier, ...]:
        """None: a trial is about nobody."""
        return ()


def end(actor: Actor, draft: Draft, form: Published, sections: Mapping[str, Any] | None = None) -> None:
    """Follow the whole path as sending does, then mark the trial as ended; `sections` are the urgent form's answers.

    Raises Invalid({section: "missing"}) while required answers are missing.
    """
    now = _locked(actor, draft.id)
    stored = now.stored if sections is None else {key: Stored(1, body) for key, body in sections.items()}
    given = replace(now, stored=stored)
    routed = route(form.form, form.thresholds, given.kind, given.triage, clock.now())
    walked = walk(form.form, given.kind, routed.triage, given.sections, form.thresholds.override_answer)
    if walked.missing:
        raise Invalid({gap.section: "missing" for gap in walked.missing})
    _write(now, stored, sent_at=clock.now())


def forget(actor: Actor, trial_id: UUID) -> None:
    """Delete one of the person's own trials; raises NotFound when it is gone already."""
    gone = db.session().execute(
        delete(FormTrial)
        .where(own(actor), FormTrial.id == trial_id)
        .returning(FormTrial.id)
        .execution_options(synchronize_session=False)
    )
    if gone.scalar_one_or_none() is None:
        raise NotFound("no such trial")


def forget_old() -> int:
    """Delete the council's trials that began more than KEPT_DAYS ago, at most so many at once; returns how many."""
    old = (
        select(FormTrial.id)
        .where(
            FormTrial.tenant_id == scope.council().id,
            FormTrial.created_at < clock.now() - timedelta(days=KEPT_DAYS),
        )
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    gone = db.session().execute(
        delete(FormTrial)
        .where(FormTrial.tenant_id == scope.council().id, FormTrial.id.in_(old))
        .returning(FormTrial.id)
        .execution_options(synchronize_session=False)
    )
    return len(list(gone.scalars()))


def _locked(actor: Actor, trial_id: UUID) -> Draft:
    """The trial as it is now, locked until the transaction ends; raises NotFound, and Conflict when it has ended."""
    query = (
        select(FormTrial)
        .where(own(actor), FormTrial.id == trial_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    row = db.session().execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound("no such trial")
    if row.sent_at is not None:
        raise Conflict("the trial has ended", state="sent")
    return queries.draft_of(row)


def _write(draft: Draft, stored: Mapping[str, Stored], **columns: Any) -> None:
    record = queries.record_of(draft.id, draft.wrapped_key)
    db.session().execute(
        update(FormTrial)
        .where(FormTrial.tenant_id == scope.council().id, FormTrial.id == draft.id)
        .values(answers=queries.sealed(record, draft.id, stored), version=draft.version + 1, **columns)
        .execution_options(synchronize_session=False)
    )
