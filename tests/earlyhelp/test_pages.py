"""The pages of early help: the team's list and its report, the screener's page, and what the referrer reads."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.scope import Council
from portal.screening.commands import changes, decisions
from portal.tenants.early_help_settings import Team
from portal.tenants.settings import SettingsMistakes, parse_council
from tests.earlyhelp.making import Case
from tests.factories.decisions import given, grounds
from tests.factories.pages import fields_of
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils
from tests.tenants.test_settings import document

MOST_STATEMENTS = 8


class Browser:
    """Somebody's pages about one report."""

    def __init__(self, client: FlaskClient, case: Case) -> None:
        self.client, self.root, self.reference = client, f"/{case.council.slug}", case.made.reference

    def as_person(self, person: Person) -> Browser:
        sign_in(self.client, person)
        return self

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"{self.root}{path.format(self.reference)}")

    def post(self, page: str, action: str, **typed: Any) -> TestResponse:
        path = action.format(self.reference)
        return self.send(path, {**fields_of(self.get(page), path), **typed})

    def form(self, page: str, action: str) -> dict[str, str]:
        """What the form would send without its token, which is each session's own."""
        found = fields_of(self.get(page), action.format(self.reference))
        return {name: value for name, value in found.items() if name != "csrf_token"}

    def send(self, action: str, data: dict[str, Any]) -> TestResponse:
        """Send a form again, or one that the page does not show any more."""
        token = fields_of(self.get("/account"), "/account/language")["csrf_token"]
        return self.client.post(f"{self.root}{action.format(self.reference)}", data={"csrf_token": token, **data})


TEAM, OFFER = "/early-help/{}", "/screening/{}/early-help"


def test_from_the_screener_to_the_team_and_back_to_the_referrer(councils: Councils, client: FlaskClient) -> None:
    case = Case(councils.wales).decide()
    here = Browser(client, case).as_person(case.screener)
    assert "Not yet offered to a team" in here.get("/screening/{}").text
    refused = here.post(OFFER, OFFER, words="CNRY <b> typed")
    assert (refused.status_code, "Choose a team" in refused.text) == (422, True)
    assert "CNRY &lt;b&gt; typed</textarea>" in refused.text
    assert "01632 960110" in refused.text
    assert here.post(OFFER, OFFER, team="south", words="CNRY O’Brien knows").status_code == 303
    here.as_person(case.worker)
    assert 'aria-current="page">Offered (1)</a>' in here.get("/early-help").text
    assert here.reference in here.get("/early-help").text
    page = here.get(TEAM)
    assert "CNRY O’Brien knows" in page.text
    assert "CNRY because" not in page.text
    assert here.get("/screening/{}").status_code == 403
    empty = here.post(f"{TEAM}/decline", f"{TEAM}/decline", words="CNRY why")
    assert (empty.status_code, "Choose one of the list" in empty.text, "CNRY why</textarea>" in empty.text) == (
        422, True, True,
    )  # fmt: skip
    form = here.form(f"{TEAM}/accept", f"{TEAM}/accept")
    for _click in range(2):
        done = here.send(f"{TEAM}/accept", {**form, "words": "CNRY Mon"})
        assert (done.status_code, done.headers["Location"]) == (303, f"{here.root}/early-help/{here.reference}")
    assert here.get(f"{TEAM}/decline").status_code == 303
    assert "has accepted this" in here.as_person(case.author).get("/referrals/{}").text
    assert "CNRY Mon" not in here.get("/referrals/{}").text
    here.as_person(case.worker)
    form = here.form(f"{TEAM}/close", f"{TEAM}/close")
    for _click in range(2):
        done = here.send(f"{TEAM}/close", {**form, "why": "partly", "words": "CNRY better"})
        assert (done.status_code, done.headers["Location"]) == (303, f"{here.root}/early-help?tab=done")
    assert here.get(TEAM).status_code == 404
    assert "Some of it is better" in here.get("/early-help?tab=done").text
    assert "CNRY better" in here.as_person(case.screener).get(OFFER).text
    assert "has closed its work" in here.as_person(case.author).get("/referrals/{}").text


def test_a_declined_one_is_the_screeners_and_then_told(councils: Councils, client: FlaskClient) -> None:
    case = Case(councils.england).decide()
    here = Browser(client, case).as_person(case.worker)
    done = here.post(f"{TEAM}/decline", f"{TEAM}/decline", why="full", words="CNRY no")
    assert done.headers["Location"] == f"{here.root}/early-help?tab=declined"
    assert "could not take this on" not in here.as_person(case.author).get("/referrals/{}").text
    here.as_person(case.screener)
    assert "Declined: choose what happens now" in here.get("/screening/{}").text
    assert "CNRY no" in here.get(OFFER).text
    assert here.post(OFFER, f"{OFFER}/leave").status_code == 303
    assert "choose what happens now" not in here.get("/screening/{}").text
    assert "Family Help could not take this on" in here.as_person(case.author).get("/referrals/{}").text


def test_what_was_taken_back_meanwhile_is_said_and_what_was_typed_stays(
    councils: Councils, client: FlaskClient
) -> None:
    case = Case(councils.england).decide()
    here = Browser(client, case).as_person(case.worker)
    form = here.form(f"{TEAM}/accept", f"{TEAM}/accept")
    back = here.as_person(case.screener).form(OFFER, f"{OFFER}/take-back")
    for _click in range(2):
        assert here.send(f"{OFFER}/take-back", back).status_code == 303
    here.as_person(case.worker)
    late = here.send(f"{TEAM}/accept", {**form, "words": "CNRY 李 typed"})
    assert (late.status_code, "CNRY 李 typed" in late.text) == (409, True)
    assert "is not with your team any more" in late.text
    assert here.send(f"{TEAM}/accept", {**form, "offer": "x"}).status_code == 404
    case.offer("family_help")
    stale = here.send(f"{TEAM}/accept", form)
    assert (stale.status_code, case.offers()[0].state) == (409, "offered")
    taken = here.as_person(case.screener).form(OFFER, f"{OFFER}/take-back")
    case.answer("accept")
    assert here.send(f"{OFFER}/take-back", taken).status_code == 409


def test_going_back_and_writing_more_is_no_second_click(councils: Councils, client: FlaskClient) -> None:
    case = Case(councils.wales).decide()
    here = Browser(client, case).as_person(case.screener)
    form = here.form(OFFER, OFFER) | {"team": "south", "words": "CNRY first"}
    for _click in range(2):
        assert here.send(OFFER, form).status_code == 303
    back = here.send(OFFER, form | {"words": "CNRY first and more"})
    assert (back.status_code, "CNRY first and more" in back.text) == (409, True)
    assert case.offers()[0].said["words"] == "CNRY first"


def test_without_agreement_the_page_says_how_to_go_on(councils: Councils, client: FlaskClient) -> None:
    case = Case(councils.england).decide(consent="not_sought", reason="unreachable")
    here = Browser(client, case).as_person(case.screener)
    assert "You can also correct the decision" in here.get(OFFER).text
    refused = here.post(OFFER, OFFER, words="CNRY w")
    assert (refused.status_code, "Say where the family’s agreement stands" in refused.text) == (422, True)
    typed = {"team": "family_help", "consent": "agreed_since", "consent_words": "CNRY Dad rang"}
    assert here.post(OFFER, OFFER, **typed).status_code == 303
    assert "CNRY Dad rang" in here.as_person(case.worker).get(TEAM).text


def _secret(council: Council) -> Case:
    """A report that keeps an address and its referrer secret."""
    case = Case(council)
    case.made = make_referral(
        case.council, case.author, state="screening", owner=case.screener,
        sections={
            "referrer": {
                "ref_phone": "01632 960999", "ref_source_type": ["public"], "ref_third_party": "yes",
            },
            "children": [
                {
                    "child_first_name": "Cai", "child_address": {"lines": "9 CNRY Refuge Row"},
                    "child_address_secret": "yes",
                }
            ],
            "concern": {
                "sos_what_happened": "Told us CNRY happened",
                # What is kept secret may also stand where nobody asked for it.
                "sos_impact": f"{case.author.name} saw it CNRY inside",
                "sos_working": "They CNRY moved to CNRY Refuge Row",
            },
        },
    )  # fmt: skip
    return case


def test_what_is_kept_secret_is_not_shown_to_the_team(councils: Councils, client: FlaskClient) -> None:
    case = _secret(councils.england).decide()
    here = Browser(client, case)
    assert "9 CNRY Refuge Row" in here.as_person(case.screener).get("/screening/{}").text
    page = here.as_person(case.worker).get(TEAM).text
    assert "Told us CNRY happened" in page
    assert "Some answers are not shown" in page
    for secret in ("CNRY Refuge Row", "01632 960999", case.author.name, "CNRY inside", "They CNRY moved"):
        assert secret not in page


def test_what_a_screener_writes_to_the_team_is_held_where_it_gives_a_secret_away(
    councils: Councils, client: FlaskClient
) -> None:
    case = _secret(councils.england).decide(consent="not_sought", reason="unreachable")
    here = Browser(client, case).as_person(case.screener)
    typed = {"team": "family_help", "consent": "agreed_since", "words": "CNRY see 9 CNRY Refuge Row",
             "consent_words": f"CNRY {case.author.name} rang"}  # fmt: skip
    for confirmed in ("", "0" * 64):
        refused = here.post(OFFER, OFFER, **typed, confirmed=confirmed)
        assert (refused.status_code, case.offers()) == (422, ())
        assert refused.text.count("This gives away what the report keeps secret") == 4
        assert "9 CNRY Refuge Row; " in refused.text
    mark = re.search(r'type="checkbox" value="([0-9a-f]{64})"', refused.text)
    assert mark is not None
    changed = here.post(OFFER, OFFER, **typed | {"words": "CNRY 9 CNRY Refuge Row now"}, confirmed=mark[1])
    assert changed.status_code == 422
    assert here.post(OFFER, OFFER, **typed, confirmed=mark[1]).status_code == 303
    assert case.offers()[0].said["words"] == "CNRY see 9 CNRY Refuge Row"
    assert case.trail("messaging.held_confirmed") == 1


def test_what_the_decision_says_of_consent_gives_no_secret_to_the_team(councils: Councils, client: FlaskClient) -> None:
    case = _secret(councils.england)
    said = replace(grounds("early_help", consent="given"), consent_words="CNRY agreed at 9 CNRY Refuge Row")
    case.given = given("early_help", "MASH", "CNRY because", "CNRY told", 0, grounds=said)
    case.act(case.screener, decisions.decide, case.given)
    here = Browser(client, case)
    assert "agreed at 9 CNRY Refuge Row" in here.as_person(case.screener).get("/screening/{}").text
    page = here.as_person(case.worker).get(TEAM)
    assert (page.status_code, "CNRY Refuge Row" in page.text) == (200, False)


def test_reading_it_is_audited_for_both_sides(councils: Councils, client: FlaskClient) -> None:
    case = Case(councils.england).decide()
    here = Browser(client, case)
    for who, path in ((case.screener, OFFER), (case.worker, TEAM)):
        before = case.trail("referrals.read")
        here.as_person(who).get(path)
        assert case.trail("referrals.read") == before + 1
    refused = here.as_person(case.screener).post(OFFER, f"{OFFER}/take-back", offer="")
    assert (refused.status_code, case.trail("referrals.read") - before) == (422, 3)


def test_the_team_is_told_when_it_was_taken_up_again(councils: Councils, client: FlaskClient) -> None:
    case = Case(councils.england).decide()
    case.answer("accept")
    case.act(case.screener, changes.reopen)
    assert "has taken this up again" in Browser(client, case).as_person(case.worker).get(TEAM).text
    here = Browser(client, case).as_person(case.author)
    assert "has accepted this" not in here.get("/referrals/{}").text


@pytest.mark.parametrize("path", ["/early-help", "/early-help?tab=nothing"])
def test_the_list_takes_few_statements(
    councils: Councils, client: FlaskClient, statements: list[str], path: str
) -> None:
    for _one in range(3):
        case = Case(councils.england).decide()
    here = Browser(client, case).as_person(case.worker)
    here.get(path)
    statements.clear()
    assert "Offered (3)" in here.get(path).text
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)


def test_managers_act_too_and_nobody_else(councils: Councils, client: FlaskClient) -> None:
    case = Case(councils.england).decide()
    manager = make_person(case.council, role="practice_manager")
    here = Browser(client, case).as_person(manager)
    assert here.post(f"{TEAM}/accept", f"{TEAM}/accept").status_code == 303
    for who in (case.screener, make_person(case.council, role="council_admin"), case.author):
        assert here.as_person(who).get(TEAM).status_code == 403
    other = make_person(councils.wales, role="early_help_worker")
    with db.unit_of_work(other.scope):
        assert other.actor.reach == "council"
    assert case.offers(manager, Permission.EARLY_HELP)[0].answered_by == manager.name


def test_settings_may_be_missing_and_each_mistake_has_its_place() -> None:
    found = document("avonmere")
    found.pop("early_help", None)
    assert parse_council(found).early_help == ()
    languages = parse_council(found).languages
    found["early_help"] = {"teams": {one: [{"north": f"North {one}"}] for one in languages}}
    assert parse_council(found).early_help == (Team("north", {one: f"North {one}" for one in languages}),)
    found["early_help"] |= {"emails": [{"north": "n@example.gov.uk"}], "working_days": [{"north": "4"}, {"gone": 2}]}
    (team,) = parse_council(found).early_help
    assert (team.email, team.working_days) == ("n@example.gov.uk", 4)
    found["early_help"] |= {"emails": [{"north": "nobody"}, "x"], "working_days": [{"north": "0"}, {"north": 21}]}
    with pytest.raises(SettingsMistakes) as wrong:
        parse_council(found)
    places = [one.place for one in wrong.value.mistakes]
    assert places == [("early_help", part, place) for part in ("emails", "working_days") for place in (0, 1)]
