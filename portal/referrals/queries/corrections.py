"""What was corrected on a report after it was sent, and its answers as they are now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.scope import Actor
from portal.referrals.models import Correction, Referral
from portal.referrals.places import Change, changed
from portal.referrals.queries.reaching import reachable
from portal.referrals.queries.record import Answers, Found, record_of


@dataclass(frozen=True)
class Corrected:
    """One correction: where, the old and the new answer as they are stored (None: none), when."""

    id: UUID
    place: str
    old: Any
    new: Any
    at: datetime
    rules_now: str


def corrections(actor: Actor, permission: Permission, found: Found) -> tuple[Corrected, ...]:
    """The corrections of a report, oldest first; none for somebody beyond whose reach it is."""
    query = (
        select(Correction.id, Correction.place, Correction.words, Correction.corrected_at, Correction.rules_now)
        .join(Referral, Referral.id == Correction.referral_id)
        .where(reachable(actor, permission), Correction.referral_id == found.id)
        .order_by(Correction.corrected_at, Correction.id)
    )
    rows = db.session().execute(query).all()
    record = record_of(found) if rows else None
    return tuple(
        Corrected(row.id, row.place, words["old"], words["new"], row.corrected_at, row.rules_now or "")
        for row in rows
        if record is not None
        for words in (json.loads(record.open(row.words, "correction", row.id, "words")),)
    )


def count(found: Found) -> int:
    """How many corrections there are: what a form of another one must have seen."""
    query = select(func.count()).select_from(Correction).where(Correction.referral_id == found.id)
    return db.session().execute(query).scalar_one()


def as_now(answers: Answers, made: tuple[Corrected, ...]) -> Answers:
    """The answers with every correction in its place."""
    triage, sections = changed(answers.triage, answers.sections, (Change(one.place, one.new) for one in made))
    return Answers(triage, answers.override_reason, sections)


def versions_of(answers: Answers, made: Sequence[Corrected]) -> tuple[Answers, ...]:
    """The answers as they were sent, and after each correction."""
    versions = [answers]
    for one in made:
        versions.append(as_now(versions[-1], (one,)))
    return tuple(versions)


def sealed_words(found: Found, correction_id: UUID, old: Any, new: Any) -> bytes:
    """The old and the new answer, encrypted for their row."""
    text = json.dumps({"old": old, "new": new}, ensure_ascii=False, separators=(",", ":"))
    return record_of(found).seal(text, "correction", correction_id, "words")
