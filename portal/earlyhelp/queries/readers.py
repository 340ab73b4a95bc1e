"""Who of some people may see a report at all, for the notices about it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from portal.kernel import db
from portal.kernel.scope import council_id
from portal.referrals.models import Referral
from portal.referrals.queries.record import Found


def who_see(found: Found, people: Iterable[UUID]) -> list[UUID]:
    """Those of these people of the council for whom the report is there, in a steady order."""
    query = select(Referral.sight, Referral.unseen_by).where(
        Referral.tenant_id == council_id(), Referral.id == found.id
    )
    sight, unseen_by = db.session().execute(query).one()
    seen = set(people) - set(unseen_by)
    return sorted(seen if sight is None else seen & set(sight))
