"""The facts of a report in columns: written when it is sent, and again where a correction changes their answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, update

from portal.kernel import clock, db
from portal.referrals.commands.drafts import council_of_scope
from portal.referrals.connecting import surname_mark
from portal.referrals.models import ReferralChild
from portal.referrals.projecting import ChildFacts, Projected
from portal.referrals.queries.record import Found, children_of


def write(referral_id: UUID, agency_id: UUID, children: Iterable[ChildFacts]) -> None:
    """Keep the facts of these children."""
    rows = [
        {
            "tenant_id": council_of_scope().id,
            "id": uuid4(),
            "referral_id": referral_id,
            "agency_id": agency_id,
            **vars(child),
            "surname_mark": surname_mark(child),
        }
        for child in children
    ]
    if rows:
        db.session().execute(insert(ReferralChild), rows)


def renew(found: Found, projected: Projected) -> dict[str, Any]:
    """Let the facts of a sent report follow its corrected answers; returns the columns of the report that follow, too.

    What the facts were stays beside them: whoever knows a child by the old name or date of birth still finds it. The
    report must be locked.
    """
    before = {child.position: child for child in children_of(found)}
    now = {child.position: child for child in projected.children}
    changed = {place for place in {*before, *now} if before.get(place) != now.get(place)}
    if changed:
        _supersede(found, changed)
        write(found.id, found.agency_id, [now[place] for place in sorted(changed & set(now))])
    return {"initials": projected.initials, "category": projected.category}


def _supersede(found: Found, places: set[int]) -> None:
    db.session().execute(
        update(ReferralChild)
        .where(
            ReferralChild.tenant_id == council_of_scope().id,
            ReferralChild.referral_id == found.id,
            ReferralChild.position.in_(places),
            ReferralChild.superseded_at.is_(None),
        )
        .values(superseded_at=clock.now())
        .execution_options(synchronize_session=False)
    )
