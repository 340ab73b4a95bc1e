"""The holding area: what it shows, in which order, page by page, in few statements."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.kernel import clock, db
from portal.referrals.commands.attaching import Paper, Target, attach
from portal.referrals.queries.record import find
from portal.screening.queries.queue import PAGE
from portal.stages import commands as stages
from tests.factories.pages import soup
from tests.factories.people import Person, agency_keys, make_person, sign_in
from tests.factories.referrals import Child, make_referral
from tests.fixtures.councils import Councils
from tests.referrals.making import make_draft, send_draft

MOST_STATEMENTS = 8


@pytest.fixture
def author(councils: Councils) -> Person:
    return make_person(councils.england)


@pytest.fixture
def screener(councils: Councils, client: FlaskClient) -> Person:
    person = make_person(councils.england, role="screener", name="Ali Screener")
    sign_in(client, person)
    return person


def references(client: FlaskClient, query: str = "") -> list[str]:
    """The references on one page, in its order."""
    page = soup(client.get(f"/avonmere/holding-area{query}"))
    return [one.text for one in page.select("tbody th a")]


def walk(client: FlaskClient, query: str = "", rel: str = "next") -> list[list[str]]:
    """Every page from this one on, by its links."""
    pages, href = [], f"/avonmere/holding-area{query}"
    while href:
        page = soup(client.get(href))
        pages.append([one.text for one in page.select("tbody th a")])
        link = page.select_one(f'.govuk-pagination a[rel="{rel}"]')
        href = str(link["href"]) if link else ""
    return pages


def test_urgent_first_then_answered_then_due(client: FlaskClient, author: Person, screener: Person) -> None:
    due = clock.now() + timedelta(hours=9)
    reports: list[tuple[str, int, dict[str, Any]]] = [
        ("late", 0, {"route": "ADVICE"}), ("soon", 5, {"route": "MASH"}), ("urgent", 0, {"route": "MASH_URGENT"}),
        ("urgent soon", 2, {"route": "MASH_URGENT"}), ("answered", 0, {"state": "answered", "owner": screener}),
        ("unread", 1, {"route": "ADVICE", "unread_by_council": 1}),
        ("file came", 1, {"queued_at": clock.now() + timedelta(hours=1), "route": "EARLY_HELP"}),
        ("asked", 4, {"state": "asked", "owner": screener, "queued_at": clock.now() + timedelta(hours=1)}),
        ("raised", 3, {"priority": "urgent", "first_priority": "standard"}),
        ("lowered", 8, {"route": "MASH_URGENT", "priority": "low", "first_priority": "urgent"}),
    ]  # fmt: skip
    made = {
        name: make_referral(author.council, author, due_at=due - timedelta(hours=hours), **columns).reference
        for name, hours, columns in reports
    }
    expected = [
        "raised", "urgent soon", "urgent", "unread", "file came", "answered", "lowered", "soon", "asked", "late",
    ]  # fmt: skip
    names = {reference: name for name, reference in made.items()}
    shown = [names[one] for one in references(client)]
    # Two that are due at the same time stand in the order of their ids.
    assert sorted(shown[3:5]) == ["file came", "unread"]
    assert shown[:3] + shown[5:] == expected[:3] + expected[5:]


def test_oldest_first(client: FlaskClient, author: Person, screener: Person) -> None:
    now = clock.now()
    made = [
        make_referral(author.council, author, route=route, sent_at=now - timedelta(hours=hours)).reference
        for route, hours in [("ADVICE", 0), ("MASH", 5), ("MASH_URGENT", 9), ("MASH", 1), ("MASH_URGENT", 2)]
    ]
    assert references(client, "?sort=age") == [made[2], made[1], made[4], made[3], made[0]]


def test_a_contact_is_as_old_as_it_reached_the_council(client: FlaskClient, author: Person, screener: Person) -> None:
    now = clock.now()
    made = [
        make_referral(
            author.council, author, sent_at=now - timedelta(minutes=ago), received_at=came and now - came
        ).reference
        for ago, came in [(50, None), (40, timedelta(days=2)), (30, None)]
    ]
    for sort in ("age", "agency"):
        assert references(client, f"?sort={sort}") == [made[1], made[0], made[2]]
    # What somebody logs today may have come the day before yesterday.
    assert made[1] not in references(client, "?when=received_today")
    assert made[1] not in references(client, "?tab=all&when=received_today")


def test_due_soonest_and_overdue_in_words(client: FlaskClient, author: Person, screener: Person) -> None:
    now = clock.now()
    late = make_referral(author.council, author, route="ADVICE", due_at=now - timedelta(hours=3, minutes=1))
    soon = make_referral(author.council, author, due_at=now + timedelta(hours=1))
    assert references(client, "?sort=due") == [late.reference, soon.reference]
    assert references(client, "?overdue=yes") == [late.reference]
    rows = soup(client.get("/avonmere/holding-area?sort=due")).select("tbody tr")
    assert "Overdue by 3 hours" in rows[0].text
    assert "Overdue" not in rows[1].text


def test_what_a_line_says(client: FlaskClient, author: Person, screener: Person) -> None:
    sent = clock.now() - timedelta(hours=2, minutes=5)
    make_referral(
        author.council, author, route="MASH_URGENT", state="answered", owner=screener, sent_at=sent, kind="urgent",
        children=(Child(), Child("Ann", "Jones"), Child("Bo", "Jones")), attention=True, overridden=True,
        out_of_hours=True, unread_by_council=1, outcome_of_rules={"also": ["B05", "B08"], "flags": ["RF03", "RF19"]},
    )  # fmt: skip
    row = soup(client.get("/avonmere/holding-area")).select("tbody tr")[0].text
    for words in (
        "SL and 2 more children", "Urgent", "Short form", "Needs checking", "Referrer disagreed", "Out of hours",
        "2 more reasons", "2 signs of serious harm", "What the referrer was told:",
        "Referrer answered", "Unread reply", "2 hours", "You", "Sixth Form College",
    ):  # fmt: skip
        assert words in row
    assert "Siân" not in row


def test_filters_and_their_removal(client: FlaskClient, councils: Councils, author: Person, screener: Person) -> None:
    council = councils.england
    other = make_person(council, agency=agency_keys(council)[1])
    mine = make_referral(council, author, state="screening", owner=screener, priority="high").reference
    theirs = make_referral(council, other, route="ADVICE").reference
    agency = other.actor.agency_id
    asked: list[tuple[str, list[str]]] = [
        ("?owner=me", [mine]), ("?owner=nobody", [theirs]), ("?route=ADVICE", [theirs]),
        ("?priority=high", [mine]), ("?state=screening", [mine]), (f"?agency={agency}", [theirs]),
        ("?owner=me&route=ADVICE", []), ("?tab=mine", [mine]),
        # What is not known is left out, never an error.
        ("?route=%00&state=draft&sort=name&agency=x&after=%5B%5D&tab=nowhere", [mine, theirs]),
    ]  # fmt: skip
    for query, expected in asked:
        assert references(client, query) == expected, query
    page = soup(client.get(f"/avonmere/holding-area?route=ADVICE&agency={agency}"))
    links = [one for one in page.select("ul a") if "Remove this filter" in one.text]
    assert [str(one["href"]) for one in links] == [
        f"/avonmere/holding-area?agency={agency}", "/avonmere/holding-area?route=ADVICE",
    ]  # fmt: skip
    chosen = page.select_one("#route option[selected]")
    assert chosen is not None
    assert chosen["value"] == "ADVICE"


def test_tabs_count_and_show_their_own(client: FlaskClient, author: Person, screener: Person) -> None:
    states = ("sent", "screening", "asked", "answered", "answered", "decided", "withdrawn")
    made = [make_referral(author.council, author, state=state, owner=screener).reference for state in states]
    tabs = [one.text for one in soup(client.get("/avonmere/holding-area")).select(".app-tabs a")]
    assert tabs == [
        "All open (5)", "Unassigned (1)", "Mine (4)", "Waiting for referrer (1)", "Answered (2)", "Overdue (0)",
        "To approve (0)", "New on closed ones (0)", "Decided (1)", "Withdrawn (1)",
    ]  # fmt: skip
    assert set(references(client)) == set(made[:5])
    assert references(client, "?tab=unassigned&owner=me") == made[:1]
    assert references(client, "?tab=overdue") == []
    assert references(client, "?tab=waiting") == [made[2]]
    assert set(references(client, "?tab=answered")) == set(made[3:5])
    assert references(client, "?tab=decided") == [made[5]]
    assert references(client, "?tab=withdrawn") == [made[6]]
    assert references(client, "?tab=news") == []


@pytest.mark.parametrize("sort", ["", "sort=due", "sort=age", "sort=agency", "tab=decided"])
def test_every_report_is_on_one_page_in_each_order(
    client: FlaskClient, councils: Councils, author: Person, screener: Person, sort: str
) -> None:
    authors = [author, make_person(councils.england, agency=agency_keys(councils.england)[1])]
    same, state = clock.now() - timedelta(hours=1), "decided" if "tab" in sort else "sent"
    made = {
        # Equal times: only the id tells them apart.
        make_referral(councils.england, authors[number % 2], state=state, sent_at=same).reference
        for number in range(2 * PAGE + 3)
    }
    pages = walk(client, f"?{sort}")
    assert [len(one) for one in pages] == [PAGE, PAGE, 3]
    assert {one for page in pages for one in page} == made


def test_a_page_stays_where_it_is_while_reports_arrive(client: FlaskClient, author: Person, screener: Person) -> None:
    start = clock.now() - timedelta(days=1)
    due = clock.now() + timedelta(hours=1)
    old = [
        make_referral(author.council, author, sent_at=start, due_at=due + timedelta(minutes=number)).reference
        for number in range(PAGE + 5)
    ]
    first = soup(client.get("/avonmere/holding-area"))
    following = first.select_one('.govuk-pagination a[rel="next"]')
    assert following is not None
    for _number in range(4):
        make_referral(author.council, author, due_at=due - timedelta(minutes=1))
    page = soup(client.get(str(following["href"])))
    assert [one.text for one in page.select("tbody th a")] == old[PAGE:]
    back = page.select_one('.govuk-pagination a[rel="prev"]')
    assert back is not None
    again = soup(client.get(str(back["href"])))
    assert [one.text for one in again.select("tbody th a")] == old[:PAGE]


def test_few_statements_with_a_full_page(
    client: FlaskClient, author: Person, screener: Person, statements: list[str]
) -> None:
    for _number in range(PAGE + 1):
        make_referral(author.council, author, children=(Child(), Child()))
    client.get("/avonmere/holding-area")
    statements.clear()
    answer = client.get("/avonmere/holding-area?sort=due&owner=nobody")
    assert answer.status_code == 200
    assert len(soup(answer).select("tbody tr")) == PAGE
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)
    assert any("INSERT INTO audit_event" in one for one in statements)
    assert not any("wrapped_key" in one or "referral.answers" in one for one in statements)


def test_reading_the_list_is_recorded(client: FlaskClient, author: Person, screener: Person) -> None:
    client.get("/avonmere/holding-area")
    with db.unit_of_work(screener.scope) as session:
        query = select(func.count()).where(
            AuditEvent.event == Event.REFERRAL_READ, AuditEvent.detail["part"].astext == "list"
        )
        assert session.execute(query).scalar_one() == 1


def test_only_the_councils_own_reports(client: FlaskClient, councils: Councils, screener: Person) -> None:
    welsh = make_person(councils.wales)
    make_referral(councils.wales, welsh)
    assert references(client) == []


@pytest.mark.parametrize("role", ["referrer", "agency_lead", "council_admin", "form_designer"])
def test_only_screeners_come_in(app: Flask, councils: Councils, role: str) -> None:
    client = app.test_client()
    sign_in(client, make_person(councils.england, role=role))
    assert client.get("/avonmere/holding-area").status_code == 403


@pytest.mark.parametrize(
    "cursor",
    [
        "x", "WyJhIl0", "W10", "bnVsbA", "WyIzIiwgIjIwMjYtMTEtMjEiLCAieCJd", "W" * 5000,
        "WyJcdWQ4MDAiLCAiMjAyNi0xMS0yMVQxMDowMDowMCswMDowMCIsICIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDAiXQ",
    ],
)  # fmt: skip
def test_a_broken_place_begins_at_the_start(client: FlaskClient, author: Person, screener: Person, cursor: str) -> None:
    made = make_referral(author.council, author).reference
    for place in ("after", "before"):
        for sort in ("urgent", "agency"):
            assert references(client, f"?sort={sort}&{place}={cursor}") == [made]


def test_welsh_words(client: FlaskClient, author: Person, screener: Person) -> None:
    make_referral(author.council, author)
    answer: Any = client.get("/avonmere/holding-area?lang=cy", follow_redirects=True)
    assert answer.status_code == 200
    assert soup(answer).select_one('html[lang="cy"]') is not None


def test_a_row_says_how_old_the_first_child_is_and_that_files_are_being_checked(
    client: FlaskClient, author: Person, screener: Person
) -> None:
    born = clock.today().replace(year=clock.today().year - 7, month=1, day=1)
    make_referral(author.council, author, children=(Child(born_on=born), Child(born_on=None, age_years=2)))
    assert author.actor.agency_id is not None
    on = Target(make_draft(author), author.actor.agency_id, "agency", later=False)
    with db.unit_of_work(author.scope):
        for name in ("1.pdf", "2.pdf"):
            attach(author.actor, on, Paper(name, "application/pdf", io.BytesIO(name.encode())))
    sent = send_draft(author, on.referral_id)
    rows = {
        str(row.select("th a")[0].text): row.text
        for row in soup(client.get("/avonmere/holding-area")).select("tbody tr")
    }
    assert "2 files being checked" in rows.pop(sent)
    assert "7 years old" in rows.popitem()[1]


def test_by_stage_also_where_nothing_is_written_down(
    client: FlaskClient, councils: Councils, author: Person, screener: Person
) -> None:
    council = councils.england
    new = make_referral(council, author).reference
    begun = make_referral(council, author, state="screening", owner=screener).reference
    moved = make_referral(council, author, state="screening", owner=screener).reference
    make_referral(council, author, state="decided")
    with db.unit_of_work(screener.scope):
        found = find(screener.actor, Permission.SCREEN, moved)
        stages.move_on(screener.actor, found, "multi_agency", "screening", all_the_same=True)
    assert references(client, "?stage=contact") == [new]
    assert references(client, "?stage=screening") == [begun]
    assert references(client, "?stage=multi_agency") == [moved]
    assert references(client, "?stage=nowhere") == []
    page = client.get(f"/{council.slug}/holding-area?stage=multi_agency").text
    assert "Stage: Multi-agency" in page
    # A list of closed ones does not ask for what only open ones have, and can be kept.
    assert 'name="stage"' not in client.get(f"/{council.slug}/holding-area?tab=decided&stage=contact").text
    kept = client.get(f"/{council.slug}/holding-area/lists?stage=multi_agency").text
    assert "multi_agency" in kept
