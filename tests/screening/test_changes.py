"""Withdrawing: at once before anybody has begun, else by asking; and of this and a decision exactly one is made."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.messaging.queries import thread
from portal.referrals.commands import following
from portal.referrals.models import Notice
from portal.referrals.queries.record import Found, find
from portal.referrals.queries.withdrawals import Wish, withdrawals
from portal.screening.addresses import Filters
from portal.screening.commands import changes, decisions, holding
from portal.screening.models import Decision
from portal.screening.queries.counts import counts
from portal.screening.queries.queue import holding_area
from tests.factories.decisions import given as decision_given
from tests.factories.people import Person, make_person
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils


@dataclass
class Case:
    """A report, its author and a screener."""

    made: Made
    author: Person
    screener: Person

    def act(self, who: Person, permission: Permission, deed: Callable[..., Any], *words: Any) -> Any:
        with db.unit_of_work(who.scope):
            return deed(who.actor, find(who.actor, permission, self.made.reference), *words)

    def withdraw(self, reason: str = "wrong_child", words: str = "") -> None:
        self.act(self.author, Permission.TRACK, following.withdraw, reason, words)

    def claim(self) -> None:
        self.act(self.screener, Permission.CLAIM, holding.claim)

    def wishes(self, who: Person, permission: Permission) -> tuple[Wish, ...]:
        return self.act(who, permission, lambda actor, found: withdrawals(actor, permission, found))  # type: ignore[no-any-return]

    def now(self) -> Found:
        with db.unit_of_work(self.screener.scope):
            return find(self.screener.actor, Permission.LOOK, self.made.reference)

    def count(self, what: Any, *where: Any) -> int:
        with db.unit_of_work(self.screener.scope) as session:
            return session.execute(select(func.count()).select_from(what).where(*where)).scalar_one()

    def listed(self, tab: str) -> list[str]:
        with db.unit_of_work(self.screener.scope):
            return [line.reference for line in holding_area(self.screener.actor, Filters(tab=tab)).lines]


GIVEN = ("assessment", "MASH", "Because", "We visit.", 0)


@pytest.fixture
def case(councils: Councils) -> Case:
    author = make_person(councils.england)
    screener = make_person(councils.england, role="screener", name="Ali Screener")
    return Case(make_referral(councils.england, author), author, screener)


def test_before_anybody_has_begun_it_is_withdrawn_at_once_and_the_council_still_sees_it(case: Case) -> None:
    case.withdraw("other", "It was a game")
    now = case.now()
    assert now.state == "withdrawn"
    assert now.new_since is not None
    assert case.listed("news") == case.listed("withdrawn") == [case.made.reference]
    assert case.listed("todo") == []
    with db.unit_of_work(case.screener.scope):
        assert (counts(case.screener.actor).news, counts(case.screener.actor).withdrawn) == (1, 1)
    assert [(one.reason, one.words, one.accepted) for one in case.wishes(case.screener, Permission.LOOK)] == [
        ("other", "It was a game", True)
    ]
    case.act(case.screener, Permission.SCREEN, changes.settle)
    assert (case.listed("news"), case.listed("withdrawn")) == ([], [case.made.reference])


def test_the_council_may_go_on_with_what_was_withdrawn(case: Case) -> None:
    case.withdraw()
    for _click in range(2):
        case.act(case.screener, Permission.CLAIM, changes.reopen)
    now = case.now()
    assert (now.state, now.owner_id, now.new_since) == ("screening", case.screener.account_id, None)
    assert case.count(Notice, Notice.kind == "outcome", Notice.account_id == case.author.account_id) == 1
    assert case.count(AuditEvent, AuditEvent.event == Event.REOPENED) == 1


def test_once_begun_the_author_asks_and_the_council_lets_them(case: Case) -> None:
    case.claim()
    for _click in range(2):
        case.withdraw("sent_twice")
    assert case.now().state == "screening"
    assert case.now().withdrawal_asked_at is not None
    assert case.count(AuditEvent, AuditEvent.event == Event.WITHDRAWAL_ASKED) == 1
    with pytest.raises(Conflict):
        case.act(case.screener, Permission.DECIDE, decisions.decide, decision_given(*GIVEN, uuid4()))
    case.act(case.screener, Permission.DECIDE, changes.accept_withdrawal)
    assert (case.now().state, case.now().withdrawal_asked_at) == ("withdrawn", None)
    answered = case.wishes(case.author, Permission.TRACK)[0]
    assert (answered.accepted, answered.answered_by) == (True, "")
    assert case.wishes(case.screener, Permission.LOOK)[0].answered_by == "Ali Screener"


def test_the_council_goes_on_and_says_why(case: Case) -> None:
    case.claim()
    case.withdraw()
    with pytest.raises(Invalid):
        case.act(case.screener, Permission.DECIDE, changes.refuse_withdrawal, " ", uuid4())
    once = uuid4()
    for _click in range(2):
        case.act(case.screener, Permission.DECIDE, changes.refuse_withdrawal, "We must see her", once)
    assert (case.now().state, case.now().withdrawal_asked_at, case.now().unread_by_agency) == ("screening", None, 1)
    said = case.act(case.author, Permission.TRACK, lambda actor, found: thread(actor, Permission.TRACK, found))
    assert [one.text for one in said] == ["We must see her"]
    # Asked again, answered again.
    case.withdraw("other")
    assert [one.accepted for one in case.wishes(case.screener, Permission.LOOK)] == [None, False]


def test_only_the_author_withdraws_and_only_the_owner_answers(case: Case, councils: Councils) -> None:
    lead, other = make_person(councils.england, role="agency_lead"), make_person(councils.england, role="screener")
    with pytest.raises(NotFound):
        case.act(lead, Permission.TRACK, following.withdraw, "other")
    case.claim()
    with pytest.raises(Conflict):
        case.act(case.screener, Permission.DECIDE, changes.accept_withdrawal)
    case.withdraw()
    with pytest.raises(Conflict):
        case.act(other, Permission.DECIDE, changes.accept_withdrawal)
    with pytest.raises(Invalid):
        case.withdraw("because")


def test_of_withdrawing_and_deciding_exactly_one_wins_and_the_other_sees_how_it_is(case: Case) -> None:
    case.claim()
    gate = Barrier(2)

    def author() -> str:
        with db.unit_of_work(case.author.scope):
            found = find(case.author.actor, Permission.TRACK, case.made.reference)
            gate.wait(timeout=10)
            following.withdraw(case.author.actor, found, "other")
        return "asked"

    def screener() -> str:
        with db.unit_of_work(case.screener.scope):
            found = find(case.screener.actor, Permission.DECIDE, case.made.reference)
            gate.wait(timeout=10)
            decisions.decide(case.screener.actor, found, decision_given(*GIVEN, uuid4()))
        return "decided"

    def tried(deed: Callable[[], str]) -> str:
        try:
            return deed()
        except Conflict:
            return "lost"

    with ThreadPoolExecutor(max_workers=2) as pool:
        results = set(pool.map(tried, (author, screener)))
    assert results in ({"asked", "lost"}, {"decided", "lost"})
    now, asked = case.now(), "asked" in results
    assert (now.withdrawal_asked_at is not None, now.state) == (asked, "screening" if asked else "decided")
    assert len(case.wishes(case.author, Permission.TRACK)) == case.count(Decision) ^ 1 == int(asked)
