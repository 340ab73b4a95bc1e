"""An agency's own rate of complete and fitting reports: what counts, who sees it; and guidance after a returned one."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission
from portal.kernel import clock, db
from portal.kernel.errors import NotFound
from portal.kernel.scope import SYSTEM, Scope
from portal.referrals.models import Referral
from portal.referrals.queries.record import find
from portal.screening.commands.decisions import decide
from portal.screening.queries.quality import MONTHS, Month, quality
from tests.factories.decisions import given as decision_given
from tests.factories.people import Person, agency_keys, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils
from tests.referrals.clicking import soup


@pytest.fixture
def lead(councils: Councils) -> Person:
    return make_person(councils.england, role="agency_lead")


def decided(author: Person, outcome: str, *, asked: bool = False, days: int = 0, **more: object) -> Made:
    screener = make_person(author.council, role="screener")
    sent = clock.now() - timedelta(days=days)
    made = make_referral(author.council, author, state="decided", owner=screener, sent_at=sent, outcome=outcome, **more)  # type: ignore[arg-type]
    if asked:
        with db.unit_of_work(screener.scope):
            events.record(Event.QUESTION_ASKED, made.id)
    return made


def months(who: Person) -> tuple[Month, ...]:
    with db.unit_of_work(who.scope):
        return quality(who.actor)


def test_what_counts(lead: Person, councils: Councils) -> None:
    author = make_person(councils.england)
    decided(author, "assessment")
    decided(author, "assessment", asked=True)
    decided(lead, "advice")
    decided(lead, "no_further_action", asked=True)
    make_referral(councils.england, author)
    decided(author, "assessment", form_key="service")
    decided(author, "assessment", days=400)
    decided(make_person(councils.england), "assessment", author_only=True)
    decided(make_person(councils.england, agency=agency_keys(councils.england)[1]), "assessment")
    found = months(lead)
    assert len(found) == MONTHS
    assert found[-1].first == clock.today().replace(day=1)
    assert (found[-1].decided, found[-1].complete, found[-1].fitting, found[-1].both) == (4, 2, 2, 1)
    assert found[-1].rate == 25
    assert {one.rate for one in found[:-1]} == {None}


def test_only_a_lead_sees_it(councils: Councils) -> None:
    with pytest.raises(NotFound):
        months(make_person(councils.england))


def test_the_picture_says_what_the_table_says(client: FlaskClient, lead: Person) -> None:
    sign_in(client, lead)
    empty = client.get("/avonmere/referrals/quality").text
    assert "is decided yet" in empty
    decided(lead, "assessment")
    decided(lead, "advice")
    page = soup(client.get("/avonmere/referrals/quality"))
    picture, table = page.select_one("main svg"), page.select_one("main table")
    assert picture is not None
    assert table is not None
    assert "50%" in picture.text
    assert "50%" in table.text
    assert len(table.select("tbody tr")) == MONTHS
    assert not picture.select("[style]")
    assert "fewer than 5 reports" in page.text
    assert "quality" in client.get("/avonmere/referrals?view=agency").text


@pytest.mark.parametrize(("outcome", "helps"), [("advice", True), ("assessment", False)])
def test_guidance_after_a_returned_report(
    client: FlaskClient, councils: Councils, outcome: str, *, helps: bool
) -> None:
    author, screener = make_person(councils.england), make_person(councils.england, role="screener")
    made = make_referral(councils.england, author, state="screening", owner=screener)
    with db.unit_of_work(screener.scope):
        found = find(screener.actor, Permission.DECIDE, made.reference)
        decide(screener.actor, found, decision_given(outcome, "MASH", "Because", "We have read it.", 0, uuid4()))
    sign_in(client, author)
    page = client.get(f"/avonmere/referrals/{made.reference}").text
    assert ("What would help the next time" in page) is helps
    assert ("These questions were left empty" in page) is helps


def test_a_report_counts_in_the_month_in_which_it_reached_the_council(lead: Person) -> None:
    made = decided(lead, "assessment")
    came = clock.now() - timedelta(days=40)
    with db.unit_of_work(Scope(lead.council, SYSTEM)) as session:
        session.execute(update(Referral).where(Referral.id == made.id).values(received_at=came))
    counted = {one.first: one.decided for one in months(lead) if one.decided}
    assert counted == {came.astimezone(clock.LONDON).date().replace(day=1): 1}
