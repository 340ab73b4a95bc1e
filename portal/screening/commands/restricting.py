"""Restricting a report to named people of the council, and lifting that again, which takes two of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid
from portal.kernel.scope import Actor
from portal.referrals.elsewhere import PORTAL
from portal.referrals.models import Referral
from portal.referrals.queries.record import Found, find, record_of
from portal.referrals.states import OPEN
from portal.screening.commands import holding
from portal.screening.models import RESTRICTION_REASONS, Restriction
from portal.screening.queries.restricting import restriction, who_may_be_named

MAX_WORDS = 2000


def restrict(actor: Actor, found: Found, reason: str, words: str, people: Collection[UUID]) -> None:
    """Make a report invisible to everybody of the council but these people and the actor.

    An owner who is not among them loses it to the holding area. Raises Invalid (reason: unknown; words: required with
    the reason "other", too_long) and Conflict when it changed meanwhile or is restricted already.
    """
    errors = {}
    if reason not in RESTRICTION_REASONS:
        errors["reason"] = "unknown"
    if reason == "other" and not words:
        errors["words"] = "required"
    if len(words) > MAX_WORDS:
        errors["words"] = "too_long"
    if errors:
        raise Invalid(errors)
    if found.sight is not None:
        raise _conflict(found)
    sight = _named(actor, people)
    found = _taken_back(actor, found, sight)
    _change(found, sight=sight)
    made = uuid4()
    db.session().execute(
        insert(Restriction).values(
            tenant_id=scope.council_id(),
            id=made,
            referral_id=found.id,
            reason=reason,
            words=record_of(found).seal(words, "restriction", made, "words") if words else None,
            marked_by=actor.account_id,
            marked_at=clock.now(),
        )
    )
    events.record(Event.RESTRICTED, found.id, reason=reason, people=len(sight))


def rename(actor: Actor, found: Found, people: Collection[UUID]) -> None:
    """Change who sees a restricted report; whoever changes the list stays on it. Raises Conflict."""
    _listed(actor, found)
    sight = _named(actor, people)
    if sorted(found.sight or ()) == sight:
        return
    found = _taken_back(actor, found, sight)
    _change(found, sight=sight)
    events.record(Event.RESTRICTION_CHANGED, found.id, people=len(sight))


def ask_to_lift(actor: Actor, found: Found) -> None:
    """The first of the two; asking twice is once."""
    _listed(actor, found)
    now = restriction(found)
    if now.lift_asked_by is not None:
        return
    _settle(now.id, lift_asked_by=actor.account_id, lift_asked_at=clock.now())
    events.record(Event.LIFTING_ASKED, found.id)


def lift(actor: Actor, found: Found) -> None:
    """The second of the two: everybody who may screen sees the report again.

    Raises Conflict while nobody asked for it, and Forbidden for whoever asked.
    """
    _listed(actor, found)
    now = restriction(found)
    if now.lift_asked_by is None:
        raise _conflict(found)
    if now.lift_asked_by == actor.account_id:
        raise Forbidden("a second person lifts a restriction")
    _settle(now.id, lifted_by=actor.account_id, lifted_at=clock.now())
    _change(found, sight=None)
    events.record(Event.RESTRICTION_LIFTED, found.id)


def keep(actor: Actor, found: Found) -> None:
    """Not lifted after all: whoever asked, or the second person, says so."""
    _listed(actor, found)
    _settle(restriction(found).id, lift_asked_by=None, lift_asked_at=None)
    events.record(Event.RESTRICTION_CHANGED, found.id, people=len(found.sight or ()))


def cut_agency(actor: Actor, found: Found, *, author_only: bool) -> None:
    """Whether of the report's agency only its author sees it. Raises Conflict when it changed meanwhile."""
    _may_change(actor, found)
    if found.channel != PORTAL:
        raise _conflict(found)
    if found.author_only == author_only:
        return
    _change(found, author_only=author_only)
    events.record(Event.AGENCY_SIGHT_CHANGED, found.id, author_only=author_only)


def _listed(actor: Actor, found: Found) -> None:
    """Who opened a record for a while changes nothing about who sees it."""
    if found.sight is None:
        raise _conflict(found)
    _may_change(actor, found)


def _may_change(actor: Actor, found: Found) -> None:
    if found.reads_only(actor):
        raise Forbidden("opened for a while, to read")


def _named(actor: Actor, people: Collection[UUID]) -> list[UUID]:
    offered = {one.account_id for one in who_may_be_named(actor)}
    return sorted({actor.account_id} | (set(people) & offered))


def _taken_back(actor: Actor, found: Found, sight: list[UUID]) -> Found:
    """Nobody owns what they cannot see."""
    if found.owner_id is None or found.owner_id in sight or found.state not in OPEN:
        return found
    holding.release(actor, found)
    return find(actor, Permission.RESTRICT, found.reference)


def _settle(restriction_id: UUID, **values: Any) -> None:
    changed = update(Restriction).where(
        Restriction.tenant_id == scope.council_id(), Restriction.id == restriction_id, Restriction.lifted_at.is_(None)
    )
    db.session().execute(changed.values(values).execution_options(synchronize_session=False))


def _change(found: Found, **values: Any) -> None:
    changed = (
        update(Referral)
        .where(Referral.tenant_id == scope.council_id(), Referral.id == found.id, Referral.version == found.version)
        .values(version=Referral.version + 1, **values)
        .returning(Referral.id)
        .execution_options(synchronize_session=False)
    )
    if db.session().execute(changed).scalar_one_or_none() is None:
        raise _conflict(found)


def _conflict(found: Found) -> Conflict:
    return Conflict("the report has changed", state=found.state)
