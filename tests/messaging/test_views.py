"""The thread on both sides' pages: what was typed stays, errors stand beside the field, strangers find nothing."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.auth.policy import Permission
from portal.kernel import db
from portal.messaging import commands
from portal.messaging.models import Message
from portal.referrals.queries.record import find
from portal.screening.commands import decisions
from tests.factories.decisions import given as decision_given
from tests.factories.pages import same_for_everyone, soup, submit
from tests.factories.people import Person, agency_keys, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils

TYPED = "She said <b>“nos da”</b> & left.\n  At 3pm"


@dataclass
class Pages:
    """A report being screened, and a browser for each side."""

    made: Made
    author: Person
    screener: Person
    referrer_client: FlaskClient
    council_client: FlaskClient

    @property
    def theirs(self) -> str:
        return f"/referrals/{self.made.reference}"

    @property
    def ours(self) -> str:
        return f"/screening/{self.made.reference}"

    def messages(self) -> int:
        with db.unit_of_work(self.screener.scope) as session:
            return session.execute(select(func.count()).select_from(Message)).scalar_one()

    def asked(self, text: str = "When did you last see her?") -> None:
        with db.unit_of_work(self.screener.scope):
            found = find(self.screener.actor, Permission.ASK, self.made.reference)
            commands.ask(self.screener.actor, found, text, uuid4())


@pytest.fixture
def pages(app: Flask, councils: Councils) -> Pages:
    author = make_person(councils.england, name="Sam Teacher")
    screener = make_person(councils.england, role="screener", name="Ali Screener")
    made = make_referral(councils.england, author, state="screening", owner=screener)
    theirs, ours = app.test_client(), app.test_client()
    sign_in(theirs, author)
    sign_in(ours, screener)
    return Pages(made, author, screener, theirs, ours)


def test_question_reply_and_the_marks_on_both_pages(pages: Pages) -> None:
    council = pages.made.council
    sent = submit(pages.council_client, council, pages.ours, f"{pages.ours}/ask", {"message": TYPED})
    assert sent.status_code == 303
    shown = soup(pages.referrer_client.get(f"/avonmere{pages.theirs}"))
    message = shown.select_one(".app-message")
    assert message is not None
    assert "The council" in message.text
    assert "Ali Screener" not in shown.text
    assert TYPED in message.text
    assert "New" in message.text
    replied = submit(pages.referrer_client, council, pages.theirs, f"{pages.theirs}/reply", {"message": "On Friday."})
    assert replied.status_code == 303
    ours = soup(pages.council_client.get(f"/avonmere{pages.ours}"))
    words = [one.text for one in ours.select(".app-message")]
    assert "Sam Teacher" in words[1]
    assert "On Friday." in words[1]
    assert "New" in words[1]
    read = soup(pages.council_client.get(f"/avonmere{pages.ours}"))
    assert "New" not in read.select(".app-message")[1].text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter your question"),
        ("a" * 8001, "Your question must be 8000 characters or fewer"),
        ("one\x01two", "Remove characters that cannot be read"),
        ("one\x00two", "Remove characters that cannot be read"),
    ],
)
def test_a_refused_question_keeps_what_was_typed(pages: Pages, typed: str, words: str) -> None:
    answer = submit(pages.council_client, pages.made.council, pages.ours, f"{pages.ours}/ask", {"message": typed})
    assert answer.status_code == 422
    page = soup(answer)
    summary, error, field = (
        page.select_one(".govuk-error-summary a"), page.select_one("#message-error"), page.select_one("#message")
    )  # fmt: skip
    assert summary is not None
    assert error is not None
    assert field is not None
    assert words in summary.text
    assert summary["href"] == "#message"
    assert words in error.text
    # The parser of the test shows NUL and its like as a browser would not; the rest comes back as it was.
    assert field.text.replace("\x00", "\ufffd") == typed.replace("\x00", "\ufffd")
    assert page.title is not None
    assert page.title.text.strip().startswith("Error:")
    assert page.select_one(".govuk-summary-list") is not None
    assert pages.messages() == 0


def test_a_refused_reply_keeps_what_was_typed(pages: Pages) -> None:
    pages.asked()
    typed = TYPED + "ŵ" * 8000
    path = f"{pages.theirs}/reply"
    answer = submit(pages.referrer_client, pages.made.council, pages.theirs, path, {"message": typed})
    assert answer.status_code == 422
    page = soup(answer)
    field, error = page.select_one("#message"), page.select_one(".govuk-error-summary a")
    assert field is not None
    assert error is not None
    assert field.text == typed
    assert "Your reply must be" in error.text
    assert pages.messages() == 1


def test_the_page_leads_to_its_messages_once_there_are_any(pages: Pages) -> None:
    def leads() -> bool:
        page = soup(pages.referrer_client.get(f"/{pages.made.council.slug}{pages.theirs}"))
        found = page.select('.app-contents a[href="#messages"]')
        assert len(page.select("#messages")) == len(found)
        return bool(found)

    assert not leads()
    pages.asked()
    assert leads()


def test_a_double_click_sends_one_message(pages: Pages) -> None:
    typed = {"message": "When?", "once": str(uuid4())}
    council = pages.made.council
    first = submit(pages.council_client, council, pages.ours, f"{pages.ours}/ask", typed)
    second = submit(pages.council_client, council, pages.ours, f"{pages.ours}/ask", typed)
    assert (first.status_code, second.status_code) == (303, 303)
    assert pages.messages() == 1


def test_a_mark_that_is_none_does_not_stop_a_message(pages: Pages) -> None:
    typed = {"message": "When?", "once": "not a uuid"}
    answer = submit(pages.council_client, pages.made.council, pages.ours, f"{pages.ours}/ask", typed)
    assert answer.status_code == 303
    assert pages.messages() == 1


def test_after_a_decision_the_page_says_to_ring(pages: Pages) -> None:
    pages.asked()
    with db.unit_of_work(pages.screener.scope):
        found = find(pages.screener.actor, Permission.DECIDE, pages.made.reference)
        decisions.decide(
            pages.screener.actor, found, decision_given("assessment", "MASH", "Because.", "We will ring.", 0, uuid4())
        )
    page = soup(pages.referrer_client.get(f"/avonmere{pages.theirs}"))
    assert page.select_one("#message") is None
    thread = page.select_one("#messages")
    assert thread is not None
    assert "phone us" in thread.text
    assert thread.select_one('a[href^="tel:"]') is not None


def test_a_reply_after_the_decision_is_shown_and_not_lost(pages: Pages) -> None:
    pages.asked()
    shown = pages.referrer_client.get(f"/avonmere{pages.theirs}")
    form = soup(shown).find("form", action=f"/avonmere{pages.theirs}/reply")
    assert form is not None
    data = {str(one["name"]): str(one.get("value", "")) for one in form.find_all("input")}
    with db.unit_of_work(pages.screener.scope):
        found = find(pages.screener.actor, Permission.DECIDE, pages.made.reference)
        given = decision_given("assessment", "MASH", "Because.", "We will ring.", 0, uuid4())
        decisions.decide(pages.screener.actor, found, given)
    answer = pages.referrer_client.post(f"/avonmere{pages.theirs}/reply", data=data | {"message": TYPED})
    assert answer.status_code == 409
    assert TYPED in soup(answer).text
    assert pages.messages() == 1


def test_strangers_find_the_same_nothing(pages: Pages, app: Flask, councils: Councils) -> None:
    pages.asked()
    keys = agency_keys(councils.england)
    strangers = [
        make_person(councils.england, agency=keys[1]),
        make_person(councils.england, role="agency_lead", agency=keys[1]),
    ]
    for stranger in strangers:
        client = app.test_client()
        sign_in(client, stranger)
        real = client.get(f"/avonmere{pages.theirs}")
        none = client.get("/avonmere/referrals/AAA-AAA-AAA")
        assert (real.status_code, none.status_code) == (404, 404)
        assert same_for_everyone(real) == same_for_everyone(none)


def test_the_agency_lead_reads_and_replies(pages: Pages, app: Flask, councils: Councils) -> None:
    pages.asked()
    lead = make_person(councils.england, role="agency_lead", agency=agency_keys(councils.england)[0])
    client = app.test_client()
    sign_in(client, lead)
    answer = submit(client, pages.made.council, pages.theirs, f"{pages.theirs}/reply", {"message": "I can say."})
    assert answer.status_code == 303
    assert pages.messages() == 2


def test_a_referrer_cannot_ask(pages: Pages) -> None:
    shown = pages.referrer_client.get(f"/avonmere{pages.theirs}")
    token = soup(shown).select_one('input[name="csrf_token"]')
    assert token is not None
    data = {"csrf_token": token["value"], "message": "Hello?"}
    assert pages.referrer_client.post(f"/avonmere{pages.ours}/ask", data=data).status_code == 403
