"""Who of the council deals with a report and who has it open now, for its referrer: one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import literal, select, union_all

from portal.auth.models import Account
from portal.kernel import clock, db, scope
from portal.referrals.queries.record import Found
from portal.referrals.states import OPEN
from portal.screening.models import Presence

OWNER, HERE = "owner", "here"


@dataclass(frozen=True)
class AtWork:
    """Names: whoever deals with it ("" for nobody, or once it is closed), and those who have it open now."""

    owner: str
    here: tuple[str, ...]


def at_work(found: Found, open_for: timedelta) -> AtWork:
    """Who is at work on a report that the reader may open; `open_for`: how long somebody counts as there."""
    there = (
        select(literal(HERE).label("what"), Account.name)
        .join(Presence, Presence.account_id == Account.id)
        .where(
            Presence.tenant_id == scope.council().id,
            Presence.referral_id == found.id,
            Presence.seen_at > clock.now() - open_for,
        )
    )
    deals = select(literal(OWNER).label("what"), Account.name).where(
        Account.id == (found.owner_id if found.state in OPEN else None)
    )
    rows = db.session().execute(union_all(there, deals).order_by("what", "name")).all()
    owner = next((row.name for row in rows if row.what == OWNER), "")
    return AtWork(owner, tuple(row.name for row in rows if row.what == HERE))
