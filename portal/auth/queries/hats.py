"""The several memberships that one person may have in a council: of two agencies, or of one and the council itself."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, or_, select

from portal.auth.models import Agency, AgencyApproval, Membership
from portal.kernel import clock, db
from portal.kernel.language import Text
from portal.kernel.scope import Actor


@dataclass(frozen=True)
class Hat:
    """One membership: where (None: the council itself), as what, and whether it waits."""

    id: UUID
    agency_id: UUID | None
    agency: Text | None
    role: str
    state: str
    sponsored: bool


def of(actor: Actor) -> tuple[Hat, ...]:
    """Those that count now, by agency."""
    approved = exists().where(AgencyApproval.agency_id == Membership.agency_id, AgencyApproval.state == "approved")
    rows = db.session().execute(
        select(
            Membership.id,
            Membership.agency_id,
            Agency.name,
            Membership.role,
            Membership.state,
            Membership.sponsored,
        )
        .outerjoin(Agency, Agency.id == Membership.agency_id)
        .where(
            Membership.account_id == actor.account_id,
            Membership.state.in_(("pending", "active")),
            or_(Membership.ends_at.is_(None), Membership.ends_at > clock.now()),
            or_(Membership.agency_id.is_(None), approved),
        )
        .order_by(Agency.key.nulls_last(), Membership.id)
    )
    return tuple(Hat(*row) for row in rows)
