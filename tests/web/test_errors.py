"""Every error as a page that keeps what was typed, or as problem+json that tells nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from flask import abort
from flask.testing import FlaskClient

from portal.web import errors
from tests.web import kitchen

TYPED = {"csrf_token": "t0ken", "what_child_said": "She said:\nno", "postcode": "AV1 1AA", "draft_id": "x17"}


@pytest.fixture
def failing() -> Iterator[FlaskClient]:
    """A client of an application that answers failures as it would in production."""
    app = kitchen.make()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/abort/<int:code>", view_func=abort, endpoint="abort", methods=["GET", "POST"])
    with app.test_client() as client:
        yield client


def page_of(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html5lib")


@pytest.mark.parametrize("code", [*errors.CODES, 418, 502])
def test_every_code_has_a_page_with_help(failing: FlaskClient, code: int) -> None:
    answer = failing.get(f"/abort/{code}")
    page = page_of(answer.text)
    assert answer.status_code == code
    assert answer.mimetype == "text/html"
    assert len(page.select("h1")) == 1
    assert "call 999" in page.get_text()
    assert "noindex" in answer.text
    assert "Sam Teacher" not in answer.text


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("not-found", 404), ("forbidden", 403), ("conflict", 409), ("invalid", 422), ("unavailable", 503),
        ("database", 503), ("crash", 500),
    ],
)  # fmt: skip
def test_exceptions_have_codes_and_their_text_stays_inside(failing: FlaskClient, kind: str, code: int) -> None:
    for accept in ("text/html", "application/json"):
        answer = failing.get(f"/fail/{kind}", headers={"Accept": accept})
        assert answer.status_code == code
        assert "hunter2" not in answer.text
        assert "child's name" not in answer.text


def test_machines_get_problem_json(failing: FlaskClient) -> None:
    answer = failing.get("/fail/invalid", headers={"Accept": "application/json"})
    assert answer.mimetype == "application/problem+json"
    assert answer.json == {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "errors": {"name": "required"},
    }
    assert failing.post("/fail/crash", json={"name": "Ann"}).mimetype == "application/problem+json"
    assert failing.get("/fail/crash", headers={"Accept": "*/*"}).mimetype == "text/html"


def test_method_not_allowed_names_what_is(failing: FlaskClient) -> None:
    assert "POST" in failing.get("/done").headers["Allow"]


def test_conflict_says_who_was_first(failing: FlaskClient) -> None:
    assert "It is with Ali Screener now." in failing.get("/fail/conflict").text


@pytest.mark.parametrize("kind", ["unavailable", "database"])
def test_not_sent_keeps_the_words_and_offers_to_send_again(failing: FlaskClient, kind: str) -> None:
    answer = failing.post(f"/fail/{kind}", data={**TYPED, "tel": ["1", "2"]})
    page = page_of(answer.text)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
    assert "Not sent" in page.select("h1")[0].get_text()
    assert "01632 960 101" in page.select("main")[0].get_text()
    assert page.select("#kept")[0].get_text() == "What child said: She said:\nno\nPostcode: AV1 1AA\nTel: 1\nTel: 2"
    again = page.select("main form")[0]
    assert not again.has_attr("action")
    fields = [(box["name"], box["value"]) for box in again.select("input")]
    assert fields == [*TYPED.items(), ("tel", "1"), ("tel", "2")]


def test_secrets_are_never_shown_or_sent_again(failing: FlaskClient) -> None:
    secrets = {"password": "hunter2", "new_password": "hunter3", "code": "314159", "password-again": "hunter4"}
    answer = failing.post("/fail/unavailable", data={**TYPED, **secrets})
    assert not [value for value in secrets.values() if value in answer.text]
    assert not page_of(answer.text).select("main form")


def test_too_many_tries_says_where_to_ring(failing: FlaskClient) -> None:
    page = page_of(failing.post("/abort/429", data=TYPED).text)
    assert "01632 960 101" in page.select("main")[0].get_text()
    assert page.select("#kept")


def test_an_ended_session_keeps_the_words_and_offers_sign_in() -> None:
    client = kitchen.make(csrf=True).test_client()
    answer = client.post("/sink", data={"what": "She cried"})
    page = page_of(answer.text)
    assert answer.status_code == 400
    assert "Your session has ended" in page.select("h1")[0].get_text()
    assert page.select("#kept")[0].get_text() == "What: She cried"
    assert page.select('main a[target="_blank"]')[0]["href"] == "/sign-in"


def test_changing_the_language_of_an_error_sends_nothing() -> None:
    app, sent = kitchen.make(), []

    def fall_over() -> str:
        sent.append(1)
        raise kitchen.DatabaseDown

    app.add_url_rule("/send", view_func=fall_over, methods=["POST"])
    client = app.test_client()
    form = page_of(client.post("/send", data=TYPED).text).select("form.app-language")[0]
    fields = {str(box["name"]): str(box["value"]) for box in form.select("input")}
    answer = client.post("/send", data={**fields, "lang": "cy"})
    assert sent == [1]
    assert answer.status_code == 503
    assert page_of(answer.text).select("html[lang=cy] #kept")[0].get_text().startswith("What child said")


@pytest.mark.parametrize(
    ("content", "posted"),
    [
        ("application/x-www-form-urlencoded", {"what": "x" * 300_000}),
        ("multipart/form-data", {"what": "x" * 300_000}),
        ("multipart/form-data", {f"f{number}": "x" for number in range(1_000)}),
    ],
    ids=["one long text", "one long part", "too many fields"],
)
def test_a_body_too_large_is_refused_whole(client: FlaskClient, content: str, posted: dict[str, str]) -> None:
    answer = client.post("/sink", data=posted, content_type=content)
    assert answer.status_code == 413
    assert "too large" in page_of(answer.text).select("h1")[0].get_text()
    assert not page_of(answer.text).select("#kept")


def test_an_error_page_that_fails_still_says_where_to_ring() -> None:
    app = kitchen.make()

    def broken() -> None:
        raise RuntimeError

    app.jinja_env.globals["language_switch"] = broken
    answer = app.test_client().post("/fail/unavailable", data={"what": "<b>She</b> cried"})
    assert answer.status_code == 503
    assert "999" in answer.text
    assert "&lt;b&gt;She&lt;/b&gt; cried" in answer.text


def test_not_found_is_the_same_page_for_every_address(client: FlaskClient) -> None:
    assert client.get("/fail/not-found").data == client.get("/reports/8c1f").data
