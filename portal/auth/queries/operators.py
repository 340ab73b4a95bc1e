"""The operators of the instance, and the one that the link of an email is for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from portal.auth import envelope
from portal.auth.models import Account, InstanceOperator
from portal.auth.queries.invitations import hashed
from portal.kernel import clock, db


@dataclass(frozen=True)
class Operator:
    """One operator, for the command line: who added them in words, and until when ("" for now)."""

    id: UUID
    account_id: UUID
    email: str
    added_by: str
    since: datetime
    ended_at: datetime | None
    set_up: bool


@dataclass(frozen=True)
class Invited:
    """Whom a link is for."""

    id: UUID
    account_id: UUID
    email: str
    name: str


@dataclass(frozen=True)
class Letter:
    """What the email with the link needs."""

    account_id: UUID
    email: str
    language: str
    token: str
    token_hash: str


def everyone() -> tuple[Operator, ...]:
    """All there are and were, oldest first."""
    table = InstanceOperator
    rows = db.session().execute(
        select(
            table.id, table.account_id, Account.email, table.added_by, table.since, table.ended_at, table.link_used_at
        )
        .join(Account, Account.id == table.account_id)
        .order_by(table.since, table.id)
    )
    return tuple(Operator(*row[:-1], set_up=row.link_used_at is not None) for row in rows)


def live() -> tuple[Operator, ...]:
    """Those who are operators now."""
    return tuple(one for one in everyone() if one.ended_at is None)


def is_live(account_id: UUID) -> bool:
    """Whether the account is an operator's now."""
    query = select(InstanceOperator.id).where(
        InstanceOperator.account_id == account_id, InstanceOperator.ended_at.is_(None)
    )
    return db.session().execute(query).one_or_none() is not None


def invited(token: str) -> Invited | None:
    """The operator whose link this is, while it is good."""
    query = (
        select(InstanceOperator.id, Account.id.label("account_id"), Account.email, Account.name)
        .join(Account, Account.id == InstanceOperator.account_id)
        .where(good_link(token))
    )
    row = db.session().execute(query).one_or_none()
    return Invited(*row) if row else None


def good_link(token: str) -> ColumnElement[bool]:
    """The row of a link that was not used, has not run out, and whose operator was not ended."""
    return and_(
        InstanceOperator.token_hash == hashed(token),
        InstanceOperator.ended_at.is_(None),
        InstanceOperator.link_used_at.is_(None),
        InstanceOperator.link_expires_at > clock.now(),
        Account.state == "active",
    )


def letter(operator_id: UUID) -> Letter | None:
    """The email of a link that may still be used."""
    table = InstanceOperator
    query = (
        select(table.account_id, table.wrapped_key, table.token_hash, Account.email, Account.language)
        .join(Account, Account.id == table.account_id)
        .where(table.id == operator_id, table.ended_at.is_(None), table.link_used_at.is_(None))
    )
    row = db.session().execute(query).one_or_none()
    if row is None:
        return None
    token = envelope.token(row.wrapped_key, operator_id)
    return Letter(row.account_id, row.email, row.language, token, row.token_hash)
