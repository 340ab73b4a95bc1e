"""Asking and replying: states, counters, notices, seals, double clicks, and who is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.kernel import clock, db
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.messaging import commands
from portal.messaging.models import Message
from portal.messaging.queries import heard, thread
from portal.referrals.models import Notice, Referral
from portal.referrals.queries.record import Found, find
from portal.screening.commands import holding
from tests.factories.people import Person, agency_keys, make_person
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils

SECRET = "Y gath ddu ar y to"  # a mark to look for in the table


@dataclass
class Case:
    """A report with its author and the screener who has claimed it."""

    made: Made
    author: Person
    screener: Person

    def act(self, who: Person, permission: Permission, deed: Callable[..., Any], *words: Any) -> Any:
        """Do it as that person, in a transaction of its own."""
        with db.unit_of_work(who.scope):
            return deed(who.actor, find(who.actor, permission, self.made.reference), *words)

    def ask(self, text: str = "When did you last see her?", once: UUID | None = None) -> None:
        self.act(self.screener, Permission.ASK, commands.ask, text, once or uuid4())

    def reply(self, text: str = "On Friday.", once: UUID | None = None, who: Person | None = None) -> None:
        self.act(who or self.author, Permission.REPLY, commands.reply, text, once or uuid4())

    def now(self) -> Found:
        """The report as the council sees it."""
        with db.unit_of_work(self.screener.scope):
            return find(self.screener.actor, Permission.SCREEN, self.made.reference)

    def count(self, what: Any, *where: Any) -> int:
        with db.unit_of_work(self.screener.scope) as session:
            return session.execute(select(func.count()).select_from(what).where(*where)).scalar_one()


@pytest.fixture
def case(councils: Councils) -> Case:
    author = make_person(councils.england)
    screener = make_person(councils.england, role="screener", name="Ali Screener")
    made = make_referral(councils.england, author, state="screening", owner=screener)
    return Case(made, author, screener)


def test_a_question_waits_for_the_referrer_and_tells_its_author(case: Case) -> None:
    case.ask()
    found = case.now()
    assert (found.state, found.unread_by_agency, found.unread_by_council) == ("asked", 1, 0)
    assert case.count(Notice, Notice.kind == "question", Notice.account_id == case.author.account_id) == 1
    assert case.count(AuditEvent, AuditEvent.event == Event.QUESTION_ASKED) == 1


def test_a_reply_brings_the_report_back_to_the_top_and_tells_the_owner(case: Case) -> None:
    before = case.now().queued_at
    case.ask()
    case.reply()
    found = case.now()
    assert (found.state, found.unread_by_council) == ("answered", 1)
    assert found.queued_at is not None
    assert before is not None
    assert found.queued_at > before
    assert case.count(Notice, Notice.kind == "reply", Notice.account_id == case.screener.account_id) == 1


def test_both_sides_read_the_same_thread_in_order(case: Case) -> None:
    case.ask("One?")
    case.reply("Two.\r\nThree.")
    for who, permission in ((case.author, Permission.TRACK), (case.screener, Permission.SCREEN)):
        said = case.act(who, permission, lambda actor, found, p=permission: thread(actor, p, found))
        assert [(one.side, one.text) for one in said] == [("council", "One?"), ("agency", "Two.\nThree.")]


def test_the_body_is_sealed_in_the_table(case: Case) -> None:
    case.ask(SECRET)
    with db.unit_of_work(case.screener.scope) as session:
        body = session.execute(select(Message.body)).scalar_one()
    assert SECRET.encode() not in body
    assert len(body) > len(SECRET)


def test_the_same_mark_twice_is_one_message(case: Case) -> None:
    once = uuid4()
    case.ask(once=once)
    case.ask(once=once)
    again = uuid4()
    case.reply(once=again)
    case.reply(once=again)
    found = case.now()
    assert (found.unread_by_agency, found.unread_by_council) == (1, 1)
    assert case.count(Message) == 2
    assert case.count(Notice) == 2


def test_the_same_mark_with_other_words_is_another_message(case: Case) -> None:
    once = uuid4()
    case.ask("One?", once)
    case.ask("Two?", once)
    case.reply("Yes.", again := uuid4())
    case.reply("No, I was wrong.", again)
    assert case.count(Message) == 4


def test_a_colleagues_reading_leaves_the_authors_mark(case: Case) -> None:
    lead = make_person(case.made.council, role="agency_lead")
    case.ask()
    assert case.act(lead, Permission.TRACK, commands.mark_read, "agency") == 0
    assert case.now().unread_by_agency == 1
    assert case.act(case.author, Permission.TRACK, commands.mark_read, "agency") == 1


def test_a_mark_of_another_message_is_refused(case: Case) -> None:
    once = uuid4()
    case.ask(once=once)
    with pytest.raises(Conflict):
        case.reply(once=once)
    assert case.count(Message) == 1


@pytest.mark.parametrize("state", ["sent", "decided", "withdrawn"])
def test_asking_needs_a_report_that_is_being_screened(councils: Councils, state: str) -> None:
    author = make_person(councils.england)
    screener = make_person(councils.england, role="screener")
    made = make_referral(councils.england, author, state=state, owner=screener)
    case = Case(made, author, screener)
    with pytest.raises(Conflict):
        case.ask()
    assert case.count(Message) == 0


@pytest.mark.parametrize("state", ["sent", "screening", "decided", "withdrawn"])
def test_replying_needs_a_question(councils: Councils, state: str) -> None:
    author = make_person(councils.england)
    screener = make_person(councils.england, role="screener")
    made = make_referral(councils.england, author, state=state, owner=screener)
    case = Case(made, author, screener)
    with pytest.raises(Conflict):
        case.reply()
    assert case.count(Message) == 0


def test_only_the_owner_asks_and_a_colleague_is_told_whose_it_is(case: Case, councils: Councils) -> None:
    colleague = make_person(councils.england, role="screener")
    with pytest.raises(Conflict) as refused:
        case.act(colleague, Permission.ASK, commands.ask, "Hello?", uuid4())
    assert refused.value.now["owner"] == "Ali Screener"
    assert case.now().state == "screening"


def test_a_reply_survives_a_change_at_the_same_moment(case: Case) -> None:
    case.ask()
    with db.unit_of_work(case.author.scope):
        seen = find(case.author.actor, Permission.REPLY, case.made.reference)
    case.act(case.screener, Permission.SCREEN, holding.change_priority, "high", "CNRY")
    with db.unit_of_work(case.author.scope):
        commands.reply(case.author.actor, seen, "Still here.", uuid4())
    found = case.now()
    assert (found.state, found.priority, found.unread_by_council) == ("answered", "high", 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "required"), (" \r\n ", "required"), ("a\x00b", "control"), ("a" * 8001, "too_long")],
)
def test_texts_that_are_refused(case: Case, text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        case.ask(text)
    assert refused.value.errors == {"message": code}
    assert case.count(Message) == 0


def test_the_longest_text_comes_back_whole(case: Case) -> None:
    text = "ŵ" * 7998 + "\n李"
    case.ask(text)
    said = case.act(case.author, Permission.TRACK, lambda actor, found: thread(actor, Permission.TRACK, found))
    assert said[0].text == text


def test_only_the_author_and_the_agency_lead_reply(case: Case, councils: Councils) -> None:
    case.ask()
    own = agency_keys(councils.england)
    colleague = make_person(councils.england, agency=own[0])
    elsewhere = make_person(councils.england, agency=own[1])
    other_lead = make_person(councils.england, role="agency_lead", agency=own[1])
    for stranger in (colleague, elsewhere, other_lead):
        with pytest.raises(NotFound):
            case.reply(who=stranger)
    case.reply(who=make_person(councils.england, role="agency_lead", agency=own[0]))
    assert case.now().state == "answered"


def test_another_council_finds_nothing(case: Case, councils: Councils) -> None:
    stranger = make_person(councils.wales, role="screener")
    with pytest.raises(NotFound):
        case.act(stranger, Permission.ASK, commands.ask, "Hello?", uuid4())


def test_the_wall_keeps_another_agency_from_the_message_itself(case: Case, councils: Councils) -> None:
    case.ask()
    stranger = make_person(councils.england, agency=agency_keys(councils.england)[1])
    with db.unit_of_work(stranger.scope) as session:
        assert session.execute(select(func.count()).select_from(Message)).scalar_one() == 0


def test_reading_marks_read_once_and_is_recorded(case: Case) -> None:
    case.ask()
    read = case.act(case.author, Permission.TRACK, commands.mark_read, "agency")
    again = case.act(case.author, Permission.TRACK, commands.mark_read, "agency")
    assert (read, again) == (1, 0)
    assert case.now().unread_by_agency == 0
    assert case.count(AuditEvent, AuditEvent.event == Event.MESSAGE_READ) == 1


def test_a_colleagues_look_leaves_the_owners_mark(case: Case, councils: Councils) -> None:
    case.ask()
    case.reply()
    colleague = make_person(councils.england, role="screener")
    assert case.act(colleague, Permission.SCREEN, commands.mark_read, "council") == 0
    assert case.now().unread_by_council == 1
    assert case.act(case.screener, Permission.SCREEN, commands.mark_read, "council") == 1
    assert case.now().unread_by_council == 0
    count = case.act(case.screener, Permission.SCREEN, lambda actor, found: heard(actor, Permission.SCREEN, found))
    assert count == (1, 1)


def test_reading_does_not_change_the_version(case: Case) -> None:
    case.ask()
    version = case.now().version
    case.act(case.author, Permission.TRACK, commands.mark_read, "agency")
    assert case.now().version == version


def test_urgency_still_decides_after_a_reply(case: Case, councils: Councils) -> None:
    case.ask()
    case.reply()
    with db.unit_of_work(case.screener.scope) as session:
        urgency = session.execute(select(Referral.urgency)).scalar_one()
    assert urgency == 3
    assert case.now().queued_at >= clock.now() - timedelta(minutes=1)  # type: ignore[operator] # set above
