"""A council that hands decisions over, a report that was decided in it, and a case system that does as it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, update

from portal.adapters import ports
from portal.auth.policy import Permission
from portal.handover.commands import outbox, sending
from portal.handover.models import Parcel, ParcelAttempt
from portal.kernel import clock, db, scope
from portal.kernel.scope import Council, Scope
from portal.referrals.queries.record import find
from portal.screening.commands import decisions
from portal.screening.commands.correcting import correct
from portal.screening.given import Change, Given
from portal.tenants.handover_settings import Handover
from tests.factories.decisions import given
from tests.factories.people import Person, make_person
from tests.factories.referrals import Made, make_referral

WORDS = "CNRY we visit the family"


@dataclass
class Receiver:
    """A case system: `answer` is what it does with the next parcels, `got` the ids that it was handed."""

    answer: Exception | bool = True
    got: list[UUID] = field(default_factory=list)
    parcels: list[ports.Parcel] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def deliver(self, parcel: ports.Parcel) -> bool:
        self.got.append(parcel.id)
        self.parcels.append(parcel)
        self.meanwhile()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def handing(council: Council, how: str = "push", **settings: Any) -> Council:
    """The council, once it hands decisions over."""
    return replace(council, settings=replace(council.settings, hand_over=Handover(how, **settings)))


@dataclass
class Case:
    """A report in screening of a council that hands over, and its case system."""

    council: Council
    author: Person
    screener: Person
    made: Made
    receiver: Receiver

    def act(self, deed: Callable[..., Any], *words: Any, who: Person | None = None) -> Any:
        who = who or self.screener
        with db.unit_of_work(Scope(self.council, who.actor)):
            return deed(who.actor, find(who.actor, Permission.DECIDE, self.made.reference), *words)

    def decide(self, outcome: str = "assessment") -> Given:
        made = given(outcome, "MASH", WORDS, "CNRY told", 0)
        self.act(decisions.decide, made)
        return made

    def correct(self, first: Given, outcome: str = "assessment") -> Given:
        made = replace(given(outcome, "MASH", WORDS, "CNRY told again", 0), once=uuid4())
        self.act(correct, made, Change(first.once, "CNRY a slip"))
        return made

    def send(self, parcel_id: UUID | None = None) -> None:
        with db.unit_of_work(Scope(self.council, scope.SYSTEM)):
            sending.send(parcel_id or self.parcel().id)

    def parcels(self) -> list[Parcel]:
        with db.unit_of_work(Scope(self.council, scope.SYSTEM)) as session:
            query = select(Parcel).order_by(Parcel.created_at)
            return list(session.execute(query.execution_options(populate_existing=True)).scalars())

    def parcel(self) -> Parcel:
        return self.parcels()[-1]

    def tries(self) -> list[str]:
        with db.unit_of_work(Scope(self.council, scope.SYSTEM)) as session:
            return list(session.execute(select(ParcelAttempt.outcome).order_by(ParcelAttempt.at)).scalars())

    def count(self, *where: Any) -> int:
        with db.unit_of_work(Scope(self.council, scope.SYSTEM)) as session:
            return int(session.execute(select(func.count()).where(*where)).scalar_one())

    def sweep(self) -> int:
        with db.unit_of_work(Scope(self.council, scope.SYSTEM)):
            return outbox.sweep()

    def change(self, **values: Any) -> None:
        with db.unit_of_work(Scope(self.council, scope.SYSTEM)) as session:
            session.execute(update(Parcel).values(**values))

    def due(self) -> None:
        self.change(next_try_at=clock.now() - timedelta(seconds=1))


def make_case(council: Council, how: str = "push", **settings: Any) -> Case:
    council = handing(council, how, **settings)
    author, screener = make_person(council), make_person(council, role="screener", name="Ali Screener")
    made = make_referral(council, author, state="screening", owner=screener)
    receiver = Receiver()
    ports.use_case_systems(lambda _kind, _destination, _secret: receiver)
    return Case(council, author, screener, made, receiver)
