"""The policy as a WHERE clause: every query of records that belong to somebody starts here."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, false, true

from portal.auth.policy import Permission, Reach, reach
from portal.kernel.scope import Actor


def within_reach(actor: Actor | None, permission: Permission, *, owner: Any, agency: Any) -> ColumnElement[bool]:
    """Rows that `policy.allows` would allow; `owner` and `agency` are the table's columns.

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
    return and_(owner == actor.account_id, agency == actor.agency_id)
