"""Searching in the holding area: references, surnames, initials, closed reports too, and no name in an address."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from portal.kernel import clock, db
from portal.referrals.connecting import mark_of_surname, plain
from portal.referrals.models import ReferralChild
from portal.screening.queries.queue import PAGE
from portal.screening.queries.searching import surnames
from tests.factories.people import Person as Somebody
from tests.factories.people import make_person, sign_in
from tests.factories.referrals import Child, Made, make_referral
from tests.fixtures.councils import Councils
from tests.referrals.clicking import Person, filled, main_form, soup
from tests.screening.test_queue import MOST_STATEMENTS

SIAN = (Child("Siân CNRY", "O’Brien"),)
LI = (Child("李", "王"),)


@pytest.fixture
def author(councils: Councils) -> Somebody:
    return make_person(councils.england)


@pytest.fixture
def person(client: FlaskClient, councils: Councils) -> Person:
    """A screener's browser."""
    sign_in(client, make_person(councils.england, role="screener"))
    return Person(client, "avonmere")


def marked(made: Made, author: Somebody) -> Made:
    """With the marks that sending makes."""
    with db.unit_of_work(author.scope) as session:
        for child in session.query(ReferralChild).filter_by(referral_id=made.id):
            child.surname_mark = mark_of_surname(plain(child.last_name))
    return made


def search(person: Person, words: str, status: int = 303) -> list[str]:
    """The references that are found."""
    data = filled(main_form(soup(person.get("/holding-area")), "/search")) | {"words": [words]}
    answer = person.send("/holding-area/search", data)
    assert answer.status_code == status
    assert plain(words) not in plain(answer.headers.get("Location", ""))
    page = soup(person.get(answer.headers["Location"]))
    return [tag.text for tag in page.select("tbody th a")]


def test_a_child_is_found_by_surname_with_or_without_first_name_and_by_initials(
    person: Person, author: Somebody
) -> None:
    open_one = marked(make_referral(author.council, author, children=SIAN), author).reference
    closed = marked(make_referral(author.council, author, children=SIAN, state="decided"), author).reference
    other = marked(make_referral(author.council, author, children=LI), author).reference
    for words in ("OBrien", "o'brien", "Sian O'Brien", "O’BRIEN siân", "so", "SO"):
        assert set(search(person, words)) == {open_one, closed}, words
    assert search(person, "王") == [other]
    for words in ("Brie", "Tom O'Brien", "Nobody", "Sian"):
        assert search(person, words) == [], words


def test_a_reference_is_found_however_it_is_typed_and_whole_only(person: Person, author: Somebody) -> None:
    made = make_referral(author.council, author, state="withdrawn").reference
    for words in (made, made.lower(), made.replace("-", ""), made.replace("-", " ")):
        assert search(person, words) == [made], words
    assert search(person, made[:7]) == []


def test_an_earlier_name_and_one_without_a_mark_are_found(person: Person, author: Somebody) -> None:
    before_marks = make_referral(author.council, author, children=SIAN)
    assert search(person, "O'Brien") == [before_marks.reference]
    with db.unit_of_work(author.scope) as session:
        session.execute(update(ReferralChild).values(superseded_at=clock.now()))
    assert search(person, "O'Brien") == [before_marks.reference]


def test_filters_narrow_what_was_found_and_the_search_is_left_again(person: Person, author: Somebody) -> None:
    urgent = make_referral(author.council, author, children=SIAN, route="MASH_URGENT").reference
    mild = make_referral(author.council, author, children=SIAN, route="ADVICE").reference
    assert set(search(person, "O'Brien")) == {urgent, mild}
    page = soup(person.get("/holding-area?tab=found&route=ADVICE"))
    assert [tag.text for tag in page.select("tbody th a")] == [mild]
    assert "Found for “O'Brien”" in page.text
    assert page.select_one('a[href$="/holding-area"]:-soup-contains("Leave the search")') is not None
    # Nothing searches for nothing, and afterwards there is nothing to go back to.
    person.send("/holding-area/search", filled(main_form(page, "/search")) | {"words": ["  "]})
    assert person.get("/holding-area?tab=found", 303).headers["Location"].endswith("/holding-area")


def test_what_cannot_be_searched_for_is_said_beside_the_field(person: Person) -> None:
    data = filled(main_form(soup(person.get("/holding-area")), "/search")) | {"words": ["x" * 101]}
    refused = person.send("/holding-area/search", data)
    assert refused.status_code == 422
    page = soup(refused)
    assert page.select_one('.govuk-error-summary a[href="#words"]') is not None
    assert page.select_one("#words")["value"] == "x" * 101  # type: ignore[index]


def test_a_search_takes_no_more_statements_than_a_list(person: Person, author: Somebody, statements: list[str]) -> None:
    for _number in range(PAGE + 1):
        make_referral(author.council, author, children=SIAN)
    assert len(search(person, "O'Brien")) == PAGE
    statements.clear()
    person.get("/holding-area?tab=found&sort=due")
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)


def test_another_councils_report_is_not_found(person: Person, councils: Councils) -> None:
    theirs = make_person(councils.wales)
    made = marked(make_referral(councils.wales, theirs, children=SIAN), theirs).reference
    for words in (made, "O'Brien", "SO"):
        assert search(person, words) == [], words


@given(st.lists(st.sampled_from(["ana", "de", "la", "cruz", "smith"]), max_size=6))
def test_every_run_of_words_may_be_a_surname(words: list[str]) -> None:
    found = surnames(tuple(words))
    assert set(words) <= found
    assert not words or "".join(words) in found
    assert len(found) <= len(words) * (len(words) + 1) // 2


def test_a_search_offers_the_lists_of_an_agency_a_category_and_a_colleague(person: Person, author: Somebody) -> None:
    make_person(author.council, role="screener", name="Olwen Screener")
    assert search(person, "olwen") == []
    page = soup(person.get("/holding-area?tab=found"))
    assert [one.text for one in page.select("main ul.govuk-list a")] == ["Owner: Olwen Screener"]
    made = make_referral(author.council, author).reference
    choice = page.select_one("#agency option[value]:not([value=''])")
    assert choice is not None
    search(person, choice.text.split()[-1])
    link = soup(person.get("/holding-area?tab=found")).select_one(f"main ul.govuk-list a[href*='{choice['value']}']")
    assert link is not None
    assert (made in person.get(str(link["href"]).removeprefix("/avonmere")).text) == (
        str(author.actor.agency_id) == choice["value"]
    )
