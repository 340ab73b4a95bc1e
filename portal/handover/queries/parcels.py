"""Parcels as the council's people see them: lists, those of one report with every try, and how many wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, tuple_

from portal.auth.models import Account
from portal.auth.policy import Permission
from portal.handover.models import Parcel, ParcelAttempt
from portal.handover.states import DELIVERED, FAILED, SENDING, WAITING
from portal.kernel import db
from portal.kernel.scope import Actor, council_id
from portal.referrals.models import Referral
from portal.referrals.queries.reaching import reachable
from portal.referrals.queries.record import Found, record_of

TABS: Final[Mapping[str, tuple[str, ...]]] = {
    "waiting": (WAITING, SENDING),
    "delivered": (DELIVERED,),
    "failed": FAILED,
}
PAGE: Final = 25


@dataclass(frozen=True)
class Try:
    """One try: when, how it ended (a code of states.OUTCOMES), how many milliseconds it took."""

    at: datetime
    outcome: str
    took: int


@dataclass(frozen=True)
class Seen:
    """One parcel. `copied_by` and `record_number` are "" where nobody copied it; `tried` is for a report's page.

    `awaited` files were still being checked when it went; at `checked_at` all were judged, and `lost` did not pass.
    """

    id: UUID
    decision_id: UUID
    reference: str
    event: str
    state: str
    reason: str
    by_hand: bool
    created_at: datetime
    next_try_at: datetime | None
    delivered_at: datetime | None
    delivered_by: str
    version: int
    awaited: int = 0
    lost: int = 0
    checked_at: datetime | None = None
    copied_by: str = ""
    record_number: str = ""
    tried: tuple[Try, ...] = ()


@dataclass(frozen=True)
class Page:
    """Parcels, the newest first, and where older ones begin (None: there are none)."""

    parcels: tuple[Seen, ...]
    older: tuple[datetime, UUID] | None


_COLUMNS = (
    Parcel.id, Parcel.decision_id, Referral.reference, Parcel.event, Parcel.state, Parcel.reason, Parcel.by_hand,
    Parcel.created_at, Parcel.next_try_at, Parcel.delivered_at, Parcel.delivered_by, Parcel.version,
    Parcel.lost, Parcel.checked_at,
)  # fmt: skip
_ON_REPORT = and_(Referral.tenant_id == Parcel.tenant_id, Referral.id == Parcel.referral_id)


def _seen(row: Any, **more: Any) -> Seen:
    values = {column.key: getattr(row, column.key) for column in _COLUMNS}
    values["awaited"] = len(row.awaits)
    return Seen(**{**values, "reason": row.reason or "", "delivered_by": row.delivered_by or "", **more})


def listed(actor: Actor, tab: str, older: tuple[datetime, UUID] | None = None) -> Page:
    """The parcels of one of TABS that this person may see, from those older than the last one seen."""
    query = (
        select(*_COLUMNS, Parcel.awaits)
        .join(Referral, _ON_REPORT)
        .where(reachable(actor, Permission.DECIDE), Parcel.tenant_id == council_id(), Parcel.state.in_(TABS[tab]))
        .order_by(Parcel.created_at.desc(), Parcel.id.desc())
        .limit(PAGE + 1)
    )
    if older is not None:
        query = query.where(tuple_(Parcel.created_at, Parcel.id) < older)
    rows = db.session().execute(query).all()
    shown = tuple(_seen(row) for row in rows[:PAGE])
    return Page(shown, (shown[-1].created_at, shown[-1].id) if len(rows) > PAGE else None)


def numbers(actor: Actor) -> Mapping[str, int]:
    """How many of the parcels that this person may see are in each of TABS."""
    query = (
        select(Parcel.state, func.count())
        .join(Referral, _ON_REPORT)
        .where(reachable(actor, Permission.DECIDE), Parcel.tenant_id == council_id())
        .group_by(Parcel.state)
    )
    by_state: dict[str, int] = defaultdict(int)
    for row in db.session().execute(query):
        by_state[row[0]] = row[1]
    return {tab: sum(by_state[state] for state in states) for tab, states in TABS.items()}


def of_report(actor: Actor, found: Found) -> tuple[Seen, ...]:
    """The parcels of one report with their tries, the newest first; none for whoever the report is not there for."""
    query = (
        select(*_COLUMNS, Parcel.awaits, Account.name, Parcel.record_number)
        .join(Referral, _ON_REPORT)
        .outerjoin(Account, Account.id == Parcel.copied_by)
        .where(reachable(actor, Permission.DECIDE), Parcel.tenant_id == council_id(), Parcel.referral_id == found.id)
        .order_by(Parcel.created_at.desc(), Parcel.id)
    )
    rows = db.session().execute(query).all()
    tried = _tries([row.id for row in rows])
    record = record_of(found)
    return tuple(
        _seen(
            row,
            copied_by=row.name or "",
            record_number=record.open(row.record_number, "parcel", row.id, "record_number")
            if row.record_number
            else "",
            tried=tuple(tried[row.id]),
        )
        for row in rows
    )


def _tries(parcel_ids: list[UUID]) -> Mapping[UUID, list[Try]]:
    found: dict[UUID, list[Try]] = defaultdict(list)
    if parcel_ids:
        query = select(ParcelAttempt.parcel_id, ParcelAttempt.at, ParcelAttempt.outcome, ParcelAttempt.took).where(
            ParcelAttempt.tenant_id == council_id(), ParcelAttempt.parcel_id.in_(parcel_ids)
        )
        for row in db.session().execute(query.order_by(ParcelAttempt.at.desc(), ParcelAttempt.id)):
            found[row.parcel_id].append(Try(row.at, row.outcome, row.took))
    return found


def state_now() -> ColumnElement[Any]:
    """The state of a report's newest parcel beside its row: for `referrals.queries.counted`."""
    here = (Parcel.tenant_id == Referral.tenant_id, Parcel.referral_id == Referral.id)
    query = select(Parcel.state).where(*here).order_by(Parcel.created_at.desc(), Parcel.id).limit(1)
    return query.correlate(Referral).scalar_subquery()
