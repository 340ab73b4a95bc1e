"""Who of the council has a report open: kept for some minutes, and told to whoever else has it open."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from portal.auth.models import Account
from portal.kernel import clock, db, scope
from portal.kernel.scope import Actor
from portal.referrals.queries.record import Found
from portal.screening.models import Presence

# A page that asks again every twenty seconds and is closed is forgotten after this; one without scripts, too.
OPEN_FOR = timedelta(minutes=3)
KEPT_FOR = timedelta(minutes=10)
MOST = 10


def be_here(actor: Actor, found: Found) -> tuple[str, ...]:
    """Note that this person has the report open; the names of the others who do, in one statement."""
    council = scope.council()
    now = clock.now()
    mine = {"tenant_id": council.id, "referral_id": found.id, "account_id": actor.account_id, "seen_at": now}
    noted = (
        insert(Presence)
        .values(id=uuid4(), **mine)
        .on_conflict_do_update(index_elements=["tenant_id", "referral_id", "account_id"], set_={"seen_at": now})
        .cte("noted")
    )
    query = (
        select(Account.name)
        .join(Presence, Presence.account_id == Account.id)
        .where(
            Presence.tenant_id == council.id,
            Presence.referral_id == found.id,
            Presence.account_id != actor.account_id,
            Presence.seen_at > now - OPEN_FOR,
        )
        .order_by(Presence.seen_at.desc(), Account.name)
        .limit(MOST)
        .add_cte(noted)
    )
    return tuple(db.session().execute(query).scalars())


def forget_old() -> int:
    """Delete what is older than some minutes; how many."""
    old = delete(Presence).where(Presence.seen_at < clock.now() - KEPT_FOR).returning(Presence.id)
    return len(db.session().execute(old).all())
