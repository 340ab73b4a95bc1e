"""The reports that a person may follow: their own, or their agency's for its lead, filtered, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from portal.auth.models import Account
from portal.auth.policy import Permission, Reach, reach
from portal.kernel import db, scope
from portal.kernel.errors import NotFound
from portal.kernel.scope import Actor
from portal.referrals.models import Referral, ReferralChild
from portal.referrals.queries.reaching import reachable
from portal.referrals.sifting import Filters, Sought, named

PAGE = 25


@dataclass(frozen=True)
class Line:
    """One line of the list; `author` is shown in the agency's list."""

    id: UUID
    reference: str
    initials: str
    state: str
    route: str
    kind: str
    sent_at: datetime
    changed_at: datetime
    due_at: datetime | None
    unread: int
    author: str
    form_key: str


@dataclass(frozen=True)
class Page:
    """One page of lines, what has news first and then what changed last; `total` counts all pages."""

    lines: tuple[Line, ...]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))

    @property
    def first(self) -> int:
        """The place of the first line in the whole list."""
        return (self.number - 1) * PAGE + 1


@dataclass(frozen=True)
class Colleague:
    """Somebody of the agency who has sent something."""

    id: UUID
    name: str


def sees_agency(actor: Actor) -> bool:
    """Whether the person may read all reports of their agency."""
    return reach(actor, Permission.TRACK) is Reach.AGENCY


def reports(actor: Actor, filters: Filters | None = None, wanted: Sought | None = None) -> Page:
    """A page of reports: the person's own, or all that they may follow; `wanted` narrows them to what was searched for.

    A page beyond the last one is NotFound.
    """
    filters = filters or Filters()
    where = _where(actor, filters)
    if wanted is not None:
        where = and_(where, _of_those(where, wanted))
    total = db.session().execute(select(func.count()).select_from(Referral).where(where)).scalar_one()
    query = (
        select(
            Referral.id,
            Referral.reference,
            Referral.initials,
            Referral.state,
            Referral.route,
            Referral.kind,
            Referral.sent_at,
            Referral.changed_at,
            Referral.due_at,
            Referral.unread_by_agency,
            Account.name,
            Referral.form_key,
        )
        .join(Account, Account.id == Referral.author_id)
        .where(where)
        .order_by((Referral.unread_by_agency > 0).desc(), Referral.changed_at.desc(), Referral.id.desc())
        .limit(PAGE)
        .offset((filters.page - 1) * PAGE)
    )
    rows: Iterable[Any] = db.session().execute(query)
    found = Page(tuple(Line(*row) for row in rows), total, filters.page)
    if filters.page > found.pages:
        raise NotFound("no such page")
    return found


def colleagues(actor: Actor) -> tuple[Colleague, ...]:
    """Who has sent what this person may follow, by name."""
    query = (
        select(Account.id, Account.name)
        .where(Account.id.in_(select(Referral.author_id).where(_where(actor, Filters(agency=True)))))
        .order_by(func.lower(Account.name), Account.id)
    )
    return tuple(Colleague(*row) for row in db.session().execute(query))


def _where(actor: Actor, filters: Filters) -> ColumnElement[bool]:
    council = scope.current().council
    asked: list[ColumnElement[bool]] = [
        reachable(actor, Permission.TRACK),
        Referral.tenant_id == (council.id if council else None),
        Referral.state.in_(filters.states()),
    ]
    if not filters.agency:
        asked.append(Referral.author_id == actor.account_id)
    if filters.form:
        asked.append(Referral.form_key == filters.form)
    if filters.colleague:
        asked.append(Referral.author_id == filters.colleague)
    if filters.unread:
        asked.append(Referral.unread_by_agency > 0)
    return and_(*asked, *_sent_within(filters))


def _sent_within(filters: Filters) -> Iterator[ColumnElement[bool]]:
    since, until = filters.span()
    if since is not None:
        yield Referral.sent_at >= since
    if until is not None:
        yield Referral.sent_at < until


def _of_those(where: ColumnElement[bool], wanted: Sought) -> ColumnElement[bool]:
    """Those of the reports that are meant. Names are compared here, because PostgreSQL knows no plain letters."""
    children = select(ReferralChild.referral_id, ReferralChild.first_name, ReferralChild.last_name).where(
        ReferralChild.referral_id.in_(select(Referral.id).where(where))
    )
    meant = {row.referral_id for row in db.session().execute(children) if named(wanted, row.first_name, row.last_name)}
    asked: list[ColumnElement[bool]] = [Referral.id.in_(meant)]
    if len(wanted.words) == 1:
        asked.append(func.lower(Referral.initials) == wanted.words[0])
    if wanted.reference:
        asked.append(func.replace(Referral.reference, "-", "").contains(wanted.reference, autoescape=True))
    return or_(*asked)
