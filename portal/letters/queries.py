"""The letters of a report, and the people of it as they may be written to now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from portal.auth.models import Account
from portal.auth.policy import Permission
from portal.forms.queries import version
from portal.kernel import db, scope
from portal.kernel.errors import NotFound
from portal.kernel.scope import Actor
from portal.letters.composing import Written, from_text
from portal.letters.models import Letter
from portal.letters.safety import Addressee, addressees
from portal.referrals.models import Referral
from portal.referrals.queries.corrections import as_now, corrections
from portal.referrals.queries.reaching import reachable
from portal.referrals.queries.record import Found, answers_of, record_of
from portal.screening.queries.decision import decision

_maker, _sender, _taker = aliased(Account), aliased(Account), aliased(Account)


@dataclass(frozen=True)
class Made:
    """One letter, opened; `sent_how` is post or hand, "" while it is not sent."""

    id: UUID
    template: str
    language: str
    written: Written
    made_by: str
    made_at: datetime
    sent_by: str
    sent_at: datetime | None
    sent_how: str
    withdrawn_by: str
    withdrawn_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether it is neither sent nor withdrawn."""
        return self.sent_at is None and self.withdrawn_at is None


def letters(actor: Actor, found: Found) -> tuple[Made, ...]:
    """The letters of a report, the newest first; none for somebody beyond whose reach it is."""
    rows = db.session().execute(_query(actor, found).order_by(Letter.made_at.desc(), Letter.id)).all()
    return tuple(_made(found, row) for row in rows)


def letter(actor: Actor, found: Found, letter_id: UUID) -> Made:
    """That letter of that report; raises NotFound."""
    row = db.session().execute(_query(actor, found).where(Letter.id == letter_id)).one_or_none()
    if row is None:
        raise NotFound("no such letter")
    return _made(found, row)


def people(actor: Actor, found: Found) -> tuple[Addressee, ...]:
    """Everybody whom the report names, with its corrections; nobody once its answers are destroyed."""
    try:
        answers = as_now(answers_of(found), corrections(actor, Permission.DECIDE, found))
    except NotFound:
        return ()
    made = decision(actor, Permission.DECIDE, found)
    grounds = made.grounds if made else None
    not_sought = grounds.consent_reason if grounds and grounds.consent == "not_sought" else ""
    return addressees(version(found.form_version_id).form, answers.triage, answers.sections, not_sought)


def count() -> ColumnElement[Any]:
    """How many letters of a report wait to be sent, beside the report itself."""
    return (
        select(func.count())
        .where(
            Letter.tenant_id == Referral.tenant_id,
            Letter.referral_id == Referral.id,
            Letter.sent_at.is_(None),
            Letter.withdrawn_at.is_(None),
        )
        .correlate(Referral)
        .scalar_subquery()
    )


def number_from(template: str) -> int:
    """How many letters of the council were made from that one. A number alone, for whoever changes the settings: it
    counts those on reports that they may not read, too."""
    query = (
        select(func.count())
        .select_from(Letter)
        .where(Letter.tenant_id == scope.council().id, Letter.template == template)
    )
    with db.as_system() as session:
        return int(session.execute(query).scalar_one())


def _query(actor: Actor, found: Found) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Letter.id, Letter.template, Letter.language, Letter.body, Letter.made_at, Letter.sent_at, Letter.sent_how,
            Letter.withdrawn_at, _maker.name.label("maker"), _sender.name.label("sender"), _taker.name.label("taker"),
        )
        .join(Referral, (Referral.tenant_id == Letter.tenant_id) & (Referral.id == Letter.referral_id))
        .join(_maker, _maker.id == Letter.made_by)
        .outerjoin(_sender, _sender.id == Letter.sent_by)
        .outerjoin(_taker, _taker.id == Letter.withdrawn_by)
        .where(reachable(actor, Permission.DECIDE), Letter.referral_id == found.id)
    )  # fmt: skip


def _made(found: Found, row: Any) -> Made:
    return Made(
        id=row.id,
        template=row.template,
        language=row.language,
        written=from_text(record_of(found).open(row.body, "letter", row.id, "body")),
        made_by=row.maker,
        made_at=row.made_at,
        sent_by=row.sender or "",
        sent_at=row.sent_at,
        sent_how=row.sent_how or "",
        withdrawn_by=row.taker or "",
        withdrawn_at=row.withdrawn_at,
    )
