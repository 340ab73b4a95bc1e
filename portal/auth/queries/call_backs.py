"""Whom somebody may ring back: a lead their colleagues; the council its leads, colleagues of agencies, and staff."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select, true

from portal.auth.models import Account, CallBack, Membership
from portal.auth.policy import Permission, Reach, reach
from portal.auth.reach import within_reach
from portal.kernel import clock, db
from portal.kernel.scope import Actor


@dataclass(frozen=True)
class Person:
    """Somebody who may have lost their telephone; `open` says that a call-back waits to be used."""

    account_id: UUID
    name: str
    council_staff: bool
    open: bool


@dataclass(frozen=True)
class Live:
    """A membership that counts in the council of the scope."""

    membership_id: UUID
    council_staff: bool


def live(account_id: UUID) -> tuple[Live, ...]:
    """Those of one account: what a call-back that was recorded elsewhere lets in here, too."""
    query = select(Membership.id, Membership.agency_id).where(
        Membership.account_id == account_id, Membership.state.in_(("pending", "active"))
    )
    return tuple(Live(row.id, row.agency_id is None) for row in db.session().execute(query.order_by(Membership.id)))


def _callable(actor: Actor) -> ColumnElement[bool]:
    """Never oneself; a lead's own lead is the council."""
    own = within_reach(actor, Permission.PEOPLE, owner=Membership.account_id, agency=Membership.agency_id)
    by_council = reach(actor, Permission.PEOPLE) is Reach.COUNCIL
    whom = true() if by_council else Membership.role == "referrer"
    return and_(own, whom, Membership.account_id != actor.account_id, Membership.state == "active")


def person(actor: Actor, membership_id: UUID) -> Person | None:
    """The person of a membership, if the actor may ring them back; else None."""
    waiting = exists().where(
        CallBack.account_id == Membership.account_id, CallBack.used_at.is_(None), CallBack.expires_at > clock.now()
    )
    row = (
        db.session()
        .execute(
            select(Membership.account_id, Membership.agency_id, Account.name, waiting.label("open"))
            .join(Account, Account.id == Membership.account_id)
            .where(_callable(actor), Membership.id == membership_id)
        )
        .one_or_none()
    )
    return Person(row.account_id, row.name, row.agency_id is None, row.open) if row else None
