"""Urgent reports: the people on duty are told at once, and the practice managers if nobody acknowledges one in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from portal.audit import events
from portal.audit.events import Event
from portal.kernel import clock, db, scope
from portal.kernel.errors import Forbidden
from portal.kernel.scope import Actor, Council
from portal.referrals.commands import notices
from portal.referrals.commands.telling import in_turn
from portal.referrals.models import DutyAlert, Referral
from portal.referrals.queries.record import Found
from portal.referrals.states import OPEN

AT_ONCE = 100


def raise_alert(referral_id: UUID) -> None:
    """Have the council's people on duty told of an urgent report, once, if the current transaction commits."""
    council = scope.council()
    statement = (
        insert(DutyAlert)
        .values(tenant_id=council.id, id=uuid4(), referral_id=referral_id, raised_at=clock.now())
        .on_conflict_do_nothing(index_elements=["tenant_id", "referral_id"])
        .returning(DutyAlert.id)
    )
    if db.session().execute(statement).scalar_one_or_none() is None:
        return
    for mailbox in _mailboxes(council):
        notices.tell_mailbox("duty", mailbox, referral_id)
    events.record(Event.DUTY_ALERTED, referral_id)


def acknowledge(actor: Actor, found: Found) -> bool:
    """Say that one knows of an urgent report; False when nobody had to be told, or somebody has said so before."""
    if found.reads_only(actor):
        raise Forbidden("opened for a while, to read")
    return bool(acknowledge_given(actor, [found.id]))


def acknowledge_given(actor: Actor, report_ids: Sequence[UUID]) -> int:
    """Whoever gives reports to colleagues knows of those among them that are urgent; of how many nobody did before."""
    statement = (
        update(DutyAlert)
        .where(
            DutyAlert.tenant_id == scope.council().id,
            DutyAlert.referral_id.in_(report_ids),
            DutyAlert.acknowledged_at.is_(None),
        )
        .values(acknowledged_at=clock.now(), acknowledged_by=actor.account_id)
        .returning(DutyAlert.referral_id)
        .execution_options(synchronize_session=False)
    )
    known = list(db.session().execute(statement).scalars())
    for report in known:
        events.record(Event.DUTY_ACKNOWLEDGED, report)
    return len(known)


def escalate() -> int:
    """Have the managers told, once, of every open report that nobody has acknowledged in the council's time; how many.

    Without a manager whom it may reach, the administrators; without those, the mailboxes of the people on duty again.
    """
    council = scope.council()
    late = clock.now() - timedelta(minutes=council.settings.duty.minutes)
    query = (
        select(DutyAlert.id, DutyAlert.referral_id, Referral.unseen_by)
        .join(Referral, (Referral.tenant_id == DutyAlert.tenant_id) & (Referral.id == DutyAlert.referral_id))
        .where(
            DutyAlert.tenant_id == council.id,
            DutyAlert.acknowledged_at.is_(None),
            DutyAlert.escalated_at.is_(None),
            DutyAlert.raised_at <= late,
            Referral.state.in_(sorted(OPEN)),
        )
        .order_by(DutyAlert.raised_at, DutyAlert.id)
        .limit(AT_ONCE)
        .with_for_update(of=DutyAlert, skip_locked=True)
    )
    rows = db.session().execute(query).all()
    for row in rows:
        told = update(DutyAlert).where(DutyAlert.tenant_id == council.id, DutyAlert.id == row.id)
        db.session().execute(told.values(escalated_at=clock.now()).execution_options(synchronize_session=False))
        _tell(council, row.referral_id, frozenset(row.unseen_by))
        events.record(Event.DUTY_ESCALATED, row.referral_id)
    return len(rows)


def tell_those_on_duty(kind: str, referral_id: UUID, unseen_by: frozenset[UUID]) -> None:
    """Have the mailboxes of the people on duty told by email; without any, the managers as of an alert that nobody has
    acknowledged."""
    addresses: tuple[str, ...] = scope.council().settings.duty.addresses
    if not addresses:
        _tell(scope.council(), referral_id, unseen_by, kind)
    for mailbox in addresses:
        notices.tell_mailbox(kind, mailbox, referral_id)


def _tell(council: Council, referral_id: UUID, unseen_by: frozenset[UUID], kind: str = "unseen") -> None:
    readers = in_turn(but=unseen_by)
    for account_id in readers:
        notices.tell(scope.SYSTEM, kind, account_id, referral_id)
    for mailbox in () if readers else _mailboxes(council):
        notices.tell_mailbox(kind, mailbox, referral_id)


def _mailboxes(council: Council) -> tuple[str, ...]:
    addresses: tuple[str, ...] = council.settings.duty.addresses
    return addresses or (council.settings.email,)
