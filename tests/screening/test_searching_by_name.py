"""A search that means no child and no reference shows the reports of the agency, category or colleague of that name."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal.auth.models import Account
from portal.kernel import db
from portal.kernel.scope import SYSTEM, Scope
from portal.referrals.models import Referral
from portal.referrals.sifting import sought
from portal.screening.naming import MOST, has_words
from portal.screening.queries.queue import PAGE
from tests.factories.pages import soup
from tests.factories.people import Person as Somebody
from tests.factories.people import make_person, sign_in
from tests.factories.referrals import Child, make_referral
from tests.fixtures.councils import Councils
from tests.referrals.clicking import Person
from tests.screening.test_queue import MOST_STATEMENTS
from tests.screening.test_searching import marked, search


@pytest.fixture
def author(councils: Councils) -> Somebody:
    return make_person(councils.england)


@pytest.fixture
def person(client: FlaskClient, councils: Councils) -> Person:
    """A screener's browser."""
    sign_in(client, make_person(councils.england, role="screener", name="Nia Self"))
    return Person(client, "avonmere")


def heading(person: Person) -> str:
    found = soup(person.get("/holding-area?tab=found")).select_one("main h2.govuk-heading-m")
    return " ".join(found.text.split()) if found else ""


def test_a_colleague_is_found_by_name_open_and_closed(person: Person, author: Somebody) -> None:
    olwen = make_person(author.council, role="screener", name="Olwen O’Brien")
    mine = make_referral(author.council, author, state="screening", owner=olwen).reference
    closed = make_referral(author.council, author, state="decided", owner=olwen).reference
    make_referral(author.council, author)
    for words in ("olwen", "OLWEN obrien", "olw"):
        assert set(search(person, words)) == {mine, closed}, words
    assert heading(person) == "Reports that Olwen O’Brien has claimed"
    assert search(person, "lwen") == []
    # The filters narrow them like any list.
    page = soup(person.get("/holding-area?tab=found&agency=" + str(uuid4())))
    assert page.select("tbody tr") == []


def test_ones_own_name_finds_ones_own(person: Person, author: Somebody) -> None:
    sent = make_referral(author.council, author).reference
    with db.unit_of_work(Scope(author.council, SYSTEM)) as session:
        mine = select(Account.id).where(Account.name == "Nia Self").scalar_subquery()
        session.execute(update(Referral).values(owner_id=mine, state="screening"))
    assert search(person, "nia self") == [sent]
    assert heading(person) == "Reports that Nia Self has claimed"


def test_a_category_and_an_agency_are_found(person: Person, author: Somebody) -> None:
    made = make_referral(author.council, author, category="neglect").reference
    other = make_referral(author.council, author, category="sexual").reference
    assert search(person, "neglect") == [made]
    assert heading(person) == "Reports about: Neglect"
    named = soup(person.get("/holding-area")).select_one(f'#agency option[value="{author.actor.agency_id}"]')
    assert named is not None
    assert set(search(person, named.text)) == {made, other}
    assert heading(person) == f"Reports of {named.text}"


def test_a_child_comes_before_everybody_else_of_that_name(person: Person, author: Somebody) -> None:
    olwen = make_person(author.council, role="screener", name="Olwen Hughes")
    make_referral(author.council, author, state="screening", owner=olwen)
    child = marked(make_referral(author.council, author, children=(Child("Ifan CNRY", "Hughes"),)), author)
    assert search(person, "hughes") == [child.reference]
    page = soup(person.get("/holding-area?tab=found"))
    assert [one.text for one in page.select("main ul.govuk-list a")] == ["Owner: Olwen Hughes"]
    # A filter that leaves no child out is no reason to show the others.
    assert soup(person.get("/holding-area?tab=found&route=ADVICE")).select("tbody tr") == []


def test_several_of_a_name_are_shown_together_page_by_page(
    person: Person, author: Somebody, statements: list[str]
) -> None:
    owners = [make_person(author.council, role="screener", name=f"Mair Number{number}") for number in range(3)]
    every = {
        make_referral(author.council, author, state="screening", owner=owners[number % 3]).reference
        for number in range(PAGE + 4)
    }
    first = search(person, "mair")
    assert len(first) == PAGE
    assert heading(person) == "Reports of those with “mair” in their name"
    statements.clear()
    page = soup(person.get("/holding-area?tab=found"))
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)
    following = page.select_one('.govuk-pagination a[rel="next"]')
    assert following is not None
    statements.clear()
    later = soup(person.get(str(following["href"]).removeprefix("/avonmere")))
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)
    assert {*first, *(one.text for one in later.select("tbody th a"))} == every
    for number in range(MOST):
        make_person(author.council, role="screener", name=f"Mair More{number}")
    assert search(person, "mair") == []
    assert "Type more of the name" in person.get("/holding-area?tab=found").text


def test_what_the_reader_may_not_see_is_not_among_them(person: Person, author: Somebody) -> None:
    olwen = make_person(author.council, role="screener", name="Olwen Screener")
    make_referral(author.council, author, state="screening", owner=olwen, sight=[olwen.account_id])
    assert search(person, "olwen") == []


@pytest.mark.parametrize(
    ("name", "words", "means"),
    [
        ("Oakfield Primary School", ("oak",), True), ("Oakfield Primary School", ("oak", "school"), True),
        ("Oakfield Primary School", ("field",), False), ("Ysgol Gynradd Tŷ-Coch", ("coch",), True),
        ("GP surgery", ("gp",), True), ("Gpx", ("gp",), False), ("Emotional abuse", ("abuse", "emot"), True),
        ("O’Brien", ("obrien",), True),
        *((name, sought(name).words, True) for name in ("Ysgol Glan-yr-Afon", "Hannah Owen-Jones", "Abuse/neglect")),
    ],
)  # fmt: skip
def test_which_names_are_meant(name: str, words: tuple[str, ...], means: bool) -> None:
    assert has_words(name, words) is means
