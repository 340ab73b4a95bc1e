"""Every council of the instance, as its operator sees it: settings and counts, and nothing of any case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from portal.auth.models import AgencyApproval, Membership
from portal.auth.policy import Permission, Reach, reach
from portal.kernel import db
from portal.kernel.errors import Forbidden
from portal.kernel.language import Text
from portal.kernel.scope import Actor, Council
from portal.tenants.models import CouncilRow
from portal.tenants.queries import support
from portal.tenants.queries.support import Grant


@dataclass(frozen=True)
class Listed:
    """One council; `people` and `agencies` count those that are in now."""

    id: UUID
    slug: str
    nation: str
    name: Text
    languages: Sequence[str]
    hostnames: Sequence[str]
    version: int
    changed_at: datetime
    people: int
    agencies: int


def councils(actor: Actor) -> list[Listed]:
    """All of them by slug. Raises Forbidden for whoever does not run the instance."""
    if reach(actor, Permission.OPERATE) is Reach.NONE:
        raise Forbidden("only the operator sees all councils")
    columns = (CouncilRow.id, CouncilRow.slug, CouncilRow.nation, CouncilRow.settings)
    query = select(*columns, CouncilRow.version, CouncilRow.changed_at).order_by(CouncilRow.slug)
    return [_listed(row) for row in db.session().execute(query).all()]


def asked_for(actor: Actor, council: Council) -> list[Grant]:
    """What the operator asked that council for, newest first. Raises Forbidden."""
    if reach(actor, Permission.OPERATE) is Reach.NONE:
        raise Forbidden("only the operator asks")
    with db.in_council(council):
        return support.mine(actor)


def _listed(row: Any) -> Listed:
    people = select(func.count(func.distinct(Membership.account_id))).where(Membership.state == "active")
    agencies = select(func.count()).select_from(AgencyApproval).where(AgencyApproval.state == "approved")
    with db.in_council(Council(row.id, row.slug, {}, row.nation, ())) as session:
        counted = session.execute(select(people.scalar_subquery(), agencies.scalar_subquery())).one()
    return Listed(
        id=row.id,
        slug=row.slug,
        nation=row.nation,
        name=row.settings.get("name", {}),
        languages=row.settings.get("languages", ()),
        hostnames=row.settings.get("hostnames", ()),
        version=row.version,
        changed_at=row.changed_at,
        people=counted[0],
        agencies=counted[1],
    )
