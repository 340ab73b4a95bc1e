"""Every page in Welsh, for everybody who may read it: no English on it, and a note that the Welsh is a draft."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.test import TestResponse

from portal.adapters.ports import Email
from portal.auth import tasks
from portal.kernel import clock, db
from portal.kernel.scope import Council, Scope
from portal.referrals.letters import letter
from portal.referrals.models import NOTICE_KINDS
from portal.referrals.queries.notices import FOR_MANAGERS, ToTell
from portal.web.limits import limiter
from tests.fixtures.councils import FOLDERS, Councils
from tests.matrix import world as matrix
from tests.matrix.access import AGENCY, MISSING
from tests.matrix.walk import Walker, address, methods, rules
from tests.matrix.world import World
from tests.web.welsh import council_english, english_in, faults, plain, texts_of

WELSH_DATE = re.compile(
    r"\b\d{1,2} (Ionawr|Chwefror|Mawrth|Ebrill|Mai|Mehefin|Gorffennaf|Awst|Medi|Hydref|Tachwedd|Rhagfyr) 20\d\d"
    r" am \d\d:\d\d"
)
# Forms that say what is wrong with them when they are sent empty.
REFUSED_WHEN_EMPTY = (
    "auth.sign_in", "auth.register", "referrals.urgent", "referrals.triage", "referrals.section", "referrals.item",
    "referrals.withdraw", "referrals.disagree", "messaging.ask", "messaging.reply", "screening.priority",
)  # fmt: skip
PEOPLE = ("anonymous", "waiting", "author", "lead", "screener", "council admin")


@pytest.fixture
def app(_application: Flask, database: object) -> Flask:
    """The whole product, not the small application of the other tests here."""
    del database
    return _application


@pytest.fixture
def world(councils: Councils, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(limiter, "enabled", False)
    return matrix.make(councils)


def asked(app: Flask, world: World, walker: Walker) -> Iterator[tuple[str, TestResponse]]:
    """Every page that can be read and every form that can be refused, with the answer."""
    for rule in rules(app):
        for method in methods(rule):
            if method == "POST" and rule.endpoint not in REFUSED_WHEN_EMPTY:
                continue
            for whose in (AGENCY, MISSING) if rule.arguments else (AGENCY,):
                answer = walker.ask(method, address(app, world, rule, whose))
                if answer.mimetype == "text/html" and answer.status_code not in (301, 302, 303, 308):
                    yield f"{method} {rule.rule} {answer.status_code}", answer


@pytest.mark.parametrize("name", PEOPLE)
def test_no_english_on_any_page(app: Flask, world: World, name: str) -> None:
    walker = Walker(app, world, world.people[name], "glan-yr-afon")
    walker.client.set_cookie("language", "cy", domain="localhost")
    content = council_english(FOLDERS / "glan-yr-afon")
    seen, dated = [], 0
    for page, answer in asked(app, world, walker):
        seen.append(page)
        assert faults(answer, content) == [], page
        dated += bool(WELSH_DATE.search(answer.get_data(as_text=True)))
    assert len(seen) >= (15 if name == "anonymous" else 20)
    assert dated or name == "anonymous"
    assert any(page.endswith(" 404") for page in seen)


def test_the_choice_of_councils_and_the_english_council_in_welsh(app: Flask, world: World) -> None:
    client = app.test_client()
    client.set_cookie("language", "cy", domain="localhost")
    for path in ("/", "/avonmere/", "/avonmere/sign-in", "/avonmere/register", "/nothing-here"):
        assert faults(client.get(path), frozenset()) == [], path


def letters(council: Council) -> Iterator[Email]:
    """Every email about a report."""
    for kind in NOTICE_KINDS:
        sent = datetime(2026, 11, 21, 15, 15, tzinfo=clock.LONDON)
        for stands_in in ("", "admin", "contact") if kind in FOR_MANAGERS else ("",):
            told = ToTell(uuid4(), kind, "nia@example.org.uk", "cy", "ABC-DEF-GHJ", sent, stands_in)
            yield letter(council, told)


def test_no_english_in_an_email(app: Flask, councils: Councils) -> None:
    with app.app_context(), db.unit_of_work(Scope(councils.wales)):
        mails = [(one.subject, one.body) for one in letters(councils.wales)]
        mails += [tasks._code("cy", "123456"), tasks._already("cy")]
    for subject, body in mails:
        lines = [plain(line) for line in (subject, *body.splitlines()) if line.strip()]
        assert english_in(lines) == [], subject
    assert "Derbyniwyd: 21 Tachwedd 2026 am 15:15" in mails[0][1]


def test_the_walk_can_fail() -> None:
    english = BeautifulSoup(
        "<html lang=cy><p>Yn ôl</p><a>Back</a><p lang=en>Sign in</p><p>Penderfynwyd ar 3 May 2026</p>"
        "<p>If a child is in immediate <b>danger, call 999.</b></p><i title='Menu'>Sent on 4 Mai.</i></html>",
        "html5lib",
    )
    assert english_in(texts_of(english)) == [
        "Back", "Menu", "If a child is in immediate danger, call 999", "If a child is in immediate danger, call 999.",
        "Sent on 4 Mai.", "3 May",
    ]  # fmt: skip


def test_a_reference_that_spells_a_word_is_no_english() -> None:
    assert english_in(["DNT-ARE-KRA"]) == []
    assert english_in(["DNT-ARE-KRA are open"]) == ["DNT-ARE-KRA are open"]
