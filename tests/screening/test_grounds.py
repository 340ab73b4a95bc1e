"""On what a decision stands: what is asked for each outcome, what is refused, and what of it is sealed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given as tried
from hypothesis import strategies as some
from sqlalchemy import select

from portal.auth.policy import Permission
from portal.forms.codes import codes_for
from portal.kernel import db
from portal.kernel.errors import Conflict, Invalid
from portal.referrals.queries.record import find
from portal.screening import returns
from portal.screening.commands.decisions import Given, decide
from portal.screening.grounds import LEGAL, Consulted, Grounds, Wanted, in_words, mistakes, settled, with_words
from portal.screening.grounds_words import legal_words, not_sought_words
from portal.screening.models import Decision
from portal.screening.queries.decision import Decided, decision
from portal.tenants.outcome_settings import OUTCOME_KINDS
from tests.factories.decisions import fields, given, grounds
from tests.factories.pages import fields_of, soup
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils

ASKED = Wanted(reasons=("harm", "needs"), needs=("N1",))
SHE = Consulted("Heddlu CNRY", "Siân O'Brien 李", "", "today")
LINES = some.text(some.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({}, {}),
        ({"reasons": ()}, {"reasons": "unknown"}),
        ({"reasons": ("harm", "whim")}, {"reasons": "unknown"}),
        ({"need": ""}, {"need": "unknown"}),
        ({"nobody": ""}, {"nobody": "required"}),
        ({"consulted": (SHE,)}, {"nobody": "both"}),
        ({"consulted": (SHE,), "nobody": ""}, {}),
        ({"consulted": (replace(SHE, name=""),), "nobody": ""}, {"person-0-name": "required"}),
        ({"consulted": (SHE, replace(SHE, when="x" * 201)), "nobody": ""}, {"person-1-when": "too_long"}),
        ({"consulted": (SHE,) * 11, "nobody": ""}, {"nobody": "too_many"}),
        ({"nobody": "a\x00"}, {"nobody": "control"}),
        ({"consent": ""}, {"consent": "unknown"}),
        ({"consent": "not_sought"}, {"not_sought": "unknown"}),
        ({"consent": "not_sought", "consent_reason": "evidence"}, {}),
        ({"consent": "not_sought", "consent_reason": "other"}, {"consent_words": "required"}),
        ({"consent": "not_sought", "consent_reason": "other", "consent_words": "Because"}, {}),
        ({"consent": "overridden", "consent_reason": "evidence"}, {"legal": "unknown"}),
        ({"consent": "overridden", "consent_reason": "duty"}, {"legal": "unknown"}),
        ({"consent": "overridden", "consent_reason": "harm"}, {}),
        ({"consent_words": "x" * 2001}, {"consent_words": "too_long"}),
    ],
)
def test_what_is_refused_is_named_by_field(changed: dict[str, Any], errors: dict[str, str]) -> None:
    assert mistakes(settled(grounds(**changed), ASKED), ASKED) == errors


def test_what_is_not_asked_is_not_kept_and_the_law_is_the_nations() -> None:
    kept = settled(grounds(consent_reason="harm", consulted=(Consulted(),)), Wanted())
    assert (kept.reasons, kept.need, kept.consent_reason, kept.consulted) == ((), "", "", ())
    assert ("duty" in Wanted(nation="wales").legal, "duty" in Wanted().legal) == (True, False)
    assert set(legal_words()) == set(LEGAL)
    assert len(not_sought_words()) == 8


@tried(some.lists(some.builds(Consulted, LINES, LINES, LINES, LINES), max_size=4), LINES, LINES)
def test_what_is_sealed_comes_back(people: list[Consulted], nobody: str, words: str) -> None:
    whole = Grounds(("harm",), "N1", tuple(people), nobody, "given", "", words)
    codes = Grounds(("harm",), "N1", consent="given")
    assert with_words(codes, in_words(whole)) == whole


def test_every_kind_has_codes_that_are_in_the_lists_in_england_and_none_in_wales() -> None:
    lists = [codes_for(one) for one in (returns.CONTACT_OUTCOME, returns.REFERRAL_OUTCOME, returns.REFERRAL_NFA)]
    for kind in OUTCOME_KINDS:
        found = returns.codes_of(kind, "england")
        assert found.contact
        assert all(known is not None and (not code or code in known) for known, code in zip(lists, found, strict=True))
        assert returns.codes_of(kind, "wales") == ("", "", "")
    assert returns.codes_of("assessment", "england").nfa == "0"
    assert returns.codes_of("signpost", "england").nfa == "1"


Decides = Callable[[Person, Made, Given], Decided]


@pytest.fixture
def decides() -> Decides:
    def act(screener: Person, made: Made, given: Given) -> Decided:
        with db.unit_of_work(screener.scope):
            decide(screener.actor, find(screener.actor, Permission.DECIDE, made.reference), given)
        with db.unit_of_work(screener.scope):
            found = find(screener.actor, Permission.LOOK, made.reference)
            made_now = decision(screener.actor, Permission.LOOK, found)
        assert made_now is not None
        return made_now

    return act


def test_codes_are_columns_and_words_are_sealed(councils: Councils, decides: Decides) -> None:
    author, screener = make_person(councils.england), make_person(councils.england, role="screener")
    made = make_referral(councils.england, author, state="screening", owner=screener)
    said = grounds(consulted=(SHE,), nobody="", consent="overridden", consent_reason="harm", consent_words="CNRY risk")
    wanted = given("assessment", "MASH", "CNRY why", "We visit.", 0, grounds=said)
    assert decides(screener, made, wanted).grounds == said
    with pytest.raises(Conflict):
        decides(screener, made, replace(wanted, grounds=grounds()))
    with db.unit_of_work(screener.scope) as session:
        row = session.execute(select(Decision)).scalar_one()
        assert (row.kind, row.reasons, row.need, row.consent, row.consent_reason) == (
            "assessment", ["harm"], "N1", "overridden", "harm",
        )  # fmt: skip
        assert (row.contact_code, row.referral_code, row.nfa_code) == ("social_care", "assessment", "0")
        for words in ("CNRY risk", "O'Brien"):
            assert words.encode() not in (row.grounds or b"")
    with db.unit_of_work(author.scope):
        theirs = decision(author.actor, Permission.TRACK, find(author.actor, Permission.TRACK, made.reference))
    assert theirs is not None
    assert (theirs.grounds, theirs.codes) == (None, ("", "", ""))


def test_wales_has_no_census_codes(councils: Councils, decides: Decides) -> None:
    author, screener = make_person(councils.wales), make_person(councils.wales, role="screener")
    made = make_referral(councils.wales, author, state="screening", owner=screener)
    said = decides(screener, made, given("assessment", "MASH", "CNRY", "Wele", 0))
    assert said.grounds is not None
    assert (said.grounds.need, said.codes) == ("", ("", "", ""))


def test_a_council_that_lists_reasons_is_given_one(councils: Councils, decides: Decides) -> None:
    author, screener = make_person(councils.england), make_person(councils.england, role="screener")
    made = make_referral(councils.england, author, state="screening", owner=screener)
    with pytest.raises(Invalid) as refused:
        decides(screener, made, given("early_help", "MASH", "CNRY", "CNRY", 0, grounds=Grounds()))
    assert refused.value.errors == {"reasons": "unknown", "nobody": "required", "consent": "unknown"}
    # An outcome without a list asks for none.
    bare = grounds("advice", need="N9")
    said = decides(screener, made, given("advice", "MASH", "CNRY", "CNRY", 0, grounds=bare)).grounds
    assert said is not None
    assert (said.reasons, said.need) == ((), "")


def test_the_page_keeps_what_was_typed_and_tells_everything_at_once(client: FlaskClient, councils: Councils) -> None:
    screener = make_person(councils.england, role="screener", language="en")
    sign_in(client, screener)
    made = make_referral(councils.england, make_person(councils.england), state="screening", owner=screener)
    page = f"/avonmere/screening/{made.reference}/decide"
    data = fields_of(client.get(f"{page}?outcome=assessment"), "/decide")
    row = {"person-0-agency": "Heddlu CNRY", "person-0-name": "Siân O'Brien 李", "person-0-when": ""}
    more = client.post(page, data=data | row | {"more": "1"})
    tree = soup(more)
    assert more.status_code == 200
    assert tree.select_one(".govuk-error-summary") is None
    assert tree.select_one("#person-1-agency") is not None
    refused = client.post(page, data=data | row | {"rationale": " ", "consent": "overridden"})
    assert refused.status_code == 422
    tree = soup(refused)
    targets = [one["href"] for one in tree.select(".govuk-error-summary a")]
    assert targets == ["#reasons", "#need", "#rationale", "#person-0-when", "#legal"]
    name = tree.select_one("#person-0-name")
    assert name is not None
    assert name["value"] == "Siân O'Brien 李"
    good = data | fields() | row | {"person-0-when": "10:15", "nobody": "", "rationale": "CNRY", "told": "CNRY"}
    assert client.post(page, data=good).status_code == 303
    shown = soup(client.get(page.removesuffix("/decide"))).text
    for words in (
        "Likely to suffer significant harm", "Abuse, neglect or exploitation", "Siân O'Brien 李, Heddlu CNRY: 10:15",
        "Consent was given", "Taken on as a referral to social care",
    ):  # fmt: skip
        assert words in shown
