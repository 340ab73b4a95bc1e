"""The council's own people who may do something, for the emails that reach all of them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from portal.auth.models import Account, Membership
from portal.auth.policy import POLICY, Permission, Reach
from portal.kernel import db, scope


@dataclass(frozen=True)
class Staff:
    """Somebody who works here now, with where to write to; `language` is "" if they never chose one."""

    membership_id: UUID
    account_id: UUID
    email: str
    language: str
    name: str
    role: str


def working_here(permission: Permission) -> ColumnElement[bool]:
    """Memberships of people of the council in scope who may do this everywhere in it now; joins Account."""
    council = scope.council()
    roles = [role for role, may in POLICY.items() if may.get(permission) is Reach.COUNCIL]
    return and_(
        Membership.tenant_id == council.id,
        Membership.role.in_(roles),
        Membership.state == "active",
        Account.state == "active",
    )


def who_may(permission: Permission) -> tuple[Staff, ...]:
    """Everybody of the council in scope who may do this everywhere in it, in a steady order."""
    query = (
        select(Membership.id, Membership.account_id, Account.email, Account.language, Account.name, Membership.role)
        .join(Account, Account.id == Membership.account_id)
        .where(working_here(permission))
        .order_by(Membership.id)
    )
    return tuple(Staff(*row) for row in db.session().execute(query).all())
