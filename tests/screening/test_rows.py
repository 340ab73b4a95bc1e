"""What is remembered of the holding area's rows is remembered for what they show, and for nothing less."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from markupsafe import Markup, escape

from portal.screening.presenting import Badge
from portal.screening.views import rows
from portal.screening.views.rows import Row
from portal.web.drawn import macro_html
from tests.factories.pages import soup
from tests.factories.people import make_person, sign_in
from tests.factories.referrals import Child, make_referral
from tests.fixtures.councils import Councils

ROW = Row(
    reference="AVM-2026-000002", href="/avonmere/screening/AVM-2026-000002", open=True, urgent=True, new=False,
    unread=False, checking=0, children="SJ", age="7 years old", kind="", route=Badge("Urgent", "red"), signs=0,
    channel="", short_form=False, attention=False, overridden=False, rules_now="", withdrawal=False, linked="",
    approval=False, clock_over=False, out_of_hours=False, why="A child may be hurt", reasons=0,
    state=Badge("New", "blue"),
    priority=Badge("Urgent", "red"), first_priority="", since="2 hours", due_at=datetime(2026, 11, 27, 12, tzinfo=UTC),
    light=Badge("2 hours left", "green"), agency="Oak Primary", mine=False, owner="",
)  # fmt: skip
OTHER = {
    "reference": "AVM-2026-000003", "href": "/avonmere/screening/AVM-2026-000003", "urgent": False, "new": True,
    "unread": True, "checking": 2, "children": "李", "age": "under 1 year old", "kind": "Information request",
    "route": Badge("Advice", "grey"), "signs": 1, "channel": "Telephone", "short_form": True, "attention": True,
    "overridden": True, "rules_now": "Social care", "withdrawal": True, "linked": "duplicate", "approval": True,
    "clock_over": True,
    "out_of_hours": True, "why": "Another reason", "reasons": 3, "state": Badge("Decided", "green"),
    "priority": Badge("Low", "grey"), "first_priority": "High", "since": "3 hours",
    "due_at": ROW.due_at + timedelta(minutes=1), "light": None, "agency": "Elm Primary", "mine": True,
    "owner": "Siân O'Brien",
}  # fmt: skip


def test_every_part_of_a_row_is_shown(app: Flask) -> None:
    """A part that is not shown would only make the memory forget."""
    assert set(OTHER) | {"open"} == {one.name for one in fields(Row)}
    with app.test_request_context("/"):
        first = rows._remembered(ROW, "en")
        for name, value in OTHER.items():
            assert rows._remembered(replace(ROW, **{name: value}), "en") != first, name  # type: ignore[arg-type] # by name


def test_each_language_has_its_own(app: Flask) -> None:
    with app.test_request_context("/"):
        english = rows._remembered(ROW, "en")
        with force_locale("cy"):
            welsh = rows._remembered(ROW, "cy")
    assert "Nobody" in english
    assert "Nobody" not in welsh


def test_the_same_row_is_drawn_once(app: Flask) -> None:
    with app.test_request_context("/"):
        rows._remembered.cache_clear()
        for _twice in range(2):
            rows._remembered(replace(ROW), "en")
    assert rows._remembered.cache_info().misses == 1


def test_nothing_about_a_person_is_remembered(client: FlaskClient, councils: Councils) -> None:
    """And what they typed is escaped where it is put in."""
    rows._remembered.cache_clear()
    kept: list[str] = []

    def watched(template: str, name: str, *values: object) -> Markup:
        html = macro_html(template, name, *values)
        kept.append(str(html))
        return html

    author = make_person(councils.england)
    owner = make_person(councils.england, role="screener", name="Siân <b>O'Brien & 李")
    child = Child("Aoife", "Zzyzx", born_on=date(2019, 2, 28))
    made = make_referral(councils.england, author, state="screening", owner=owner, children=[child])
    sign_in(client, make_person(councils.england, role="screener"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "macro_html", watched)
        pages = [soup(client.get("/avonmere/holding-area")) for _twice in range(2)]
    assert len(kept) == 1
    for words in (made.reference, "AZ", "7 years old", escape(owner.name), "O'Brien", "O&#39;Brien"):
        assert words not in kept[0]
    for page in pages:
        row = page.select_one("tbody tr")
        assert row is not None
        for words in (made.reference, "AZ", "years old", owner.name):
            assert words in row.text
        assert row.select_one("b") is None
        assert str(row.select_one("th a")["href"]).endswith(made.reference)  # type: ignore[index] # its link


def test_what_a_row_says_is_escaped(app: Flask) -> None:
    typed = "<i>Siân O'Brien & 李"
    with app.test_request_context("/"):
        for name in ("why", "agency", "kind"):
            html = rows._remembered(replace(ROW, **{name: typed}), "en")  # type: ignore[arg-type] # by name
            assert escape(typed) in html
            assert "<i>" not in html
