"""A decided report is offered to a team, which answers once; nobody reads what is not theirs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from portal.audit.events import Event
from portal.auth.policy import Permission
from portal.earlyhelp.commands import offering
from portal.earlyhelp.queries import lists
from portal.earlyhelp.queries.standing import standing, unagreed
from portal.kernel import clock, db
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import SYSTEM, Scope
from portal.referrals.models import Referral
from portal.referrals.queries.record import find
from portal.referrals.queries.timeline import timeline
from portal.screening.commands import changes, correcting
from portal.screening.given import Change
from portal.tenants.opening import hours_of
from portal.web import keyset
from tests.earlyhelp.making import HELP, Case
from tests.factories.decisions import given, grounds
from tests.factories.people import Person, make_person
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils

ONLY = "family_help"


@pytest.fixture
def case(councils: Councils) -> Case:
    """In a council with one team."""
    return Case(councils.england)


@pytest.fixture
def choice(councils: Councils) -> Case:
    """In a council with two."""
    return Case(councils.wales)


def test_one_team_is_offered_it_with_the_decision_and_works_on_it_until_it_closes(case: Case) -> None:
    case.decide()
    (one,) = case.offers()
    days = case.council.settings.early_help[0].working_days
    due = clock.due_after_working_days(one.offered_at, days, case.council.nation, hours_of(case.council))
    assert (one.team, one.state, one.consent, one.due_at) == (ONLY, "offered", "given", due)
    assert case.told("help_offered") == ["family.help@avonmere.gov.uk"]
    before = case.told("outcome")
    case.answer("accept", words="CNRY Siân begins")
    assert (case.stands(), case.tabs()["accepted"]) == ("accepted", [case.made.reference])
    case.answer("close", "met", "CNRY 李 is well")
    assert (case.stands(), case.tabs()["done"]) == ("done", [case.made.reference])
    (one,) = case.offers()
    assert (one.reply, one.closing, one.answered_by, one.result) == (
        "CNRY Siân begins", "CNRY 李 is well", case.worker.name, "met",
    )  # fmt: skip
    assert len(case.told("outcome")) == len(before) + 2
    assert case.told("help_answered") == []


def test_of_several_teams_a_screener_chooses_and_until_then_it_waits_visibly(choice: Case) -> None:
    choice.decide()
    assert (choice.offers(), choice.stands()) == ((), "unoffered")
    once = uuid4()
    choice.offer("south", once, words="CNRY O’Brien")
    choice.offer("south", once, words="CNRY O’Brien")
    with pytest.raises(Conflict):
        choice.offer("north")
    (one,) = choice.offers()
    assert (one.team, one.said["words"], choice.stands()) == ("south", "CNRY O’Brien", "offered")


def test_a_form_that_was_sent_and_says_something_else_now_is_not_the_same(choice: Case) -> None:
    choice.decide(consent="not_sought", reason="unreachable")
    said: dict[str, Any] = {"words": "CNRY O’Brien", "consent": "agreed_since", "consent_words": "CNRY rang"}
    once = uuid4()
    for _click in range(2):
        choice.offer("south", once, **said)
    for other in ({"words": "CNRY else"}, {"files": (uuid4(),)}, {"consent_words": "CNRY no"}, {"consent": "without"}):
        with pytest.raises(Conflict):
            choice.offer("south", once, **said | other)
    assert [one.said["words"] for one in choice.offers()] == ["CNRY O’Brien"]


def test_what_a_team_declines_comes_back_and_the_referrer_reads_it_once_somebody_went_on(choice: Case) -> None:
    choice.decide()
    choice.offer("north")
    told = choice.told("outcome")
    choice.answer("decline", "full", "CNRY no room")
    assert (choice.stands(), choice.told("help_answered")) == ("to_act", [str(choice.screener.account_id)])
    theirs = choice.offers(choice.author, Permission.TRACK)
    assert (choice.told("outcome"), theirs[0].reply, theirs[0].reason, theirs[0].answered_by) == (told, "", "", "")
    assert not theirs[0].settled
    with pytest.raises(NotFound):
        choice.act(choice.worker, lambda *_: None, may=HELP)
    choice.offer("south")
    assert (choice.stands(), len(choice.told("outcome"))) == ("offered", len(told) + 1)
    assert [one.settled for one in choice.offers(choice.author, Permission.TRACK)] == [False, True]


def test_a_decline_can_be_left_at_that_and_a_stepping_up_calls_the_front_door(case: Case) -> None:
    case.decide()
    case.answer("decline", "no_agreement", "CNRY no")
    case.act(case.screener, offering.settle)
    case.act(case.screener, offering.settle)
    assert (case.stands(), case.offers()[0].settled) == ("declined", True)
    case.offer(ONLY)
    case.answer("accept")
    case.answer("close", "stepped_up", "CNRY worse")
    assert (case.stands(), case.told("help_answered")) == ("stepped_up", [str(case.screener.account_id)] * 2)


def test_a_correction_takes_back_what_nobody_accepted_and_settles_what_was_declined(case: Case) -> None:
    case.decide()
    other = given("assessment", "MASH", "CNRY r", "CNRY other", 0)
    case.act(case.screener, correcting.correct, other, Change(case.given.once, "CNRY slip"))
    assert [one.state for one in case.offers()] == ["taken_back"]
    back = replace(case.given, once=uuid4())
    case.act(case.screener, correcting.correct, back, Change(other.once, "CNRY after all"))
    case.answer("decline", "above", "CNRY more")
    again = replace(other, once=uuid4())
    case.act(case.screener, correcting.correct, again, Change(back.once, "CNRY they are right"))
    assert [(one.state, one.settled) for one in case.offers()] == [("declined", True), ("taken_back", False)]


def test_a_correction_that_takes_consent_away_stops_what_waits_and_somebody_says_how_to_go_on(case: Case) -> None:
    case.decide()
    without = grounds("early_help", consent="not_sought", consent_reason="unreachable")
    other = replace(case.given, once=uuid4(), grounds=without)
    case.act(case.screener, correcting.correct, other, Change(case.given.once, "CNRY mother rang"))
    assert ([one.state for one in case.offers()], case.stands()) == (["taken_back"], "unoffered")
    case.offer(ONLY, consent="agreed_since", consent_words="CNRY agreed")
    again = replace(other, once=uuid4(), rationale="CNRY another slip")
    case.act(case.screener, correcting.correct, again, Change(other.once, "CNRY slip"))
    assert case.offers()[0].state == "offered"


def test_what_a_team_works_on_without_consent_any_more_is_said_to_both_sides(case: Case) -> None:
    case.decide()
    case.answer("accept")
    without = replace(
        case.given, once=uuid4(), grounds=grounds("early_help", consent="not_sought", consent_reason="unreachable")
    )
    case.act(case.screener, correcting.correct, without, Change(case.given.once, "CNRY mother rang"))
    now = case.act(case.screener, lambda _actor, found: standing(found))
    assert [unagreed(now, one) for one in case.offers()] == [True]


def test_what_was_left_at_that_is_in_the_timeline_and_what_went_on_tells_itself(choice: Case) -> None:
    choice.decide()
    for left in (False, True):
        choice.offer("north")
        choice.answer("decline", "full", "CNRY no room")
        if left:
            choice.act(choice.screener, offering.settle)
    told = choice.act(choice.screener, lambda _actor, found: [one.event for one in timeline(found)])
    assert told.count(str(Event.EARLY_HELP_SETTLED)) == 1


def test_a_long_list_is_read_page_by_page_and_no_line_twice(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    for code in ("", "full"):
        for _one in range(3):
            case.made = make_referral(case.council, case.author, state="screening", owner=case.screener)
            case.decide()
            if code:
                case.answer("decline", code, "CNRY no room")
    for tab in ("offered", "declined"):
        seen: list[str] = []
        place = None
        with db.unit_of_work(case.worker.scope):
            for size in (2, 1):
                page = lists.listed(case.worker.actor, tab, keyset.understood(keyset.spoken(place)))
                place = page.next
                assert len(page.lines) == size
                seen += [one.reference for one in page.lines]
        assert (len(set(seen)), place) == (3, None)
    for wrong in ("x", "2026-01-01T10:00:00~" + "0" * 36, "2026-13-01T10:00:00.000+00:00~" + "0" * 36):
        assert keyset.understood(wrong) is None


def test_what_a_team_works_on_stays_with_it_when_it_is_taken_up_and_decided_again(case: Case) -> None:
    case.decide()
    case.answer("accept")
    case.act(case.screener, changes.reopen)
    case.decide()
    assert [one.state for one in case.offers()] == ["accepted"]


@pytest.mark.parametrize("consent", ["agreed_since", "without"])
def test_without_consent_it_is_not_offered_by_itself_and_somebody_says_how_to_go_on(case: Case, consent: str) -> None:
    case.decide(consent="not_sought", reason="unreachable")
    assert (case.offers(), case.stands()) == ((), "unoffered")
    with pytest.raises(Invalid) as wrong:
        case.offer(ONLY)
    assert wrong.value.errors == {"consent": "unknown", "consent_words": "required"}
    case.offer(ONLY, consent=consent, consent_words=" CNRY mother rang ")
    (one,) = case.offers()
    assert (one.consent, one.said["consent"]) == (consent, "CNRY mother rang")


def test_an_override_of_the_decision_is_enough(case: Case) -> None:
    case.decide(consent="overridden", reason="harm")
    assert [one.consent for one in case.offers()] == ["overridden"]


def test_what_cannot_be_kept_is_named(case: Case) -> None:
    case.decide()
    for move in ("decline", "close"):
        with pytest.raises(Invalid) as wrong:
            case.answer(move, "nothing", "x" * 4001)
        assert wrong.value.errors == {"code": "unknown", "words": "too_long"}
    case.take_back()
    with pytest.raises(Invalid) as wrong:
        case.offer("none", words="a\x00b")
    assert wrong.value.errors == {"team": "unknown", "words": "control"}


def test_what_is_not_decided_or_not_reached_is_handed_to_nobody(case: Case, councils: Councils) -> None:
    with pytest.raises(Conflict):
        case.offer(ONLY)
    case.decide("advice")
    assert case.offers() == ()
    case.offer(ONLY)
    abroad = make_person(councils.wales, role="screener")
    for who in (abroad, case.author, case.worker, make_person(case.council, agency="riverside-academy")):
        with pytest.raises(NotFound):
            case.act(who, lambda *_: None)
    abroad = make_person(councils.wales, role="early_help_worker")
    for who in (abroad, case.author, case.screener):
        with pytest.raises(NotFound):
            case.act(who, lambda *_: None, may=HELP)
    assert case.tabs(abroad) == {"offered": [], "accepted": [], "declined": [], "done": []}


def test_a_worker_reaches_what_their_team_has_and_nothing_else(case: Case) -> None:
    case.decide()
    other = make_referral(case.council, case.author, state="screening", owner=case.screener)
    for may in (Permission.LOOK, Permission.SCREEN, Permission.TRACK, Permission.DECIDE):
        with pytest.raises(NotFound):
            case.act(case.worker, lambda *_: None, may=may)
    with db.unit_of_work(case.worker.scope), pytest.raises(NotFound):
        find(case.worker.actor, HELP, other.reference)
    case.act(case.worker, lambda *_: None, may=HELP)
    case.take_back()
    with pytest.raises(NotFound):
        case.act(case.worker, lambda *_: None, may=HELP)


@pytest.mark.parametrize("column", ["sight", "unseen_by"])
def test_what_is_restricted_or_connected_is_not_there_for_them(case: Case, column: str) -> None:
    case.decide()
    listed = case.screener if column == "sight" else case.worker
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        session.execute(update(Referral).values({column: [listed.account_id]}))
    with pytest.raises(NotFound):
        case.act(case.worker, lambda *_: None, may=HELP)
    assert case.tabs()["offered"] == []


def test_a_restricted_one_is_offered_by_hand_and_nobody_who_may_not_see_it_is_told(case: Case) -> None:
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        session.execute(update(Referral).values(sight=[case.screener.account_id]))
    case.decide()
    assert (case.offers(), case.told("help_offered")) == ((), [])


def test_an_overdue_answer_is_said(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.decide()
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=30))
    assert case.stands() == "late"


def _both(one: Callable[[], None], other: Callable[[], None]) -> list[str]:
    gate = Barrier(2)

    def tried(deed: Callable[[], None]) -> str:
        gate.wait(timeout=10)
        try:
            deed()
        except (Conflict, NotFound):
            return "lost"
        return "won"

    with ThreadPoolExecutor(max_workers=2) as pool:
        return sorted(pool.map(tried, (one, other)))


@pytest.mark.parametrize("against", ["accept", "decline", "take_back"])
def test_of_two_at_once_one_wins(case: Case, against: str) -> None:
    case.decide()
    other: Person = make_person(case.council, role="early_help_worker")
    second = {
        "accept": lambda: case.answer("accept", who=other),
        "decline": lambda: case.answer("decline", "full", "CNRY", who=other),
        "take_back": case.take_back,
    }[against]
    assert _both(lambda: case.answer("accept"), second) == ["lost", "won"]
