"""Notices: who must be told what by email; the row is the truth and its job only a hint.

Some wait for their reader's one email a day (commands/digests.py).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    ColumnExpressionArgument,
    DateTime,
    String,
    Uuid,
    cast,
    column,
    exists,
    false,
    insert,
    literal,
    select,
    table,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from portal.audit import events
from portal.kernel import clock, db, jobs, scope
from portal.kernel.scope import Actor
from portal.referrals.elsewhere import PORTAL
from portal.referrals.models import ABOUT_DRAFTS, Notice, NoticeChoice, Referral

JOB = "referrals.send_notice"
CAN_WAIT = frozenset({"received", "reply", "news", "outcome", "file", "file_in"}) | ABOUT_DRAFTS
"""What is told once a day to whoever chose so. A question holds a report up, and harm and openings are no news of
tomorrow; neither is a draft of which somebody hears on its last day."""
TO_REFERRER = frozenset({"received", "question", "reminder", "outcome", "file", "harmful"})
STRANDED_AFTER = timedelta(minutes=10)
# A notice whose job will not run for longer than this gets another: after a long outage of the mail server
# everything is sent within two sweeps instead of when the last, long wait of each job ends.
NEXT_TRY_WITHIN = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(days=3)
SWEEP_AT_ONCE = 500
# The queue's own table, of which SQLAlchemy knows nothing else.
_ARGUMENTS: ColumnClause[Any] = column("args", JSONB)
QUEUE = table("procrastinate_jobs", column("task_name"), column("scheduled_at"), column("status"), _ARGUMENTS)


def tell(actor: Actor, kind: str, account_id: UUID, referral_id: UUID | None, *, now: bool = False) -> None:
    """Have somebody told by email, if and only if the current transaction commits.

    `kind` is one of NOTICE_KINDS. Who acts is not told of their own doing, except that it was received; who chose one
    email a day is told what can wait then (unless it must be told `now`), and who chose no receipts gets none.
    """
    if account_id == actor.account_id and kind != "received":
        return
    council = scope.council()
    notice_id = uuid4()
    values = select(
        literal(council.id, Uuid),
        literal(notice_id, Uuid),
        literal(kind),
        literal(account_id, Uuid),
        literal(referral_id, Uuid),
        literal(clock.now(), DateTime(timezone=True)),
        _chose(council.id, account_id, NoticeChoice.daily) if kind in CAN_WAIT and not now else false(),
    )
    if kind in TO_REFERRER:
        values = values.where(~_elsewhere(council.id, referral_id))
    if kind == "received":
        values = values.where(~_chose(council.id, account_id, ~NoticeChoice.receipts))
    columns = ("tenant_id", "id", "kind", "account_id", "referral_id", "created_at", "daily")
    told = db.session().execute(insert(Notice).from_select(columns, values).returning(Notice.daily))
    if told.scalar_one_or_none() is False:
        jobs.enqueue(JOB, notice_id=notice_id)


def tell_mailbox(kind: str, mailbox: str, referral_id: UUID | None) -> None:
    """Have a mailbox of the council told by email, of a report or (None) of something else, if and only if the current
    transaction commits."""
    council = scope.council()
    made = Notice(
        tenant_id=council.id, id=uuid4(), kind=kind, mailbox=mailbox, referral_id=referral_id, created_at=clock.now()
    )
    db.session().add(made)
    jobs.enqueue(JOB, notice_id=made.id)


def _elsewhere(council_id: UUID, referral_id: UUID | None) -> ColumnElement[bool]:
    """Whether the report did not come through the portal: its author is the screener who took it down."""
    here = (Referral.tenant_id == council_id, Referral.id == referral_id)
    return select(Referral.id).where(*here, Referral.channel != PORTAL).exists()


def _chose(council_id: UUID, account_id: UUID, what: ColumnExpressionArgument[bool]) -> ColumnElement[bool]:
    here = (NoticeChoice.tenant_id == council_id, NoticeChoice.account_id == account_id)
    return select(NoticeChoice.id).where(*here, what).exists()


def claim(notice_id: UUID) -> bool:
    """Lock a pending notice until the end of the transaction; False if it is not pending, another job has it, or what
    it would tell is over."""
    query = select(Notice.id, Notice.kind, Notice.referral_id, Notice.created_at)
    query = query.where(Notice.id == notice_id, Notice.state == "pending")
    row = db.session().execute(query.with_for_update(skip_locked=True)).one_or_none()
    if row is None:
        return False
    if row.kind == "approval" and not _waits_for_approval(row.referral_id, row.created_at):
        _settle(notice_id, "overtaken", events.Event.NOTICE_OVERTAKEN)
        return False
    return True


def _waits_for_approval(referral_id: UUID | None, told_at: datetime) -> bool:
    """Whether the proposal of which a notice tells is open; a later one has notices of its own."""
    query = select(Referral.approval_asked_at).where(Referral.id == referral_id)
    since: datetime | None = db.session().execute(query).scalar_one_or_none()
    return since is not None and since <= told_at


def mark_sent(notice_id: UUID) -> None:
    """The mail server has taken it."""
    _settle(notice_id, "sent", events.Event.NOTICE_SENT)


def mark_failed(notice_id: UUID) -> None:
    """Nobody will ever take it."""
    _settle(notice_id, "failed", events.Event.NOTICE_FAILED)


def count_try(notice_id: UUID) -> bool:
    """Count a try that failed, after the transaction that tried was undone; True once it is too old to go on."""
    values = {"attempts": Notice.attempts + 1}
    query = update(Notice).where(Notice.id == notice_id).values(values).returning(Notice.created_at)
    created_at = db.session().execute(query).scalar_one()
    return clock.now() - created_at > GIVE_UP_AFTER


def defer_stranded() -> int:
    """Give every pending notice that has waited too long, and that no job will see to soon, a new job.

    One that is too old is given up, whatever its jobs died of.
    """
    _give_up()
    query = (
        select(Notice.id)
        .where(
            Notice.state == "pending",
            ~Notice.daily,
            Notice.created_at < clock.now() - STRANDED_AFTER,
            ~_has_a_job_soon(),
        )
        .order_by(Notice.created_at)
        .limit(SWEEP_AT_ONCE)
    )
    found = list(db.session().execute(query).scalars())
    for notice_id in found:
        jobs.enqueue(JOB, notice_id=notice_id)
    return len(found)


def _give_up() -> None:
    old = select(Notice.id).where(Notice.state == "pending", Notice.created_at < clock.now() - GIVE_UP_AFTER)
    for notice_id in db.session().execute(old.with_for_update(skip_locked=True).limit(SWEEP_AT_ONCE)).scalars().all():
        mark_failed(notice_id)


def _settle(notice_id: UUID, state: str, event: events.Event) -> None:
    row = (
        db.session()
        .execute(
            update(Notice)
            .where(Notice.id == notice_id)
            .values(state=state, attempts=Notice.attempts + 1, sent_at=clock.now() if state == "sent" else None)
            .returning(Notice.kind, Notice.referral_id)
        )
        .one()
    )
    events.record(event, row.referral_id, kind=row.kind)


def _has_a_job_soon() -> ColumnElement[bool]:
    return exists(
        select(1)
        .select_from(QUEUE)
        .where(
            QUEUE.c.task_name == JOB,
            cast(QUEUE.c.status, String).in_(("todo", "doing")),
            QUEUE.c.args["notice_id"].astext == cast(Notice.id, String),
            QUEUE.c.scheduled_at.is_(None) | (QUEUE.c.scheduled_at <= clock.now() + NEXT_TRY_WITHIN),
        )
    )
