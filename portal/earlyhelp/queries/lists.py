"""The list of the early-help teams: what was offered, accepted, declined and closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, false, func, select, true

from portal.auth.policy import Permission, Reach, reach
from portal.auth.reach import within_sight
from portal.earlyhelp.models import EarlyHelpOffer
from portal.earlyhelp.states import ACCEPTED, DECLINED, DONE, OFFERED
from portal.kernel import db
from portal.kernel.scope import Actor
from portal.referrals.models import Referral
from portal.tenants.vault import council_id

TABS: Final = (OFFERED, ACCEPTED, DECLINED, DONE)
MOST_LISTED: Final = 100


@dataclass(frozen=True)
class Line:
    """An offer in the list: what is said of it without opening the report."""

    reference: str
    form_key: str
    initials: str
    team: str
    state: str
    offered_at: datetime
    due_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    reason: str
    result: str


def _theirs(actor: Actor) -> ColumnElement[bool]:
    """Offers, also those that are over, of reports that are there for this person. A report itself is theirs to read
    only while a team has it."""
    may = reach(actor, Permission.EARLY_HELP) is Reach.COUNCIL
    return and_(
        true() if may else false(), within_sight(actor, Referral), EarlyHelpOffer.tenant_id == council_id()
    )  # fmt: skip


_ON_REPORT = and_(Referral.tenant_id == EarlyHelpOffer.tenant_id, Referral.id == EarlyHelpOffer.referral_id)


def counts(actor: Actor) -> Mapping[str, int]:
    """How many offers are in each state of TABS."""
    query = (
        select(EarlyHelpOffer.state, func.count())
        .join(Referral, _ON_REPORT)
        .where(_theirs(actor), EarlyHelpOffer.state.in_(TABS))
        .group_by(EarlyHelpOffer.state)
    )
    rows: Sequence[Any] = db.session().execute(query).all()
    return dict.fromkeys(TABS, 0) | {row[0]: int(row[1]) for row in rows}


def listed(actor: Actor, tab: str) -> tuple[Line, ...]:
    """The offers of a tab (TABS), at most MOST_LISTED and one more: those to answer by when they are due, those that a
    team has by when it accepted them, those that are over the last first."""
    order: Any = {
        OFFERED: EarlyHelpOffer.due_at.asc(),
        ACCEPTED: EarlyHelpOffer.answered_at.asc(),
        DECLINED: EarlyHelpOffer.answered_at.desc(),
        DONE: EarlyHelpOffer.ended_at.desc(),
    }[tab]
    query = (
        select(
            Referral.reference, Referral.form_key, Referral.initials, EarlyHelpOffer.team, EarlyHelpOffer.state,
            EarlyHelpOffer.offered_at, EarlyHelpOffer.due_at, EarlyHelpOffer.answered_at, EarlyHelpOffer.ended_at,
            func.coalesce(EarlyHelpOffer.reason, ""), func.coalesce(EarlyHelpOffer.result, ""),
        )
        .join(Referral, _ON_REPORT)
        .where(_theirs(actor), EarlyHelpOffer.state == tab)
        .order_by(order, EarlyHelpOffer.id)
        .limit(MOST_LISTED + 1)
    )  # fmt: skip
    rows: Sequence[Any] = db.session().execute(query).all()
    return tuple(Line(*row) for row in rows)
