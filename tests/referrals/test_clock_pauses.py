"""A clock that stands still while its referrer is asked, and clocks that are counted anew when the calendar changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.kernel import clock, db
from portal.kernel.scope import Council
from portal.messaging import commands as messages
from portal.messaging.commands import correcting
from portal.messaging.commands.correcting import Correcting
from portal.referrals.commands import following, recounting
from portal.referrals.models import ClockPause, Referral
from portal.referrals.places import Place
from portal.referrals.queries.record import Found, find
from portal.screening.commands import changes, decisions, holding
from portal.screening.commands.decisions import Given
from tests.auth.walking import Walker
from tests.factories.decisions import grounds
from tests.factories.pages import soup
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils
from tests.referrals.making import make_draft, send_draft
from tests.tenants.test_own_settings import save

FRIDAY = datetime(2026, 11, 20, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE = {"opens": FRIDAY.time().replace(hour=9), "closes": FRIDAY.time().replace(hour=17)}


def council_that(council: Council, *, pauses: bool = True, closures: tuple[Any, ...] = ()) -> Council:
    """That council, open 9 to 5, with these wishes."""
    phones = council.settings.phones
    phones = replace(phones, hours=replace(phones.hours, **OFFICE), closures=closures)
    wishes = replace(council.settings.clock, pauses=pauses)
    return replace(council, settings=replace(council.settings, clock=wishes, phones=phones))


@dataclass
class Case:
    """A report that came on Friday at three, its people, and a clock that is put forward."""

    reference: str
    author: Person
    screener: Person
    monkeypatch: pytest.MonkeyPatch

    def at(self, moment: datetime) -> Case:
        self.monkeypatch.setattr(clock, "now", lambda: moment)
        return self

    def act(self, who: Person, permission: Permission, deed: Any, *words: Any) -> None:
        with db.unit_of_work(who.scope):
            deed(who.actor, find(who.actor, permission, self.reference), *words)

    def ask(self) -> None:
        self.act(self.screener, Permission.ASK, messages.ask, "When did you last see her?", uuid4())

    def reply(self) -> None:
        self.act(self.author, Permission.REPLY, messages.reply, "On Friday.", uuid4())

    def now(self) -> Found:
        with db.unit_of_work(self.screener.scope):
            return find(self.screener.actor, Permission.LOOK, self.reference)

    def pauses(self) -> list[tuple[datetime, datetime | None, str | None]]:
        with db.unit_of_work(self.screener.scope) as session:
            rows = session.execute(
                select(ClockPause.begun_at, ClockPause.ended_at, ClockPause.ended).order_by(ClockPause.begun_at)
            )
            return [(one.begun_at, one.ended_at, one.ended) for one in rows]

    def told(self, event: Event) -> list[dict[str, Any]]:
        with db.unit_of_work(self.screener.scope) as session:
            return list(session.execute(select(AuditEvent.detail).where(AuditEvent.event == event)).scalars())

    def recount(self, council: Council) -> None:
        with db.unit_of_work(replace(self.screener.scope, council=council)):
            assert recounting.recount(council) is None


@pytest.fixture
def case(councils: Councils, monkeypatch: pytest.MonkeyPatch) -> Case:
    monkeypatch.setattr(clock, "now", lambda: FRIDAY)
    council = council_that(councils.england)
    author, screener = make_person(council), make_person(council, role="screener", name="Ali Screener")
    made = Case(
        send_draft(author, make_draft(author, b_danger_now="no", b_red_flags=["none"])), author, screener, monkeypatch
    )
    made.act(screener, Permission.CLAIM, holding.claim)
    return made


def test_the_working_time_of_the_question_is_added_when_the_answer_comes(case: Case) -> None:
    """Due on Monday at three; asked on Friday at four, answered on Monday at ten: two working hours later."""
    assert case.now().due_at == FRIDAY + 72 * HOUR
    case.at(FRIDAY + HOUR).ask()
    assert case.now().clock_paused_at == FRIDAY + HOUR
    case.at(FRIDAY + 2 * HOUR).ask()
    case.at(FRIDAY + 67 * HOUR).reply()
    found = case.now()
    assert (found.due_at, found.clock_paused_at) == (FRIDAY + 74 * HOUR, None)
    assert case.pauses() == [(FRIDAY + HOUR, FRIDAY + 67 * HOUR, "answered")]
    assert case.told(Event.CLOCK_PAUSED) == [{"why": "question"}]
    due = (FRIDAY + 74 * HOUR).isoformat()
    assert case.told(Event.CLOCK_RESUMED) == [{"why": "answered", "minutes": 120, "due": due}]
    case.reply()
    case.at(FRIDAY + 68 * HOUR).ask()
    assert len(case.pauses()) == 2


def test_no_pause_where_the_council_does_not_want_one(case: Case, councils: Councils) -> None:
    council = council_that(councils.england, pauses=False)
    case.author, case.screener = (replace(one, council=council) for one in (case.author, case.screener))
    before = case.now().due_at
    case.at(FRIDAY + HOUR).ask()
    case.at(FRIDAY + 67 * HOUR).reply()
    assert (case.now().due_at, case.pauses()) == (before, [])


def test_what_is_urgent_never_waits(case: Case, councils: Councils) -> None:
    """Neither what came as urgent nor what a correction makes so, from that moment on."""
    case.at(FRIDAY + HOUR).ask()
    danger = Correcting(Place("triage", "b_danger_now"), "yes", "I clicked the wrong one", 0, uuid4())
    case.at(FRIDAY + 2 * HOUR).act(case.author, Permission.REPLY, correcting.correct, danger)
    assert case.pauses() == [(FRIDAY + HOUR, FRIDAY + 2 * HOUR, "urgent")]
    due = case.now().due_at
    assert due == FRIDAY + 2 * HOUR + timedelta(hours=councils.england.settings.clock.urgent_hours)
    case.ask()
    case.at(FRIDAY + 67 * HOUR).reply()
    assert (case.now().due_at, len(case.pauses())) == (due, 1)
    case.recount(case.screener.council)
    assert case.now().due_at == due


@pytest.mark.parametrize(("deed", "ended"), [("decide", "decided"), ("withdraw", "withdrawn")])
def test_a_decision_or_a_withdrawal_ends_the_pause(case: Case, deed: str, ended: str) -> None:
    case.at(FRIDAY + HOUR).ask()
    case.at(FRIDAY + 2 * HOUR)
    if deed == "decide":
        given = Given("assessment", "MASH", "Because", "We visit.", 0, uuid4(), grounds=grounds())
        case.act(case.screener, Permission.DECIDE, decisions.decide, given)
    else:
        case.act(case.author, Permission.REPLY, following.withdraw, "sent_twice", "")
        case.act(case.screener, Permission.DECIDE, changes.accept_withdrawal)
    assert case.pauses()[0][1:] == (FRIDAY + 2 * HOUR, ended)
    assert case.now().clock_paused_at is None


def test_a_paused_report_is_not_overdue_and_its_page_says_so(
    client: FlaskClient, councils: Councils, monkeypatch: pytest.MonkeyPatch
) -> None:
    council, now = council_that(councils.england), clock.now()
    author, screener = make_person(council), make_person(council, role="screener")
    made = make_referral(council, author, state="screening", owner=screener, due_at=now + 100 * HOUR)
    case = Case(made.reference, author, screener, monkeypatch)
    case.ask()
    with db.unit_of_work(screener.scope) as session:
        # Asked yesterday, and due an hour ago had the clock run on.
        session.execute(update(Referral).values(due_at=now - HOUR, clock_paused_at=now - 24 * HOUR))
    sign_in(client, screener)
    listed = soup(client.get("/avonmere/holding-area")).select_one("tbody")
    assert listed is not None
    assert "Paused: " in listed.text
    assert "Overdue" not in listed.text
    assert case.reference not in client.get("/avonmere/holding-area?overdue=yes").text
    head = soup(client.get(f"/avonmere/screening/{case.reference}")).select_one(".app-identity")
    assert head is not None
    assert "Clock paused" in head.text
    assert ", waiting for the referrer" in head.text
    case.reply()
    shown = client.get(f"/avonmere/screening/{case.reference}").text
    assert "Clock paused: waiting for the referrer" in shown
    assert "Clock running again" in shown
    assert ", waiting for the referrer" not in shown


def test_a_closure_moves_what_is_open_once_and_what_is_urgent_or_closed_never(case: Case, councils: Councils) -> None:
    """Closed on Monday: due on Tuesday, later by the pause that there was."""
    urgent = make_referral(councils.england, case.author, route="MASH_URGENT", sent_at=FRIDAY, due_at=FRIDAY + 4 * HOUR)
    closed = make_referral(
        councils.england, case.author, state="decided", owner=case.screener, sent_at=FRIDAY, due_at=FRIDAY + HOUR
    )
    case.at(FRIDAY + HOUR).ask()
    case.at(FRIDAY + HOUR + timedelta(minutes=30)).reply()
    case.recount(case.screener.council)
    assert case.told(Event.DUE_MOVED) == []
    shut = council_that(councils.england, closures=((FRIDAY + 72 * HOUR).date(),))
    for _ in range(2):
        case.recount(shut)
        assert case.now().due_at == FRIDAY + 96 * HOUR + timedelta(minutes=30)
    was, due = (FRIDAY + hours * HOUR + timedelta(minutes=30) for hours in (72, 96))
    assert case.told(Event.DUE_MOVED) == [{"was": was.isoformat(), "due": due.isoformat()}]
    with db.unit_of_work(case.screener.scope) as session:
        dues = {row.id: row.due_at for row in session.execute(select(Referral.id, Referral.due_at))}
    assert (dues[urgent.id], dues[closed.id]) == (FRIDAY + 4 * HOUR, FRIDAY + HOUR)


def test_what_was_taken_up_again_counts_from_then(case: Case) -> None:
    given = Given("assessment", "MASH", "Because", "We visit.", 0, uuid4(), grounds=grounds())
    case.act(case.screener, Permission.DECIDE, decisions.decide, given)
    case.at(FRIDAY + 96 * HOUR).act(case.screener, Permission.CLAIM, changes.reopen)
    due = case.now().due_at
    assert due == FRIDAY + 120 * HOUR
    case.recount(case.screener.council)
    assert case.now().due_at == due


def test_a_pause_that_the_council_no_longer_wants_ends(case: Case, councils: Councils) -> None:
    case.at(FRIDAY + HOUR).ask()
    case.at(FRIDAY + 2 * HOUR).recount(council_that(councils.england, pauses=False))
    assert case.pauses() == [(FRIDAY + HOUR, FRIDAY + 2 * HOUR, "switched_off")]
    assert case.now().due_at == FRIDAY + 73 * HOUR


@pytest.mark.usefixtures("as_it_was")
def test_the_councils_page_has_everything_open_counted_anew(
    client: FlaskClient, councils: Councils, run_jobs: Callable[[], None]
) -> None:
    """In batches, by a job of the same transaction: one closure, every open report, each with its own record."""
    council = councils.england
    author, administrator = make_person(council), make_person(council, role="council_admin")
    sent = FRIDAY
    made = [make_referral(council, author, sent_at=sent, due_at=sent + 72 * HOUR) for _ in range(3)]
    sign_in(client, administrator)
    here = Walker(client, council, run_jobs)
    here.where(save(here, "/council/lists/closures/new", day_day="23", day_month="11", day_year="2026"))
    run_jobs()
    with db.unit_of_work(administrator.scope) as session:
        assert session.execute(select(func.count()).where(AuditEvent.event == Event.DUE_MOVED)).scalar_one() == 3
        dues = session.execute(select(Referral.due_at).where(Referral.id.in_([one.id for one in made]))).scalars()
        assert set(dues) == {sent + 96 * HOUR}
