"""The pages from draft to published, without scripts: proof, scenarios, comments, submit, review, history."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from werkzeug.test import TestResponse

from portal.forms import queries
from portal.forms.folder import load
from portal.forms.queries.drafts import Draft
from portal.forms.verify.proving import verify
from portal.forms.views.proof import shown
from portal.kernel import db
from portal.kernel.scope import Council
from tests.factories.pages import _fields, fields_of, soup, submit
from tests.factories.people import Person, make_person, sign_in
from tests.fixtures.councils import FOLDERS, Councils
from tests.forms.designing import begin, other_words, prove, read, submitted


@pytest.fixture
def council(councils: Councils) -> Council:
    return councils.england


@pytest.fixture
def designer(council: Council, client: FlaskClient) -> Person:
    person = make_person(council, role="form_designer")
    sign_in(client, person)
    return person


def at(draft: Draft, rest: str = "") -> str:
    return f"/forms/drafts/{draft.id}{rest}"


def posted_with(response: TestResponse, name: str) -> dict[str, str]:
    """What the form that has this field would send as it is."""
    for form in soup(response).select("main form"):
        if form.select_one(f'[name="{name}"]'):
            return _fields(form)
    raise AssertionError(f"no form has {name}")


def text(client: FlaskClient, council: Council, path: str) -> str:
    shown = client.get(f"/{council.slug}{path}")
    assert shown.status_code == 200, shown.status
    return soup(shown).get_text(" ", strip=True)


def test_the_proof_is_asked_for_run_and_told_with_its_exceptions(
    client: FlaskClient, council: Council, designer: Person, run_jobs: Callable[[], None]
) -> None:
    draft = begin(designer)
    assert "Not run yet" in text(client, council, at(draft, "/proof"))
    page = client.get(f"/{council.slug}{at(draft, '/proof')}")
    token = posted_with(page, "csrf_token")["csrf_token"]
    answer = client.post(f"/{council.slug}{at(draft, '/proof')}", data={"csrf_token": token})
    assert answer.status_code == 303
    waiting = text(client, council, at(draft, "/proof"))
    assert "Waiting to run" in waiting
    assert "Look again" in waiting
    run_jobs()
    told = text(client, council, at(draft, "/proof"))
    assert "asked for by" in told
    assert "it goes to" in told
    assert "Statement(" not in told
    assert len(soup(client.get(f"/{council.slug}{at(draft, '/proof')}")).select("section.app-part")) > 5


def test_scenarios_are_run_changed_and_told_in_words(client: FlaskClient, council: Council, designer: Person) -> None:
    draft = begin(designer)
    path = f"/{council.slug}{at(draft, '/scenarios')}"
    token = posted_with(client.get(path), "csrf_token")["csrf_token"]
    assert client.post(path, data={"csrf_token": token}).status_code == 303
    assert "Passed" in text(client, council, at(draft, "/scenarios"))
    name = draft.scenarios[0]["id"]
    change = at(draft, f"/scenarios/{name}/change")
    shown = client.get(f"/{council.slug}{change}")
    data = posted_with(shown, "title") | {"route": "ADVICE", "title": "Renamed"}
    assert client.post(f"/{council.slug}{change}", data=data).status_code == 303
    assert "is expected." in text(client, council, at(draft, f"/scenarios/{name}"))
    again = read(designer, draft.id).scenarios[0]
    assert (again["title"], again["expected"]["route"]) == ("Renamed", "ADVICE")
    assert again["answers"] == draft.scenarios[0]["answers"]
    # The same page sent again from an older version meets what was saved meanwhile.
    assert client.post(f"/{council.slug}{change}", data=data | {"title": "Other"}).status_code == 409


def test_a_scenario_is_answered_as_a_referrer_would(client: FlaskClient, council: Council, designer: Person) -> None:
    draft = begin(designer)
    path = f"/{council.slug}{at(draft, '/scenarios/new')}"
    typed = {"answer-b_danger_now": "yes", "title": "In danger", "route": "MASH_URGENT"}
    data = posted_with(client.get(path), "title") | typed
    for _page in range(4):
        answer = client.post(path, data=data)
        if answer.status_code == 303:
            break
        data = posted_with(answer, "title") | typed
    assert answer.status_code == 303, soup(answer).get_text(" ", strip=True)
    added = read(designer, draft.id).scenarios[-1]
    assert added["id"] == "S1"
    assert added["answers"] == {"b_danger_now": "yes"}
    assert added["expected"] == {"route": "MASH_URGENT"}


def test_a_comment_counts_once_and_is_dealt_with(client: FlaskClient, council: Council, designer: Person) -> None:
    draft = begin(designer)
    page = at(draft, "/comments")
    data = fields_of(client.get(f"/{council.slug}{page}"), "/comments")
    data |= {"body": "Is this <b>clear</b>?", "place": "question:b_consent"}
    for _click in range(2):
        assert client.post(f"/{council.slug}{page}", data=data).status_code == 303
    shown = client.get(f"/{council.slug}{page}")
    assert shown.get_data(as_text=True).count("Is this &lt;b&gt;clear&lt;/b&gt;?") == 1
    resolve = next(
        str(form["action"]) for form in soup(shown).find_all("form") if str(form.get("action", "")).endswith("/resolve")
    )
    token = data["csrf_token"]
    assert client.post(resolve, data={"csrf_token": token}).status_code == 303
    assert "Dealt with" in text(client, council, page)


def test_two_people_publish_in_a_browser(client: FlaskClient, council: Council, designer: Person) -> None:
    draft = begin(designer, change=other_words)
    page = at(draft, "/submit")
    refused = submit(client, council, page, page, {"note": "Clearer"})
    assert refused.status_code == 422
    assert "no passing proof" in refused.get_data(as_text=True)
    prove(designer, draft.id)
    assert submit(client, council, page, page, {"note": "Clearer"}).status_code == 303
    assert "You cannot publish this draft" in text(client, council, at(draft, "/review"))
    second = make_person(council, role="council_admin")
    sign_in(client, second)
    assert "Other words" in text(client, council, at(draft, "/review"))
    published = submit(client, council, at(draft, "/review"), at(draft, "/publish"))
    assert published.status_code == 303
    assert second.name in text(client, council, "/forms/history/concern")
    with db.unit_of_work(designer.scope):
        assert queries.newest().form.title["en"] == "Other words"


def test_sending_back_says_why(client: FlaskClient, council: Council, designer: Person) -> None:
    draft = submitted(designer)
    sign_in(client, make_person(council, role="practice_manager"))
    review = at(draft, "/review")
    assert submit(client, council, review, at(draft, "/send-back"), {"comment": ""}).status_code == 422
    assert submit(client, council, review, at(draft, "/send-back"), {"comment": "Not yet"}).status_code == 303
    assert "Not yet" in text(client, council, at(draft, "/comments"))


def test_an_earlier_version_is_looked_at_and_taken_up_again(
    client: FlaskClient, council: Council, designer: Person
) -> None:
    with db.unit_of_work(designer.scope):
        first = queries.newest()
    page = f"/forms/versions/{first.id}"
    told = text(client, council, page)
    assert "Questions" in told
    assert "Statement(" not in told
    places = {submit(client, council, page, f"{page}/restore").headers["Location"] for _click in range(2)}
    assert len(places) == 1


def test_a_counterexample_is_told_in_the_words_of_the_form(app: Flask) -> None:
    folder = load(FOLDERS / "avonmere")
    rules = copy.deepcopy(dict(folder.thresholds_document))
    next(one for one in rules["rules"] if one["id"] == "B05")["route"] = "EARLY_HELP"
    proof = verify(folder.form_document, rules, only=("red_flags_reach_the_hub",))
    with app.test_request_context(), force_locale("en"):
        told = shown({"form": folder.form_document, "thresholds": rules}, proof.document())
    rows = [row for one in told for found in one.findings for row in (*found.matters, *found.answers)]
    assert {"key": "Is a child in immediate danger right now?", "value": "No"} in rows
    assert not [row for row in rows if "[" in row["value"] or "not_" in row["value"]]


@pytest.mark.parametrize("state", ["open", "submitted"])
def test_every_task_that_a_draft_offers_the_second_person_opens(
    client: FlaskClient, council: Council, designer: Person, state: str
) -> None:
    draft = begin(designer, change=other_words) if state == "open" else submitted(designer)
    sign_in(client, make_person(council, role="practice_manager"))
    page = soup(client.get(f"/{council.slug}{at(draft)}"))
    tasks = [str(link["href"]) for link in page.select("main .govuk-task-list__link")]
    assert len(tasks) >= 8
    assert {href: client.get(href).status_code for href in tasks} == dict.fromkeys(tasks, 200)
