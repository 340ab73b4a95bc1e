"""The pages about a challenged decision: what was typed stays, and each side sees how it stands."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.auth.policy import Permission
from portal.kernel import db
from portal.referrals.queries.record import find
from portal.screening.commands import decisions
from portal.tenants.challenge_settings import Challenging
from portal.tenants.settings import SettingsMistakes, parse_council
from tests.factories.decisions import given
from tests.factories.pages import fields_of
from tests.factories.people import make_person, sign_in
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils
from tests.tenants.test_settings import document


def test_from_the_referrer_to_the_manager_and_back(councils: Councils, client: FlaskClient) -> None:
    council = councils.england
    author, screener = make_person(council), make_person(council, role="screener")
    manager = make_person(council, role="practice_manager")
    made = make_referral(council, author, state="screening", owner=screener)
    here = f"/{council.slug}/referrals/{made.reference}"
    there = f"/{council.slug}/screening/{made.reference}"

    def post(address: str, action: str, **typed: Any) -> Any:
        base = there if "/screening/" in address else here
        return client.post(f"{base}{action}", data={**fields_of(client.get(address), action), **typed})

    sign_in(client, author)
    assert client.get(f"{here}/challenge").status_code == 303
    with db.unit_of_work(screener.scope):
        found = find(screener.actor, Permission.DECIDE, made.reference)
        decisions.decide(screener.actor, found, given("no_further_action", "MASH", "CNRY r", "CNRY told", 0))
    assert "Challenge this decision" in client.get(here).text
    refused = post(f"{here}/challenge", "/challenge", why="CNRY typed <b>", wanted="")
    assert refused.status_code == 422
    assert "Enter what you want to happen instead" in refused.text
    assert "CNRY typed &lt;b&gt;</textarea>" in refused.text
    assert "01632 960210" in refused.text
    assert post(f"{here}/challenge", "/challenge", why="CNRY why", wanted="CNRY visit").status_code == 303
    assert "The council should answer by" in client.get(here).text
    copied = client.get(f"{here}/copy").text
    assert "Challenge of the decision" in copied
    assert "CNRY visit" in copied
    sign_in(client, manager)
    assert made.reference in client.get(f"/{council.slug}/challenges").text
    assert f"{there}/challenge" in client.get(there).text
    assert "CNRY visit" in client.get(f"{there}/challenge").text
    assert post(f"{there}/challenge", "/challenge", verdict="other", words="CNRY w").status_code == 422
    assert post(f"{there}/challenge", "/challenge", verdict="changed", words="CNRY right").status_code == 303
    assert "It has not been yet" in client.get(f"{there}/challenge").text
    sign_in(client, author)
    assert "CNRY right" in client.get(f"{here}/challenge").text
    assert post(f"{here}/challenge", "/challenge/end").status_code == 303
    assert "the answer was accepted" in client.get(here).text
    assert "This challenge is over" in client.get(f"{here}/challenge").text


def test_what_the_settings_may_say_of_the_levels() -> None:
    found = document("avonmere")
    del found["challenging"]
    assert parse_council(found).challenging == Challenging()
    found["challenging"] = {"days": 10, "levels": {"second": {"working_days": 0}}}
    read = parse_council(found).challenging
    assert (read.days, [one.working_days for one in read.levels]) == (10, [1])
    found["challenging"] = {"days": 0, "levels": {"first": {"working_days": 0, "name": {"en": " "}}, "fourth": {}}}
    with pytest.raises(SettingsMistakes) as wrong:
        parse_council(found)
    assert [one.place[1:] for one in wrong.value.mistakes] == [
        ("days",), ("levels", "first", "working_days"), ("levels", "first", "name", "en"), ("levels", "fourth"),
    ]  # fmt: skip
