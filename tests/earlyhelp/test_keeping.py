"""What a report comes to keep secret after it was offered is closed to the team until somebody has looked again."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.scope import Council
from portal.messaging.commands.correcting import Correcting, correct
from portal.referrals.places import Place
from portal.referrals.queries.corrections import count
from portal.referrals.queries.record import find
from tests.earlyhelp.making import Case
from tests.earlyhelp.test_along import FILES, choose, opens, put
from tests.earlyhelp.test_pages import OFFER, TEAM, Browser
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils

HOME = {"lines": "12 CNRY Row", "town": "Avonmere", "postcode": "AV1 4XX"}
SECRET, ADDRESS = Place("children", "child_address_secret", 0), Place("children", "child_address", 0)
IMPACT, THIRD = Place("concern", "sos_impact"), Place("referrer", "ref_third_party")
WORDS = "CNRY meet them at 12 CNRY Row"
CLOSED = "The team cannot open the files that were chosen before"


def prepared(council: Council) -> Case:
    """A decided report that keeps nothing secret yet, and was offered to nobody because nobody asked the family."""
    case = Case(council)
    case.made = make_referral(
        case.council, case.author, state="screening", owner=case.screener,
        sections={
            "referrer": {"ref_source_type": ["parent"], "ref_third_party": "no"},
            "children": [{"child_first_name": "Siân", "child_address": HOME, "child_address_secret": "no"}],
            "concern": {"sos_what_happened": "CNRY happened", "sos_impact": "CNRY little"},
        },
    )  # fmt: skip
    return case.decide(consent="not_sought", reason="unreachable")


@pytest.fixture
def case(councils: Councils) -> Case:
    return prepared(councils.england)


def corrected(case: Case, place: Place, new: Any) -> None:
    """The referrer corrects an answer."""
    with db.unit_of_work(case.author.scope):
        found = find(case.author.actor, Permission.REPLY, case.made.reference)
        correct(case.author.actor, found, Correcting(place, new, "CNRY I misheard", count(found), uuid4()))


def offered(case: Case, words: str = WORDS, agreed: str = "CNRY Dad rang", *files: UUID) -> None:
    case.offer(
        case.council.settings.early_help[0].key, words=words, consent="agreed_since", consent_words=agreed, files=files
    )


@pytest.mark.parametrize("accepted", [False, True])
def test_files_and_words_are_closed_when_an_address_becomes_secret(
    case: Case, client: FlaskClient, accepted: bool
) -> None:
    plan = put(case, "CNRY plan.txt")
    offered(case, WORDS, "CNRY Dad rang from 12 CNRY Row", plan)
    if accepted:
        case.answer("accept")
    here = Browser(client, case).as_person(case.worker)
    assert (opens(case.worker, plan), WORDS in here.get(TEAM).text) == (True, True)
    assert CLOSED not in here.as_person(case.screener).get(OFFER).text
    corrected(case, SECRET, "yes")
    page = here.as_person(case.worker).get(TEAM)
    assert (opens(case.worker, plan), case.offers()[0].files) == (False, ())
    for secret in ("12 CNRY Row", "AV1 4XX", "CNRY plan.txt"):
        assert secret not in page.text
    assert page.text.count("Not shown here. Ask the screening team if you must know.") >= 2
    assert case.details("earlyhelp.files") == [{"added": "", "removed": str(plan), "why": "secret"}]
    council = here.as_person(case.screener).get(OFFER).text
    assert (WORDS in council, CLOSED in council) == (True, True)
    assert str(case.screener.account_id) in case.told("news")
    assert case.told("help_closed") == [str(case.screener.account_id)]
    assert here.post(OFFER, FILES, files=[str(plan)]).status_code == 303
    assert opens(case.worker, plan)


def test_a_form_that_was_open_meanwhile_does_not_open_them_again(case: Case, client: FlaskClient) -> None:
    plan, other = put(case, "one.txt"), put(case, "two.txt")
    offered(case, WORDS, "CNRY Dad rang", plan)
    here = Browser(client, case).as_person(case.screener)
    form = here.form(OFFER, FILES)
    corrected(case, SECRET, "yes")
    assert here.send(FILES, {**form, "files": [str(plan), str(other)]}).status_code == 409
    assert not opens(case.worker, plan)


@pytest.mark.parametrize("council", ["england", "wales"])
def test_a_name_that_must_not_be_said_any_more_closes_them_too(
    councils: Councils, client: FlaskClient, council: str
) -> None:
    case = prepared(getattr(councils, council))
    plan = put(case, "one.txt")
    offered(case, f"CNRY {case.author.name} knows", "CNRY Dad rang", plan)
    corrected(case, THIRD, "yes")
    page = Browser(client, case).as_person(case.worker).get(TEAM).text
    assert (case.author.name in page, "CNRY Dad rang" in page, opens(case.worker, plan)) == (False, True, False)


def test_another_correction_closes_nothing(case: Case, client: FlaskClient) -> None:
    plan = put(case, "one.txt")
    offered(case, WORDS, "CNRY Dad rang", plan)
    corrected(case, IMPACT, "CNRY much")
    here = Browser(client, case).as_person(case.worker)
    assert (opens(case.worker, plan), WORDS in here.get(TEAM).text) == (True, True)
    assert (case.details("earlyhelp.files"), CLOSED in here.as_person(case.screener).get(OFFER).text) == ([], False)
    assert case.told("help_closed") == []


def test_what_was_secret_already_and_confirmed_stays_readable_and_what_comes_later_does_not(
    case: Case, client: FlaskClient
) -> None:
    corrected(case, SECRET, "yes")
    here = Browser(client, case).as_person(case.screener)
    said = {"consent": "agreed_since", "consent_words": "CNRY seen at 9 CNRY Lane"}
    typed = {"team": "family_help", "words": WORDS, **said}
    refused = here.post(OFFER, OFFER, **typed)
    assert refused.status_code == 422
    mark = refused.text.split('type="checkbox" value="')[1].split('"')[0]
    assert here.post(OFFER, OFFER, **typed, confirmed=mark).status_code == 303
    assert WORDS in here.as_person(case.worker).get(TEAM).text
    plan = put(case, "one.txt")
    choose(case, [plan])
    # The family moves: what was written of the new place was nothing secret then.
    corrected(case, ADDRESS, {"lines": "9 CNRY Lane", "town": "Avonmere", "postcode": "AV1 4XY"})
    page = here.get(TEAM).text
    assert (WORDS in page, "9 CNRY Lane" in page, opens(case.worker, plan)) == (True, False, False)


def test_what_was_secret_between_two_corrections_stays_secret(case: Case, client: FlaskClient) -> None:
    offered(case)
    corrected(case, SECRET, "yes")
    corrected(case, ADDRESS, {"lines": "9 CNRY Lane", "town": "Avonmere", "postcode": "AV1 4XY"})
    page = Browser(client, case).as_person(case.worker).get(TEAM).text
    assert ("12 CNRY Row" in page, "9 CNRY Lane" in page) == (False, False)
