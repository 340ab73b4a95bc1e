"""Reading a report back: its state and next step first, the outcome first once decided, answers folded where empty."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import Tag
from flask.testing import FlaskClient

from portal.kernel import clock
from tests.factories.pages import soup
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils
from tests.referrals.making import make_draft


@pytest.fixture
def teacher(councils: Councils, client: FlaskClient) -> Person:
    person = make_person(councils.england)
    sign_in(client, person)
    return person


def main_of(client: FlaskClient, path: str) -> Tag:
    answer = client.get(f"/avonmere{path}")
    assert answer.status_code == 200
    main = soup(answer).select_one("main")
    assert main is not None
    return main


def test_the_state_and_the_next_step_come_first(client: FlaskClient, teacher: Person) -> None:
    made = make_referral(teacher.council, teacher, state="sent")
    page = main_of(client, f"/referrals/{made.reference}")
    first = page.select_one("h2")
    assert first is not None
    assert first.text == "Sent: waiting to be read"
    assert "You should hear what was decided by" in page.text
    assert "Withdraw this report" in page.text
    for link in page.select("nav.app-contents a"):
        assert page.select_one(f'[id="{str(link["href"]).removeprefix("#")}"]') is not None, link


def test_a_late_answer_is_said_and_the_number_is_there(client: FlaskClient, teacher: Person) -> None:
    made = make_referral(teacher.council, teacher, due_at=clock.now() - timedelta(hours=1))
    page = main_of(client, f"/referrals/{made.reference}")
    assert "You should have heard by" in page.text
    assert "You should hear what was decided by" not in page.text
    assert page.select_one(".app-phones__number") is not None


def test_empty_optional_answers_are_folded_on_both_pages(client: FlaskClient, teacher: Person) -> None:
    made = make_referral(teacher.council, teacher)
    sent = main_of(client, f"/referrals/{made.reference}")
    draft = make_draft(teacher)
    check = main_of(client, f"/report/{draft}/check")
    for page in (sent, check):
        folded = {item.text for item in page.select("details li")}
        assert "Is there anything else we should know?" in folded
        assert not folded & {one.text for one in page.select("dl.app-answers dt")}
    links = [str(one["href"]) for one in check.select("details li a")]
    assert f"/avonmere/report/{draft}/section/other#oth_anything" in links
    assert sent.select("details li a") == []


def test_a_required_question_without_an_answer_is_never_folded(client: FlaskClient, teacher: Person) -> None:
    check = main_of(client, f"/report/{make_draft(teacher, with_sections=False)}/check")
    assert "What has happened?" in [one.text for one in check.select("dl.app-answers dt")]
    assert "What has happened?" not in [item.text for item in check.select("details li")]


def test_several_choices_are_a_list(client: FlaskClient, teacher: Person) -> None:
    draft = make_draft(teacher, cc_categories=["neglect", "physical"])
    check = main_of(client, f"/report/{draft}/check")
    items = [item.text for item in check.select("dl.app-answers dd li")]
    assert items[-2:] == ["Neglect", "Physical harm"]
