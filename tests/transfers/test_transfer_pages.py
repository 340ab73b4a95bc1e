"""The pages of a transfer: what was typed stays, and no name is there before somebody accepts."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale

from portal.tenants.views.agency_words import decision_words
from portal.transfers import words
from portal.transfers.commands import offering
from portal.transfers.states import OUT
from tests.factories.pages import fields_of
from tests.factories.people import Person, sign_in
from tests.fixtures.councils import Councils
from tests.transfers.cases import WHY, Case, make_case


@pytest.fixture
def case(councils: Councils) -> Case:
    return make_case(councils)


def post(client: FlaskClient, page: str, action: str, **typed: Any) -> Any:
    """Post a form of a page with what it holds, and what is typed."""
    return client.post(action, data=fields_of(client.get(page), action) | typed)


def at(who: Person, path: str) -> str:
    return f"/{who.council.slug}{path}"


def test_from_one_council_to_the_other(case: Case, client: FlaskClient) -> None:
    report = at(case.screener, f"/screening/{case.made.reference}")
    page = f"{report}/transfer"
    sign_in(client, case.screener)
    assert page in client.get(report).text
    refused = post(client, page, page, why="CNRY typed <b>", consent="given")
    assert refused.status_code == 422
    assert "Choose a council" in refused.text
    assert "CNRY typed &lt;b&gt;</textarea>" in refused.text
    good = post(client, page, page, council="glan-yr-afon", why=WHY, consent="given", files="y", messages="y")
    assert good.status_code == 303
    assert "A practice manager who did not propose it sends the offer." in client.get(page).text
    assert "Send the offer" not in client.get(page).text
    sign_in(client, case.manager)
    assert "Waits for a manager" in client.get(report).text
    assert post(client, page, f"{page}/send", do="back").status_code == 422
    assert post(client, page, f"{page}/send", do="send").status_code == 303
    assert case.councils.wales.settings.phones.hub.number in client.get(page).text
    sign_in(client, case.theirs)
    listed = client.get(at(case.theirs, "/transfers")).text
    assert "Avonmere" in listed
    (offer,) = {one for one in listed.split('"') if one.startswith(at(case.theirs, "/transfers/"))}
    shown = client.get(offer).text
    assert "One child, 5 to 9 years old" in shown
    assert case.councils.england.settings.phones.hub.number in shown
    assert not [name for name in ("Llŷr", case.made.reference, case.author.name) if name in listed + shown]
    assert post(client, offer, f"{offer}/decline").status_code == 422
    form = fields_of(client.get(offer), f"{offer}/accept")
    first, second = (client.post(f"{offer}/accept", data=form) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    arrival = first.headers["Location"]
    assert second.headers["Location"] == arrival
    here = client.get(arrival).text
    assert f"{arrival}/arrived" in here
    assert "From another council" in here
    came = client.get(f"{arrival}/arrived").text
    assert "She said CNRY at breakfast" in came
    assert case.author.name in came
    sign_in(client, case.author)
    told = client.get(at(case.author, f"/referrals/{case.made.reference}")).text
    assert case.councils.wales.settings.phones.hub.number in told


def test_a_stale_page_is_told_how_it_is_now(case: Case, client: FlaskClient) -> None:
    transfer_id = case.offer()
    sign_in(client, case.theirs)
    page = at(case.theirs, f"/transfers/{transfer_id}")
    form = fields_of(client.get(page), f"{page}/accept")
    case.act(case.screener, offering.take_back, transfer_id)
    late = client.post(f"{page}/accept", data=form)
    assert late.status_code == 409
    assert "Nothing was done" in late.text
    assert case.councils.england.settings.phones.hub.number in late.text
    assert WHY not in late.text
    sign_in(client, case.screener)
    mine = at(case.screener, f"/screening/{case.made.reference}/transfer")
    form = fields_of(client.get(mine), mine)
    case.propose()
    stale = client.post(mine, data=form | {"council": "glan-yr-afon", "why": "CNRY kept", "consent": "given"})
    assert stale.status_code == 409
    assert "CNRY kept" in stale.text


def test_only_a_concern_that_everybody_may_see_goes(case: Case, client: FlaskClient, councils: Councils) -> None:
    hidden = make_case(councils, sight=[case.screener.account_id])
    sign_in(client, case.screener)
    page = client.get(at(case.screener, f"/screening/{hidden.made.reference}/transfer")).text
    assert "This is restricted." in page
    assert "Propose the transfer" not in page


def test_what_was_taken_back_is_not_received_back_in_welsh(app: Flask) -> None:
    with app.test_request_context("/"), force_locale("cy"):
        assert words.state_words("taken_back", OUT) == "Tynnwyd yn ôl"
        assert decision_words("take-back") == "Derbyniwyd yr asiantaeth yn ôl"
