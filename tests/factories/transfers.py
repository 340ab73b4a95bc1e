"""Transfers between two councils, by the commands: offered, and accepted."""

from __future__ import annotations

from uuid import UUID, uuid4

from portal.auth.policy import Permission
from portal.kernel import db
from portal.referrals.queries.record import find
from portal.screening.grounds import Grounds
from portal.transfers.commands import answering, offering
from portal.transfers.commands.offering import Wanted
from portal.transfers.queries import transfers
from tests.factories.people import Person, make_person
from tests.factories.referrals import make_referral


def proposed(author: Person, screener: Person, to: str) -> tuple[UUID, str]:
    """A report whose transfer to that council (its slug) waits for a manager; the transfer's id, the reference."""
    made = make_referral(author.council, author, state="screening", owner=screener)
    given = Wanted(to, files=True, messages=True, why="They moved", grounds=Grounds(consent="given"), once=uuid4())
    with db.unit_of_work(screener.scope):
        offering.propose(screener.actor, find(screener.actor, Permission.DECIDE, made.reference), given)
    return given.once, made.reference


def offered(author: Person, screener: Person, to: str) -> UUID:
    """One that the other council has to answer."""
    transfer_id, reference = proposed(author, screener, to)
    manager = make_person(author.council, role="practice_manager")
    with db.unit_of_work(manager.scope):
        offering.confirm(manager.actor, find(manager.actor, Permission.APPROVE, reference), transfer_id)
    return transfer_id


def arrived(author: Person, screener: Person, by: Person) -> str:
    """One that somebody of the other council has accepted; its reference there."""
    transfer_id = offered(author, screener, by.council.slug)
    with db.unit_of_work(by.scope):
        answering.accept(by.actor, transfer_id)
    with db.unit_of_work(by.scope):
        return transfers.one(by.actor, transfer_id).reference
