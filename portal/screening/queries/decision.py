"""The decision on a report: all of it for the council, the outcome and the words told for the agency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from portal.auth.models import Account
from portal.auth.policy import Permission, Reach, reach
from portal.kernel import db
from portal.kernel.scope import Actor, council_id
from portal.referrals.models import Referral
from portal.referrals.queries.reaching import reachable
from portal.referrals.queries.record import Found, record_of
from portal.screening.grounds import Grounds, with_words
from portal.screening.models import Decision
from portal.screening.returns import Codes
from portal.tenants.vault import Record

_approver = aliased(Account)


@dataclass(frozen=True)
class Decided:
    """A decision; what only the council reads (from `route` on, but `replaced_at`) is empty for an agency.

    `grounds` are None in a decision that was made before they were asked for.
    """

    outcome: str
    told: str
    decided_at: datetime
    seen_at: datetime | None
    required: str = ""
    """What stood below the words whatever they were."""
    route: str = ""
    rationale: str = ""
    decided_by: str = ""
    replaced_at: datetime | None = None
    id: UUID | None = None
    grounds: Grounds | None = None
    approved_by: str = ""
    corrects: UUID | None = None
    why: str = ""
    codes: Codes = field(default_factory=Codes)


def decision(actor: Actor, permission: Permission, found: Found) -> Decided | None:
    """The decision that counts, None while there is none (or for somebody beyond whose reach the report is)."""
    return next((one for one in decisions(actor, permission, found) if one.replaced_at is None), None)


def decisions(actor: Actor, permission: Permission, found: Found) -> tuple[Decided, ...]:
    """Every decision on that report, the last first; those before were replaced when it was opened again."""
    query = (
        select(
            Decision.id, Decision.outcome, Decision.route, Decision.rationale, Decision.told,
            Decision.decided_at, Decision.seen_at, Decision.replaced_at, Account.name, Decision.grounds,
            Decision.reasons, Decision.need, Decision.consent, Decision.consent_reason, Decision.contact_code,
            Decision.referral_code, Decision.nfa_code, _approver.name.label("approver"), Decision.corrects,
            Decision.why, Decision.required,
        )
        .join(Referral, Referral.id == Decision.referral_id)
        .join(Account, Account.id == Decision.decided_by)
        .outerjoin(_approver, _approver.id == Decision.approved_by)
        .where(
            reachable(actor, permission),
            Decision.referral_id == found.id,
        )
        .order_by(Decision.decided_at.desc(), Decision.id)
    )  # fmt: skip
    return tuple(_decided(actor, permission, found, row) for row in db.session().execute(query))


def _decided(actor: Actor, permission: Permission, found: Found, row: Any) -> Decided:
    record = record_of(found)
    told = record.open(row.told, "decision", row.id, "told")
    required = record.open(row.required, "decision", row.id, "required") if row.required else ""
    if reach(actor, permission) is not Reach.COUNCIL:
        return Decided(
            row.outcome, told, row.decided_at, row.seen_at, replaced_at=row.replaced_at, id=row.id,
            corrects=row.corrects, required=required,
        )  # fmt: skip
    return Decided(
        id=row.id,
        corrects=row.corrects,
        outcome=row.outcome,
        told=told,
        required=required,
        decided_at=row.decided_at,
        seen_at=row.seen_at,
        route=row.route,
        rationale=record.open(row.rationale, "decision", row.id, "rationale"),
        decided_by=row.name,
        replaced_at=row.replaced_at,
        grounds=_grounds(record, row) if row.grounds else None,
        approved_by=row.approver or "",
        why=record.open(row.why, "decision", row.id, "why") if row.why else "",
        codes=Codes(row.contact_code or "", row.referral_code or "", row.nfa_code or ""),
    )


def _grounds(record: Record, row: Any) -> Grounds:
    codes = Grounds(
        reasons=tuple(row.reasons),
        need=row.need or "",
        consent=row.consent or "",
        consent_reason=row.consent_reason or "",
    )
    return with_words(codes, record.open(row.grounds, "decision", row.id, "grounds"))


def as_told(made: Iterable[Decided]) -> tuple[Decided, ...]:
    """The decisions as their referrer sees them, the last first: a correction that changed nothing of what they read
    is the decision that it corrects."""
    shown: list[Decided] = []
    for one in made:
        last = shown[-1] if shown else None
        if last is not None and last.corrects == one.id and _read(last) == _read(one):
            shown[-1] = replace(last, decided_at=one.decided_at, corrects=one.corrects)
        else:
            shown.append(one)
    return tuple(shown)


def _read(one: Decided) -> tuple[str, str, str]:
    return one.outcome, one.told, one.required


def exists(found: Found, decision_id: UUID) -> bool:
    """Whether this very decision was recorded on that report."""
    query = select(Decision.id).where(Decision.referral_id == found.id, Decision.id == decision_id)
    return db.session().execute(query).scalar_one_or_none() is not None


def number_with_reason(outcome: str, code: str) -> int:
    """How many decisions of the council gave that reason for that outcome. A number alone, for whoever changes the
    reasons: it counts the reports that they may not read, too."""
    query = select(func.count(Decision.id)).where(
        Decision.tenant_id == council_id(), Decision.outcome == outcome, Decision.reasons.contains([code])
    )
    with db.as_system() as session:
        return int(session.execute(query).scalar_one())
