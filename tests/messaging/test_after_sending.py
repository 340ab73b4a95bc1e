"""After sending: added information and corrections, what they do to the report, and what they never do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.kernel import clock, db
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.messaging.commands import adding, correcting
from portal.messaging.commands.correcting import Correcting
from portal.messaging.queries import thread
from portal.referrals.commands import following
from portal.referrals.commands.connections import declare
from portal.referrals.models import Correction, Notice, Referral, ReferralChild
from portal.referrals.places import Place
from portal.referrals.queries.connections import Declared
from portal.referrals.queries.corrections import as_now, corrections
from portal.referrals.queries.duplicates import earlier
from portal.referrals.queries.mine import reports
from portal.referrals.queries.record import Found, answers_of, children_of, find
from portal.referrals.sifting import sought
from portal.screening import addresses
from portal.screening.commands import changes, decisions, holding
from portal.screening.queries.decision import decision
from portal.screening.queries.queue import holding_area
from tests.factories.decisions import given as decision_given
from tests.factories.people import Person, make_person
from tests.fixtures.councils import Councils
from tests.referrals.making import make_draft, send_draft

ANYTHING = Place("other", "oth_anything")
NAME = Place("children", "child_last_name", item=0)
DANGER = Place("triage", "b_danger_now")


@dataclass
class Case:
    """A real report of a person, and the screener who works on it."""

    reference: str
    author: Person
    screener: Person

    def act(self, who: Person, permission: Permission, deed: Any, *words: Any, **more: Any) -> Any:
        with db.unit_of_work(who.scope):
            return deed(who.actor, find(who.actor, permission, self.reference), *words, **more)

    def add(self, text: str, who: Person | None = None, **more: Any) -> None:
        self.act(who or self.author, Permission.REPLY, adding.add, text, more.pop("once", uuid4()), **more)

    def correct(self, given: Correcting, who: Person | None = None) -> None:
        self.act(who or self.author, Permission.REPLY, correcting.correct, given)

    def decide(self) -> None:
        self.act(self.screener, Permission.CLAIM, holding.claim)
        given = decision_given("assessment", "MASH", "Because", "We visit.", 0, uuid4())
        self.act(self.screener, Permission.DECIDE, decisions.decide, given)

    def now(self, who: Person | None = None) -> Found:
        with db.unit_of_work((who or self.screener).scope):
            return find((who or self.screener).actor, Permission.LOOK, self.reference)

    def said(self) -> list[tuple[str, str]]:
        with db.unit_of_work(self.screener.scope):
            found = find(self.screener.actor, Permission.LOOK, self.reference)
            return [(one.kind, one.text) for one in thread(self.screener.actor, Permission.LOOK, found)]

    def count(self, what: Any, *where: Any) -> int:
        with db.unit_of_work(self.screener.scope) as session:
            return session.execute(select(func.count()).select_from(what).where(*where)).scalar_one()


@pytest.fixture
def case(councils: Councils) -> Case:
    author = make_person(councils.england)
    reference = send_draft(
        author, make_draft(author, b_danger_now="no", b_red_flags=["none"], oth_anything="The first words")
    )
    return Case(reference, author, make_person(councils.england, role="screener", name="Ali Screener"))


@pytest.fixture
def given() -> Correcting:
    return Correcting(ANYTHING, "The second words", "I had mixed two days up", 0, uuid4())


def test_what_is_added_before_the_decision_is_unread_and_goes_up(case: Case) -> None:
    before = case.now()
    once = uuid4()
    for _click in range(2):
        case.add("She told me more: 李", once=once)
    now = case.now()
    assert (now.state, now.unread_by_council, now.new_since) == ("sent", 1, None)
    assert now.queued_at is not None
    assert before.queued_at is not None
    assert now.queued_at > before.queued_at
    assert case.said() == [("addition", "She told me more: 李")]
    assert case.count(AuditEvent, AuditEvent.event == Event.INFORMATION_ADDED) == 1


def test_what_is_added_after_the_decision_waits_until_somebody_has_read_it(case: Case) -> None:
    case.decide()
    case.add("Another bruise")
    now = case.now()
    assert (now.state, now.outcome, now.unread_by_council) == ("decided", "assessment", 1)
    assert now.new_since is not None
    assert case.count(Notice, Notice.kind == "news", Notice.account_id == case.screener.account_id) == 1
    for _click in range(2):
        case.act(case.screener, Permission.SCREEN, changes.settle)
    assert (case.now().new_since, case.now().unread_by_council) == (None, 0)
    assert case.count(AuditEvent, AuditEvent.event == Event.NEWS_READ) == 1


def test_a_report_that_is_taken_up_again_is_decided_again(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.decide()
    case.add("Another bruise")
    with db.unit_of_work(case.screener.scope) as session:
        # Outside office hours two reports of an evening are due at the same moment.
        session.execute(update(Referral).values(due_at=Referral.due_at - timedelta(days=1)))
    before = case.now()
    # Days later, because two moments of one evening or weekend are due at the same one.
    later = clock.now() + timedelta(days=4)
    monkeypatch.setattr(clock, "now", lambda: later)
    case.act(case.screener, Permission.CLAIM, changes.reopen)
    now = case.now()
    assert (now.state, now.owner_id, now.outcome) == ("screening", case.screener.account_id, "")
    assert now.due_at is not None
    assert before.due_at is not None
    assert now.due_at > before.due_at
    given = decision_given("advice", "ADVICE", "After all", "We advise.", 1, uuid4())
    case.act(case.screener, Permission.DECIDE, decisions.decide, given)
    assert case.now().outcome == "advice"
    told = case.act(case.author, Permission.TRACK, lambda a, f: decision(a, Permission.TRACK, f))
    assert told.told == "We advise."


@pytest.mark.parametrize("text", [" ", "a\x00", "a" * 8001])
def test_what_cannot_be_kept_is_refused(case: Case, text: str) -> None:
    with pytest.raises(Invalid):
        case.add(text)
    assert case.said() == []


def test_a_correction_keeps_the_old_answer_and_changes_no_route(case: Case, given: Correcting) -> None:
    before = case.now()
    for _click in range(2):
        case.correct(given)
    with db.unit_of_work(case.screener.scope) as session:
        found = find(case.screener.actor, Permission.LOOK, case.reference)
        made = corrections(case.screener.actor, Permission.LOOK, found)
        sent = answers_of(found)
        assert [(one.place, one.old, one.new) for one in made] == [
            (ANYTHING.text(), "The first words", "The second words")
        ]
        assert sent.sections["other"]["oth_anything"] == "The first words"
        assert as_now(sent, made).sections["other"]["oth_anything"] == "The second words"
        assert b"second" not in session.execute(select(Correction.words)).scalar_one()
        assert (found.route, found.rule, found.urgency) == (before.route, before.rule, before.urgency)
        assert found.rules_now is None
    assert case.said() == [("correction", given.reason)]
    assert case.count(AuditEvent, AuditEvent.event == Event.ANSWER_CORRECTED) == 1


def test_what_would_go_higher_now_says_so_and_is_due_sooner(case: Case) -> None:
    before = case.now()
    case.correct(Correcting(DANGER, "yes", "I clicked the wrong one", 0, uuid4()))
    now = case.now()
    assert now.route == before.route != "MASH_URGENT"
    assert now.rules_now == "MASH_URGENT"
    assert now.urgency > before.urgency
    assert now.due_at is not None
    assert before.due_at is not None
    assert now.due_at < before.due_at
    case.correct(Correcting(DANGER, "no", "No, it was right", 1, uuid4()))
    # Only upwards: somebody at the council looks at it either way.
    assert (case.now().rules_now, case.now().urgency) == ("MASH_URGENT", now.urgency)


def test_a_corrected_name_hides_the_report_from_a_relative(case: Case, councils: Councils) -> None:
    relative = make_person(councils.england, role="screener")
    with db.unit_of_work(relative.scope):
        declare(relative.actor, Declared("", "O’Brien", None))
    case.act(relative, Permission.CLAIM, holding.claim)
    case.correct(Correcting(NAME, "OBrien", "The school had the wrong name", 0, uuid4()))
    with pytest.raises(NotFound):
        case.now(relative)
    assert (case.now().state, case.now().owner_id) == ("sent", None)
    assert case.count(Notice, Notice.account_id == relative.account_id, Notice.state == "pending") == 0


def test_a_corrected_name_is_a_fact_of_the_report_and_the_old_one_still_finds_it(case: Case) -> None:
    case.correct(Correcting(NAME, "Ŵyn", "The school had the wrong name", 0, uuid4()))
    case.correct(Correcting(ANYTHING, "More", "No fact of anybody", 1, uuid4()))
    with db.unit_of_work(case.screener.scope):
        found = find(case.screener.actor, Permission.LOOK, case.reference)
        (child,) = children_of(found)
        assert child.last_name == "Ŵyn"
        assert found.initials.endswith("Ŵ")
        filters = addresses.Filters()
        (line,) = (one for one in holding_area(case.screener.actor, filters).lines if one.id == found.id)
        assert (line.children, line.initials) == (1, found.initials)
    assert case.count(ReferralChild, ReferralChild.superseded_at.is_not(None)) == 1
    with db.unit_of_work(case.author.scope):
        for words in ("wyn", "words"):
            page = reports(case.author.actor, wanted=sought(words))
            assert [one.reference for one in page.lines] == [case.reference], words
        assert [one.reference for one in earlier(case.author.actor, (child,))] == [case.reference]


def test_what_is_no_correction_is_refused(case: Case, given: Correcting) -> None:
    with pytest.raises(Invalid) as same:
        case.correct(replace(given, new="The first words"))
    assert same.value.errors == {"value": "same"}
    with pytest.raises(Invalid) as why:
        case.correct(replace(given, reason=" "))
    assert why.value.errors == {"reason": "required"}
    for place in (Place("other", "nonsense"), Place("children", "child_last_name", item=9), Place("nowhere", "x")):
        with pytest.raises(NotFound):
            case.correct(replace(given, place=place))
    case.correct(given)
    with pytest.raises(Conflict):
        case.correct(replace(given, new="Third", once=uuid4()))
    assert case.count(Correction) == 1


def test_of_two_corrections_at_the_same_moment_one_is_made(case: Case, given: Correcting) -> None:
    gate = Barrier(2)

    def correct(words: str) -> str:
        try:
            with db.unit_of_work(case.author.scope):
                found = find(case.author.actor, Permission.REPLY, case.reference)
                gate.wait(timeout=10)
                correcting.correct(case.author.actor, found, replace(given, new=words, once=uuid4()))
        except Conflict:
            return "lost"
        return "won"

    with ThreadPoolExecutor(max_workers=2) as pool:
        assert sorted(pool.map(correct, ("One", "Two"))) == ["lost", "won"]
    assert case.count(Correction) == 1


def test_who_may_add_and_correct(case: Case, given: Correcting, councils: Councils) -> None:
    lead, colleague = make_person(councils.england, role="agency_lead"), make_person(councils.england)
    case.add("From the lead", lead)
    case.correct(given, lead)
    with pytest.raises(NotFound):
        case.add("x", colleague)
    with pytest.raises(NotFound):
        case.correct(given, colleague)
    with pytest.raises(NotFound):
        case.add("x", make_person(councils.wales, role="agency_lead"))


def test_a_withdrawn_report_takes_nothing_more(case: Case, given: Correcting) -> None:
    case.act(case.author, Permission.TRACK, following.withdraw, "sent_twice")
    with pytest.raises(Conflict):
        case.add("More")
    with pytest.raises(Conflict):
        case.correct(given)
