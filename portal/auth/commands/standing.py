"""Changing how somebody who is in stands: suspended and back, another role, or gone; at once, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import update

from portal.audit import events
from portal.audit.events import Event
from portal.auth import leaving, sessions
from portal.auth.commands import hub
from portal.auth.models import Invitation, Membership
from portal.auth.policy import POLICY, Permission
from portal.auth.queries import colleagues, people
from portal.auth.queries.colleagues import Colleague
from portal.kernel import clock, db, jobs
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import Actor

REASONS: Final = ("left", "moved", "not_needed", "mistake", "concern")


def end(actor: Actor, membership_id: UUID, version: int, reason: str, heir: str) -> None:
    """End somebody's access; what they leave open goes to the colleague `heir` (a membership's id, NOBODY for
    council people, or "" where there is no colleague).

    Their sessions end with the same transaction. Twice is once. Raises NotFound, Conflict when somebody changed it
    first, Invalid({"reason": "choice"}, {"heir": "choice"}).
    """
    if reason not in REASONS:
        raise Invalid({"reason": "choice"})
    found = _found(actor, membership_id)
    if found.state == "ended" and found.version == version + 1:
        return
    _hand_over(membership_id, found.account_id, found.agency_id, heir)
    _change(actor, found, version, ("active", "suspended"), state="ended", why=reason)
    finish(found, Event.MEMBERSHIP_ENDED, reason)
    jobs.enqueue("auth.send_membership", membership_id=membership_id)


def _hand_over(membership_id: UUID, account_id: UUID, agency_id: UUID | None, heir: str) -> None:
    if not leaving.left_by(account_id, agency_id):
        return
    if agency_id is None and heir == leaving.NOBODY:
        return  # `finish` gives it back
    heirs = {str(one.membership_id): one.account_id for one in colleagues.in_place_of(membership_id)}
    if heirs and heir not in heirs:
        raise Invalid({"heir": "choice"})
    if heirs:
        leaving.hand_over(account_id, agency_id, heirs[heir])


def leave(actor: Actor, heir: str) -> None:
    """End the membership under which the actor is here, by their own choice. Raises NotFound, and
    Invalid({"heir": "choice"}) as `end` does.
    """
    if actor.membership_id is None:
        raise NotFound
    _hand_over(actor.membership_id, actor.account_id, actor.agency_id, heir)
    ended = db.session().execute(
        update(Membership)
        .where(Membership.id == actor.membership_id, Membership.state.in_(("pending", "active")))
        .values(
            state="ended",
            why="left",
            decided_at=clock.now(),
            decided_by=actor.account_id,
            version=Membership.version + 1,
        )
        .returning(Membership.id)
    )
    if ended.one_or_none() is None:
        raise NotFound
    left = Left(actor.membership_id, actor.account_id, actor.agency_id, actor.role)
    finish(left, Event.MEMBERSHIP_ENDED, "left")
    jobs.enqueue("auth.send_membership", membership_id=actor.membership_id)


class Stands(Protocol):
    """What is to be known of a membership that ends."""

    @property
    def membership_id(self) -> UUID: ...
    @property
    def account_id(self) -> UUID: ...
    @property
    def agency_id(self) -> UUID | None: ...
    @property
    def role(self) -> str: ...


@dataclass(frozen=True)
class Left:
    """A membership that its own person, or nobody at all, has ended."""

    membership_id: UUID
    account_id: UUID
    agency_id: UUID | None
    role: str


def finish(found: Stands, event: Event, reason: str) -> None:
    """What follows when somebody is let in no longer: their sessions, what they offered, and an agency's last lead."""
    sessions.end_all(found.account_id)
    if event is Event.MEMBERSHIP_ENDED and found.agency_id is None:
        # Whatever nobody has taken over, however the access ended.
        leaving.hand_over(found.account_id, None, None)
    if event is Event.MEMBERSHIP_ENDED and found.agency_id is not None:
        hub.end(found.account_id, found.agency_id, None)
    db.session().execute(
        update(Invitation)
        .where(
            Invitation.invited_by == found.account_id,
            Invitation.state == "open",
            Invitation.agency_id == found.agency_id if found.agency_id else Invitation.agency_id.is_(None),
        )
        .values(state="cancelled", settled_at=clock.now(), version=Invitation.version + 1)
    )
    events.record(event, found.membership_id, role=found.role, reason=reason)
    tell_without_lead(found)


def tell_without_lead(found: Stands) -> None:
    """Tell the council when somebody was the last lead of their agency."""
    if found.role == "agency_lead" and found.agency_id and not colleagues.has_lead(found.agency_id):
        events.record(Event.WITHOUT_LEAD, found.agency_id)
        jobs.enqueue("auth.tell_without_lead", agency_id=found.agency_id, membership_id=found.membership_id)


def suspend(actor: Actor, membership_id: UUID, version: int) -> None:
    """Let somebody in no longer for a time; nothing of theirs moves. Twice is once."""
    found = _found(actor, membership_id)
    if found.state == "suspended" and found.version == version + 1:
        return
    _change(actor, found, version, ("active",), state="suspended", why="asked")
    finish(found, Event.MEMBERSHIP_SUSPENDED, "asked")
    jobs.enqueue("auth.send_membership", membership_id=membership_id)


def resume(actor: Actor, membership_id: UUID, version: int) -> None:
    """Let somebody in again. Twice is once."""
    found = _found(actor, membership_id)
    if found.state == "active" and found.version == version + 1:
        return
    _change(actor, found, version, ("suspended",), state="active", why="", used_at=clock.now(), warned_at=None)
    events.record(Event.MEMBERSHIP_RESUMED, membership_id, role=found.role)
    jobs.enqueue("auth.send_changed", membership_id=membership_id)


def change_role(actor: Actor, membership_id: UUID, version: int, role: str) -> None:
    """Give somebody another role; the council alone does. Twice is once.

    Raises Invalid({"role": "choice"}) for a role that is none of theirs to have, Invalid({"number": "call"}) for that
    of a lead, whose agency is rung first.
    """
    found = _found(actor, membership_id)
    if role not in people.roles_for(actor, found.role, sponsored=found.sponsored):
        raise Invalid({"role": "choice"})
    if role == "agency_lead" != found.role:
        raise Invalid({"number": "call"})
    if found.role == role:
        return
    _set_role(actor, found, version, role)


def make_lead(actor: Actor, membership_id: UUID, version: int) -> None:
    """Make a lead of a colleague, for `leads.make_lead`, which keeps that the agency was rung."""
    _set_role(actor, _found(actor, membership_id), version, "agency_lead")


def _set_role(actor: Actor, found: Colleague, version: int, role: str) -> None:
    _change(actor, found, version, ("active",), role=role)
    sessions.end_all(found.account_id)
    if found.agency_id is None and Permission.CLAIM not in POLICY[role]:
        leaving.hand_over(found.account_id, None, None)
    events.record(Event.ROLE_CHANGED, found.membership_id, was=found.role, now=role)
    tell_without_lead(found)
    jobs.enqueue("auth.send_changed", membership_id=found.membership_id)


def _found(actor: Actor, membership_id: UUID) -> Colleague:
    found = colleagues.find(actor, membership_id)
    if found is None:
        raise NotFound
    return found


def _change(actor: Actor, found: Colleague, version: int, before: tuple[str, ...], **values: Any) -> None:
    changed = db.session().execute(
        update(Membership)
        .where(
            people.manageable(actor),
            Membership.id == found.membership_id,
            Membership.state.in_(before),
            Membership.version == version,
        )
        .values(
            version=Membership.version + 1, decided_at=clock.now(), decided_by=actor.account_id, reminded=0, **values
        )
        .returning(Membership.id)
    )
    if changed.one_or_none() is None:
        raise Conflict("somebody changed it first")
