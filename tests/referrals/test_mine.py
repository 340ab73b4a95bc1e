"""My reports and my agency's: what has news first, filters, search without names in addresses, and who sees what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import Text, cast, func, select

from portal.auth.models import AccountSession
from portal.kernel import clock, db, scope
from tests.factories.people import Person as Somebody
from tests.factories.people import agency_keys, make_person, sign_in
from tests.factories.referrals import Child, make_referral
from tests.fixtures.councils import Councils
from tests.referrals.clicking import Person, filled, main_form, soup

OBRIEN = (Child("Conor CNRY", "O’Brien"),)


@pytest.fixture
def lead(client: FlaskClient, councils: Councils) -> Somebody:
    """The lead of the agency of everybody here, signed in."""
    found = make_person(councils.england, role="agency_lead", name="Mair Lead")
    sign_in(client, found)
    return found


@pytest.fixture
def page(client: FlaskClient, lead: Somebody) -> Person:
    """The lead's browser."""
    return Person(client, "avonmere")


def listed(page: BeautifulSoup) -> list[str]:
    return [tag.text for tag in page.select("tbody a.app-reference")]


def search(person: Person, words: str, begin: str = "/referrals?view=agency") -> BeautifulSoup:
    data = filled(main_form(soup(person.get(begin)), "/search")) | {"words": [words]}
    answer = person.send("/referrals/search", data)
    assert answer.status_code == 303
    assert words.lower() not in answer.headers["Location"].lower()
    return soup(person.get(answer.headers["Location"]))


def test_what_has_news_comes_first_and_says_what_is_next(page: Person, lead: Somebody, councils: Councils) -> None:
    old = clock.now() - timedelta(days=2)
    screener = make_person(councils.england, role="screener")
    asked = make_referral(
        councils.england, lead, state="asked", owner=screener, sent_at=old, changed_at=old, unread_by_agency=2
    )
    newer = make_referral(councils.england, lead)
    found = soup(page.get("/referrals"))
    assert listed(found) == [asked.reference, newer.reference]
    first = found.select("tbody tr")[0].text
    assert "2 new messages" in first
    assert "Answer the council’s question" in first
    assert "You should have heard by" in first
    assert "By " in found.select("tbody tr")[1].text
    assert listed(soup(page.get("/referrals?unread=yes"))) == [asked.reference]
    assert listed(soup(page.get("/referrals?state=sent"))) == [newer.reference]


def test_every_filter_narrows_and_can_be_taken_away(page: Person, lead: Somebody, councils: Councils) -> None:
    colleague = make_person(councils.england, name="Elin Colleague")
    long_ago = clock.now() - timedelta(days=40)
    theirs = make_referral(councils.england, colleague, sent_at=long_ago)
    mine = make_referral(councils.england, lead)
    day = long_ago.astimezone(clock.LONDON)
    span = f"{day.day}/{day.month}/{day.year}"
    everything = {mine.reference, theirs.reference}
    assert set(listed(soup(page.get("/referrals?view=agency")))) == everything
    assert set(listed(soup(page.get("/referrals?view=agency&form=concern")))) == everything
    for asked in (f"colleague={colleague.account_id}", f"since={span}&until={span}"):
        found = soup(page.get(f"/referrals?view=agency&{asked}"))
        assert listed(found) == [theirs.reference]
        without = [str(a["href"]) for a in found.select("main ul a") if "Remove this filter" in a.text]
        assert len(without) == len(asked.split("&"))
        assert set(listed(soup(page.get(f"/{without[0].split('/', 2)[2]}")))) <= everything
    nothing = soup(page.get("/referrals?view=agency&form=service"))
    assert "Nothing was found" in nothing.text
    wrong = soup(page.get("/referrals?view=agency&since=tomorrow"))
    assert "Enter a date" in wrong.select_one(".govuk-error-summary").text  # type: ignore[union-attr]
    assert wrong.select_one("#since")["value"] == "tomorrow"  # type: ignore[index]


def test_filters_are_out_of_the_way_until_they_are_used_or_wrong(page: Person) -> None:
    for path, used in (("", False), ("?view=agency", False), ("?state=sent", True), ("?since=tomorrow-ish", True)):
        (folded,) = soup(page.get(f"/referrals{path}")).select("details:has(form.app-filter)")
        assert folded.has_attr("open") == used, path


def test_a_child_or_a_reference_is_found_and_the_words_are_in_no_address(
    page: Person, lead: Somebody, councils: Councils
) -> None:
    conor = make_referral(councils.england, make_person(councils.england), children=OBRIEN)
    sian = make_referral(councils.england, lead)
    assert listed(search(page, "obrien")) == [conor.reference]
    assert listed(search(page, "Llyr")) == [sian.reference]
    assert listed(search(page, "co")) == [conor.reference]
    assert listed(search(page, conor.reference.lower()[:7])) == [conor.reference]
    assert "Nothing was found" in search(page, "obrien", "/referrals").text
    narrowed = soup(page.get("/referrals?view=agency&searched=yes&state=decided"))
    assert "Search: obrien" in narrowed.text
    assert "Search:" not in search(page, " ' ").text
    with db.unit_of_work(scope.NOWHERE) as session:
        kept = session.execute(select(func.string_agg(cast(AccountSession.data, Text), ""))).scalar_one()
    assert "obrien" not in kept.lower()


@pytest.mark.parametrize("words", ["a" * 101, "Si\x00n"])
def test_what_cannot_be_searched_for_is_said_beside_the_field(page: Person, words: str) -> None:
    data = filled(main_form(soup(page.get("/referrals?state=sent")), "/search")) | {"words": [words]}
    refused = page.send("/referrals/search", data)
    assert refused.status_code == 422
    shown = soup(refused)
    assert shown.select_one('.govuk-error-summary a[href="#words"]') is not None
    assert shown.select_one("#state option[selected]")["value"] == "sent"  # type: ignore[index]


def test_what_is_hidden_from_colleagues_is_neither_listed_nor_counted_nor_found(
    page: Person, lead: Somebody, councils: Councils
) -> None:
    own = make_person(councils.england, name="Only Author")
    hidden = make_referral(councils.england, own, children=OBRIEN, author_only=True)
    elsewhere = make_person(councils.england, agency=agency_keys(councils.england)[1], name="Other Agency")
    make_referral(councils.england, elsewhere, children=OBRIEN)
    for found in (soup(page.get("/referrals?view=agency")), search(page, "obrien"), search(page, hidden.reference)):
        assert listed(found) == []
        for name in ("Only Author", "Other Agency"):
            assert name not in found.text


def test_a_referrer_asks_for_the_agencys_list_in_vain(client: FlaskClient, councils: Councils) -> None:
    person = make_person(councils.england)
    theirs = make_referral(councils.england, make_person(councils.england), children=OBRIEN)
    sign_in(client, person)
    browser = Person(client, "avonmere")
    assert theirs.reference not in browser.get("/referrals?view=agency").text
    assert "Nothing was found" in search(browser, "obrien").text


def test_the_other_councils_lists_are_a_link_away(page: Person) -> None:
    links = {a.text: str(a["href"]) for a in soup(page.get("/referrals")).select("details a")}
    assert "/glan-yr-afon/referrals" in links.values()
    assert "/avonmere/referrals" not in links.values()
