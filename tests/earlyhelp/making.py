"""A decided report, its people, and what they do with early help."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select

from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.earlyhelp.commands import answering, offering
from portal.earlyhelp.queries.lists import TABS, counts, listed
from portal.earlyhelp.queries.offers import Offer, offers
from portal.kernel import db
from portal.kernel.scope import SYSTEM, Council, Scope
from portal.referrals.models import Notice, Referral
from portal.referrals.queries.record import find
from portal.screening.commands import decisions
from portal.screening.given import Given
from tests.factories.decisions import given, grounds
from tests.factories.people import Person, make_person
from tests.factories.referrals import Made, make_referral


@dataclass
class Case:
    """A report that a screener has, an early-help worker, and whoever reported it."""

    council: Council
    author: Person = field(init=False)
    screener: Person = field(init=False)
    worker: Person = field(init=False)
    made: Made = field(init=False)
    given: Given = field(init=False)

    def __post_init__(self) -> None:
        self.author = make_person(self.council, language="en")
        self.screener = make_person(self.council, role="screener", language="en")
        self.worker = make_person(self.council, role="early_help_worker", language="en")
        self.made = make_referral(self.council, self.author, state="screening", owner=self.screener)

    def act(self, who: Person, deed: Callable[..., Any], *words: Any, may: Permission = Permission.DECIDE) -> Any:
        with db.unit_of_work(who.scope):
            return deed(who.actor, find(who.actor, may, self.made.reference), *words)

    def decide(self, outcome: str = "early_help", consent: str = "given", reason: str = "") -> Case:
        said = grounds(outcome, consent=consent, consent_reason=reason)
        self.given = given(outcome, "MASH", "CNRY because", "CNRY told", 0, grounds=said)
        self.act(self.screener, decisions.decide, self.given)
        return self

    def offers(self, who: Person | None = None, may: Permission = Permission.LOOK) -> tuple[Offer, ...]:
        return self.act(who or self.screener, lambda a, f: offers(a, may, f), may=may)  # type: ignore[no-any-return] # act does anything

    def offer(self, team: str, once: UUID | None = None, who: Person | None = None, **said: Any) -> None:
        self.act(who or self.screener, offering.offer, offering.Handing(team, once or uuid4(), **said))

    def answer(self, move: str, code: str = "", words: str = "", who: Person | None = None) -> None:
        offer_id = self.offers()[0].id
        self.act(who or self.worker, answering.answer, offer_id, answering.Answer(move, code, words), may=HELP)

    def take_back(self) -> None:
        self.act(self.screener, offering.take_back, self.offers()[0].id)

    def told(self, kind: str) -> list[str]:
        with db.unit_of_work(Scope(self.council, SYSTEM)) as session:
            whom = func.coalesce(func.cast(Notice.account_id, Notice.mailbox.type), Notice.mailbox)
            return sorted(session.execute(select(whom).where(Notice.kind == kind)).scalars())

    def trail(self, event: str) -> int:
        """How often that happened to the report."""
        with db.unit_of_work(Scope(self.council, SYSTEM)) as session:
            subject = select(Referral.id).where(Referral.reference == self.made.reference).scalar_subquery()
            query = select(func.count()).where(AuditEvent.event == event, AuditEvent.subject_id == subject)
            return session.execute(query).scalar_one()

    def details(self, event: str) -> list[dict[str, Any]]:
        """What the trail says of each time that it happened to the report, the first first."""
        with db.unit_of_work(Scope(self.council, SYSTEM)) as session:
            subject = select(Referral.id).where(Referral.reference == self.made.reference).scalar_subquery()
            query = select(AuditEvent.detail).where(AuditEvent.event == event, AuditEvent.subject_id == subject)
            return list(session.execute(query.order_by(AuditEvent.at)).scalars())

    def tabs(self, who: Person | None = None) -> dict[str, list[str]]:
        who = who or self.worker
        with db.unit_of_work(who.scope):
            found = {tab: [one.reference for one in listed(who.actor, tab).lines] for tab in TABS}
            assert {tab: counts(who.actor)[tab] for tab in TABS} == {tab: len(lines) for tab, lines in found.items()}
        return found

    def stands(self) -> str:
        """How the line on the report's page says it stands."""
        with db.unit_of_work(self.screener.scope):
            found = find(self.screener.actor, Permission.LOOK, self.made.reference, counted=True)
            return str(found.counted["early_help"])


HELP = Permission.EARLY_HELP
