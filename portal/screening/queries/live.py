"""What has come in or changed since a list was drawn: one number, in one statement over the open reports."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.scope import Actor
from portal.referrals.models import Referral
from portal.referrals.queries.reaching import reachable
from portal.referrals.states import OPEN
from portal.screening.addresses import Filters
from portal.screening.queries.narrowing import left_since
from portal.screening.queries.queue import filtered

# A change that was still being written when the list was drawn has a moment before the list's.
UNDER_WAY = timedelta(seconds=2)


def changed_since(actor: Actor, filters: Filters, since: datetime, now: datetime) -> int:
    """How many reports of this list are new, changed or late since then, or have left the open ones."""
    moment = since - UNDER_WAY
    start = select(func.count()).select_from(Referral).where(reachable(actor, Permission.LOOK))
    # What is decided grows for ever, and has an index by when it was.
    moved = Referral.decided_at > moment if filters.states() == ("decided",) else _moved(moment, now)
    parts = [filtered(start, actor, filters, now).where(moved)]
    if set(filters.states()) <= OPEN:
        gone = replace(filters, tab="decided", state="", stage="", overdue=False)
        parts.append(filtered(start, actor, gone, now).where(Referral.decided_at > moment))
    if filters.stage:
        # Moved on from the stage that the list shows, by hand or with what somebody did (a claim, a question).
        elsewhere = filtered(start, actor, replace(filters, stage=""), now)
        parts.append(elsewhere.where(left_since("stage", filters.stage, moment)))
    query = select(*(part.scalar_subquery() for part in parts))
    return sum(db.session().execute(query).one())


def _moved(moment: datetime, now: datetime) -> ColumnElement[bool]:
    late = and_(Referral.due_at > moment, Referral.due_at <= now, Referral.clock_paused_at.is_(None))
    stages = or_(Referral.stage_moved_at > moment, Referral.clock_over_at > moment)
    return or_(Referral.changed_at > moment, Referral.new_since > moment, stages, late)
