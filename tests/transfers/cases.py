"""A report in one council, the people who send it to the other, and those who get it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.scope import SYSTEM, Council, Scope
from portal.referrals.models import Referral
from portal.referrals.queries.record import Found, find
from portal.screening.grounds import Grounds
from portal.transfers.commands import answering, offering
from portal.transfers.commands.offering import Wanted
from portal.transfers.models import Transfer
from portal.transfers.queries import transfers
from portal.transfers.queries.transfers import One
from tests.factories.people import Person, make_person
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils

WHY = "CNRY they moved to your area, says Siân O’Brien 李"


@dataclass
class Case:
    """Avonmere offers, Glan-yr-Afon answers."""

    councils: Councils = field(repr=False)
    author: Person
    screener: Person
    manager: Person
    theirs: Person
    made: Made

    def act(
        self, who: Person, deed: Callable[..., Any], *words: Any, permission: Permission = Permission.DECIDE
    ) -> Any:
        with db.unit_of_work(who.scope):
            return deed(who.actor, find(who.actor, permission, self.made.reference), *words)

    def wanted(self, **changes: Any) -> Wanted:
        usual: dict[str, Any] = {
            "council": "glan-yr-afon", "files": True, "messages": True, "why": WHY,
            "grounds": Grounds(consent="given"), "once": uuid4(),
        }  # fmt: skip
        return Wanted(**usual | changes)

    def propose(self, **changes: Any) -> UUID:
        given = self.wanted(**changes)
        self.act(self.screener, offering.propose, given)
        return given.once

    def offer(self, **changes: Any) -> UUID:
        transfer_id = self.propose(**changes)
        self.act(self.manager, offering.confirm, transfer_id, permission=Permission.APPROVE)
        return transfer_id

    def accept(self, transfer_id: UUID, who: Person | None = None) -> bool:
        person = who or self.theirs
        with db.unit_of_work(person.scope):
            return answering.accept(person.actor, transfer_id)

    def decline(self, transfer_id: UUID, words: str = "CNRY not ours", who: Person | None = None) -> None:
        person = who or self.theirs
        with db.unit_of_work(person.scope):
            answering.decline(person.actor, transfer_id, words)

    def one(self, transfer_id: UUID, who: Person | None = None) -> One:
        person = who or self.theirs
        with db.unit_of_work(person.scope):
            return transfers.one(person.actor, transfer_id)

    def found(self, reference: str, who: Person) -> Found:
        with db.unit_of_work(who.scope):
            return find(who.actor, Permission.LOOK, reference)

    def row(self, transfer_id: UUID, council: Council) -> Transfer:
        with db.unit_of_work(Scope(council, SYSTEM)) as session:
            return session.execute(select(Transfer).where(Transfer.id == transfer_id)).scalar_one()

    def arrivals(self) -> list[str]:
        with db.unit_of_work(Scope(self.councils.wales, SYSTEM)) as session:
            query = select(Referral.reference).where(Referral.channel == "transfer")
            return [str(one) for one in session.execute(query).scalars()]


def make_case(councils: Councils, **report: Any) -> Case:
    """A case with a claimed report."""
    sender = councils.england
    author, screener = make_person(sender), make_person(sender, role="screener")
    manager = make_person(sender, role="practice_manager")
    theirs = make_person(councils.wales, role="screener", name="Mair CNRY Puw", language="en")
    make_person(councils.wales, role="practice_manager")
    made = make_referral(sender, author, **{"state": "screening", "owner": screener, **report})
    return Case(councils, author, screener, manager, theirs, made)
