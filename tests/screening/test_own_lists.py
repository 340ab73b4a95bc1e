"""Lists that a screener keeps, what they filter by, and their own day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.kernel import clock, db
from portal.kernel.errors import Invalid
from portal.referrals.models import Referral
from portal.screening.commands.lists import MOST_LISTS, save_list
from tests.factories.pages import soup, submit
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils


@pytest.fixture
def author(councils: Councils) -> Person:
    return make_person(councils.england)


def staff(councils: Councils, name: str) -> Person:
    return make_person(councils.england, role="screener", name=name)


@pytest.fixture
def ali(councils: Councils, client: FlaskClient) -> Person:
    person = staff(councils, "Ali Screener")
    sign_in(client, person)
    return person


def save(who: Person, name: str, address: dict[str, str]) -> None:
    with db.unit_of_work(who.scope):
        save_list(who.actor, name, address)


def test_saved_opened_replaced_and_removed(
    app: Flask, client: FlaskClient, ali: Person, author: Person, councils: Councils
) -> None:
    first = make_referral(author.council, author, route="MASH_URGENT")
    make_referral(author.council, author)
    page = "/holding-area/lists?route=MASH_URGENT&sort=due"
    assert submit(client, author.council, page, page, {"name": " "}).status_code == 422
    assert submit(client, author.council, page, page, {"name": "Urgent CNRY Siân"}).status_code == 303
    kept = soup(client.get("/avonmere/holding-area/lists"))
    link = kept.select_one(".app-kept a")
    assert link is not None
    assert link.text == "Urgent CNRY Siân"
    shown = soup(client.get(str(link["href"])))
    assert [one.text for one in shown.select("tbody th a")] == [first.reference]
    other = app.test_client()
    sign_in(other, staff(councils, "Bo"))
    assert "Siân" not in other.get("/avonmere/holding-area/lists").text
    action = str(kept.select_one(".app-kept form")["action"]).removeprefix("/avonmere")  # type: ignore[index] # is there
    assert other.post(f"/avonmere{action}").status_code == 400
    assert submit(client, author.council, "/holding-area/lists", action).status_code == 303
    assert "Siân" not in client.get("/avonmere/holding-area/lists").text
    with db.unit_of_work(ali.scope) as session:
        query = select(func.count()).where(AuditEvent.event == Event.LIST_REMOVED)
        assert session.execute(query).scalar_one() == 1


def test_no_more_than_somebody_can_oversee(ali: Person) -> None:
    for number in range(MOST_LISTS):
        save(ali, f"List {number}", {"route": "MASH"})
    save(ali, "List 0", {"route": "ADVICE"})
    with pytest.raises(Invalid) as wrong:
        save(ali, "One more", {})
    assert wrong.value.errors == {"name": "too_many"}


def test_filters_by_category_and_colleague(
    client: FlaskClient, ali: Person, author: Person, councils: Councils
) -> None:
    bo = staff(councils, "Bo")
    hers = make_referral(author.council, author, state="screening", owner=bo)
    neglect = make_referral(author.council, author, category="neglect")
    page = soup(client.get(f"/avonmere/holding-area?owner={bo.account_id}"))
    assert [one.text for one in page.select("tbody th a")] == [hers.reference]
    assert page.select_one("details[open] .app-filter") is not None
    assert "Owner: Bo" in page.text
    page = soup(client.get("/avonmere/holding-area?category=neglect"))
    assert [one.text for one in page.select("tbody th a")] == [neglect.reference]
    assert "Category: Neglect" in page.text
    page = soup(client.get("/avonmere/holding-area?category=%27%3B+drop&owner=x"))
    assert len(page.select("tbody tr")) == 2
    assert page.select_one("details[open]") is None


def test_my_day(client: FlaskClient, ali: Person, author: Person, councils: Councils) -> None:
    now = clock.now()
    parts = [("answered", -1, "answered"), ("late", -2, "screening"), ("due", 2, "screening"),
             ("waiting", 3, "asked"), ("news", 1, "decided")]  # fmt: skip
    made = {
        name: make_referral(
            author.council, author, owner=ali, due_at=now + timedelta(hours=hours), state=state,
            new_since=now if state == "decided" else None,
        )
        for name, hours, state in parts
    }  # fmt: skip
    make_referral(author.council, author, state="screening", owner=staff(councils, "Bo"))
    page = soup(client.get("/avonmere/my-day"))
    for name, one in made.items():
        part = page.select_one(f'section[aria-labelledby="{name}"]')
        assert part is not None
        assert [link.text for link in part.select("tbody a")] == [one.reference], name
    with db.unit_of_work(ali.scope) as session:
        session.execute(delete(Referral).where(Referral.owner_id == ali.account_id))
    assert "Nothing of yours is overdue." in client.get("/avonmere/my-day").text
