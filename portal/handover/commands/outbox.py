"""Parcels: made with the decision, taken by one sender at a time, settled, and never lost.

The row is the truth and a job only a hint. A parcel is sent at least once; whoever receives it knows it by its id.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import String, and_, cast, exists, insert, or_, select, update

from portal.audit import events
from portal.audit.events import Event
from portal.handover.commands.completing import complete, complete_all
from portal.handover.commands.rows import JOB, QUIETLY, change, locked, make
from portal.handover.commands.telling import tell_given_up
from portal.handover.models import Parcel, ParcelAttempt
from portal.handover.states import (
    BROKEN,
    COLLECT_WITHIN,
    DELIVERED,
    GIVE_UP_AFTER,
    GIVEN_UP,
    LEASE,
    REFUSED,
    SENDING,
    SUPERSEDED,
    TOLD,
    UNAVAILABLE,
    UNDELIVERED,
    WAITING,
    wait_after,
)
from portal.kernel import clock, db, jobs, scope
from portal.kernel.scope import Actor, Council
from portal.referrals.commands.notices import QUEUE
from portal.referrals.queries.record import Found
from portal.screening.models import Decision

SWEEP_AT_ONCE = 50
# A try that is due exactly at the end comes first; only what nobody tries any more is given up by the sweep.
LATE = timedelta(minutes=30)


def follow(actor: Actor, found: Found, decision_id: UUID) -> None:
    """Make the parcel of a decision in its transaction, where the council hands such decisions over.

    One that has not arrived yet is overtaken. Whatever the case system may have heard of is corrected there too,
    whichever outcome counts now.
    """
    del actor
    council = scope.council()
    settings = council.settings.hand_over
    if settings.how == "none":
        return
    query = select(Decision.kind, Decision.corrects).where(Decision.tenant_id == council.id, Decision.id == decision_id)
    made = db.session().execute(query).one()
    heard = _overtake(council, found.id, decision_id)
    if not heard and not settings.takes(made.kind):
        return
    event = "corrected" if made.corrects or heard else "decided"
    make(council, found.id, decision_id, event, by_hand=settings.how == "copy")


def _overtake(council: Council, referral_id: UUID, decision_id: UUID) -> bool:
    """Take undelivered parcels of the report back; whether the case system may know of any of its parcels."""
    mine = (Parcel.tenant_id == council.id, Parcel.referral_id == referral_id, Parcel.decision_id != decision_id)
    known = select(Parcel.id).where(*mine, or_(Parcel.state == DELIVERED, Parcel.tries > 0))
    heard = bool(db.session().execute(select(known.exists())).scalar_one())
    back = (
        update(Parcel)
        .where(*mine, Parcel.state.in_(UNDELIVERED))
        .values(state=SUPERSEDED, lease=None, leased_until=None, next_try_at=None, version=Parcel.version + 1)
    )
    db.session().execute(back.execution_options(**QUIETLY))
    # The new parcel has, or awaits, the same files.
    nothing = update(Parcel).where(*mine, Parcel.awaits != []).values(awaits=[])
    db.session().execute(nothing.execution_options(**QUIETLY))
    return heard


def lease(parcel_id: UUID) -> UUID | None:
    """Take a parcel that is due: the mark by which its try is settled; None if it is not due or another has it."""
    token, now = uuid4(), clock.now()
    mine = (Parcel.tenant_id == scope.council().id, Parcel.id == parcel_id)
    taken = (
        update(Parcel)
        .where(*mine, Parcel.state == WAITING, Parcel.next_try_at <= now)
        .values(
            state=SENDING, lease=token, leased_until=now + LEASE, tries=Parcel.tries + 1, version=Parcel.version + 1
        )
        .returning(Parcel.id)
    )
    found = db.session().execute(taken.execution_options(**QUIETLY)).scalar_one_or_none()
    return token if found is not None else None


def settle(parcel_id: UUID, token: UUID, outcome: str, by: str, took: int) -> None:
    """Record how a try ended: `outcome` of states.OUTCOMES, delivered `by` push or sftp, after `took` milliseconds.

    What has arrived counts as delivered even when a later decision overtook it meanwhile; any other end of a try counts
    only for whoever still has the lease.
    """
    row = locked(parcel_id)
    if row is None:
        return
    now = clock.now()
    db.session().execute(
        insert(ParcelAttempt).values(
            tenant_id=row.tenant_id, id=uuid4(), referral_id=row.referral_id, parcel_id=row.id, at=now,
            outcome=outcome, took=took,
        )
    )  # fmt: skip
    ours = row.lease == token
    if outcome == DELIVERED and (ours or row.state == SUPERSEDED):
        deliver(row, by, now)
    elif ours and outcome in (UNAVAILABLE, BROKEN, TOLD):
        _again(row, outcome, now)
    elif ours:
        change(row, state=REFUSED, reason=outcome, next_try_at=None)
        events.record(Event.PARCEL_REFUSED, row.referral_id, reason=outcome)


def _again(row: Parcel, outcome: str, now: datetime) -> None:
    reason = "not_collected" if outcome == TOLD else outcome
    ends = row.since + GIVE_UP_AFTER
    if now >= ends:
        _give_up(row, reason)
        return
    wait = COLLECT_WITHIN if outcome == TOLD else wait_after(row.tries)
    change(row, state=WAITING, reason=reason, next_try_at=min(now + wait, ends))


def _give_up(row: Parcel, reason: str | None) -> None:
    change(row, state=GIVEN_UP, reason=reason, next_try_at=None)
    events.record(Event.PARCEL_GIVEN_UP, row.referral_id)
    tell_given_up(scope.council(), row.referral_id)


def deliver(row: Parcel, by: str, now: datetime) -> None:
    """A locked parcel has arrived, `by` push or sftp."""
    change(row, state=DELIVERED, reason=None, next_try_at=None, delivered_at=now, delivered_by=by)
    events.record(Event.PARCEL_DELIVERED, row.referral_id, by=by)
    complete(row)


def sweep() -> int:
    """Take back what a killed sender held, give up what is too old, and give what is due a job; how many got one.

    While a council's case system does not answer, one parcel at a time asks whether it is back: the others wait, and
    so does no other council's.
    """
    council, now = scope.council(), clock.now()
    mine = Parcel.tenant_id == council.id
    lost = (
        update(Parcel)
        .where(mine, Parcel.state == SENDING, Parcel.leased_until < now)
        .values(state=WAITING, lease=None, leased_until=None, next_try_at=now, version=Parcel.version + 1)
    )
    db.session().execute(lost.execution_options(**QUIETLY))
    old = select(Parcel).where(
        mine, Parcel.state == WAITING, ~Parcel.by_hand, Parcel.since < now - GIVE_UP_AFTER - LATE
    )
    for row in db.session().execute(old.with_for_update(skip_locked=True).limit(SWEEP_AT_ONCE)).scalars().all():
        _give_up(row, row.reason or UNAVAILABLE)
    complete_all()
    due = (
        select(Parcel.id)
        .where(mine, Parcel.state == WAITING, Parcel.next_try_at <= now, ~_has_a_job())
        .order_by(Parcel.next_try_at, Parcel.id)
        .limit(1 if _silent(council) else SWEEP_AT_ONCE)
    )
    found = list(db.session().execute(due).scalars())
    for parcel_id in found:
        jobs.enqueue(JOB, parcel_id=parcel_id)
    return len(found)


def _silent(council: Council) -> bool:
    """Whether the council's case system did not answer the last time."""
    query = select(ParcelAttempt.outcome).where(
        ParcelAttempt.tenant_id == council.id, ParcelAttempt.at > clock.now() - GIVE_UP_AFTER
    )
    last = db.session().execute(query.order_by(ParcelAttempt.at.desc()).limit(1)).scalar_one_or_none()
    return last == UNAVAILABLE


def _has_a_job() -> Any:
    return exists(
        select(1)
        .select_from(QUEUE)
        .where(
            and_(
                QUEUE.c.task_name == JOB,
                cast(QUEUE.c.status, String).in_(("todo", "doing")),
                QUEUE.c.args["parcel_id"].astext == cast(Parcel.id, String),
            )
        )
    )
