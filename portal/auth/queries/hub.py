"""Who takes part in the council's hub: people of partner agencies who are in and were made partners."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select

from portal.auth.models import Account, Agency, AgencyApproval, HubMember, Membership
from portal.kernel import clock, db, scope
from portal.kernel.language import Text


@dataclass(frozen=True)
class PartnerAgency:
    """An approved agency with partners in the hub, and how many of its people they are."""

    id: UUID
    name: Text
    people: int


def is_partner() -> ColumnElement[bool]:
    """Whether the membership is of a partner, beside `Membership`."""
    return (
        select(HubMember.id)
        .where(
            HubMember.tenant_id == Membership.tenant_id,
            HubMember.account_id == Membership.account_id,
            HubMember.agency_id == Membership.agency_id,
            HubMember.ended_at.is_(None),
        )
        .correlate(Membership)
        .exists()
    )


def partner_agencies() -> tuple[PartnerAgency, ...]:
    """The agencies with partners of the council in scope, in the order of their keys."""
    query = (
        select(Agency.id, Agency.name, func.count())
        .select_from(Membership)
        .join(Account, Account.id == Membership.account_id)
        .join(Agency, Agency.id == Membership.agency_id)
        .where(_here(), is_partner())
        .group_by(Agency.id)
        .order_by(Agency.key)
    )
    rows: Any = db.session().execute(query).all()
    return tuple(PartnerAgency(*row) for row in rows)


@dataclass(frozen=True)
class Partner:
    """Somebody who takes part for an agency, and since when."""

    account_id: UUID
    name: str
    agency_id: UUID
    agency: Text
    since: datetime


def people_of(agency_ids: Collection[UUID]) -> tuple[Partner, ...]:
    """All partners of these agencies, in the order of the agencies' keys and their own names."""
    now = and_(
        HubMember.tenant_id == Membership.tenant_id,
        HubMember.account_id == Membership.account_id,
        HubMember.agency_id == Membership.agency_id,
        HubMember.ended_at.is_(None),
    )
    query = (
        select(Account.id, Account.name, Agency.id, Agency.name, HubMember.granted_at)
        .select_from(Membership)
        .join(HubMember, now)
        .join(Account, Account.id == Membership.account_id)
        .join(Agency, Agency.id == Membership.agency_id)
        .where(_here(), Membership.agency_id.in_(sorted(agency_ids)))
        .order_by(Agency.key, Account.name, Account.id)
    )
    rows: Any = db.session().execute(query).all()
    return tuple(Partner(*row) for row in rows)


def names_of(agency_ids: Collection[UUID]) -> tuple[Text, ...]:
    """What these agencies are called, in the order of their keys."""
    query = select(Agency.name).where(Agency.id.in_(sorted(agency_ids))).order_by(Agency.key)
    return tuple(db.session().execute(query).scalars())


def partners_of(agency_ids: set[UUID]) -> frozenset[UUID]:
    """The accounts of all partners of these agencies."""
    query = (
        select(Membership.account_id)
        .join(Account, Account.id == Membership.account_id)
        .where(_here(), is_partner(), Membership.agency_id.in_(sorted(agency_ids)))
    )
    return frozenset(db.session().execute(query).scalars())


def _here() -> ColumnElement[bool]:
    """Memberships that count now, of agencies that the council approves."""
    council = scope.current().council
    approved = select(AgencyApproval.id).where(
        AgencyApproval.tenant_id == Membership.tenant_id,
        AgencyApproval.agency_id == Membership.agency_id,
        AgencyApproval.state == "approved",
    )
    return and_(
        Membership.tenant_id == (council.id if council else None),
        Membership.state == "active",
        func.coalesce(Membership.ends_at > clock.now(), True),
        Account.state == "active",
        approved.exists(),
    )
