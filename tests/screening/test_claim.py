"""Claiming, releasing and ranking: exactly one wins, and the others learn who did."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.errors import Conflict, Invalid
from portal.referrals.queries.record import Found, find
from portal.screening.commands import holding
from tests.factories.pages import fields_of, soup, submit
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils

PEOPLE = 20
ROUNDS = 3


@pytest.fixture
def author(councils: Councils) -> Person:
    return make_person(councils.england)


def staff(councils: Councils, name: str = "") -> Person:
    return make_person(councils.england, role="screener", name=name)


def act(who: Person, made: Made, deed: Any, *words: Any) -> Any:
    with db.unit_of_work(who.scope):
        return deed(who.actor, find(who.actor, Permission.CLAIM, made.reference), *words)


def now(who: Person, made: Made) -> Found:
    with db.unit_of_work(who.scope):
        return find(who.actor, Permission.SCREEN, made.reference)


def events_of(who: Person, event: Event) -> list[dict[str, Any]]:
    with db.unit_of_work(who.scope) as session:
        return list(session.execute(select(AuditEvent.detail).where(AuditEvent.event == event)).scalars())


@pytest.mark.parametrize("_round", range(ROUNDS))
@pytest.mark.parametrize("state", ["sent", "answered"])
def test_of_twenty_exactly_one_wins(councils: Councils, author: Person, state: str, _round: int) -> None:
    made = make_referral(councils.england, author, state=state)
    people = [staff(councils, f"Screener {number}") for number in range(PEOPLE)]
    seen = [now(one, made) for one in people]
    gate = Barrier(PEOPLE)

    def claim(number: int) -> str:
        gate.wait(timeout=10)
        with db.unit_of_work(people[number].scope):
            try:
                holding.claim(people[number].actor, seen[number])
            except Conflict as conflict:
                return f"{conflict.now['owner']} has it"
        return "won"

    with ThreadPoolExecutor(max_workers=PEOPLE) as pool:
        results = list(pool.map(claim, range(PEOPLE)))
    assert results.count("won") == 1
    winner = people[results.index("won")]
    assert set(results) == {"won", f"{winner.name} has it"}
    found = now(winner, made)
    assert found.owner_id == winner.account_id
    assert found.state == ("screening" if state == "sent" else "answered")
    assert len(events_of(winner, Event.REFERRAL_CLAIMED)) == 1


def test_claiming_twice_is_claiming_once(councils: Councils, author: Person) -> None:
    made, ali = make_referral(councils.england, author), staff(councils)
    act(ali, made, holding.claim)
    act(ali, made, holding.claim)
    assert len(events_of(ali, Event.REFERRAL_CLAIMED)) == 1


@pytest.mark.parametrize(("state", "after"), [("screening", "sent"), ("asked", "asked"), ("answered", "answered")])
def test_a_released_report_can_be_claimed_again(councils: Councils, author: Person, state: str, after: str) -> None:
    ali, bo = staff(councils), staff(councils)
    made = make_referral(councils.england, author, state=state, owner=ali)
    act(ali, made, holding.release)
    released = now(ali, made)
    assert (released.owner_id, released.state) == (None, after)
    act(bo, made, holding.claim)
    assert now(bo, made).owner_id == bo.account_id
    assert len(events_of(ali, Event.REFERRAL_RELEASED)) == 1


@pytest.mark.parametrize("state", ["decided", "withdrawn"])
def test_what_is_over_stays_as_it_is(councils: Councils, author: Person, state: str) -> None:
    ali, bo = staff(councils), staff(councils)
    made = make_referral(councils.england, author, state=state, owner=ali)
    for deed, words in ((holding.claim, ()), (holding.release, ()), (holding.change_priority, ("high", "CNRY"))):
        with pytest.raises(Conflict):
            act(bo, made, deed, *words)


def test_the_priority_is_one_of_the_councils_and_its_change_is_recorded(councils: Councils, author: Person) -> None:
    made, ali = make_referral(councils.england, author), staff(councils)
    act(ali, made, holding.change_priority, "high", "CNRY is ill")
    act(ali, made, holding.change_priority, "high", "CNRY is ill")
    with pytest.raises(Invalid):
        act(ali, made, holding.change_priority, "dreadful", "CNRY")
    assert now(ali, made).priority == "high"
    assert events_of(ali, Event.PRIORITY_CHANGED) == [{"was": "standard", "now": "high"}]


class TestPages:
    """The same through the pages."""

    @pytest.fixture
    def ali(self, councils: Councils, client: FlaskClient) -> Person:
        person = staff(councils, "Ali Screener")
        sign_in(client, person)
        return person

    def test_claim_then_release(self, client: FlaskClient, ali: Person, author: Person) -> None:
        made = make_referral(author.council, author)
        page = f"/screening/{made.reference}"
        assert submit(client, author.council, page, f"{page}/claim").status_code == 303
        assert now(ali, made).owner_id == ali.account_id
        assert submit(client, author.council, page, f"{page}/release").status_code == 303
        assert now(ali, made).state == "sent"

    def test_the_second_is_told_who_has_it(
        self, app: Flask, client: FlaskClient, ali: Person, author: Person, councils: Councils
    ) -> None:
        made = make_referral(author.council, author)
        page = f"/screening/{made.reference}"
        second = app.test_client()
        sign_in(second, staff(councils, "Bo Screener"))
        shown = second.get(f"/avonmere{page}")
        submit(client, author.council, page, f"{page}/claim")
        answer = second.post(f"/avonmere{page}/claim", data=fields_of(shown, f"{page}/claim"))
        assert answer.status_code == 409
        tree = soup(answer)
        assert "Ali Screener has this now" in tree.text
        assert made.reference in tree.text
        assert tree.select_one(".govuk-summary-list") is not None
        assert now(ali, made).owner_id == ali.account_id

    def test_a_report_that_changed_hands_is_not_taken_from_the_next(
        self, client: FlaskClient, ali: Person, author: Person, councils: Councils
    ) -> None:
        absent, other = staff(councils, "Absent"), staff(councils, "Next")
        made = make_referral(author.council, author, state="screening", owner=absent)
        page = f"/screening/{made.reference}"
        data = fields_of(client.get(f"/avonmere{page}"), f"{page}/release")
        act(other, made, holding.release)
        act(other, made, holding.claim)
        answer = client.post(f"/avonmere{page}/release", data=data)
        assert answer.status_code == 409
        assert "Next has this now" in soup(answer).text
        assert now(ali, made).owner_id == other.account_id
        assert submit(client, author.council, page, f"{page}/release").status_code == 303
        assert now(ali, made).owner_id is None

    def test_a_refused_page_was_read_all_the_same(self, client: FlaskClient, ali: Person, author: Person) -> None:
        made = make_referral(author.council, author)
        page = f"/screening/{made.reference}"
        assert submit(client, author.council, page, f"{page}/notes", {"note": " "}).status_code == 422
        with db.unit_of_work(ali.scope) as session:
            query = select(func.count()).where(
                AuditEvent.event == Event.REFERRAL_READ, AuditEvent.subject_id == made.id
            )
            assert session.execute(query).scalar_one() == 2
