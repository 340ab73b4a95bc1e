"""The challenges of one report's decisions, and those that a council has to answer."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import aliased

from portal.auth.models import Account, Agency
from portal.auth.policy import Permission
from portal.kernel import clock, db
from portal.kernel.language import Text
from portal.kernel.scope import Actor, council_id
from portal.onward.models import Challenge
from portal.referrals.models import Referral
from portal.referrals.queries.reaching import reachable
from portal.referrals.queries.record import Found, record_of
from portal.screening.models import Decision

MOST_LISTED: Final = 100
TABS: Final = ("waiting", "answered", "ended")


@dataclass(frozen=True)
class Step:
    """One level; `level_name` is what it was called when it was reached, empty where that is not known any more.

    `answer` is "" until it is answered; `ended` is "" until the agency said what it makes of it. `answered_by` is ""
    for an agency, `on_behalf` whose answer it is where that was somebody outside the portal.
    """

    id: UUID
    level: int
    level_name: Text
    decision_id: UUID
    raised_by: str
    raised_at: datetime
    due_at: datetime
    why: str
    wanted: str
    answer: str = ""
    reply: str = ""
    on_behalf: str = ""
    answered_by: str = ""
    answered_by_id: UUID | None = None
    answered_at: datetime | None = None
    ended: str = ""
    ended_at: datetime | None = None


def steps(actor: Actor, permission: Permission, found: Found) -> tuple[Step, ...]:
    """Every level of every challenge of that report, the first first; none beyond the reader's reach."""
    answerer = aliased(Account)
    query = (
        select(Challenge, Account.name, answerer.name)
        .join(Referral, and_(Referral.tenant_id == Challenge.tenant_id, Referral.id == Challenge.referral_id))
        .join(Account, Account.id == Challenge.raised_by)
        .outerjoin(answerer, answerer.id == Challenge.answered_by)
        .where(reachable(actor, permission), Challenge.referral_id == found.id)
        .order_by(Challenge.raised_at, Challenge.level)
    )
    rows: Sequence[Any] = db.session().execute(query).all()
    return tuple(_step(actor, found, *row) for row in rows)


def _step(actor: Actor, found: Found, row: Challenge, by: str, answered_by: str | None) -> Step:
    record = record_of(found)
    said = json.loads(record.open(row.said, "challenge", row.id, "said"))
    replied = json.loads(record.open(row.reply, "challenge", row.id, "reply")) if row.reply else {}
    names = actor.reach == "council"
    return Step(
        row.id, row.level, row.level_name or {}, row.decision_id, by, row.raised_at, row.due_at, said["why"],
        said["wanted"],
        answer=row.answer or "",
        reply=replied.get("words", ""),
        on_behalf=replied.get("on_behalf", ""),
        answered_by=(answered_by or "") if names else "",
        answered_by_id=row.answered_by if names else None,
        answered_at=row.answered_at,
        ended=row.ended or "",
        ended_at=row.ended_at,
    )  # fmt: skip


def deciders(report_id: UUID, decision_id: UUID) -> frozenset[UUID]:
    """Who decided and who approved that decision: they answer no challenge of it."""
    query = select(Decision.decided_by, Decision.approved_by).where(
        Decision.referral_id == report_id, Decision.id == decision_id
    )
    row = db.session().execute(query).one_or_none()
    return frozenset(one for one in (row or ()) if one is not None)


def standing() -> ColumnElement[bool]:
    """Whether the challenged decision still counts."""
    return (
        select(Decision.id)
        .where(
            Decision.tenant_id == Challenge.tenant_id,
            Decision.id == Challenge.decision_id,
            Decision.replaced_at.is_(None),
        )
        .exists()
    )


def how_it_stands() -> ColumnElement[Any]:
    """Of a report's last challenge, in one word: waiting, late, to_change, answered or ended; null without one."""
    word = case(
        (Challenge.ended_at.is_not(None), "ended"),
        (and_(Challenge.answer == "changed", standing()), "to_change"),
        (Challenge.answer.is_not(None), "answered"),
        (Challenge.due_at < clock.now(), "late"),
        else_="waiting",
    )
    return (
        select(word)
        .where(Challenge.tenant_id == Referral.tenant_id, Challenge.referral_id == Referral.id)
        .order_by(Challenge.raised_at.desc(), Challenge.level.desc())
        .limit(1)
        .correlate(Referral)
        .scalar_subquery()
    )


@dataclass(frozen=True)
class Line:
    """A challenge in the council's list."""

    reference: str
    form_key: str
    initials: str
    agency: Text
    level: int
    level_name: Text | None
    raised_at: datetime
    due_at: datetime
    answer: str
    to_change: bool
    ended: str


def listed(actor: Actor, tab: str) -> tuple[Line, ...]:
    """The challenges of a tab (TABS), at most MOST_LISTED and one more: those to answer by when they are due, those
    that are over by when they were raised, the last first. What the council agreed to change and has not is waiting."""
    to_change = and_(Challenge.answer == "changed", standing())
    which = {
        "waiting": and_(Challenge.ended_at.is_(None), Challenge.answered_at.is_(None) | to_change),
        "answered": and_(Challenge.ended_at.is_(None), Challenge.answered_at.is_not(None), ~to_change),
        "ended": and_(Challenge.ended_at.is_not(None), Challenge.ended != "taken_on"),
    }[tab]
    order = Challenge.raised_at.desc() if tab == "ended" else Challenge.due_at
    query = (
        select(
            Referral.reference, Referral.form_key, Referral.initials, Agency.name, Challenge.level,
            Challenge.level_name, Challenge.raised_at, Challenge.due_at, func.coalesce(Challenge.answer, ""),
            func.coalesce(to_change, False), func.coalesce(Challenge.ended, ""),
        )
        .join(Referral, and_(Referral.tenant_id == Challenge.tenant_id, Referral.id == Challenge.referral_id))
        .join(Agency, Agency.id == Challenge.agency_id)
        .where(reachable(actor, Permission.SCREEN), which)
        .order_by(order, Challenge.id)
        .limit(MOST_LISTED + 1)
    )  # fmt: skip
    rows: Sequence[Any] = db.session().execute(query).all()
    return tuple(Line(*row) for row in rows)


def number_at(levels: Collection[int]) -> int:
    """How many challenges of the council wait for an answer at these levels. A number alone, for whoever changes the
    levels: it counts the reports that they may not read, too."""
    query = select(func.count(Challenge.id)).where(
        Challenge.tenant_id == council_id(),
        Challenge.level.in_(levels),
        Challenge.answered_at.is_(None),
        Challenge.ended_at.is_(None),
    )
    with db.as_system() as session:
        return int(session.execute(query).scalar_one())
