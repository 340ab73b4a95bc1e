"""What the referrer is told: standard words to begin from, what stands below them, and words that are held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.errors import Invalid
from portal.kernel.language import say
from portal.kernel.scope import Council
from portal.messaging.protecting import mark
from portal.messaging.queries import given_away, thread
from portal.referrals.commands import following
from portal.referrals.queries.record import find
from portal.screening.commands import approving, changes, decisions
from portal.screening.commands.correcting import correct
from portal.screening.commands.judging import required_words, standard_words
from portal.screening.given import Change
from portal.screening.queries.decision import decisions as made_decisions
from portal.screening.queries.proposals import latest
from portal.screening.telling import required, standard
from portal.tenants.settings import Outcome
from portal.tenants.telling_settings import Telling
from tests.factories.decisions import fields, given, grounds
from tests.factories.pages import fields_of, soup
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils

HOME = {"lines": "3 Mill Row", "town": "Avonmere", "postcode": "AV1 2AB"}
SECRET = {"children": [{"child_address": HOME, "child_address_secret": "yes"}]}
AWAY = "CNRY We visit 3 Mill Row."
GUIDANCE = "https://portal.example/avonmere/thresholds"


@dataclass
class Case:
    """A report whose child's address is kept secret."""

    made: Made
    author: Person
    screener: Person

    def act(self, who: Person, deed: Callable[..., Any], *words: Any, permission: Permission | None = None) -> Any:
        with db.unit_of_work(who.scope):
            return deed(who.actor, find(who.actor, permission or Permission.DECIDE, self.made.reference), *words)

    def marked(self, text: str) -> str:
        return mark(text, self.act(self.screener, given_away, text))

    def confirmed(self) -> list[Any]:
        with db.unit_of_work(self.screener.scope) as session:
            query = select(AuditEvent.detail).where(AuditEvent.event == Event.HELD_CONFIRMED)
            return list(session.execute(query).scalars())


@pytest.fixture
def case(councils: Councils) -> Case:
    author, screener = make_person(councils.england), make_person(councils.england, role="screener")
    made = make_referral(councils.england, author, state="screening", owner=screener, sections=SECRET)
    return Case(made, author, screener)


def told(text: str, outcome: str = "early_help", **more: Any) -> Any:
    return replace(given(outcome, "MASH", "CNRY why", text, 0, **more), grounds=grounds(outcome, need=""))


def outcome_of(council: Council, key: str) -> Outcome:
    outcomes: tuple[Outcome, ...] = council.settings.outcomes
    return next(one for one in outcomes if one.key == key)


def test_gaps_are_filled_and_what_to_do_comes_last_unless_a_gap_names_it(councils: Councils) -> None:
    council = councils.wales
    outcome = outcome_of(council, "no_further_action")
    for language in council.languages:
        words = standard(council, outcome, "GYA-23-ABC", language, GUIDANCE)
        legal = required(council, outcome, "GYA-23-ABC", language, GUIDANCE)
        assert "((" not in words + legal
        assert words.endswith(say(council.settings.telling[outcome.key].now, language).strip())
        assert GUIDANCE in legal
        assert council.settings.phones.hub.number in legal
    own = Telling(words={"en": "((next_steps)) Then ((reference)): ((outcome))."}, now={"en": "Ring ((hub_phone))"})
    settings = replace(council.settings, telling={outcome.key: own})
    words = standard(replace(council, settings=settings), outcome, "GYA-23-ABC", "en", GUIDANCE)
    assert words == f"Ring {council.settings.phones.hub.number} Then GYA-23-ABC: No further action."
    assert required(replace(council, settings=settings), outcome, "GYA-23-ABC", "en", GUIDANCE) == ""


def test_what_was_always_said_stays_as_it_was_when_the_council_changes_it(case: Case) -> None:
    case.act(case.screener, decisions.decide, told("CNRY first"))
    with db.unit_of_work(case.screener.scope):
        found = find(case.screener.actor, Permission.DECIDE, case.made.reference)
        now = required_words(found, "early_help")
        assert now
        assert standard_words(found, outcome_of(case.made.council, "early_help"))
    scope = case.screener.scope
    council = case.made.council
    changed = replace(council, settings=replace(council.settings, telling={}))
    with db.unit_of_work(replace(scope, council=changed)):
        found = find(case.screener.actor, Permission.LOOK, case.made.reference)
        assert required_words(found, "early_help") == ""
        made = made_decisions(case.author.actor, Permission.TRACK, found)
    assert [(one.told, one.required) for one in made] == [("CNRY first", now)]


def test_a_decision_and_its_correction_are_held_until_just_that_is_confirmed(case: Case) -> None:
    def refused(deed: Callable[..., Any], *words: Any) -> None:
        with pytest.raises(Invalid) as error:
            case.act(case.screener, deed, *words)
        assert error.value.errors == {"told": "protected"}

    refused(decisions.decide, told(AWAY))
    refused(decisions.decide, told(f"{AWAY} Today.", confirmed=case.marked(AWAY)))
    first = told(AWAY, confirmed=case.marked(AWAY))
    case.act(case.screener, decisions.decide, first)
    case.act(case.screener, decisions.decide, first)
    again = "CNRY We visit AV1 2AB."
    change = Change(first.once, "CNRY a slip")
    refused(correct, told(again), change)
    case.act(case.screener, correct, told("CNRY We visit."), change)
    assert case.confirmed() == [{"values": 1}]


def test_what_its_author_confirmed_a_second_person_approves(case: Case, councils: Councils) -> None:
    manager = make_person(councils.england, role="practice_manager")
    wanted = replace(given("transfer", "MASH", "CNRY why", AWAY, 0), grounds=grounds("transfer", need=""))
    with pytest.raises(Invalid) as error:
        case.act(case.screener, approving.propose, wanted)
    assert error.value.errors == {"told": "protected"}
    case.act(case.screener, approving.propose, replace(wanted, confirmed=case.marked(AWAY)))
    case.act(manager, approving.approve, wanted.once, permission=Permission.APPROVE)
    assert case.act(manager, latest).result == "approved"


def test_the_refusal_of_a_wish_to_withdraw_is_held_too(case: Case) -> None:
    case.act(case.author, following.withdraw, "sent_twice", permission=Permission.TRACK)
    text, once = "CNRY Somebody visits 3 Mill Row.", uuid4()
    with pytest.raises(Invalid) as error:
        case.act(case.screener, changes.refuse_withdrawal, text, once)
    assert error.value.errors == {"message": "protected"}
    for _click in range(2):
        case.act(case.screener, changes.refuse_withdrawal, text, once, case.marked(text))
    said = case.act(case.screener, lambda actor, found: thread(actor, Permission.LOOK, found))
    assert [one.text for one in said] == [text]
    assert case.confirmed() == [{"values": 1}]


def test_the_page_keeps_a_held_refusal_with_its_box_and_writes_no_message(app: Flask, case: Case) -> None:
    case.act(case.author, following.withdraw, "sent_twice", permission=Permission.TRACK)
    client: FlaskClient = app.test_client()
    sign_in(client, case.screener)
    page, text = f"/avonmere/screening/{case.made.reference}", "CNRY Somebody visits 3 Mill Row."
    typed = fields_of(client.get(page), "/withdrawal") | {"why": text, "do": "refuse"}
    held = client.post(f"{page}/withdrawal", data=typed)
    assert held.status_code == 422
    assert soup(held).text.count(text) == 1
    box = soup(held).select('input[name="confirmed"]')[0]
    done = client.post(f"{page}/withdrawal", data=fields_of(held, "/withdrawal") | typed | {"confirmed": box["value"]})
    assert done.status_code == 303
    assert text in client.get(page).text


def test_the_page_offers_the_words_and_a_box_that_confirms_what_is_held(app: Flask, case: Case) -> None:
    client: FlaskClient = app.test_client()
    sign_in(client, case.screener)
    address = f"/avonmere/screening/{case.made.reference}/decide"
    typed = fields_of(client.get(f"{address}?outcome=no_further_action"), "/decide")
    assert case.made.reference in typed["told"]
    assert "What you should do now" in typed["told"]
    typed |= fields("no_further_action") | {"rationale": "CNRY why"}
    empty = fields_of(client.post(address, data=typed | {"told": "", "standard": "1"}), "/decide")
    assert empty["told"].split() == typed["told"].split()
    kept = fields_of(client.post(address, data=typed | {"told": AWAY, "standard": "1"}), "/decide")
    assert kept["told"].strip() == AWAY
    held = client.post(address, data=typed | {"told": AWAY})
    assert held.status_code == 422
    assert "3 Mill Row" in soup(held).select("#confirmed-hint")[0].text
    box = soup(held).select('input[name="confirmed"]')[0]
    done = client.post(address, data=fields_of(held, "/decide") | typed | {"told": AWAY, "confirmed": box["value"]})
    assert done.status_code == 303
    sign_in(client, case.author)
    page = client.get(f"/avonmere/referrals/{case.made.reference}").text
    assert AWAY in page
    assert "You can challenge a decision" in page
    assert "/avonmere/thresholds" in page
