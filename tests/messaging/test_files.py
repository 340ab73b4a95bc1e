"""Files with messages: on both sides' pages, all of them or none, once, and never at the cost of what was typed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from threading import Barrier
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from bs4 import Tag
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.adapters import ports
from portal.auth.policy import Permission
from portal.files import apart
from portal.files.kinds import KINDS
from portal.files.refusals import Refused
from portal.kernel import db
from portal.kernel.errors import Unavailable
from portal.messaging.commands import adding
from portal.referrals.commands import attaching
from portal.referrals.commands.attaching import Paper
from portal.referrals.queries.record import find
from portal.web import security
from tests.factories.pages import fields_of, soup
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils

Admin = psycopg.Connection[tuple[object, ...]]
TYPED = "Her <b>drawing</b> & what she said.\n  At 3pm"
DRAWING = ("Siân's drawing.pdf", b"%PDF-1.7 a house")
OTHER = ("李.pdf", b"%PDF-1.7 a tree")
PROGRAM = ("setup.exe", b"MZ..")


@pytest.fixture(autouse=True)
def looks_only_at_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is inside is tried in tests/files."""

    def check(_file: Any, name: str, _declared: str) -> Any:
        if name.endswith(".exe"):
            raise Refused("program")
        return KINDS["pdf"]

    monkeypatch.setattr(apart, "check", check)


@dataclass
class Side:
    """One side's browser, the page of its report, and the address of its form there."""

    client: FlaskClient
    page: str
    form: str

    def filled(self, text: str = TYPED) -> dict[str, Any]:
        return fields_of(self.client.get(self.page), self.form if self.form != self.page else "") | {"message": text}

    def send(self, data: dict[str, Any], *files: tuple[str, bytes]) -> TestResponse:
        sent = [(BytesIO(content), name, "application/pdf") for name, content in files]
        return self.client.post(self.form, data=data | {"message-files": sent}, content_type="multipart/form-data")


@dataclass
class Sides:
    """A report being screened; its referrer's thread and page to add to it, and its screener's thread."""

    made: Made
    author: Person
    screener: Person
    theirs: Side
    adding: Side
    ours: Side
    admin: Admin

    def count(self, table: str) -> int:
        row = self.admin.execute(f"select count(*) from {table}".encode()).fetchone()
        return int(str(row[0])) if row else -1


@pytest.fixture
def sides(app: Flask, councils: Councils, admin: Admin) -> Sides:
    author = make_person(councils.england, name="Sam Teacher")
    screener = make_person(councils.england, role="screener", name="Ali Screener")
    made = make_referral(councils.england, author, state="screening", owner=screener)
    browsers = []
    for person in (author, screener):
        browsers.append(app.test_client())
        sign_in(browsers[-1], person)
    theirs, ours = f"/avonmere/referrals/{made.reference}", f"/avonmere/screening/{made.reference}"
    return Sides(
        made, author, screener,
        Side(browsers[0], theirs, f"{theirs}/reply"), Side(browsers[0], f"{theirs}/add", f"{theirs}/add"),
        Side(browsers[1], ours, f"{ours}/ask"), admin,
    )  # fmt: skip


def names(page: Tag, within: str) -> list[str]:
    return [one.get_text(" ", strip=True) for one in page.select(f"{within} .app-file__name")]


def problems(answer: TestResponse) -> list[str]:
    return [one.get_text(" ", strip=True) for one in soup(answer).select(".govuk-error-summary a")]


def test_both_sides_send_files_and_both_see_them_with_their_message(sides: Sides) -> None:
    assert sides.ours.send(sides.ours.filled("Is this hers?"), DRAWING).status_code == 303
    reply = sides.theirs.filled("No, this is.")
    for _click in range(2):
        assert sides.theirs.send(reply, OTHER, DRAWING).status_code == 303
    assert sides.adding.send(sides.adding.filled("And more"), ("more.pdf", b"%PDF-1.7 more")).status_code == 303
    for side in (sides.theirs, sides.ours):
        page = soup(side.client.get(side.page))
        # The same drawing came from both: each message has its own.
        assert [names(message, "") for message in page.select(".app-message")] == [
            [DRAWING[0]], [OTHER[0], DRAWING[0]], ["more.pdf"]
        ]  # fmt: skip
        links = [one["href"] for one in page.select("[aria-labelledby=files] a[href^='#message-']")]
        assert links == [f"#{page.select('.app-message')[place]['id']}" for place in (0, 1, 1, 2)]
        assert "Being checked" in page.select(".app-message")[0].text
        timeline = [one.text for one in page.select(".app-timeline__item") if "A file was added" in one.text]
        assert len(timeline) == 4
        assert "more.pdf (Being checked)" in timeline[0]
        assert ("Ali" in page.text) is (side is sides.ours)
    told = sides.admin.execute("select kind, account_id from notice order by created_at").fetchall()
    assert told == [
        ("question", sides.author.account_id), ("reply", sides.screener.account_id), ("news", sides.screener.account_id)
    ]  # fmt: skip


def test_a_message_that_was_sent_takes_what_was_forgotten_and_says_so(sides: Sides) -> None:
    data = sides.ours.filled()
    sides.ours.send(data, DRAWING)
    # "Back", and the same words again with one file more.
    assert sides.ours.send(data, DRAWING, OTHER).status_code == 303
    assert (sides.count("message"), sides.count("stored_file")) == (1, 2)
    kinds = sides.admin.execute("select kind from notice order by created_at").fetchall()
    assert kinds == [("question",), ("file",)]
    sides.admin.execute("update referral set state = 'withdrawn'")
    assert sides.ours.send(data, ("late.pdf", b"%PDF-1.7 late")).status_code == 409
    assert sides.count("stored_file") == 2


@pytest.mark.parametrize("name", ["ours", "adding"])
def test_what_is_refused_costs_nothing_that_was_typed_and_sends_nothing(sides: Sides, name: str) -> None:
    side: Side = getattr(sides, name)
    answer = side.send(side.filled(), DRAWING, PROGRAM, ("run.exe", b"MZ"))
    assert answer.status_code == 422
    page = soup(answer)
    assert [one.partition(":")[0] for one in problems(answer)] == ["setup.exe", "run.exe"]
    assert {one["href"] for one in page.select(".govuk-error-summary a")} == {"#message-files"}
    assert page.select("#message-files-error")[0].text.count("setup.exe") == 1
    assert page.select("#message")[0].text == TYPED
    assert "Nothing was sent yet" in page.text
    assert page.title is not None
    assert page.title.text.strip().startswith("Error:")
    # The words are wrong, the file is good: it has to be chosen again, and that is said.
    answer = side.send(side.filled(" "), DRAWING)
    assert "Choose the files again, or send without them." in problems(answer)
    assert [sides.count(table) for table in ("message", "attachment", "stored_file", "notice")] == [0, 0, 0, 0]


def test_a_file_without_room_takes_its_message_and_the_others_along(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attaching, "MOST_FILES", 1)
    answer = sides.ours.send(sides.ours.filled(), DRAWING, OTHER)
    assert answer.status_code == 422
    assert problems(answer) == ["李.pdf: There are 50 files already, and there cannot be more."]
    page = soup(answer)
    assert page.select("#message")[0].text == TYPED
    # What was undone is not shown as sent.
    assert page.select(".app-message") == []
    assert names(page, "") == []
    assert [sides.count(table) for table in ("message", "attachment", "stored_file", "notice")] == [0, 0, 0, 0]


def test_files_that_are_too_large_together_cost_nothing_that_was_typed(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.tenants.file_settings.MEGABYTE", 1000)
    monkeypatch.setattr(security, "MAX_BODY", 2000)
    answer = sides.ours.send(sides.ours.filled(), *((f"{number}.pdf", b"x" * 24_000) for number in range(5)))
    assert answer.status_code == 422
    assert problems(answer) == ["What you chose is larger than 100 MB altogether. Attach fewer files at a time."]
    assert soup(answer).select("#message")[0].text == TYPED
    answer = sides.ours.send(sides.ours.filled(), ("one.pdf", b"x" * 25_001))
    assert problems(answer) == ["one.pdf: This file is larger than 25 MB. Attach a smaller copy, or split it."]
    assert sides.count("message") == 0


@pytest.fixture
def away(sides: Sides) -> Iterator[Sides]:
    before = ports.store()

    class Away:
        def put(self, *_asked: object) -> int:
            raise Unavailable("away")

        get = delete = put

    ports.use_store(Away())  # type: ignore[arg-type] # refuses whatever it is asked
    yield sides
    ports.use_store(before)


def test_words_go_without_files_while_the_store_is_away(away: Sides) -> None:
    sides = away
    data = sides.ours.filled()
    answer = sides.ours.send(data, DRAWING)
    assert answer.status_code == 503
    assert problems(answer) == ["Files cannot be taken at the moment. Send without them, and add them later."]
    assert soup(answer).select("#message")[0].text == TYPED
    assert sides.ours.send(data).status_code == 303
    assert (sides.count("message"), sides.count("stored_file")) == (1, 0)


def test_after_a_decision_nothing_is_lost_and_nothing_attached(sides: Sides) -> None:
    sides.ours.send(sides.ours.filled("When?"))
    data = sides.theirs.filled()
    sides.admin.execute(
        "update referral set state = 'decided', decided_at = now(), outcome = 'assessment', version = version + 1"
    )
    answer = sides.theirs.send(data, DRAWING)
    assert answer.status_code == 409
    text = soup(answer).select("#messages")[0].text
    assert TYPED in text
    assert "The files that you chose were not attached." in text
    assert (sides.count("message"), sides.count("stored_file")) == (1, 0)


def test_what_is_harmful_shows_with_its_message_to_both_sides(sides: Sides) -> None:
    sides.ours.send(sides.ours.filled(), DRAWING)
    sides.admin.execute("update stored_file set state = 'ready', kind = 'pdf'")
    for side in (sides.theirs, sides.ours):
        page = soup(side.client.get(side.page))
        assert len(page.select(".app-message .app-file a")) == 2
    sides.admin.execute("update stored_file set state = 'harmful'")
    for side in (sides.theirs, sides.ours):
        page = soup(side.client.get(side.page))
        assert "Removed: harmful" in page.select(".app-message")[0].text
        assert page.select(".app-file__name a") == []
        assert f"{DRAWING[0]} (Removed: harmful)" in page.select(".app-timeline")[0].text


def test_a_mark_of_somebody_else_is_no_way_to_their_message(sides: Sides, app: Flask, councils: Councils) -> None:
    once = str(uuid4())
    sides.ours.send(sides.ours.filled() | {"once": once})
    answer = sides.theirs.send(sides.theirs.filled() | {"once": once}, DRAWING)
    assert answer.status_code == 409
    stranger = app.test_client()
    sign_in(stranger, make_person(councils.england, agency="riverside-academy"))
    assert stranger.get(sides.theirs.page).status_code == 404
    assert (sides.count("message"), sides.count("stored_file")) == (1, 0)


@pytest.mark.parametrize("same", [True, False], ids=["one message", "two messages"])
def test_two_clicks_at_once_wait_for_each_other_and_for_nothing_else(sides: Sides, *, same: bool) -> None:
    marks, start = (uuid4(), uuid4()), Barrier(2)

    def click(number: int) -> None:
        with db.unit_of_work(sides.author.scope):
            actor = sides.author.actor
            found = find(actor, Permission.REPLY, sides.made.reference)
            start.wait(timeout=20)
            once = marks[0 if same else number]
            adding.add(actor, found, TYPED, once, [Paper(DRAWING[0], "", BytesIO(DRAWING[1]))])

    with ThreadPoolExecutor(2) as both:
        assert list(both.map(click, (0, 1))) == [None, None]
    expected = 1 if same else 2
    assert [sides.count(table) for table in ("message", "attachment", "stored_file", "notice")] == [expected] * 4
    unread = sides.admin.execute("select unread_by_council from referral").fetchone()
    assert unread == (expected,)
