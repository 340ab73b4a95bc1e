"""The policy as a WHERE clause: every query of records that belong to somebody starts here."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, literal, or_, true

from portal.auth.policy import Permission, Reach, reach
from portal.kernel.scope import Actor


def within_reach(
    actor: Actor | None, permission: Permission, *, owner: Any, agency: Any, helpers: Any = None
) -> ColumnElement[bool]:
    """Rows that `policy.allows` would allow; `owner`, `agency` and `helpers` are the table's columns.

    A test compares both on every role x permission x row.
    """
    found = reach(actor, permission)
    if actor is None or found is Reach.NONE:
        return false()
    if found is Reach.COUNCIL:
        return true()
    if actor.agency_id is None:
        return false()
    if found is Reach.AGENCY:
        return and_(agency == actor.agency_id)
    mine = owner == actor.account_id
    if helpers is not None:
        mine = or_(mine, literal(actor.account_id) == func.any(helpers))
    return and_(mine, agency == actor.agency_id)


def within_sight(actor: Actor | None, report: Any) -> ColumnElement[bool]:
    """Reports that `policy.sees` lets this person see; `report` is the table or its columns (id, author_id, sight,
    author_only, unseen_by). The third wall of the database says the same, and a test compares all three."""
    if actor is None:
        return false()
    if actor.system:
        return true()
    me = literal(actor.account_id)
    connected = func.coalesce(me == func.any(report.unseen_by), false())
    if actor.reach == "council":
        opened = [report.id.in_(sorted(actor.opened))] if actor.opened else []
        return and_(~connected, or_(report.sight.is_(None), me == func.any(report.sight), *opened))
    return and_(~connected, or_(~report.author_only, report.author_id == me))
