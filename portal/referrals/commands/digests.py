"""One email a day: what waits for it, and when it is due; and how somebody wants to be told."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, String, cast, exists, select
from sqlalchemy.dialects.postgresql import insert

from portal.audit import events
from portal.audit.events import Event
from portal.kernel import clock, db, jobs, scope
from portal.kernel.scope import Actor
from portal.referrals.commands import notices
from portal.referrals.models import Notice, NoticeChoice
from portal.referrals.queries.notices import Choices

JOB = "referrals.send_digest"
# A day, and the time that the mornings of two days may differ.
OVERDUE = timedelta(hours=25)
MOST_AT_ONCE = 200


def choose(actor: Actor, choices: Choices) -> None:
    """Keep how the person wants their emails in this council; doing it twice changes nothing more."""
    council = scope.council()
    wanted = {"daily": choices.daily, "receipts": choices.receipts, "discreet": choices.discreet}
    statement = insert(NoticeChoice).values(tenant_id=council.id, id=uuid4(), account_id=actor.account_id, **wanted)
    db.session().execute(statement.on_conflict_do_update(index_elements=["tenant_id", "account_id"], set_=wanted))
    # What waited for the daily email goes with the next one all the same: the day's job does not ask again.
    events.record(Event.NOTICES_CHOSEN, actor.account_id, **{key: str(value) for key, value in wanted.items()})


def defer(*, overdue: bool = False) -> int:
    """Give everybody for whom something waits the job that sends it; with `overdue` only what an earlier job should
    have sent, and nobody's job is there. Returns how many people."""
    waits = select(Notice.account_id).where(Notice.daily, Notice.state == "pending").distinct()
    if overdue:
        waits = waits.where(Notice.created_at < clock.now() - OVERDUE, ~_has_a_job())
    # What waits for a day has a person as its reader, never a mailbox.
    found = [one for one in db.session().execute(waits).scalars() if one is not None]
    for account_id in found:
        jobs.enqueue(JOB, account_id=account_id)
    return len(found)


def claim(account_id: UUID) -> list[UUID]:
    """Lock what waits for one person until the end of the transaction, oldest first; what another job has is its."""
    query = (
        select(Notice.id)
        .where(Notice.account_id == account_id, Notice.daily, Notice.state == "pending")
        .order_by(Notice.created_at, Notice.id)
        .limit(MOST_AT_ONCE)
    )
    return list(db.session().execute(query.with_for_update(skip_locked=True)).scalars())


def _has_a_job() -> ColumnElement[bool]:
    queue = notices.QUEUE
    return exists(
        select(1)
        .select_from(queue)
        .where(
            queue.c.task_name == JOB,
            cast(queue.c.status, String).in_(("todo", "doing")),
            queue.c.args["account_id"].astext == cast(Notice.account_id, String),
        )
    )
