"""The due date in ready words is that of the moment when they are sent, whatever the days were before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from portal.auth.policy import Permission
from portal.kernel import db
from portal.messaging.queries import Said, thread
from portal.referrals.queries.record import find
from tests.factories.pages import fields_of, soup
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils

MONDAY = datetime(2026, 11, 23, 10, 0, 50, tzinfo=UTC)
TEXT = "CNRY please answer by ((answer_by)). ((hub)) stays."


@pytest.fixture
def screener(councils: Councils) -> Person:
    return make_person(councils.england, role="screener")


@pytest.fixture
def made(councils: Councils, screener: Person) -> Made:
    return make_referral(councils.england, make_person(councils.england), state="screening", owner=screener)


def said(who: Person, made: Made) -> tuple[Said, ...]:
    with db.unit_of_work(who.scope):
        return thread(who.actor, Permission.LOOK, find(who.actor, Permission.LOOK, made.reference))


def test_it_follows_the_days_and_a_second_click(
    client: FlaskClient, screener: Person, made: Made, at: Callable[[datetime], None]
) -> None:
    report = f"/avonmere/screening/{made.reference}"
    at(MONDAY)
    sign_in(client, screener)
    form = fields_of(client.get(report), "/ask")
    # Refused for another reason, the page says plainly what would be read.
    shown = client.post(f"{report}/ask", data=form | {"message": TEXT, "days": "900"})
    assert shown.status_code == 422
    assert "((answer_by))" in soup(shown).select_one("#message").get_text()  # type: ignore[union-attr]
    hint = client.post(f"{report}/ask", data=form | {"message": TEXT, "days": "3", "action": "use"})
    assert "Sent now it would be 26 November 2026 at 10:00am" in hint.text
    sent = form | {"message": TEXT, "days": "5"}
    assert client.post(f"{report}/ask", data=sent).status_code == 303
    # The second click of two comes in the next minute, and is still the same message.
    at(MONDAY + timedelta(seconds=20))
    assert client.post(f"{report}/ask", data=sent).status_code == 303
    (one,) = said(screener, made)
    assert one.text == "CNRY please answer by 30 November 2026 at 10:00am. ((hub)) stays."
    assert one.answer_by == MONDAY + timedelta(days=7)


def test_a_welsh_referrer_reads_it_in_welsh(client: FlaskClient, councils: Councils) -> None:
    screener = make_person(councils.wales, role="screener")
    one = make_referral(councils.wales, make_person(councils.wales), state="screening", owner=screener, language="cy")
    report = f"/{councils.wales.slug}/screening/{one.reference}"
    sign_in(client, screener)
    form = fields_of(client.get(report), "/ask")
    assert client.post(f"{report}/ask", data=form | {"message": "CNRY ((answer_by))"}).status_code == 303
    (told,) = said(screener, one)
    assert "((" not in told.text
    assert " at " not in told.text
