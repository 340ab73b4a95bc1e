"""The agencies of which somebody may have told the council: those whose reports it takes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from portal.auth.models import Agency, AgencyApproval
from portal.auth.policy import Permission
from portal.auth.reach import within_reach
from portal.kernel import db
from portal.kernel.language import Text
from portal.kernel.scope import Actor


@dataclass(frozen=True)
class AgencyChoice:
    """An agency to choose."""

    id: UUID
    name: Text


def agencies(actor: Actor) -> tuple[AgencyChoice, ...]:
    """The agencies that this council has approved, in the order of their keys."""
    query = (
        select(Agency.id, Agency.name)
        .join(AgencyApproval, AgencyApproval.agency_id == Agency.id)
        .where(within_reach(actor, Permission.SCREEN, owner=None, agency=Agency.id), AgencyApproval.state == "approved")
        .order_by(Agency.key)
    )
    return tuple(AgencyChoice(*row) for row in db.session().execute(query))
