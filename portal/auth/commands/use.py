"""Noting that somebody was here, so that those who are not any more can be seen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update

from portal.auth.models import Membership
from portal.auth.queries.whoami import Found
from portal.kernel import db

EVERY: Final = timedelta(days=1)


def note(found: Found, now: datetime) -> None:
    """Keep that the membership was used, once a day and apart: looking at a page is use too."""
    actor = found.actor
    if actor is None or actor.membership_id is None or (found.used_at and now - found.used_at < EVERY):
        return
    with db.apart() as own:
        own.execute(update(Membership).where(Membership.id == actor.membership_id).values(used_at=now, warned_at=None))
