"""Lists of drafts: a person's own with those they help with, and an agency's for its lead; no answer is opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from portal.auth.models import Account
from portal.auth.policy import Permission
from portal.auth.queries.colleagues import Heir, in_place_of
from portal.auth.reach import within_reach, within_sight
from portal.kernel import clock, db, scope
from portal.kernel.errors import NotFound
from portal.kernel.scope import Actor
from portal.referrals.models import Referral
from portal.referrals.queries.drafts import own

MOST_LISTED = 50
MOST_OF_AGENCY = 200


@dataclass(frozen=True)
class DraftLine:
    """One line of a list of drafts; `shown` sections apply and `done` of them are complete (0 of 0: never saved)."""

    id: UUID
    initials: str
    created_at: datetime
    changed_at: datetime
    expires_on: date | None
    form_key: str
    kind: str
    author_id: UUID
    author: str
    done: int
    shown: int
    born: date | None
    age: int | None
    helpers: tuple[str, ...]

    @property
    def soon(self) -> bool:
        """Whether it will be deleted within the council's days of warning."""
        council = scope.current().council
        days = council.settings.draft_warning_days if council else 0
        return self.expires_on is not None and self.expires_on <= clock.today() + timedelta(days=days)

    @property
    def years(self) -> int | None:
        """How old the child is, None when that is not known (or the child is not born yet)."""
        today = clock.today()
        if self.born is not None:
            return clock.age_on(self.born, today) if self.born <= today else None
        return self.age


@dataclass(frozen=True)
class Shared:
    """A draft as somebody sees it who may say who writes it: whose it is and who helps, by account."""

    id: UUID
    agency_id: UUID
    author_id: UUID
    author: str
    initials: str
    form_key: str
    created_at: datetime
    kind: str
    helpers: dict[UUID, str]


def my_drafts(actor: Actor) -> tuple[DraftLine, ...]:
    """The person's drafts and those they help with, last changed first."""
    return _lines(own(actor), MOST_LISTED)


def agency_drafts(actor: Actor) -> tuple[DraftLine, ...]:
    """All drafts of the agency, for whoever answers for them; last changed first."""
    return _lines(_overseen(actor), MOST_OF_AGENCY)


def _overseen(actor: Actor) -> ColumnElement[bool]:
    council = scope.current().council
    reached = within_reach(actor, Permission.OVERSEE, owner=Referral.author_id, agency=Referral.agency_id)
    kept = or_(Referral.expires_on.is_(None), Referral.expires_on >= clock.today())
    return and_(reached, within_sight(actor, Referral), Referral.tenant_id == (council.id if council else None), kept)


def _lines(which: ColumnElement[bool], most: int) -> tuple[DraftLine, ...]:
    query = (
        select(
            Referral.id,
            Referral.initials,
            Referral.created_at,
            Referral.changed_at,
            Referral.expires_on,
            Referral.form_key,
            Referral.kind,
            Referral.author_id,
            Account.name,
            Referral.sections_done,
            Referral.sections_shown,
            Referral.child_born,
            Referral.child_age,
            _names(),
        )
        .join(Account, Account.id == Referral.author_id)
        .where(which, Referral.state == "draft")
        .order_by(Referral.changed_at.desc(), Referral.id)
        .limit(most)
    )
    return tuple(_line(*row) for row in db.session().execute(query))


def _line(*found: Any) -> DraftLine:
    facts: tuple[Any, ...] = (*found[:-1], tuple(found[-1] or ()))
    return DraftLine(*facts)


def _names() -> Any:
    helper = aliased(Account)
    return (
        select(func.array_agg(helper.name))
        .where(helper.id == func.any(Referral.helpers))
        .correlate(Referral)
        .scalar_subquery()
    )


def shared(actor: Actor, draft_id: UUID) -> Shared:
    """A draft whose author, or whose agency's lead, the person is; raises NotFound."""
    query = (
        select(
            Referral.id,
            Referral.agency_id,
            Referral.author_id,
            Account.name,
            Referral.initials,
            Referral.form_key,
            Referral.created_at,
            Referral.kind,
            Referral.helpers,
        )
        .join(Account, Account.id == Referral.author_id)
        .where(or_(own(actor, helping=False), _overseen(actor)), Referral.id == draft_id, Referral.state == "draft")
    )
    row = db.session().execute(query).one_or_none()
    if row is None:
        raise NotFound("no such draft")
    facts: tuple[Any, ...] = (*tuple(row)[:-1], names_of(row.helpers))
    return Shared(*facts)


def names_of(accounts: list[UUID] | tuple[UUID, ...]) -> dict[UUID, str]:
    """The names of these people, by account and in the order of the names."""
    query = select(Account.id, Account.name).where(Account.id.in_(accounts)).order_by(Account.name, Account.id)
    return {row.id: row.name for row in db.session().execute(query)}


def colleagues(actor: Actor) -> tuple[Heir, ...]:
    """The people who are in at the person's own agency, without them."""
    return in_place_of(actor.membership_id) if actor.membership_id is not None and actor.agency_id is not None else ()
