"""What one screener has open, in the order in which it needs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.scope import Actor
from portal.referrals.models import Referral
from portal.referrals.queries.reaching import reachable
from portal.referrals.states import CLOSED, OPEN

MOST = 200


@dataclass(frozen=True)
class Task:
    """One report of the day."""

    id: UUID
    reference: str | None
    initials: str
    route: str | None
    state: str
    sent_at: datetime | None
    due_at: datetime | None
    unread: int
    urgency: int
    clock_paused_at: datetime | None


@dataclass(frozen=True)
class Day:
    """One's own reports, each in one part: `late` and `due` by their time, `answered` with something that was not read,
    `waiting` for the referrer, `news` on closed ones."""

    answered: tuple[Task, ...]
    late: tuple[Task, ...]
    due: tuple[Task, ...]
    waiting: tuple[Task, ...]
    news: tuple[Task, ...]


def day(actor: Actor, now: datetime) -> Day:
    """The day of the person who asks; at most MOST reports, those due first."""
    query = (
        select(
            Referral.id, Referral.reference, Referral.initials, Referral.route, Referral.state, Referral.sent_at,
            Referral.due_at, Referral.unread_by_council.label("unread"), Referral.urgency, Referral.clock_paused_at,
        )
        .where(
            reachable(actor, Permission.CLAIM),
            Referral.owner_id == actor.account_id,
            Referral.state.in_(sorted(OPEN)) | (Referral.state.in_(sorted(CLOSED)) & Referral.new_since.is_not(None)),
        )
        .order_by(Referral.due_at, Referral.id)
        .limit(MOST)
    )  # fmt: skip
    parts: dict[str, list[Task]] = {"answered": [], "late": [], "due": [], "waiting": [], "news": []}
    rows: Sequence[Any] = db.session().execute(query).all()
    for row in rows:
        task = Task(*row)
        parts[_part(task, now)].append(task)
    return Day(**{name: tuple(tasks) for name, tasks in parts.items()})


def _part(task: Task, now: datetime) -> str:
    if task.state in CLOSED:
        return "news"
    if task.unread or task.state == "answered":
        return "answered"
    if task.due_at is not None and task.due_at < (task.clock_paused_at or now):
        return "late"
    return "waiting" if task.state == "asked" else "due"
