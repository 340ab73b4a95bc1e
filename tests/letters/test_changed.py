"""A letter that does not fit the report any more when it is made, and pages that can offer none."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.tenants import resolve
from tests.factories.pages import fields_of, soup
from tests.factories.people import sign_in
from tests.fixtures.councils import Councils
from tests.letters.test_letters import Case, case_in

Admin = psycopg.Connection[tuple[object, ...]]
ANSWERS = {"address": "9 CNRY Row", "safe": "yes", "harmer": "no", "checked": "y"}

pytestmark = pytest.mark.usefixtures("as_it_was")


@pytest.fixture
def case(councils: Councils) -> Case:
    return case_in(councils.england)


@pytest.fixture
def client(app: Flask, case: Case) -> FlaskClient:
    """The screener of the report at a browser."""
    client: FlaskClient = app.test_client()
    sign_in(client, case.screener)
    return client


def page_of(case: Case) -> str:
    return f"/avonmere/screening/{case.report.reference}/letters"


def only_for(admin: Admin, outcomes: list[str], *, others: bool) -> None:
    """The letter is for these outcomes from now on; with `others` there is one more, for any."""
    rows: Any = admin.execute("select settings -> 'letters' from council where slug = 'avonmere'").fetchall()
    one = rows[0][0]["no_further_action"]
    made = {"no_further_action": {**one, "outcomes": outcomes}}
    if others:
        made["other"] = {"title": {"en": "Another letter"}, "body": {"en": "CNRY other words"}}
    statement = "update council set settings = jsonb_set(settings, '{letters}', %s) where slug = 'avonmere'"
    admin.execute(statement, (json.dumps(made),))
    resolve.forget()


def dead_links(answer: Any) -> list[str]:
    """Lines of the error summary that lead to nothing on the page."""
    tree = soup(answer)
    links = [str(one["href"]) for one in tree.select(".govuk-error-summary a")]
    return [one for one in links if not tree.select(one)]


def typed(client: FlaskClient, case: Case) -> dict[str, Any]:
    check = client.get(f"{page_of(case)}/new?template=no_further_action&person=0&language=en")
    return fields_of(check, "/letters/new") | ANSWERS


def test_another_letter_is_chosen_and_what_was_typed_stays(client: FlaskClient, case: Case, admin: Admin) -> None:
    sent = typed(client, case)
    only_for(admin, ["advice"], others=True)
    refused = client.post(f"{page_of(case)}/new", data=sent)
    assert refused.status_code == 422
    assert "This letter is not for the outcome that the report has now" in refused.text
    assert "No letter can be made to this person" not in refused.text
    assert dead_links(refused) == []
    again = fields_of(refused, "/letters/new")
    assert {name: again[name] for name in ANSWERS} == ANSWERS
    assert case.all() == ()
    unchosen = client.post(f"{page_of(case)}/new", data=again | {"again": "1"})
    assert (unchosen.status_code, dead_links(unchosen)) == (422, [])
    shown = client.post(f"{page_of(case)}/new", data=again | {"again": "1", "template": "other"})
    assert (shown.status_code, "CNRY other words" in shown.text, case.all()) == (200, True, ())
    made = client.post(f"{page_of(case)}/new", data=fields_of(shown, "/letters/new"))
    assert made.status_code == 303
    (one,) = case.all()
    assert (one.written.address, one.written.parts[0]["title"]) == (("9 CNRY Row",), "Another letter")


def test_where_no_letter_fits_the_page_says_so_and_tells_the_address(
    client: FlaskClient, case: Case, admin: Admin
) -> None:
    sent = typed(client, case)
    only_for(admin, ["advice"], others=False)
    refused = client.post(f"{page_of(case)}/new", data=sent)
    assert refused.status_code == 422
    assert "There is no letter for how this report stands" in refused.text
    assert "9 CNRY Row" in refused.text
    assert "No letter can be made to this person" not in refused.text
    assert dead_links(refused) == []


def test_a_person_to_whom_nobody_writes_is_told_of_as_before(client: FlaskClient, case: Case) -> None:
    refused = client.post(f"{page_of(case)}/new", data=typed(client, case) | {"person": "1"})
    assert (refused.status_code, dead_links(refused)) == (422, [])
    assert "No letter can be made to this person" in refused.text


def test_no_error_leads_to_a_form_that_is_not_drawn(client: FlaskClient, case: Case, admin: Admin) -> None:
    chosen = f"{page_of(case)}/new?template=no_further_action&person=0&language=en"
    only_for(admin, ["advice"], others=False)
    answer = client.get(chosen)
    assert answer.status_code == 422
    assert "There is no letter for how this report stands" in answer.text
    assert dead_links(answer) == []
    assert soup(answer).select(".govuk-error-summary") == []
