"""The transfers of a council: its offers to others, what others offer it, and what stands beside a report."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import aliased

from portal.auth.models import Account
from portal.auth.policy import Permission, Reach, reach
from portal.kernel import db
from portal.kernel.errors import NotFound
from portal.kernel.scope import Actor, council_id
from portal.referrals.deadlines import URGENT_RANK
from portal.referrals.models import Referral
from portal.referrals.queries.reaching import reachable
from portal.tenants import vault
from portal.transfers.models import Transfer
from portal.transfers.states import ACCEPTED, IN, OFFERED, OPEN, OUT

MOST_LISTED: Final = 100
_proposer, _confirmer, _settler = aliased(Account), aliased(Account), aliased(Account)


@dataclass(frozen=True)
class One:
    """One side of a transfer, opened. `words` are why it is sent and what else was said of it, `reason` is why it was
    sent back or declined; of the receiver `reference` is empty until it has accepted."""

    id: UUID
    side: str
    other_id: UUID
    referral_id: UUID | None
    reference: str
    state: str
    wrapped_key: bytes
    words: Mapping[str, Any]
    route: str
    urgency: int
    age: str
    children: int
    files: int
    with_files: bool
    with_messages: bool
    proposed_by_id: UUID | None
    proposed_by: str
    proposed_at: datetime
    confirmed_by: str
    confirmed_by_id: UUID | None
    confirmed_at: datetime | None
    settled_by: str
    settled_at: datetime | None
    reason: str
    other_reference: str
    files_left: int
    files_missing: int
    sent: tuple[UUID, ...] = ()
    restricted: bool = False

    @property
    def open(self) -> bool:
        """Whether somebody still has to say something."""
        return self.state in OPEN


_REPORT = and_(Referral.tenant_id == Transfer.tenant_id, Referral.id == Transfer.referral_id)


def _found(actor: Actor, *which: ColumnElement[bool], order: Sequence[Any] = ()) -> tuple[One, ...]:
    if reach(actor, Permission.SCREEN) is not Reach.COUNCIL:
        return ()
    query = (
        select(
            Transfer, func.coalesce(Referral.reference, ""), _proposer.name, _confirmer.name, _settler.name
        )
        .outerjoin(Referral, _REPORT)
        .outerjoin(_proposer, _proposer.id == Transfer.proposed_by)
        .outerjoin(_confirmer, _confirmer.id == Transfer.confirmed_by)
        .outerjoin(_settler, _settler.id == Transfer.settled_by)
        .where(
            Transfer.tenant_id == council_id(),
            or_(Transfer.referral_id.is_(None), reachable(actor, Permission.SCREEN)),
            _open_to(actor),
            *which,
        )
        .order_by(*order, Transfer.proposed_at.desc(), Transfer.id)
        .limit(MOST_LISTED + 1)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    rows: Sequence[Any] = db.session().execute(query).all()
    return tuple(_one(*row) for row in rows)


def _open_to(actor: Actor) -> ColumnElement[bool]:
    """Before it is a report here, what another council restricted is there for those who may restrict reports; the
    wall of the table says the same."""
    if reach(actor, Permission.RESTRICT) is Reach.COUNCIL:
        return true()
    return or_(~Transfer.restricted, Transfer.referral_id.is_not(None))


def _one(row: Transfer, reference: str, proposer: str | None, confirmer: str | None, settler: str | None) -> One:
    record = vault.Record("transfer", row.id, row.wrapped_key)
    return One(
        row.id, row.side, row.other_id, row.referral_id, reference, row.state, row.wrapped_key,
        words=json.loads(record.open(row.words, "transfer", row.id, "words")) if row.words else {},
        route=row.route, urgency=row.urgency, age=row.age, children=row.children, files=row.files,
        with_files=row.with_files, with_messages=row.with_messages,
        proposed_by_id=row.proposed_by, proposed_by=proposer or "", proposed_at=row.proposed_at,
        confirmed_by=confirmer or "", confirmed_by_id=row.confirmed_by, confirmed_at=row.confirmed_at,
        settled_by=settler or "", settled_at=row.settled_at,
        reason=record.open(row.reason, "transfer", row.id, "reason") if row.reason else "",
        other_reference=row.other_reference, files_left=len(row.files_left), files_missing=len(row.files_missing),
        sent=tuple(row.sent), restricted=row.restricted,
    )  # fmt: skip


def listed(actor: Actor, side: str) -> tuple[One, ...]:
    """The transfers of a side, at most MOST_LISTED and one more: what waits first, the most urgent first, then what is
    over, the last first."""
    waits = case((Transfer.state.in_(OPEN), -Transfer.urgency), else_=1)
    return _found(actor, Transfer.side == side, order=(waits,))


def waiting(actor: Actor) -> tuple[int, int]:
    """How many offers of other councils wait for an answer here, and how many of them are urgent."""
    if reach(actor, Permission.DECIDE) is not Reach.COUNCIL:
        return 0, 0
    urgent = func.count().filter(Transfer.urgency >= URGENT_RANK)
    query = select(func.count(), urgent).where(
        Transfer.tenant_id == council_id(), Transfer.side == IN, Transfer.state == OFFERED, _open_to(actor)
    )
    row = db.session().execute(query).one()
    return int(row[0]), int(row[1])


def one(actor: Actor, transfer_id: UUID) -> One:
    """One transfer of the council in scope; raises NotFound."""
    found = _found(actor, Transfer.id == transfer_id)
    if not found:
        raise NotFound("no such transfer")
    return found[0]


def of_report(actor: Actor, referral_id: UUID) -> tuple[One, ...]:
    """All transfers of one report to others, the last first."""
    return _found(actor, Transfer.referral_id == referral_id, Transfer.side == OUT)


def arrival(actor: Actor, referral_id: UUID) -> One:
    """The transfer by which a report came; raises NotFound for one that came otherwise."""
    found = _found(actor, Transfer.referral_id == referral_id, Transfer.side == IN)
    if not found:
        raise NotFound("it did not come from another council")
    return found[0]


def record_of_arrival(transfer_id: UUID) -> bytes:
    """What came with it, sealed with the report's key; raises NotFound."""
    query = select(Transfer.record).where(
        Transfer.tenant_id == council_id(), Transfer.id == transfer_id, Transfer.side == IN
    )
    blob = db.session().execute(query).scalar_one_or_none()
    if blob is None:
        raise NotFound("nothing came with it")
    return blob


def how_it_stands() -> ColumnElement[Any]:
    """Of a report: the state of its last transfer to another council, and whether it came from one, as "state,arrived"
    with either left empty; null for none."""
    mine = and_(Transfer.tenant_id == Referral.tenant_id, Transfer.referral_id == Referral.id)
    last = (
        select(Transfer.state)
        .where(mine, Transfer.side == OUT)
        .order_by(Transfer.proposed_at.desc(), Transfer.id)
        .limit(1)
        .correlate(Referral)
        .scalar_subquery()
    )
    came = select(Transfer.id).where(mine, Transfer.side == IN, Transfer.state == ACCEPTED).correlate(Referral).exists()
    return func.coalesce(last, "").op("||")(case((came, ",arrived"), else_=","))
