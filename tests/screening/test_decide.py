"""Deciding: one transaction, one decision, sealed words, and never past a message that nobody has read."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.messaging import commands as messaging
from portal.messaging.commands import adding
from portal.messaging.models import Message
from portal.referrals.models import Notice
from portal.referrals.queries.record import Found, find
from portal.screening.commands import decisions, holding
from portal.screening.commands.decisions import Given
from portal.screening.models import Decision
from portal.screening.queries.decision import decision
from tests.factories.decisions import given as decision_given
from tests.factories.people import Person, make_person
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils

WHY = "Mae’r plentyn mewn perygl"


@dataclass
class Case:
    """A report being screened."""

    made: Made
    author: Person
    screener: Person

    def act(self, who: Person, permission: Permission, deed: Callable[..., Any], *words: Any) -> Any:
        with db.unit_of_work(who.scope):
            return deed(who.actor, find(who.actor, permission, self.made.reference), *words)

    def decide(self, given: Given, who: Person | None = None) -> None:
        self.act(who or self.screener, Permission.DECIDE, decisions.decide, given)

    def now(self) -> Found:
        with db.unit_of_work(self.screener.scope):
            return find(self.screener.actor, Permission.SCREEN, self.made.reference)

    def count(self, what: Any, *where: Any) -> int:
        with db.unit_of_work(self.screener.scope) as session:
            return session.execute(select(func.count()).select_from(what).where(*where)).scalar_one()

    def talk(self) -> None:
        """A question and its reply, which nobody has read yet."""
        self.act(self.screener, Permission.ASK, messaging.ask, "When?", uuid4())
        self.act(self.author, Permission.REPLY, messaging.reply, "Today.", uuid4())


@pytest.fixture
def case(councils: Councils) -> Case:
    author = make_person(councils.england)
    screener = make_person(councils.england, role="screener", name="Ali Screener")
    return Case(make_referral(councils.england, author, state="screening", owner=screener), author, screener)


@pytest.fixture
def given() -> Given:
    return decision_given("assessment", "MASH", WHY, "We will visit the family.", 0, uuid4())


def test_decision_state_audit_and_notice_together(case: Case, given: Given) -> None:
    case.decide(given)
    found = case.now()
    assert (found.state, found.outcome, found.unread_by_agency) == ("decided", "assessment", 1)
    assert found.decided_at is not None
    assert case.count(AuditEvent, AuditEvent.event == Event.DECIDED) == 1
    assert case.count(Notice, Notice.kind == "outcome", Notice.account_id == case.author.account_id) == 1


def test_the_words_are_sealed(case: Case, given: Given) -> None:
    case.decide(given)
    with db.unit_of_work(case.screener.scope) as session:
        row = session.execute(select(Decision.rationale, Decision.told)).one()
    assert WHY.encode() not in row.rationale
    assert given.told.encode() not in row.told


def test_the_council_reads_all_and_the_referrer_only_what_they_are_told(case: Case, given: Given) -> None:
    case.decide(given)
    ours = case.act(case.screener, Permission.SCREEN, lambda a, f: decision(a, Permission.SCREEN, f))
    theirs = case.act(case.author, Permission.TRACK, lambda a, f: decision(a, Permission.TRACK, f))
    assert (ours.rationale, ours.told, ours.decided_by, ours.route) == (WHY, given.told, "Ali Screener", "MASH")
    assert (theirs.told, theirs.outcome) == (given.told, "assessment")
    assert (theirs.rationale, theirs.decided_by, theirs.route) == ("", "", "")


def test_the_same_mark_twice_is_one_decision(case: Case, given: Given) -> None:
    case.decide(given)
    case.decide(given)
    assert case.count(Decision) == 1
    assert case.count(Notice) == 1
    with pytest.raises(Conflict):
        case.decide(replace(given, once=uuid4()))


def test_the_same_mark_with_other_words_is_refused(case: Case, given: Given) -> None:
    case.decide(given)
    # After "Back" the browser shows the old form: "recorded" would be untrue of the new words.
    for other in (
        replace(given, told="Nothing more."),
        replace(given, rationale="Otherwise"),
        replace(given, route="ADVICE"),
    ):
        with pytest.raises(Conflict):
            case.decide(other)
    assert case.count(Decision) == 1


def test_only_the_author_counts_as_the_referrer_who_read_it(case: Case, given: Given) -> None:
    lead = make_person(case.made.council, role="agency_lead")
    case.decide(given)
    case.act(lead, Permission.TRACK, decisions.see_outcome)
    assert case.count(AuditEvent, AuditEvent.event == Event.OUTCOME_READ) == 0
    assert case.now().unread_by_agency == 1
    case.act(case.author, Permission.TRACK, decisions.see_outcome)
    assert case.count(AuditEvent, AuditEvent.event == Event.OUTCOME_READ) == 1


def test_a_double_click_at_the_same_moment_is_one_decision(case: Case, given: Given) -> None:
    gate = Barrier(8)

    def click(_number: int) -> str:
        with db.unit_of_work(case.screener.scope):
            found = find(case.screener.actor, Permission.DECIDE, case.made.reference)
            gate.wait(timeout=10)
            decisions.decide(case.screener.actor, found, given)
        return "done"

    with ThreadPoolExecutor(max_workers=8) as pool:
        assert list(pool.map(click, range(8))) == ["done"] * 8
    assert case.count(Decision) == 1
    assert case.count(Notice) == 1
    assert case.now().unread_by_agency == 1


def test_an_unread_reply_asks_first(case: Case, given: Given) -> None:
    case.talk()
    for unsure in (given, replace(given, read_new=0), replace(given, read_new=7)):
        with pytest.raises(Invalid) as refused:
            case.decide(unsure)
        assert refused.value.errors == {"read_new": "unread"}
    assert case.now().state == "answered"
    case.decide(replace(given, read_new=1))
    assert case.now().unread_by_council == 0
    with db.unit_of_work(case.screener.scope) as session:
        (kept,) = session.execute(select(AuditEvent.detail).where(AuditEvent.event == Event.DECIDED)).scalars()
    assert kept == {"outcome": "assessment", "unread": 1}
    assert case.count(Message, Message.read_at.is_(None), Message.side == "agency") == 0


def test_what_was_confirmed_covers_no_later_reply(case: Case, given: Given) -> None:
    case.talk()
    case.talk()
    with pytest.raises(Invalid):
        case.decide(replace(given, read_new=1))


def test_a_reply_in_the_middle_of_deciding_wins(case: Case, given: Given) -> None:
    case.act(case.screener, Permission.ASK, messaging.ask, "When?", uuid4())
    seen = case.now()
    case.act(case.author, Permission.REPLY, messaging.reply, "Today.", uuid4())
    with pytest.raises(Conflict), db.unit_of_work(case.screener.scope):
        decisions.decide(case.screener.actor, seen, replace(given, seen=1))
    assert case.count(Decision) == 0
    assert case.now().state == "answered"


@pytest.mark.parametrize("kind", ["reply", "addition"])
def test_no_decision_passes_what_comes_at_the_same_moment(councils: Councils, given: Given, kind: str) -> None:
    author, screener = make_person(councils.england), make_person(councils.england, role="screener")
    for _round in range(12):
        made = make_referral(councils.england, author, state="asked", owner=screener)
        case, gate = Case(made, author, screener), Barrier(2)
        once = uuid4()

        def say(case: Case = case, gate: Barrier = gate) -> str:
            write = messaging.reply if kind == "reply" else adding.add
            with db.unit_of_work(case.author.scope):
                found = find(case.author.actor, Permission.REPLY, case.made.reference)
                gate.wait(timeout=10)
                write(case.author.actor, found, "CNRY now", uuid4())
            return "said"

        def settle(case: Case = case, gate: Barrier = gate, once: UUID = once) -> str:
            with db.unit_of_work(case.screener.scope):
                found = find(case.screener.actor, Permission.DECIDE, case.made.reference)
                gate.wait(timeout=10)
                decisions.decide(case.screener.actor, found, replace(given, once=once))
            return "decided"

        def tried(deed: Callable[[], str]) -> str:
            try:
                return deed()
            except (Conflict, Invalid):
                return ""

        with ThreadPoolExecutor(max_workers=2) as pool:
            done = set(pool.map(tried, (say, settle)))
        now = case.now()
        # Both only where the message came after the decision, and then it waits there to be read.
        late = {"said", "decided"} <= done
        assert (now.state == "decided") == ("decided" in done)
        assert late == (now.new_since is not None)
        assert not (late and kind == "reply")
        assert done & {"said", "decided"}


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"outcome": "x"}, {"outcome": "unknown"}),
        ({"route": "DRAFT"}, {"route": "unknown"}),
        ({"rationale": " \n"}, {"rationale": "required"}),
        ({"told": ""}, {"told": "required"}),
        ({"told": "a\x00"}, {"told": "control"}),
        ({"rationale": "a" * 8001, "outcome": ""}, {"rationale": "too_long", "outcome": "unknown"}),
    ],
)
def test_what_is_refused_is_named(case: Case, given: Given, change: dict[str, Any], errors: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        case.decide(replace(given, **change))
    assert refused.value.errors == errors
    assert case.now().state == "screening"


def test_only_the_owner_decides(case: Case, given: Given, councils: Councils) -> None:
    colleague = make_person(councils.england, role="practice_manager")
    with pytest.raises(Conflict) as refused:
        case.decide(given, colleague)
    assert refused.value.now["by"] == "Ali Screener"
    case.act(colleague, Permission.CLAIM, holding.release)
    case.act(colleague, Permission.CLAIM, holding.claim)
    case.decide(given, colleague)
    assert case.now().state == "decided"


@pytest.mark.parametrize("state", ["sent", "decided", "withdrawn"])
def test_only_what_is_being_screened_is_decided(councils: Councils, given: Given, state: str) -> None:
    author, screener = make_person(councils.england), make_person(councils.england, role="screener")
    made = make_referral(councils.england, author, state=state, owner=screener)
    with pytest.raises(Conflict):
        Case(made, author, screener).decide(given)


def test_another_council_and_a_referrer_find_nothing(case: Case, given: Given, councils: Councils) -> None:
    for stranger in (make_person(councils.wales, role="screener"), case.author):
        with pytest.raises(NotFound):
            case.decide(given, stranger)


def test_the_first_reading_of_the_outcome_is_recorded(case: Case, given: Given) -> None:
    case.decide(given)
    for _time in range(2):
        case.act(case.author, Permission.TRACK, decisions.see_outcome)
    assert case.count(AuditEvent, AuditEvent.event == Event.OUTCOME_READ) == 1
    assert case.now().unread_by_agency == 0
