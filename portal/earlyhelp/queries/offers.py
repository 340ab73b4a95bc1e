"""What was offered to early help of one report, which reports that role reaches, and how the last offer stands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select
from sqlalchemy.orm import aliased

from portal.auth.models import Account
from portal.auth.policy import Permission, Reach, reach
from portal.auth.reach import within_sight
from portal.earlyhelp.models import EarlyHelpOffer
from portal.earlyhelp.queries.members import of_team
from portal.earlyhelp.states import DECLINED, DONE, OFFERED, OPEN, STEPPED_UP, TAKEN_BACK, needs_screener
from portal.kernel import clock, db
from portal.kernel.scope import Actor, council_id
from portal.referrals.models import Attachment, Referral
from portal.referrals.queries.reaching import reachable
from portal.referrals.queries.record import Found, record_of
from portal.screening.models import Decision
from portal.tenants.vault import Record

_ON_REPORT = and_(EarlyHelpOffer.tenant_id == Referral.tenant_id, EarlyHelpOffer.referral_id == Referral.id)


@dataclass(frozen=True)
class Offer:
    """One offer to one team. What the council keeps to itself (names, codes and words) is empty for an agency."""

    id: UUID
    decision_id: UUID
    team: str
    state: str
    offered_at: datetime
    due_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    settled: bool = False
    consent: str = ""
    reason: str = ""
    result: str = ""
    offered_by: str = ""
    answered_by: str = ""
    answered_by_id: UUID | None = None
    ended_by: str = ""
    ended_by_id: UUID | None = None
    # words, consent; accepted or declined; closed.
    said: dict[str, str] = field(default_factory=dict)
    reply: str = ""
    closing: str = ""
    files: tuple[UUID, ...] = ()
    reminded_at: datetime | None = None
    taken_why: str = ""
    once: UUID | None = None

    @property
    def open(self) -> bool:
        """Whether the team has it now."""
        return self.state in OPEN

    @property
    def to_act(self) -> bool:
        """Whether somebody of the front door has to."""
        return needs_screener(self.state, self.result, settled=self.settled)


def handed(actor: Actor) -> ColumnElement[bool]:
    """The reports that a team of this person has now: that role reaches them, and no others."""
    has = (_ON_REPORT, EarlyHelpOffer.state.in_(OPEN), of_team(actor))
    return select(EarlyHelpOffer.id).where(*has).correlate(Referral).exists()


def opened(actor: Actor) -> ColumnElement[bool]:
    """The files that go along with what a team of this person has now."""
    if reach(actor, Permission.EARLY_HELP) is Reach.NONE:
        return false()
    along = (
        EarlyHelpOffer.tenant_id == Attachment.tenant_id, EarlyHelpOffer.referral_id == Attachment.referral_id,
        EarlyHelpOffer.state.in_(OPEN), Attachment.file_id == func.any(EarlyHelpOffer.files), of_team(actor),
    )  # fmt: skip
    chosen = select(EarlyHelpOffer.id).where(*along).correlate(Attachment).exists()
    return and_(reachable(actor, Permission.EARLY_HELP), chosen)


def how_it_stands() -> ColumnElement[Any]:
    """Of a report's last offer, in one word: a state, or late (offered and overdue), or to_act; "unoffered" where a
    decision for early help was offered to nobody; null without any."""
    to_act = or_(
        EarlyHelpOffer.state == DECLINED, and_(EarlyHelpOffer.state == DONE, EarlyHelpOffer.result == STEPPED_UP)
    )
    word = case(
        (and_(to_act, EarlyHelpOffer.settled_at.is_(None), EarlyHelpOffer.state == DECLINED), "to_act"),
        (and_(to_act, EarlyHelpOffer.settled_at.is_(None)), "stepped_up"),
        (and_(EarlyHelpOffer.state == OFFERED, EarlyHelpOffer.due_at < clock.now()), "late"),
        (EarlyHelpOffer.state == TAKEN_BACK, None),
        else_=EarlyHelpOffer.state,
    )
    last = (
        select(word)
        .where(_ON_REPORT)
        .order_by(EarlyHelpOffer.offered_at.desc(), EarlyHelpOffer.id)
        .limit(1)
        .correlate(Referral)
        .scalar_subquery()
    )
    wanted = (
        select(func.min("unoffered"))
        .where(
            Decision.tenant_id == Referral.tenant_id,
            Decision.referral_id == Referral.id,
            Decision.replaced_at.is_(None),
            Decision.kind == "early_help",
        )
        .correlate(Referral)
        .scalar_subquery()
    )
    return func.coalesce(last, wanted)


def offers(actor: Actor, permission: Permission, found: Found) -> tuple[Offer, ...]:
    """Every offer of that report, the last first; none beyond the reader's reach."""
    offerer, answerer, ender = aliased(Account), aliased(Account), aliased(Account)
    query = (
        select(EarlyHelpOffer, offerer.name, answerer.name, ender.name)
        .join(Referral, _ON_REPORT)
        .join(offerer, offerer.id == EarlyHelpOffer.offered_by)
        .outerjoin(answerer, answerer.id == EarlyHelpOffer.answered_by)
        .outerjoin(ender, ender.id == EarlyHelpOffer.ended_by)
        .where(reachable(actor, permission), EarlyHelpOffer.referral_id == found.id)
        .order_by(EarlyHelpOffer.offered_at.desc(), EarlyHelpOffer.id)
    )
    rows: Sequence[Any] = db.session().execute(query).all()
    inside = actor.system or actor.reach == "council"
    return tuple(_offer(row[0], _inside(found, *row) if inside else {}) for row in rows)


def _offer(row: EarlyHelpOffer, inside: dict[str, Any]) -> Offer:
    return Offer(
        row.id, row.decision_id, row.team, row.state, row.offered_at, row.due_at, row.answered_at, row.ended_at,
        row.settled_at is not None, **inside,
    )  # fmt: skip


def _inside(
    found: Found, row: EarlyHelpOffer, by: str, answered_by: str | None, ended_by: str | None
) -> dict[str, Any]:
    """What the council keeps to itself of an offer."""
    record = record_of(found)
    return {
        "consent": row.consent,
        "reason": row.reason or "",
        "result": row.result or "",
        "offered_by": by,
        "answered_by": answered_by or "",
        "answered_by_id": row.answered_by,
        "ended_by": ended_by or "",
        "ended_by_id": row.ended_by,
        "said": json.loads(record.open(row.said, "early_help_offer", row.id, "said")),
        "reply": _opened(record, row.id, "reply", row.reply),
        "closing": _opened(record, row.id, "closing", row.closing),
        "files": tuple(row.files),
        "reminded_at": row.reminded_at,
        "taken_why": row.taken_why or "",
        "once": row.once,
    }


def _opened(record: Record, offer_id: UUID, column: str, sealed: bytes | None) -> str:
    return record.open(sealed, "early_help_offer", offer_id, column) if sealed else ""


def fate(actor: Actor, offer_id: UUID) -> tuple[str, bool] | None:
    """How an offer stands, and whether this very person brought it there; None for none that is there for them.

    Also where the report is not theirs to read any more: a form that comes twice is done once, and one that comes too
    late is told so.
    """
    query = (
        select(EarlyHelpOffer.state, EarlyHelpOffer.answered_by, EarlyHelpOffer.ended_by)
        .join(Referral, _ON_REPORT)
        .where(
            EarlyHelpOffer.tenant_id == council_id(),
            EarlyHelpOffer.id == offer_id,
            within_sight(actor, Referral),
            of_team(actor),
        )
    )
    row = db.session().execute(query).one_or_none()
    if row is None or reach(actor, Permission.EARLY_HELP) is Reach.NONE:
        return None
    return row.state, actor.account_id == (row.ended_by or row.answered_by)


def number_with(team: str) -> int:
    """How many offers a team of the council has now. A number alone, for whoever changes the teams: it counts the
    reports that they may not read, too."""
    query = select(func.count(EarlyHelpOffer.id)).where(
        EarlyHelpOffer.tenant_id == council_id(), EarlyHelpOffer.team == team, EarlyHelpOffer.state.in_(OPEN)
    )
    with db.as_system() as session:
        return int(session.execute(query).scalar_one())
