"""Until when an answer is wanted: chosen or the council's usual time, told to both sides, and chased once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text, update

from portal.auth.models import Account
from portal.auth.policy import Permission
from portal.kernel import clock, db, scope
from portal.kernel.scope import Scope
from portal.messaging import commands
from portal.messaging.commands.reminding import remind
from portal.messaging.models import Message
from portal.messaging.queries import thread
from portal.referrals.letters import digest, letter
from portal.referrals.models import Notice
from portal.referrals.queries.notices import to_tell
from portal.referrals.queries.record import find
from portal.tenants.opening import hours_of
from portal.tenants.settings import parse_council
from tests.factories.pages import fields_of, soup
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils
from tests.tenants.test_settings import document, mistakes_of

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def screener(councils: Councils) -> Person:
    return make_person(councils.england, role="screener")


@pytest.fixture
def made(councils: Councils, screener: Person) -> Made:
    return make_referral(councils.england, make_person(councils.england), state="screening", owner=screener)


def ask(screener: Person, made: Made, days: int | None = None) -> datetime:
    """Ask; until when the answer is wanted."""
    with db.unit_of_work(screener.scope):
        found = find(screener.actor, Permission.ASK, made.reference)
        commands.ask(screener.actor, found, "CNRY when?", uuid4(), days=days)
    with db.unit_of_work(screener.scope):
        found = find(screener.actor, Permission.LOOK, made.reference)
        due = thread(screener.actor, Permission.LOOK, found)[-1].answer_by
    assert due is not None
    return due


def chased(made: Made) -> int:
    """How many reminders there are once the job has run."""
    with db.unit_of_work(Scope(made.council, scope.SYSTEM)) as session:
        remind()
        session.execute(text("delete from procrastinate_jobs"))
        query = select(func.count()).select_from(Notice).where(Notice.kind == "reminder")
        return session.execute(query).scalar_one()


def test_the_time_is_the_councils_own_unless_somebody_says_otherwise(
    made: Made, screener: Person, at: Callable[[datetime], None]
) -> None:
    hours = hours_of(made.council)
    for minute, (days, expected) in enumerate(((None, 2), (1, 1), (20, 20), (99, 20), (0, 1))):
        now = MONDAY + timedelta(minutes=minute)
        at(now)
        assert ask(screener, made, days) == clock.due_after_working_days(now, expected, "england", hours)


def test_it_is_chased_once_when_the_time_passes_and_anew_for_another_question(
    made: Made, screener: Person, at: Callable[[datetime], None]
) -> None:
    at(MONDAY)
    due = ask(screener, made, 5)
    at(due - timedelta(minutes=1))
    assert chased(made) == 0
    at(due)
    assert (chased(made), chased(made)) == (1, 1)
    at(due + timedelta(hours=1))
    again = ask(screener, made, 1)
    assert chased(made) == 1
    at(again)
    assert (chased(made), chased(made)) == (2, 2)


def test_who_has_answered_is_not_chased(made: Made, screener: Person, at: Callable[[datetime], None]) -> None:
    at(MONDAY)
    due = ask(screener, made)
    with db.unit_of_work(made.author.scope):
        found = find(made.author.actor, Permission.REPLY, made.reference)
        commands.reply(made.author.actor, found, "CNRY today", uuid4())
    at(due + timedelta(days=3))
    assert chased(made) == 0


def test_on_the_pages(client: FlaskClient, app: Flask, made: Made, screener: Person) -> None:
    sign_in(client, screener)
    page = f"/avonmere/screening/{made.reference}"
    data = fields_of(client.get(page), "/ask")
    assert data["days"] == "2"
    for wrong in ("0", "21", "soon", "1.5"):
        refused = client.post(f"{page}/ask", data=data | {"message": "CNRY when?", "days": wrong})
        assert refused.status_code == 422
        assert soup(refused).select_one('.govuk-error-summary a[href="#days"]') is not None
        kept = fields_of(refused, "/ask")
        assert (kept["days"], str(kept["message"]).strip()) == (wrong, "CNRY when?")
    assert client.post(f"{page}/ask", data=data | {"message": "CNRY when?", "days": "3"}).status_code == 303
    assert "Answer wanted by" in client.get(page).text
    theirs = app.test_client()
    sign_in(theirs, made.author)
    assert "Answer wanted by" in theirs.get(f"/avonmere/referrals/{made.reference}").text


def test_a_council_says_how_long_it_usually_gives() -> None:
    said = parse_council(document("avonmere") | {"asking": {"answer_working_days": 4}})
    assert said.asking.answer_working_days == 4
    assert parse_council(document("avonmere")).asking.answer_working_days == 2
    for wrong in ({"answer_working_days": 21}, {"days": 1}):
        assert mistakes_of(document("avonmere") | {"asking": wrong}) != []


def written(made: Made, kind: str, language: str) -> tuple[str, str]:
    """The email of the last notice of that kind, and the daily email with that notice alone, in that language."""
    with db.unit_of_work(Scope(made.council, scope.SYSTEM)) as session:
        session.execute(update(Account).where(Account.id == made.author.account_id).values(language=language))
        last = select(Notice.id).where(Notice.kind == kind).order_by(Notice.created_at.desc()).limit(1)
        notice = to_tell(session.execute(last).scalar_one())
        return letter(made.council, notice).body, digest(made.council, [notice]).body


def test_the_emails_say_until_when_in_the_language_of_their_reader(
    made: Made, screener: Person, at: Callable[[datetime], None]
) -> None:
    at(MONDAY)
    due = ask(screener, made, 5)
    for language, until in (
        ("en", "Please answer by 30 November 2026 at 10:00am."),
        ("cy", "30 Tachwedd 2026 am 10:00"),
    ):
        for body in written(made, "question", language):
            assert until in body
    at(due)
    assert chased(made) == 1
    for language, until in (("en", "We asked for your answer by 30 November 2026 at"), ("cy", "30 Tachwedd 2026 am")):
        for body in written(made, "reminder", language):
            assert until in body
    with db.unit_of_work(made.author.scope):
        found = find(made.author.actor, Permission.REPLY, made.reference)
        commands.reply(made.author.actor, found, "CNRY today", uuid4())
    # A daily email that goes after the answer asks for none.
    assert all("2026" not in body for body in written(made, "question", "en"))


def test_a_question_without_a_time_has_none_in_its_email(made: Made, screener: Person) -> None:
    ask(screener, made)
    with db.unit_of_work(Scope(made.council, scope.SYSTEM)) as session:
        session.execute(update(Message).values(answer_by=None))
    assert all("Please answer by" not in body for body in written(made, "question", "en"))
