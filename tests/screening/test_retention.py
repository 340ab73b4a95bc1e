"""Reports go after their time, each with all that hangs on it, and nothing else does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Invalid
from portal.kernel.scope import Council, Scope
from portal.messaging.commands import ask, mark_read
from portal.referrals.models import Referral
from portal.referrals.queries.record import find
from portal.screening.commands import decisions, holding, opening, restricting, retention
from portal.screening.queries.retention import Endings, endings, steps
from portal.screening.tasks import end_reports
from portal.tenants.settings import SettingsMistakes, parse_council
from tests.factories.decisions import given as decision_given
from tests.factories.pages import submit
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils
from tests.referrals.making import make_draft
from tests.tenants.test_settings import document

Admin = psycopg.Connection[tuple[object, ...]]
# Avonmere keeps reports for 25 years, requests for 6, and warns for 30 days.
TODAY = datetime(2050, 6, 15, 12, tzinfo=UTC)
LONG_AGO = date(2000, 1, 1)


@pytest.fixture
def author(councils: Councils) -> Person:
    return make_person(councils.england)


@pytest.fixture
def manager(councils: Councils) -> Person:
    return make_person(councils.england, role="practice_manager", name="Moira Deeks")


@pytest.fixture
def screener(councils: Councils) -> Person:
    return make_person(councils.england, role="screener")


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: TODAY)


def closed(author: Person, at: str, state: str = "decided", warned: date | None = LONG_AGO, **columns: Any) -> Made:
    """A report that was closed at that moment in London, and has been on the list for long enough."""
    when = datetime.fromisoformat(at).replace(tzinfo=clock.LONDON)
    times = {"changed_at": when, "sent_at": when - timedelta(days=3), "warned_on": warned}
    times |= {"decided_at": when} if state == "decided" else {}
    return make_referral(author.council, author, state=state, **(times | columns))


def left(*councils: Council) -> set[UUID]:
    found: set[UUID] = set()
    for council in councils:
        with db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
            found |= set(session.execute(select(Referral.id)).scalars())
    return found


def destroy(council: Council, most: int = 100) -> int:
    with db.unit_of_work(Scope(council, scope.SYSTEM)):
        return retention.destroy(most)


def warn(council: Council) -> int:
    with db.unit_of_work(Scope(council, scope.SYSTEM)):
        return retention.warn()


def listed(who: Person) -> Endings:
    with db.unit_of_work(who.scope):
        return endings(who.actor)


def hold(who: Person, made: Made, words: str = "A court case") -> None:
    with db.unit_of_work(who.scope):
        retention.hold(who.actor, find(who.actor, Permission.RESTRICT, made.reference), words)


def lift(who: Person, made: Made, since: str = "") -> None:
    with db.unit_of_work(who.scope):
        found = find(who.actor, Permission.RESTRICT, made.reference)
        retention.lift(who.actor, found, "It is over", since or (found.held_at.isoformat() if found.held_at else ""))


CASES: tuple[tuple[str, dict[str, Any], bool], ...] = (
    ("2025-06-14T23:59", {}, True),
    ("2025-06-15T00:00", {}, False),
    ("2025-06-16T12:00", {}, False),
    ("2025-06-14T12:00", {"state": "withdrawn"}, True),
    ("2025-06-15T12:00", {"state": "withdrawn"}, False),
    ("2044-06-14T12:00", {"form_key": "information"}, True),
    ("2044-06-15T12:00", {"form_key": "information"}, False),
    ("2044-06-14T12:00", {"form_key": "service"}, False),
    ("2000-01-01T12:00", {"state": "sent"}, False),
    ("2000-01-01T12:00", {"state": "screening"}, False),
    ("2000-01-01T12:00", {"state": "asked"}, False),
    ("2000-01-01T12:00", {"state": "answered"}, False),
    ("2000-01-01T12:00", {"unread_by_council": 1}, False),
    ("2000-01-01T12:00", {"unread_by_agency": 1}, True),  # an outcome that nobody opened
    ("2000-01-01T12:00", {"held_at": TODAY}, False),
    ("2000-01-01T12:00", {"sight": [uuid4()]}, True),
    ("2000-01-01T12:00", {"author_only": True}, True),
    ("2000-01-01T12:00", {"warned": None}, False),
    ("2000-01-01T12:00", {"warned": date(2050, 5, 16)}, True),
    ("2000-01-01T12:00", {"warned": date(2050, 5, 17)}, False),
)


def test_exactly_what_has_had_its_time_goes(author: Person) -> None:
    """A report's last day is kept whole; what was not on the list for thirty days stays."""
    made = [(closed(author, at, **columns), at, columns, goes) for at, columns, goes in CASES]
    due = {one.id for one, _at, _columns, goes in made if goes}
    assert destroy(author.council) == len(due)
    still = left(author.council)
    wrong = [(at, columns) for one, at, columns, goes in made if (one.id in still) is goes]
    assert wrong == []
    assert destroy(author.council) == 0


def test_a_report_of_a_leap_day(author: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 29 February it is kept through the 28th of a year that has no other."""
    closed(author, "2024-02-29T12:00")
    for day, gone in (((2049, 2, 28), 0), ((2049, 3, 1), 1)):
        at = datetime(*day, 12, tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        assert destroy(author.council) == gone


def test_every_night_exactly_those_of_each_council_go(councils: Councils, author: Person) -> None:
    """A draft goes by its own days, another council's report by that council's night; a second run does nothing."""
    draft = make_draft(author)
    there = make_person(councils.wales)
    old, young = closed(author, "2000-01-01T12:00"), closed(author, "2049-01-01T12:00")
    foreign, young_there = closed(there, "2000-01-01T12:00"), closed(there, "2049-01-01T12:00")
    assert destroy(councils.england) == 1
    assert left(*councils) == {draft, young.id, foreign.id, young_there.id}
    end_reports(0)
    end_reports(0)
    assert left(*councils) == {draft, young.id, young_there.id}
    with db.unit_of_work(Scope(councils.england, scope.SYSTEM)) as session:
        gone = session.execute(
            select(AuditEvent.subject_id, AuditEvent.detail).where(AuditEvent.event == str(Event.REFERRAL_DESTROYED))
        ).all()
    assert [tuple(one) for one in gone] == [(old.id, {})]


def test_killed_between_two_batches_the_next_night_goes_on(author: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        closed(author, "2000-01-01T12:00")
    monkeypatch.setattr(retention, "BATCH", 2)
    real, ran = retention.destroy, []

    def killed() -> int:
        ran.append(real(2))
        if len(ran) == 2:
            raise SystemExit
        return ran[-1]

    monkeypatch.setattr(retention, "destroy", killed)
    with pytest.raises(SystemExit):
        end_reports(0)
    # The second batch was under way: none of it is gone.
    assert len(left(author.council)) == 3
    monkeypatch.setattr(retention, "destroy", lambda: real(2))
    end_reports(0)
    assert left(author.council) == set()


def test_nothing_of_it_is_left_in_any_table(
    author: Person, manager: Person, screener: Person, councils: Councils, admin: Admin
) -> None:
    """A report that went through everything: the catalogue is walked for rows that still name it."""
    made = make_referral(councils.england, author)
    worked_on(made, author, manager, screener)
    columns = admin.execute(
        "select c.table_name, c.column_name from information_schema.columns c join information_schema.tables t"
        " using (table_schema, table_name) where c.table_schema = 'public' and t.table_type = 'BASE TABLE'"
        " and c.data_type = 'uuid' and c.table_name <> 'audit_event'"
    ).fetchall()

    def naming() -> set[object]:
        return {
            table
            for table, column in columns
            if admin.execute(f'select 1 from "{table}" where "{column}" = %s', (made.id,)).fetchall()
        }

    everything = {
        "referral", "referral_child", "message", "decision", "notice", "restriction", "opened_record", "stage_visit",
    }  # fmt: skip
    assert naming() == everything
    admin.execute("update referral set decided_at = '2000-01-01', warned_on = '2000-01-01' where id = %s", (made.id,))
    assert destroy(councils.england) == 1
    assert naming() == set()


def worked_on(made: Made, author: Person, manager: Person, screener: Person) -> None:
    """Claimed, asked about, restricted, opened with a reason, and decided."""
    once = uuid4()
    with db.unit_of_work(manager.scope):
        holding.claim(manager.actor, find(manager.actor, Permission.CLAIM, made.reference))
    with db.unit_of_work(manager.scope):
        ask(manager.actor, find(manager.actor, Permission.ASK, made.reference), "Where is she?", uuid4())
    with db.unit_of_work(author.scope):
        mark_read(author.actor, find(author.actor, Permission.REPLY, made.reference), "agency")
    with db.unit_of_work(manager.scope):
        found = find(manager.actor, Permission.RESTRICT, made.reference)
        restricting.restrict(manager.actor, found, "adoption", "", ())
    with db.unit_of_work(screener.scope):
        opening.open_record(screener.actor, made.reference, "cover", "On duty")
    given = decision_given(made.council.settings.outcomes[0].key, "MASH", "Because", "Thank you", 0, once)
    with db.unit_of_work(manager.scope):
        decisions.decide(manager.actor, find(manager.actor, Permission.DECIDE, made.reference), given)


def test_an_unread_message_keeps_it(author: Person, manager: Person, admin: Admin) -> None:
    made = make_referral(author.council, author)
    with db.unit_of_work(manager.scope):
        holding.claim(manager.actor, find(manager.actor, Permission.CLAIM, made.reference))
    with db.unit_of_work(manager.scope):
        ask(manager.actor, find(manager.actor, Permission.ASK, made.reference), "Where is she?", uuid4())
    decided = "update referral set state = 'decided', decided_at = '2000-01-01', warned_on = '2000-01-01'"
    admin.execute(decided)
    assert warn(author.council) == 0
    assert destroy(author.council) == 0
    assert [(one.reference, one.held, one.unread) for one in listed(manager).staying] == [(made.reference, False, True)]
    with db.unit_of_work(author.scope):
        mark_read(author.actor, find(author.actor, Permission.REPLY, made.reference), "agency")
    # It left the list while the message waited, and is on it for thirty days again.
    assert warn(author.council) == 1
    assert destroy(author.council) == 0
    assert [one.goes_on for one in listed(manager).going] == [date(2050, 7, 15)]


def test_shorter_years_destroy_nothing_before_thirty_days_on_the_list(
    author: Person, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed(author, "2025-07-10T12:00", warned=None)
    ancient = closed(author, "2001-01-01T12:00", warned=None)
    assert (warn(author.council), warn(author.council), destroy(author.council)) == (2, 0, 0)
    assert [one.goes_on for one in listed(manager).going] == [date(2050, 7, 15), date(2050, 7, 15)]
    monkeypatch.setattr(clock, "now", lambda: TODAY + timedelta(days=30))
    assert listed(manager).going[0].reference == ancient.reference
    assert destroy(author.council) == 2


def test_a_hold_keeps_it_until_it_is_lifted(author: Person, manager: Person) -> None:
    made = closed(author, "2000-01-01T12:00")
    other = make_person(author.council, role="practice_manager", name="Bethan Rees")
    for wrong in ("", "x" * 2001):
        with pytest.raises(Invalid):
            hold(manager, made, wrong)
    hold(manager, made)
    hold(manager, made)
    with pytest.raises(Conflict):
        hold(other, made, "A complaint")
    assert destroy(author.council) == 0
    with pytest.raises(Conflict):
        lift(other, made, since="2020-01-01T00:00:00+00:00")
    lift(other, made)
    lift(other, made)
    with db.unit_of_work(manager.scope) as session:
        told = steps(find(manager.actor, Permission.RESTRICT, made.reference))
        events = session.execute(select(AuditEvent.event).where(AuditEvent.event.like("screening.h%"))).scalars()
        assert sorted(events) == ["screening.held", "screening.hold_lifted"]
    assert [(one.who, one.lifted, one.words) for one in told] == [
        ("Moira Deeks", False, "A court case"), ("Bethan Rees", True, "It is over"),
    ]  # fmt: skip
    assert (destroy(author.council), warn(author.council)) == (0, 1)


def test_the_pages_of_a_hold(
    client: FlaskClient, author: Person, manager: Person, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # a browser's session is of its own day
    last_year = clock.today().year - 26
    made = closed(author, f"{last_year}-01-01T12:00")
    hidden = closed(author, f"{last_year}-01-01T12:00", sight=[author.account_id])
    sign_in(client, manager)
    root, page = f"/{made.council.slug}", f"/screening/{made.reference}/hold"
    going = client.get(f"{root}/retention").text
    assert "About to be deleted (1)" in going
    assert made.reference in going
    assert hidden.reference not in going
    assert submit(client, made.council, page, page, {"words": " "}).status_code == 422
    assert submit(client, made.council, page, page, {"words": "CNRY at court"}).status_code == 303
    assert "On hold" in client.get(f"{root}/screening/{made.reference}").text
    assert "Kept past their time (1)" in client.get(f"{root}/retention").text
    assert "CNRY at court" in client.get(root + page).text
    stored = admin.execute("select hold_words from referral where id = %s", (made.id,)).fetchone()
    assert stored is not None
    assert b"CNRY" not in bytes(stored[0])  # type: ignore[call-overload]  # the driver gives a bytes column
    assert submit(client, made.council, page, f"{page}/lift", {"words": "Over", "since": "long ago"}).status_code == 409
    assert submit(client, made.council, page, f"{page}/lift", {"words": ""}).status_code == 422
    assert submit(client, made.council, page, f"{page}/lift", {"words": "Over"}).status_code == 303
    assert "Hold lifted" in client.get(f"{root}/screening/{made.reference}").text


@pytest.mark.parametrize(
    ("value", "says"),
    [({"report_years": 5}, "6 to 100"), ({"request_years": 101}, "6 to 100"), ({"warn_days": 6}, "7 to 365")],
)
def test_years_that_are_none(value: dict[str, int], says: str) -> None:
    found = document("avonmere")
    found["retention"] |= value
    with pytest.raises(SettingsMistakes) as wrong:
        parse_council(found)
    assert [one.place for one in wrong.value.mistakes] == [("retention", *value)]
    assert says in wrong.value.mistakes[0].message


def test_a_council_that_says_nothing_keeps_long_and_the_privacy_page_tells(
    client: FlaskClient, councils: Councils
) -> None:
    found = document("avonmere")
    del found["retention"]
    usual = parse_council(found).retention
    assert (usual.report_years, usual.request_years, usual.warn_days) == (25, 6, 30)
    shown = client.get(f"/{councils.england.slug}/privacy").text
    assert "We keep a report for 25 years" in shown
    assert "a request for information for 6 years" in shown
    client.set_cookie("language", "cy", domain="localhost")
    assert "Rydym yn cadw adroddiad am 25 o flynyddoedd" in client.get(f"/{councils.wales.slug}/privacy").text
