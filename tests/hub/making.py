"""A report of a school in the hub, as the tests of the hub need it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from portal.auth.policy import Permission
from portal.hub import commands
from portal.hub.queries import Access, Opened, accesses, find_opened, opened, room_of, thread
from portal.hub.sides import COUNCIL
from portal.kernel import db
from portal.kernel.scope import SYSTEM, Council, Scope
from portal.messaging.commands.correcting import Correcting, correct
from portal.referrals.models import Notice
from portal.referrals.places import Place
from portal.referrals.queries.corrections import count
from portal.referrals.queries.record import find
from tests.factories.hub import make_partner, open_hub
from tests.factories.people import Person, make_person
from tests.factories.referrals import Child, Made, make_referral
from tests.fixtures.councils import Councils

POLICE, HEALTH, SCHOOL = "severn-vale-police", "example-infirmary", "oakfield-primary"
HOME = {"lines": "12 CNRY Row", "town": "Avonmere", "postcode": "AV1 4XX"}
SECTIONS = {
    "referrer": {"ref_phone": "01632 960555", "ref_third_party": "yes"},
    "children": [
        {"child_first_name": "Siân CNRY", "child_address": HOME, "child_address_secret": "yes"}
    ],
    "concern": {"sos_what_happened": "He told Nia CNRY Trefor at 12 CNRY Row", "sos_impact": "CNRY o’r gwaethaf"},
}  # fmt: skip


@dataclass
class Case:
    """A report by a school that a screener has claimed, and partners of three agencies."""

    council: Council
    author: Person
    screener: Person
    manager: Person
    police: Person
    health: Person
    made: Made

    def open(self, who: Person, what: str = "answers", words: str = "CNRY what do you know?") -> UUID:
        return open_hub(self.screener, self.made.reference, who.actor.agency_id, words, what)

    def as_council(self, deed: Callable[..., Any], *words: Any, **named: Any) -> Any:
        with db.unit_of_work(self.screener.scope):
            return deed(
                self.screener.actor, find(self.screener.actor, Permission.ASK, self.made.reference), *words, **named
            )

    def seen(self, who: Person) -> Opened:
        with db.unit_of_work(who.scope):
            return find_opened(who.actor, self.made.reference)

    def sees(self, who: Person) -> bool:
        with db.unit_of_work(who.scope):
            return self.made.reference in {one.room.reference for one in opened(who.actor)}

    def answer(self, who: Person, text: str, once: UUID | None = None) -> None:
        with db.unit_of_work(who.scope):
            commands.answer(who.actor, find_opened(who.actor, self.made.reference), text, once or uuid4())

    def said(self, who: Person) -> list[tuple[str, bool]]:
        with db.unit_of_work(who.scope):
            room = find_opened(who.actor, self.made.reference).room
            return [(one.text, one.new) for one in thread(room, who.actor.agency_id or COUNCIL)]

    def told(self, kind: str) -> list[UUID | None]:
        with db.unit_of_work(Scope(self.council, SYSTEM)) as session:
            return list(session.execute(select(Notice.account_id).where(Notice.kind == kind)).scalars())

    def correct(self, place: Place, new: Any, reason: str = "CNRY I misheard") -> None:
        """The referrer corrects an answer."""
        with db.unit_of_work(self.author.scope):
            found = find(self.author.actor, Permission.REPLY, self.made.reference)
            correct(self.author.actor, found, Correcting(place, new, reason, count(found), uuid4()))

    def access(self, who: Person) -> Access:
        """What the council sees of the agency's access that is open."""
        with db.unit_of_work(self.screener.scope):
            found = find(self.screener.actor, Permission.ASK, self.made.reference)
            room = room_of(self.screener.actor, Permission.ASK, found)
            assert room is not None
            live = [one for one in accesses(room) if one.withdrawn_at is None]
            return next(one for one in live if one.agency_id == who.actor.agency_id)


def make_case(councils: Councils, sections: dict[str, Any] = SECTIONS) -> Case:
    """A council with the report and everybody."""
    council = councils.england
    author = make_person(council, agency=SCHOOL, name="Nia CNRY Trefor")
    screener = make_person(council, role="screener")
    children = (Child("Siân CNRY", "Llŷr"), Child("李 CNRY", "O'Brien", None, 4))
    made = make_referral(
        council, author, state="screening", owner=screener, sections=sections, children=children, category="neglect"
    )
    return Case(
        council, author, screener, make_person(council, role="practice_manager"), make_partner(council, agency=POLICE),
        make_partner(council, agency=HEALTH), made,
    )  # fmt: skip
