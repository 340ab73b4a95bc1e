"""The one way a report changes its state: a guarded update that exactly one of several people wins."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select, update

from portal.auth.models import Account
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, NotFound
from portal.kernel.scope import Actor
from portal.referrals.commands import alongside, pausing
from portal.referrals.models import Referral
from portal.referrals.queries.record import Found
from portal.referrals.states import MOVES


def move(actor: Actor, found: Found, verb: str, **values: Any) -> int:
    """Apply the verb to the report as it was seen; returns its new version.

    `values` are further columns to set. Raises Conflict(state=…, owner=…, by=…) when the report has
    changed since, or when the verb is not possible from its state; the owner's name only for the council.
    """
    council = scope.council()
    allowed, after = MOVES[verb]
    statement = (
        update(Referral)
        .where(
            Referral.tenant_id == council.id,
            Referral.id == found.id,
            Referral.version == found.version,
            Referral.state.in_(sorted(allowed)),
        )
        .values(state=after, version=Referral.version + 1, changed_at=clock.now(), **values)
        .returning(Referral.version)
        .execution_options(synchronize_session=False)
    )
    version = db.session().execute(statement).scalar_one_or_none()
    if version is None:
        raise _how_it_is(actor, council.id, found)
    pausing.follow(found, after)
    alongside.moved(actor, found, verb)
    return int(version)


def touch(found: Found, *, states: Collection[str] = (), **values: Any) -> None:
    """Change the report as it was seen, without a move of its state, which must be one of `states` where they are
    given; raises Conflict."""
    council = scope.council()
    statement = (
        update(Referral)
        .where(
            Referral.tenant_id == council.id,
            Referral.id == found.id,
            Referral.version == found.version,
            Referral.state.in_(sorted(states) if states else [found.state]),
        )
        .values(version=Referral.version + 1, changed_at=clock.now(), **values)
        .returning(Referral.id)
        .execution_options(synchronize_session=False)
    )
    if db.session().execute(statement).scalar_one_or_none() is None:
        raise Conflict("the report has changed", state=found.state, owner=found.owner_name, by=found.owner_name)


def _how_it_is(actor: Actor, council_id: Any, found: Found) -> Conflict | NotFound:
    query = (
        select(Referral.state, Account.name)
        .outerjoin(Account, Account.id == Referral.owner_id)
        .where(Referral.tenant_id == council_id, Referral.id == found.id)
    )
    row = db.session().execute(query).one_or_none()
    if row is None:
        return NotFound("no such report")
    name = (row.name or "") if actor.reach == "council" else ""
    return Conflict("the report has changed", state=row.state, owner=name, by=name)
