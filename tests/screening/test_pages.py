"""One report on its screener's page, recording its outcome, and the outcome on the referrer's page."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.kernel import db
from portal.messaging import commands as messaging
from portal.referrals.queries.record import find
from portal.screening.models import Decision
from tests.factories.decisions import fields as decision_fields
from tests.factories.pages import fields_of, same_for_everyone, soup, submit
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import PHONE, Child, Made, make_referral
from tests.fixtures.councils import Councils

REASON = "The rules missed what I saw"


@pytest.fixture
def author(councils: Councils) -> Person:
    return make_person(councils.wales, name="Sam Teacher")


@pytest.fixture
def ali(councils: Councils, client: FlaskClient) -> Person:
    person = make_person(councils.wales, role="screener", name="Ali Screener")
    sign_in(client, person)
    return person


@pytest.fixture
def made(author: Person, ali: Person) -> Made:
    return make_referral(author.council, author, state="screening", owner=ali, language="cy")


def path(made: Made, rest: str = "") -> str:
    return f"/screening/{made.reference}{rest}"


def get(client: FlaskClient, where: str) -> Any:
    client.set_cookie("language", "en", domain="localhost")
    return client.get(f"/glan-yr-afon{where}")


def test_the_summary_comes_first(client: FlaskClient, author: Person, ali: Person) -> None:
    made = make_referral(
        author.council, author, route="MASH_URGENT", kind="urgent", out_of_hours=True, attention=True, overridden=True,
        override_reason=REASON, language="cy",
        children=(Child(born_on=date(2019, 3, 27)), Child("Babi", "", born_on=None, unborn=True)),
    )  # fmt: skip
    answer = get(client, path(made))
    assert answer.status_code == 200
    page = soup(answer)
    summary = page.select_one("main section")
    assert summary is not None
    for words in (
        "MASSH: phone now", "You said a child is in immediate danger.", REASON, "Siân CNRY Llŷr, 7 years old",
        "Babi, not born yet", "Sam Teacher, Deputy head", PHONE, "Welsh",
    ):  # fmt: skip
        assert words in summary.text
    for words in ("Short form", "Out of hours", "Needs checking", "Referrer disagreed"):
        assert words in page.text
    assert [one.text for one in page.select(".app-timeline__title")] == ["Read for the first time", "Report sent"]


def test_opening_is_recorded(client: FlaskClient, made: Made, ali: Person) -> None:
    get(client, path(made))
    with db.unit_of_work(ali.scope) as session:
        query = select(AuditEvent.detail, AuditEvent.actor_id).where(
            AuditEvent.event == Event.REFERRAL_READ, AuditEvent.subject_id == made.id
        )
        assert [tuple(row) for row in session.execute(query)] == [({"part": "full"}, ali.account_id)]


def test_another_councils_report_is_one_that_does_not_exist(app: Flask, councils: Councils, made: Made) -> None:
    client = app.test_client()
    sign_in(client, make_person(councils.england, role="screener"))
    for rest in ("", "/decide"):
        real = client.get(f"/avonmere{path(made, rest)}")
        none = client.get(f"/avonmere/screening/AAA-AAA-AAA{rest}")
        assert (real.status_code, none.status_code) == (404, 404)
        assert same_for_everyone(real) == same_for_everyone(none)
    # In the council itself, someone without a membership there is told nothing either.
    answers = [client.get(f"/glan-yr-afon/screening/{one}") for one in (made.reference, "AAA-AAA-AAA")]
    assert same_for_everyone(answers[0]) == same_for_everyone(answers[1])


def test_buttons_follow_the_state(client: FlaskClient, author: Person, ali: Person, councils: Councils) -> None:
    colleague = make_person(councils.wales, role="screener", name="Bo Screener")
    expected = {
        ("sent", ""): {"claim", "notes", "priority", "give"},
        ("screening", "mine"): {"release", "notes", "priority", "give", "ask", "decide"},
        ("asked", "mine"): {"release", "notes", "priority", "give", "ask", "decide"},
        ("screening", "hers"): {"release", "notes", "priority", "give"},
        ("decided", "mine"): {"reopen", "notes"},
        ("withdrawn", ""): {"reopen", "notes"},
    }
    for (state, whose), buttons in expected.items():
        owner = {"mine": ali, "hers": colleague}.get(whose)
        made = make_referral(author.council, author, state=state, owner=owner)
        page = soup(get(client, path(made)))
        targets = [one.get("action") for one in page.select("form[action]")]
        links = page.select("a.govuk-button, .app-actions__links a")
        targets += [one.get("href") for one in links if one.find_parent(id="beside") is None]
        found = {str(one).rsplit("/", 1)[1] for one in targets if f"/{made.reference}/" in str(one)}
        assert found == buttons, (state, whose)


def test_recording_an_outcome_in_two_steps(client: FlaskClient, made: Made, ali: Person, app: Flask) -> None:
    first = get(client, path(made, "/decide"))
    outcomes = [str(one["value"]) for one in soup(first).select('input[name="outcome"]')]
    council = made.council.settings
    assert outcomes == [one.key for one in council.outcomes]
    chosen = council.outcomes[0]
    second = get(client, path(made, f"/decide?outcome={chosen.key}"))
    fields = fields_of(second, "/decide")
    assert " ".join(fields["told"].split()).startswith(chosen.tell["cy"].strip())
    assert f"ychwanegwch ef at adroddiad {made.reference}" in fields["told"]
    assert fields["route"] == "MASH"
    data = fields | decision_fields() | {"rationale": "Gwelwyd cleisiau.", "told": "Byddwn yn ymweld."}
    for _click in range(2):
        answer = client.post(f"/glan-yr-afon{path(made, '/decide')}", data=data)
        assert answer.status_code == 303
    page = soup(get(client, path(made)))
    for words in ("Gwelwyd cleisiau.", "Byddwn yn ymweld.", "Ali Screener", "Not yet"):
        assert words in page.text
    with db.unit_of_work(ali.scope) as session:
        assert session.execute(select(func.count()).select_from(Decision)).scalar_one() == 1
    referrer = app.test_client()
    sign_in(referrer, made.author)
    theirs = soup(get(referrer, f"/referrals/{made.reference}"))
    panel = theirs.select_one("#outcome")
    assert panel is not None
    assert "Byddwn yn ymweld." in panel.text
    assert panel.select_one('[lang="cy"]') is not None
    assert "Gwelwyd" not in theirs.text
    assert "Ali Screener" not in theirs.text
    assert "Not yet" not in soup(get(client, path(made))).text


def test_no_outcome_chosen_is_an_error(client: FlaskClient, made: Made) -> None:
    for query in ("?outcome=", "?outcome=nonsense"):
        answer = get(client, path(made, f"/decide{query}"))
        assert answer.status_code == 422
        assert soup(answer).select_one('.govuk-error-summary a[href="#outcome"]') is not None


def test_a_refused_decision_keeps_what_was_typed(client: FlaskClient, made: Made) -> None:
    key = made.council.settings.outcomes[0].key
    page = path(made, f"/decide?outcome={key}")
    typed = {"rationale": "", "told": "Some <b>words</b>", "route": "ADVICE"}
    client.set_cookie("language", "en", domain="localhost")
    answer = submit(client, made.council, page, path(made, "/decide"), typed)
    assert answer.status_code == 422
    tree = soup(answer)
    assert tree.select_one('.govuk-error-summary a[href="#rationale"]') is not None
    kept = fields_of(answer, "/decide")
    assert (kept["told"], kept["route"], kept["outcome"]) == ("Some <b>words</b>", "ADVICE", key)


def test_a_new_message_must_be_confirmed(client: FlaskClient, made: Made, ali: Person) -> None:
    key = made.council.settings.outcomes[0].key
    with db.unit_of_work(ali.scope):
        messaging.ask(ali.actor, find(ali.actor, Permission.ASK, made.reference), "When?", uuid4())
    shown = get(client, path(made, f"/decide?outcome={key}"))
    with db.unit_of_work(made.author.scope):
        actor = made.author.actor
        messaging.reply(actor, find(actor, Permission.REPLY, made.reference), "Today.", uuid4())
    data = fields_of(shown, "/decide") | decision_fields() | {"rationale": "Because.", "told": "We will visit."}
    where = f"/glan-yr-afon{path(made, '/decide')}"
    refused = client.post(where, data=data)
    assert refused.status_code == 422
    box = soup(refused).select_one('input[name="read_new"]')
    assert box is not None
    assert "I have read it, decide all the same" in soup(refused).text
    assert [one.text for one in soup(refused).select("#new .app-message .app-typed")] == ["Today."]
    again = fields_of(refused, "/decide")
    assert client.post(where, data=again).status_code == 422
    assert client.post(where, data=again | {"read_new": str(box["value"])}).status_code == 303


def test_a_decision_too_late_keeps_the_words(client: FlaskClient, made: Made, ali: Person) -> None:
    key = made.council.settings.outcomes[0].key
    shown = get(client, path(made, f"/decide?outcome={key}"))
    client.set_cookie("language", "en", domain="localhost")
    submit(client, made.council, path(made), path(made, "/release"))
    data = fields_of(shown, "/decide") | decision_fields() | {"rationale": "My long reasons.", "told": "We will visit."}
    answer = client.post(f"/glan-yr-afon{path(made, '/decide')}", data=data)
    assert answer.status_code == 409
    assert "My long reasons." in soup(answer).text
    assert get(client, path(made, "/decide")).status_code == 303
