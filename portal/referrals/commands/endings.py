"""Remembers for some time what became of a draft, for those who knew it; nothing of what was in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from portal.kernel import clock, db, scope
from portal.referrals.models import DraftEnd

# An old link, or a page left open, is met within days; after a term nobody looks for a draft that is gone.
KEPT = timedelta(days=90)


def remember(draft_id: UUID, agency_id: UUID, who: Mapping[UUID, str]) -> None:
    """Keep for each of these people (by account) what became of a draft; the latest counts."""
    rows = [
        {
            "tenant_id": scope.council_id(),
            "id": uuid4(),
            "draft_id": draft_id,
            "agency_id": agency_id,
            "account_id": account_id,
            "what": what,
            "ended_at": clock.now(),
        }
        for account_id, what in sorted(who.items())
    ]
    if not rows:
        return
    statement = insert(DraftEnd).values(rows)
    db.session().execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "draft_id", "account_id"],
            set_={"what": statement.excluded.what, "ended_at": statement.excluded.ended_at},
        ).execution_options(synchronize_session=False)
    )


def forget_old() -> int:
    """Delete what is older than KEPT in the council of the scope; returns how many."""
    old = (DraftEnd.tenant_id == scope.council_id(), DraftEnd.ended_at < clock.now() - KEPT)
    count = db.session().execute(select(func.count()).select_from(DraftEnd).where(*old)).scalar_one()
    if count:
        db.session().execute(delete(DraftEnd).where(*old).execution_options(synchronize_session=False))
    return count
