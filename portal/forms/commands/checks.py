"""Checks of a draft, each over exactly one content: asked once, run by a job, safe to run twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission, Reach, reach
from portal.forms.models import FormCheck, FormDraft
from portal.forms.queries.checks import subject_of
from portal.forms.queries.drafts import Draft
from portal.forms.runners import Run, Stopped, runner
from portal.kernel import clock, db, jobs, scope
from portal.kernel.errors import Forbidden
from portal.kernel.scope import Actor

JOB = "forms.run_check"
# A check that has waited so long is asked for again: its job may have been lost.
LOST_AFTER = timedelta(minutes=5)
# Two workers may hold the same job after one of them was taken for dead.
LOCK = text("select pg_try_advisory_xact_lock(hashtextextended(:check, 0))")


def ask(actor: Actor, draft: Draft, kind: str, *, again: bool = False, so_far: Mapping[str, Any] | None = None) -> UUID:
    """Ask for a check of the draft as it stands and return its id; asked twice it is one.

    What failed to run is run again, and so is what is done when `again` is wanted. `so_far` is what
    the run begins with, as if an earlier one had kept it. Raises Forbidden.
    """
    check_id, is_new = _row(actor, draft, kind, again=again, so_far=so_far)
    if is_new:
        events.record(Event.FORM_CHECK_ASKED, draft.id, kind=kind)
        jobs.enqueue(JOB, check_id=check_id)
    return check_id


def run_now(actor: Actor, draft: Draft, kind: str) -> None:
    """Run a check in this request: for what takes well under a second. Raises Forbidden."""
    check_id, is_new = _row(actor, draft, kind, again=True, so_far=None)
    work = runner(kind)
    if not is_new or work is None:
        return
    events.record(Event.FORM_CHECK_ASKED, draft.id, kind=kind)
    _update(check_id, state="running")
    finish(
        check_id,
        work(
            Run(
                check_id=check_id,
                draft_id=draft.id,
                form_key=draft.form_key,
                base_id=draft.base_id,
                content=draft.content,
                languages=scope.council().languages,
                so_far=None,
                now=clock.now(),
                report=_no_report,
            )
        ),
    )


def _no_report(done: int, total: int, so_far: Mapping[str, Any] | None = None) -> None:
    """Nobody sees a check that is run at once while it runs."""


def _row(actor: Actor, draft: Draft, kind: str, *, again: bool, so_far: Mapping[str, Any] | None) -> tuple[UUID, bool]:
    """The check's id, and whether somebody has to run it."""
    if reach(actor, Permission.PUBLISH) is not Reach.COUNCIL:
        raise Forbidden
    now = clock.now()
    fresh = {"state": "waiting", "done": 0, "total": 0, "result": so_far, "finished_at": None}
    asked = {"asked_by": actor.account_id, "asked_at": now}
    subject = subject_of(kind, draft.content)
    ended = FormCheck.state.in_(("failed", "done") if again else ("failed",))
    statement = (
        insert(FormCheck)
        .values(
            tenant_id=scope.council().id,
            id=uuid4(),
            draft_id=draft.id,
            kind=kind,
            content_hash=subject,
            **fresh,
            **asked,
        )
        .on_conflict_do_update(
            index_elements=["tenant_id", "draft_id", "kind", "content_hash"],
            set_={**fresh, **asked},
            where=ended | ((FormCheck.state == "waiting") & (FormCheck.asked_at < now - LOST_AFTER)),
        )
        .returning(FormCheck.id)
    )
    made: UUID | None = db.session().execute(statement).scalar_one_or_none()
    if made is not None:
        return made, True
    query = select(FormCheck.id).where(
        FormCheck.tenant_id == scope.council().id,
        FormCheck.draft_id == draft.id,
        FormCheck.kind == kind,
        FormCheck.content_hash == subject,
    )
    return db.session().execute(query).scalar_one(), False


def begin(check_id: UUID) -> tuple[str, Run] | None:
    """Claim a check for this job until its transaction ends: (kind, what to run), or None when there is nothing to do.

    Nothing is to do when it is finished, somebody else runs it, or the draft has changed since it was asked.
    """
    council = scope.council()
    if not db.session().execute(LOCK, {"check": str(check_id)}).scalar_one():
        return None
    query = (
        select(FormCheck, FormDraft.content, FormDraft.form_key, FormDraft.base_id)
        .join(FormDraft, (FormDraft.tenant_id == FormCheck.tenant_id) & (FormDraft.id == FormCheck.draft_id))
        .where(FormCheck.tenant_id == council.id, FormCheck.id == check_id)
    )
    row = db.session().execute(query).one_or_none()
    if row is None or row.FormCheck.state in ("done", "failed"):
        return None
    check = row.FormCheck
    if subject_of(check.kind, row.content) != check.content_hash:
        fail(check_id, "changed")
        return None
    with db.apart():
        _update(check_id, state="running")
    return check.kind, Run(
        check_id=check_id,
        draft_id=check.draft_id,
        form_key=row.form_key,
        base_id=row.base_id,
        content=row.content,
        languages=council.languages,
        so_far=check.result,
        now=clock.now(),
        report=partial(_progress, check_id),
    )


def _progress(check_id: UUID, done: int, total: int, so_far: Mapping[str, Any] | None = None) -> None:
    columns: dict[str, Any] = {"done": done, "total": total}
    if so_far is not None:
        columns["result"] = dict(so_far)
    with db.apart():
        if not _update(check_id, **columns):
            raise Stopped


def finish(check_id: UUID, result: Mapping[str, Any]) -> None:
    """Keep the result of a run; the second of two runs changes nothing."""
    done = func.greatest(FormCheck.total, 1)
    _update(check_id, state="done", result=dict(result), finished_at=clock.now(), done=done, total=done)


def fail(check_id: UUID, reason: str) -> None:
    """Keep that a check could not be run: `reason` is a code (changed, error, not_available)."""
    with db.apart():
        _update(check_id, state="failed", result={"reason": reason}, finished_at=clock.now())


def _update(check_id: UUID, **columns: Any) -> bool:
    """Change a check that is not finished; False when it is, or is gone."""
    statement = (
        update(FormCheck)
        .where(
            FormCheck.tenant_id == scope.council().id,
            FormCheck.id == check_id,
            FormCheck.state.in_(("waiting", "running")),
        )
        .values(**columns)
        .returning(FormCheck.id)
        .execution_options(synchronize_session=False)
    )
    return db.session().execute(statement).scalar_one_or_none() is not None
