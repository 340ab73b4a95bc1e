"""The restricted records that were opened with a reason, for the practice managers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func as sql
from sqlalchemy import literal, select

from portal.auth.models import Account
from portal.auth.policy import Permission, Reach, reach
from portal.kernel import clock, db, scope
from portal.kernel.errors import Forbidden
from portal.kernel.scope import Actor
from portal.referrals.models import Referral
from portal.screening.models import OpenedRecord
from portal.tenants import vault

MOST = 100


@dataclass(frozen=True)
class Opening:
    """One opening: of the record its reference only."""

    id: UUID
    reference: str
    who: str
    reason: str
    words: str
    opened_at: datetime
    until: datetime
    ended_at: datetime | None
    open: bool


def openings(actor: Actor) -> tuple[Opening, ...]:
    """The newest openings; none of a record that the manager has a connection to."""
    if reach(actor, Permission.RESTRICT) is not Reach.COUNCIL:
        raise Forbidden
    me = literal(actor.account_id)
    query = (
        select(OpenedRecord, Referral.reference, Account.name)
        .join(Referral, (Referral.tenant_id == OpenedRecord.tenant_id) & (Referral.id == OpenedRecord.referral_id))
        .join(Account, Account.id == OpenedRecord.account_id)
        .where(
            OpenedRecord.tenant_id == scope.council_id(),
            ~sql.coalesce(me == sql.any(Referral.unseen_by), False),
        )
        .order_by(OpenedRecord.opened_at.desc(), OpenedRecord.id)
        .limit(MOST)
    )
    # A manager who is not on a record's list is told its reference and who opened it, and nothing else of it.
    with db.as_system() as session:
        rows = session.execute(query).all()
    return tuple(_opening(one, reference, name) for one, reference, name in rows)


def _opening(one: OpenedRecord, reference: str | None, name: str) -> Opening:
    record = vault.Record("opened_record", one.id, one.wrapped_key)
    return Opening(
        id=one.id,
        reference=reference or "",
        who=name,
        reason=one.reason,
        words=record.open(one.words, "opened_record", one.id, "words"),
        opened_at=one.opened_at,
        until=one.until,
        ended_at=one.ended_at,
        open=one.ended_at is None and one.until > clock.now(),
    )
