"""Where every query of sent reports starts: the policy, and who each report is there for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import ColumnElement, and_, false, func, literal, or_

from portal.auth.policy import Permission
from portal.auth.reach import within_reach, within_sight
from portal.kernel.scope import Actor
from portal.referrals.models import Referral

PARTIAL: Final = frozenset({Permission.EARLY_HELP})
"""Permissions that reach some of the council's reports only: a higher package says which, and nobody else any."""
_ONLY: dict[Permission, Callable[[Actor], ColumnElement[bool]]] = {}


def narrow(permission: Permission, only: Callable[[Actor], ColumnElement[bool]]) -> None:
    """Let a permission of PARTIAL reach the reports for which `only(actor)` holds."""
    _ONLY[permission] = only


def _part(actor: Actor, permission: Permission) -> tuple[ColumnElement[bool], ...]:
    if actor.system or permission not in PARTIAL:
        return ()
    return (_ONLY[permission](actor) if permission in _ONLY else false(),)


def reachable(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The reports that the permission reaches and that are there for this person; a missing one and one that is not
    there for them answer alike."""
    return and_(
        within_reach(actor, permission, owner=Referral.author_id, agency=Referral.agency_id),
        within_sight(actor, Referral),
        *_part(actor, permission),
    )


def changeable(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Those of the reachable reports that this person may do something with: not what they opened for a while only."""
    listed = or_(Referral.sight.is_(None), literal(actor.account_id) == func.any(Referral.sight))
    return and_(reachable(actor, permission), listed)
