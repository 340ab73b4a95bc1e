"""What the people of each kind of agency may do in a council."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, func, select

from portal.auth.agency_types import TYPES, allowed
from portal.auth.models import Agency, AgencyApproval, AgencyKindPermission
from portal.kernel import db
from portal.kernel.errors import NotFound
from portal.kernel.scope import council_id


@dataclass(frozen=True)
class Kind:
    """One kind of agency: what it may do, how many are approved here, and whether the council has decided it."""

    key: str
    may: frozenset[str]
    approved: int
    version: int

    @property
    def decided(self) -> bool:
        """Whether the council has said so itself; otherwise it is what is usual."""
        return self.version > 0


def kinds() -> tuple[Kind, ...]:
    """Every kind of agency, in the order of the list of kinds."""
    stored = {
        row.kind: row
        for row in db.session().execute(
            select(AgencyKindPermission.kind, AgencyKindPermission.may, AgencyKindPermission.version).where(
                AgencyKindPermission.tenant_id == council_id()
            )
        )
    }
    query = (
        select(Agency.kind, func.count().label("number"))
        .join(
            AgencyApproval,
            and_(AgencyApproval.agency_id == Agency.id, AgencyApproval.tenant_id == council_id()),
        )
        .where(AgencyApproval.state == "approved")
        .group_by(Agency.kind)
    )
    numbers = {row.kind: row.number for row in db.session().execute(query)}
    found = []
    for key in TYPES:
        row = stored.get(key)
        found.append(Kind(key, allowed(row.may if row else None), numbers.get(key, 0), row.version if row else 0))
    return tuple(found)


def kind(key: str) -> Kind:
    """One kind; raises NotFound."""
    found = next((one for one in kinds() if one.key == key), None)
    if found is None:
        raise NotFound("no such kind of agency")
    return found
