"""Which language a page is in, and the switch that keeps the place and the text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient

from portal.kernel import scope
from portal.web.dates import date_words, datetime_words, day_words, short_date_words, time_words
from portal.web.language import choose
from tests.web import kitchen

WINTER = datetime(2026, 11, 21, 15, 15, tzinfo=UTC)
SUMMER = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)


@pytest.fixture
def nowhere() -> Iterator[None]:
    yield
    scope.enter(scope.NOWHERE)


def language_of(page: str) -> str:
    html = BeautifulSoup(page, "html5lib").html
    assert isinstance(html, Tag)
    return str(html["lang"])


def test_switch_remembers_and_comes_back_to_the_same_page(client: FlaskClient) -> None:
    answer = client.get("/sink?page=2&lang=cy")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sink?page=2")
    cookie = client.get_cookie("language")
    assert cookie is not None
    assert (cookie.value, cookie.http_only, cookie.same_site) == ("cy", True, "Lax")
    assert language_of(client.get("/sink").text) == "cy"
    assert 'href="?page=2&amp;lang=en"' in client.get("/sink?page=2").text


def test_an_unknown_language_changes_nothing(client: FlaskClient) -> None:
    assert client.get("/sink?lang=xx").status_code == 200
    assert client.get_cookie("language") is None


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example/x", "/%5Cevil.example"])
def test_the_switch_never_leads_to_another_host(client: FlaskClient, path: str) -> None:
    answer = client.get(path + "?lang=cy")
    assert not answer.headers.get("Location", "/x").startswith(("//", "/\\", "http"))


def test_after_a_refused_form_the_switch_posts_again_what_was_typed(client: FlaskClient) -> None:
    first = client.post("/sink", data={"what": "Two\nlines", "worry": ["a", "b"], "password": "hunter2", "code": "1"})
    form = BeautifulSoup(first.text, "html5lib").select_one("form.app-language")
    assert form is not None
    assert not form.has_attr("action")
    fields = [(str(box["name"]), str(box["value"])) for box in form.select("input")]
    assert fields == [("what", "Two\nlines"), ("worry", "a"), ("worry", "b"), ("only_language", "yes")]
    button = form.select_one("button")
    assert button is not None
    assert (button["name"], button["value"]) == ("lang", "cy")
    second = client.post("/sink", data={"what": "Two\nlines", "lang": "cy"})
    assert second.status_code == 422
    assert language_of(second.text) == "cy"
    assert "Two&#10;lines" in second.text


def test_order_of_choosing(app: Flask, nowhere: None) -> None:
    council = scope.Council(uuid4(), "glan", {"en": "Glan"}, "wales", ("cy", "en"))
    actor = scope.Actor(uuid4(), language="en")
    welsh = {"Accept-Language": "cy"}
    with kitchen.rendering(app, headers=welsh):
        assert choose() == "cy"
    scope.enter(scope.Scope(council))
    with kitchen.rendering(app):
        assert choose() == "cy"
    scope.enter(scope.Scope(council, actor))
    with kitchen.rendering(app, headers=welsh):
        assert choose() == "en"
    with kitchen.rendering(app, headers={"Cookie": "language=cy"}):
        assert choose() == "cy"


def test_a_council_decides_before_the_browser(app: Flask, nowhere: None) -> None:
    scope.enter(scope.Scope(scope.Council(uuid4(), "avonmere", {"en": "A"}, "england", ("en",))))
    with kitchen.rendering(app, headers={"Accept-Language": "cy"}):
        assert choose() == "en"


def test_dates_in_english(app: Flask) -> None:
    with kitchen.rendering(app):
        assert date_words(date(2026, 11, 21)) == "21 November 2026"
        assert day_words(date(2026, 11, 21)) == "Saturday 21 November 2026"
        assert short_date_words(date(2026, 11, 21)) == "21 Nov 2026"
        assert time_words(WINTER) == "3:15pm"
        assert datetime_words(SUMMER) == "1 July 2026 at 12:30am"
        assert (date_words(None), time_words(None), datetime_words(None)) == ("", "", "")


def test_dates_in_welsh(app: Flask) -> None:
    with kitchen.rendering(app, headers={"Cookie": "language=cy"}):
        assert date_words(date(2026, 11, 21)) == "21 Tachwedd 2026"
        assert time_words(WINTER) == "15:15"


def test_welsh_pages_say_that_they_are_a_draft(client: FlaskClient) -> None:
    assert "app-draft-note" not in client.get("/sink").text
    client.set_cookie("language", "cy")
    assert "app-draft-note" in client.get("/sink").text
