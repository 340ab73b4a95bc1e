"""The reports that a person may follow: their own, or their agency's for its lead, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from portal.auth.models import Account
from portal.auth.policy import Permission, Reach, reach
from portal.kernel import db, scope
from portal.kernel.errors import NotFound
from portal.kernel.scope import Actor
from portal.referrals.models import Referral
from portal.referrals.queries.reaching import reachable

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
    """One page of lines, last changed first; `after` is where the next page begins, "" at the end."""

    lines: tuple[Line, ...]
    after: str


def sees_agency(actor: Actor) -> bool:
    """Whether the person may read all reports of their agency."""
    return reach(actor, Permission.TRACK) is Reach.AGENCY


def reports(actor: Actor, *, agency: bool = False, after: str = "") -> Page:
    """A page of reports: the person's own, or with `agency` all that they may follow.

    `after` is a position that an earlier page gave; anything else is NotFound.
    """
    council = scope.current().council
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
        .where(
            reachable(actor, Permission.TRACK),
            Referral.tenant_id == (council.id if council else None),
            Referral.state != "draft",
        )
        .order_by(Referral.changed_at.desc(), Referral.id.desc())
        .limit(PAGE + 1)
    )
    if not agency:
        query = query.where(Referral.author_id == actor.account_id)
    if after:
        query = query.where(tuple_(Referral.changed_at, Referral.id) < _position(after))
    rows: Iterable[Any] = db.session().execute(query)
    lines = [Line(*row) for row in rows]
    more = len(lines) > PAGE
    return Page(tuple(lines[:PAGE]), _after(lines[PAGE - 1]) if more else "")


def _after(line: Line) -> str:
    return f"{line.changed_at.timestamp():.6f}_{line.id}"


def _position(after: str) -> tuple[datetime, UUID]:
    moment, _, line_id = after.partition("_")
    try:
        return datetime.fromtimestamp(float(moment), tz=UTC), UUID(line_id)
    except (ValueError, OverflowError, OSError):
        raise NotFound("no such page") from None
