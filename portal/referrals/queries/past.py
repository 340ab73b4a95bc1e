"""Reports that were sent, a few hundred at a time and in the order of their sending, for what looks at all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, tuple_

from portal.kernel import db, scope
from portal.kernel.crypto import CannotOpen
from portal.referrals.models import Referral
from portal.referrals.queries.record import Answers, opened
from portal.tenants import vault

AT_ONCE = 200


@dataclass(frozen=True)
class Past:
    """One sent report; `answers` are still sealed, None when they were destroyed."""

    id: UUID
    reference: str
    kind: str
    route: str
    rule: str
    outcome_of_rules: dict[str, Any]
    form_version_id: UUID
    sent_at: datetime
    wrapped_key: bytes
    answers: bytes | None

    def open(self) -> Answers | None:
        """The answers; None when they, or the key to them, were destroyed."""
        if self.answers is None or not self.wrapped_key:
            return None
        try:
            return opened(vault.Record("referral", self.id, self.wrapped_key), self.id, self.answers)
        except CannotOpen:
            return None


@dataclass(frozen=True)
class Span:
    """Which reports: those of one form, sent from `since` and before `until`."""

    form_key: str
    since: datetime
    until: datetime


def how_many(span: Span) -> int:
    """How many reports there are in a span."""
    return db.session().execute(select(func.count()).select_from(Referral).where(_within(span))).scalar_one()


def batches(span: Span, begun: tuple[datetime, UUID] | None = None) -> Iterator[list[Past]]:
    """The reports of a span, AT_ONCE at a time; `begun` is the last one (when sent, id) of an earlier run.

    Each batch is a statement of its own, so that no cursor stays open and nothing but one batch is in memory.
    """
    while True:
        query = select(
            Referral.id,
            Referral.reference,
            Referral.kind,
            Referral.route,
            Referral.rule,
            Referral.outcome_of_rules,
            Referral.form_version_id,
            Referral.sent_at,
            Referral.wrapped_key,
            Referral.answers,
        ).where(_within(span))
        if begun is not None:
            query = query.where(tuple_(Referral.sent_at, Referral.id) > begun)
        rows = db.session().execute(query.order_by(Referral.sent_at, Referral.id).limit(AT_ONCE))
        found = [_past(row) for row in rows]
        if not found:
            return
        yield found
        begun = (found[-1].sent_at, found[-1].id)


def _past(row: Any) -> Past:
    return Past(
        id=row.id,
        reference=row.reference,
        kind=row.kind,
        route=row.route or "",
        rule=row.rule or "",
        outcome_of_rules=row.outcome_of_rules or {},
        form_version_id=row.form_version_id,
        sent_at=row.sent_at,
        wrapped_key=row.wrapped_key,
        answers=row.answers,
    )


def _within(span: Span) -> ColumnElement[bool]:
    council = scope.council()
    return and_(
        Referral.tenant_id == council.id,
        Referral.form_key == span.form_key,
        Referral.state != "draft",
        # What some may not see is in no list that everybody who designs may read.
        Referral.sight.is_(None),
        Referral.unseen_by == [],
        Referral.sent_at >= span.since,
        Referral.sent_at < span.until,
    )
