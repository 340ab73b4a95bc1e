"""The dashboard's numbers are exact at every moment, whoever changes reports and whoever folds meanwhile."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, text, update

from portal.auth.models import Agency
from portal.auth.policy import Permission
from portal.kernel import clock, db, scope
from portal.kernel.scope import Council, Scope
from portal.referrals.models import FIRST_NOT_URGENT, Referral, Tally
from portal.referrals.queries.record import find
from portal.referrals.states import OPEN
from portal.reports.commands import LEAST, fold
from portal.reports.queries import Numbers, hits, numbers
from portal.screening.addresses import COUNTED_DAYS
from portal.screening.commands import holding
from portal.screening.queries.counts import Counts, counts
from tests.factories.pages import soup
from tests.factories.people import Person, agency_keys, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils

MOST_STATEMENTS = 8
ROUTES = ("MASH_URGENT", "MASH", "EARLY_HELP", "ADVICE")
STATES = ("sent", "screening", "asked", "answered", "decided", "withdrawn")


@pytest.fixture
def author(councils: Councils) -> Person:
    return make_person(councils.england)


@pytest.fixture
def screener(councils: Councils) -> Person:
    return make_person(councils.england, role="screener", name="Ali Screener")


def system(council: Council) -> Scope:
    return Scope(council, scope.SYSTEM)


def seen_by(person: Person) -> Numbers:
    with db.unit_of_work(person.scope):
        return numbers(person.actor)


def counted(person: Person) -> dict[str, Any]:
    """The same numbers, counted one report at a time of those that the person sees."""
    with db.unit_of_work(person.scope) as session:
        rows: list[Any] = list(session.execute(select(Referral).where(Referral.state != "draft")).scalars())
        session.expunge_all()
    open_ones = [one for one in rows if one.state in OPEN]
    decided = [one for one in rows if one.state == "decided" and local(one.decided_at) > oldest()]
    return {
        "states": Counter(one.state for one in open_ones),
        "routes": Counter(one.route for one in open_ones),
        "agencies": Counter(str(one.agency_id) for one in open_ones),
        "owners": Counter(str(one.owner_id or "") for one in open_ones),
        "unclaimed_urgent": sum(one.state == "sent" and one.queue_rank < FIRST_NOT_URGENT for one in open_ones),
        "received": Counter(local(came(one)) for one in rows if local(came(one)) > oldest()),
        "in_time": sum(one.decided_at <= one.due_at for one in decided),
        "late": sum(one.decided_at > one.due_at for one in decided),
        "overdue": sum(one.due_at < (one.clock_paused_at or clock.now()) for one in open_ones),
    }


def came(report: Any) -> Any:
    """A contact from elsewhere may have reached the council before it was taken down."""
    return report.received_at or report.sent_at


def local(moment: Any) -> Any:
    return moment.astimezone(clock.LONDON).date()


def oldest() -> Any:
    return clock.today() - timedelta(days=COUNTED_DAYS)


def agree(person: Person) -> None:
    found = seen_by(person)
    assert {name: getattr(found, name) for name in counted(person)} == counted(person)
    tabs_agree(person)


def tabs_agree(person: Person) -> None:
    """The numbers on the holding area's tabs are those of the reports that the person sees."""
    with db.unit_of_work(person.scope) as session:
        found = counts(person.actor)
        rows: list[Any] = list(session.execute(select(Referral).where(Referral.state != "draft")).scalars())
        session.expunge_all()
    states, now = Counter(one.state for one in rows), clock.now()
    open_ones = [one for one in rows if one.state in OPEN]
    assert found == Counts(
        todo=len(open_ones),
        mine=sum(one.owner_id == person.account_id for one in open_ones),
        waiting=states["asked"],
        answered=states["answered"],
        unassigned=sum(one.owner_id is None for one in open_ones),
        decided=states["decided"],
        withdrawn=states["withdrawn"],
        overdue=sum(one.due_at < (one.clock_paused_at or now) for one in open_ones),
        news=sum(one.new_since is not None for one in rows),
        approval=sum(one.approval_asked_at is not None for one in rows),
    )


def fill(councils: Councils, author: Person, screener: Person, count: int = 24) -> list[Made]:
    """Reports in every state and route, some old, some late, of two agencies."""
    other = make_person(councils.england, agency=agency_keys(councils.england)[1])
    made, now = [], clock.now()
    for number in range(count):
        state = STATES[number % len(STATES)]
        sent = now - timedelta(days=(number * 3) % 40, hours=number)
        made.append(
            make_referral(
                councils.england, (author, other)[number % 2], state=state, route=ROUTES[number % 4], sent_at=sent,
                owner=screener if state not in ("sent", "withdrawn") else None,
                due_at=sent + timedelta(hours=(number % 3) * 20), decided_at=sent + timedelta(hours=10),
            )
        )  # fmt: skip
    return made


def test_every_number_is_what_a_count_would_find(councils: Councils, author: Person, screener: Person) -> None:
    made = fill(councils, author, screener)
    agree(screener)
    # Anything that happens to a report, in any order, and folding between.
    chance = random.Random(7)  # noqa: S311 - the same changes every time
    people: list[UUID | None] = [None, screener.account_id]
    agencies = [
        author.actor.agency_id,
        make_person(councils.england, agency=agency_keys(councils.england)[1]).actor.agency_id,
    ]
    for step in range(60):
        one, now = chance.choice(made), clock.now()
        change: Any = chance.choice(
            [
                {"state": chance.choice(STATES), "decided_at": now - timedelta(days=chance.randrange(40))},
                {"owner_id": chance.choice(people)}, {"route": chance.choice(ROUTES)},
                # As a claim does it: both in one change.
                {"owner_id": chance.choice(people), "state": chance.choice(sorted(OPEN))},
                {"agency_id": chance.choice(agencies)},
                {"priority": chance.choice(["urgent", "low"]), "first_priority": "standard"},
                {"due_at": now + timedelta(hours=chance.randrange(-50, 50))},
                {"clock_paused_at": chance.choice([None, now, now - timedelta(hours=chance.randrange(50))])},
                {"sight": chance.choice([None, [], [screener.account_id]])},
                {"received_at": Referral.sent_at - timedelta(days=chance.randrange(9))},
                {"unseen_by": chance.choice([[], [screener.account_id], [author.account_id]])},
            ]
        )  # fmt: skip
        with db.unit_of_work(system(councils.england)) as session:
            session.execute(update(Referral).where(Referral.id == one.id).values(**change))
            if step % 10 == 9:
                session.execute(delete(Referral).where(Referral.id == made.pop().id))
    agree(screener)
    agree(make_person(councils.england, role="practice_manager"))


def test_restricted_ones_count_for_those_who_see_them(councils: Councils, author: Person, screener: Person) -> None:
    other = make_person(councils.england, role="screener")
    make_referral(councils.england, author, sight=[other.account_id])
    make_referral(councils.england, author, unseen_by=[other.account_id])
    make_referral(councils.england, author)
    assert (seen_by(screener).open, seen_by(other).open) == (2, 2)
    agree(screener)
    agree(other)


def test_folding_keeps_every_sum_and_few_rows(councils: Councils, author: Person, screener: Person) -> None:
    made = make_referral(councils.england, author)
    for owner in [screener.account_id, None] * LEAST:
        with db.unit_of_work(system(councils.england)) as session:
            session.execute(update(Referral).where(Referral.id == made.id).values(owner_id=owner))
    rows = select(func.count()).select_from(Tally)
    before = seen_by(screener)
    with db.unit_of_work(system(councils.england)) as session:
        assert session.execute(rows).scalar_one() > LEAST
        assert fold() > LEAST
        assert session.execute(rows).scalar_one() < 20
        assert fold() == 0
    after = seen_by(screener)
    assert (after.states, after.owners, after.received) == (before.states, before.owners, before.received)
    agree(screener)


def test_what_is_late_is_one_number_however_long_ago_it_was_due(
    councils: Councils, author: Person, screener: Person
) -> None:
    now = clock.now()
    for days in range(LEAST + 20):
        make_referral(councils.england, author, due_at=now - timedelta(days=days, seconds=1))
    paused = make_referral(councils.england, author, due_at=now - timedelta(days=2))
    late = select(func.count(), func.sum(Tally.number)).where(Tally.kind == "due", Tally.day < clock.today())
    with db.unit_of_work(system(councils.england)) as session:
        session.execute(
            update(Referral).where(Referral.id == paused.id).values(clock_paused_at=now - timedelta(days=3))
        )
        assert fold() > LEAST
        rows, number = session.execute(late).one()
        assert (rows, number) in ((1, LEAST + 20), (1, LEAST + 19))
        assert fold() == 0
    agree(screener)
    # Decided, it is late no more, though its own day has no row any longer.
    with db.unit_of_work(system(councils.england)) as session:
        session.execute(update(Referral).where(Referral.due_at < now).values(state="decided", decided_at=now))
        session.execute(
            update(Referral).where(Referral.id == paused.id).values(clock_paused_at=None, state="screening")
        )
    assert seen_by(screener).overdue == 1
    agree(screener)


def test_claims_and_folding_at_once_lose_nothing_and_never_deadlock(
    councils: Councils, author: Person, screener: Person
) -> None:
    made = [make_referral(councils.england, author) for _ in range(6)]
    people = [make_person(councils.england, role="screener") for _ in range(6)]

    def work(number: int) -> None:
        for _ in range(12):
            for deed in (holding.claim, holding.release):
                with db.unit_of_work(people[number].scope):
                    deed(people[number].actor, find(people[number].actor, Permission.CLAIM, made[number].reference))

    def read() -> list[int]:
        seen = []
        for _ in range(12):
            seen.append(seen_by(screener).open)
            with db.unit_of_work(system(councils.england)) as session:
                session.execute(text("select 1"))
                fold()
        return seen

    with ThreadPoolExecutor(8) as pool:
        reading = [pool.submit(read) for _ in range(2)]
        for one in [pool.submit(work, number) for number in range(6)]:
            one.result(timeout=60)
        assert {number for one in reading for number in one.result(timeout=60)} == {6}
    agree(screener)


def test_no_agency_reads_the_numbers(councils: Councils, author: Person, screener: Person) -> None:
    make_referral(councils.england, author)
    with db.unit_of_work(author.scope) as session:
        assert session.execute(select(func.count()).select_from(Tally)).scalar_one() == 0
    assert seen_by(screener).open == 1
    with db.unit_of_work(system(councils.wales)) as session:
        assert session.execute(select(func.count()).select_from(Tally)).scalar_one() == 0


def test_each_number_opens_the_list_behind_it(
    app: Flask, client: FlaskClient, councils: Councils, author: Person, screener: Person, statements: list[str]
) -> None:
    fill(councils, author, screener)
    make_referral(councils.england, author, route="MASH_URGENT")
    make_referral(councils.england, author, received_at=clock.now() - timedelta(days=2))
    make_referral(councils.england, author, due_at=clock.midnight(clock.now(), days=1) - timedelta(seconds=1))
    sign_in(client, screener)
    client.get("/avonmere/dashboard")  # the session's first page says that it is used
    statements.clear()
    answer = client.get("/avonmere/dashboard")
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)
    page = soup(answer)
    links = [one for one in page.select("main dl a, main table a") if "holding-area" in str(one["href"])]
    assert len(links) > 12
    for link in links:
        number = int(next(iter(link.strings)))
        listed = soup(client.get(str(link["href"]))).select("tbody tr")
        assert len(listed) == min(number, 25), link
    labels = [one.text for one in page.select(".app-heads dt")]
    assert labels == [
        "Urgent, claimed by nobody", "Overdue", "Due today", "Open", "Claimed by nobody", "Received today",
    ]  # fmt: skip
    assert page.select_one("svg[role=img] title") is not None


def test_an_empty_morning(client: FlaskClient, screener: Person) -> None:
    sign_in(client, screener)
    page = soup(client.get("/avonmere/dashboard"))
    assert [one.text.strip() for one in page.select(".app-heads dd")] == ["0"] * 6
    assert "Nothing was decided in the last 28 days." in page.text


def test_a_script_is_told_the_numbers_and_that_they_have_changed(
    app: Flask, client: FlaskClient, councils: Councils, author: Person, screener: Person
) -> None:
    make_referral(councils.england, author)
    sign_in(client, screener)
    box = soup(client.get("/avonmere/dashboard")).select_one("[data-live]")
    assert box is not None
    address, background = str(box["data-live"]), {"X-Background": "yes"}
    first: Any = client.get(address, headers=background)
    assert (first.json["said"], first.json["tabs"][3]) == ("", "1")
    again = client.get(address, headers=background | {"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    make_referral(councils.england, author, route="MASH_URGENT")
    then: Any = client.get(address, headers=background).json
    assert (then["said"], then["tabs"][3], then["tabs"][0]) == ("The numbers have changed.", "2", "1")


def test_each_day_has_its_share_in_time(
    councils: Councils, client: FlaskClient, author: Person, screener: Person
) -> None:
    now = clock.now()
    for due in (now + timedelta(hours=1), now + timedelta(hours=2), now - timedelta(hours=1)):
        make_referral(councils.england, author, state="decided", owner=screener, due_at=due)
    sign_in(client, screener)
    page = soup(client.get("/avonmere/dashboard"))
    picture = page.select_one("svg:has(#in-time-title)")
    assert picture is not None
    assert picture.select("text")[-1].text == "67%"
    last = page.select("table:has(caption:-soup-contains('Decided each day')) tbody tr")[-1]
    assert [one.text for one in last.select("td")] == ["2", "1"]


def test_in_time_by_person_and_kind_of_agency_is_what_the_lists_show(
    councils: Councils, author: Person, screener: Person, client: FlaskClient
) -> None:
    made = fill(councils, author, screener, 48)
    manager = make_person(councils.england, role="practice_manager", name="Mo Manager")

    def agree_by_hit() -> None:
        with db.unit_of_work(manager.scope) as session:
            rows = session.execute(
                select(Referral.owner_id, Agency.kind, Referral.decided_at <= Referral.due_at)
                .join(Agency, Agency.id == Referral.agency_id)
                .where(
                    Referral.state == "decided", Referral.decided_at >= clock.midnight(clock.now(), 1 - COUNTED_DAYS)
                )
            ).all()
            found = hits(manager.actor)
        for place, counted_by in ((0, found.people), (1, found.kinds)):
            wanted = Counter((str(row[place] or ""), row[2]) for row in rows)
            told = {(key, True): one.in_time for key, one in counted_by.items()}
            told |= {(key, False): one.late for key, one in counted_by.items()}
            assert {key: number for key, number in told.items() if number} == wanted

    agree_by_hit()
    chance = random.Random(3)  # noqa: S311 - the same changes every time
    people: list[UUID | None] = [None, screener.account_id, manager.account_id]
    for step in range(30):
        now = clock.now()
        change: Any = chance.choice(
            [
                {"state": chance.choice(STATES), "decided_at": now - timedelta(days=chance.randrange(40))},
                {"owner_id": chance.choice(people)},
                {"due_at": now + timedelta(hours=chance.randrange(-50, 50))},
                {"sight": chance.choice([None, [], [manager.account_id]])},
            ]
        )
        with db.unit_of_work(system(councils.england)) as session:
            session.execute(update(Referral).where(Referral.id == chance.choice(made).id).values(**change))
        if step % 10 == 9:
            with db.unit_of_work(system(councils.england)):
                fold()
        agree_by_hit()
    sign_in(client, manager)
    page = soup(client.get(f"/{councils.england.slug}/dashboard/hit-rate"))
    links = list(page.select("main td a"))
    assert links
    for link in links:
        number, _, _words = link.text.partition(" ")
        shown = soup(client.get(str(link["href"])))
        assert len(shown.select("tbody tr")) == min(int(number), 25), link["href"]
    # A screener is shown no colleague's numbers.
    sign_in(client, screener)
    assert client.get(f"/{councils.england.slug}/dashboard/hit-rate").status_code == 403
    assert "hit-rate" not in client.get(f"/{councils.england.slug}/dashboard").text
