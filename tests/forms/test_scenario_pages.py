"""The page on which a scenario is changed: its name, its answers as a referrer gives them, and what is expected."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.forms.queries.drafts import Draft
from portal.kernel.scope import Council
from tests.factories.pages import _fields, soup
from tests.factories.people import Person, make_person, sign_in
from tests.fixtures.councils import Councils
from tests.forms.designing import begin, read, save


@pytest.fixture
def council(councils: Councils) -> Council:
    return {one.slug: one for one in councils}["glan-yr-afon"]


@pytest.fixture
def designer(council: Council, client: FlaskClient) -> Person:
    person = make_person(council, role="form_designer")
    sign_in(client, person)
    return person


def page_of(council: Council, draft: Draft, name: str) -> str:
    return f"/{council.slug}/forms/drafts/{draft.id}/scenarios/{name}/change"


def as_it_is(shown: TestResponse) -> dict[str, Any]:
    """Everything that the page's own form would send."""
    for form in soup(shown).select("main form"):
        if form.select_one("[name=title]"):
            return _fields(form)
    raise AssertionError(shown.status)


def answers_of(person: Person, draft: Draft, name: str) -> dict[str, Any]:
    found = next(one for one in read(person, draft.id).scenarios if one["id"] == name)
    answers: dict[str, Any] = found["answers"]
    return answers


def test_saving_the_page_of_any_shipped_scenario_as_it_is_keeps_its_answers(
    client: FlaskClient, council: Council, designer: Person
) -> None:
    draft = begin(designer)
    before = {one["id"]: one["answers"] for one in draft.scenarios}
    for name in before:
        page = page_of(council, draft, name)
        answer = client.post(page, data=as_it_is(client.get(page)))
        assert answer.status_code == 303, (name, soup(answer).get_text(" ", strip=True)[:600])
    assert {one["id"]: one["answers"] for one in read(designer, draft.id).scenarios} == before


def test_an_answer_is_changed_and_what_it_opens_is_asked(
    client: FlaskClient, council: Council, designer: Person
) -> None:
    draft = begin(designer)
    page = page_of(council, draft, "GYA-01")
    data = as_it_is(client.get(page)) | {"answer-a_immediate_danger": "yes", "title": "Danger"}
    assert client.post(page, data=data).status_code == 303
    kept = answers_of(designer, draft, "GYA-01")
    assert kept["a_immediate_danger"] == "yes"
    # A referrer who says so is asked nothing more on these pages.
    assert "a_age_band" not in kept
    page_again = client.get(page)
    back = client.post(page, data=as_it_is(page_again) | {"answer-a_immediate_danger": "no"})
    assert back.status_code == 200
    assert soup(back).select(".govuk-inset-text")
    assert soup(back).select("[name=answer-a_age_band]")
    assert answers_of(designer, draft, "GYA-01") == kept


def test_a_missing_answer_is_named_and_nothing_is_saved(
    client: FlaskClient, council: Council, designer: Person
) -> None:
    draft = begin(designer)
    page = page_of(council, draft, "GYA-01")
    data = {key: value for key, value in as_it_is(client.get(page)).items() if key != "answer-a_immediate_danger"}
    refused = client.post(page, data=data)
    assert refused.status_code == 422
    assert soup(refused).select(".govuk-error-summary a[href*=a_immediate_danger]")
    assert answers_of(designer, draft, "GYA-01") == draft.scenarios[0]["answers"]


def test_whether_the_referrer_disagrees_is_kept_and_taken_away(
    client: FlaskClient, council: Council, designer: Person
) -> None:
    draft = begin(designer)
    page = page_of(council, draft, "GYA-11")
    for ticked in ({"scenario-disagrees": "yes"}, {}):
        data = {key: value for key, value in as_it_is(client.get(page)).items() if key != "scenario-disagrees"}
        assert client.post(page, data=data | ticked).status_code == 303
        assert answers_of(designer, draft, "GYA-11")["a_override"] == ("yes" if ticked else "no")


def test_a_form_that_cannot_be_read_still_lets_a_scenario_be_renamed(
    client: FlaskClient, council: Council, designer: Person
) -> None:
    draft = save(designer, begin(designer).id, lambda content: content["form"].pop("title"))
    page = page_of(council, draft, "GYA-01")
    shown = client.get(page)
    assert soup(shown).select(".govuk-inset-text")
    assert not soup(shown).select("[name^=answer-]")
    assert client.post(page, data=as_it_is(shown) | {"title": "Renamed"}).status_code == 303
    assert answers_of(designer, draft, "GYA-01") == draft.scenarios[0]["answers"]
