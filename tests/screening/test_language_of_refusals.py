"""What came too late is not done after all by changing the language of the page that says so."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from portal.auth.policy import Permission
from portal.kernel import db
from portal.messaging import commands
from portal.referrals.queries.record import find
from portal.screening.commands import holding
from tests.factories.pages import fields_of, soup
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils

Admin = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def screener(councils: Councils) -> Person:
    return make_person(councils.england, role="screener", name="Sam Reader")


def _switch(client: FlaskClient, answer: Any) -> Any:
    """Press the language button of a page that answered a form."""
    page = soup(answer)
    form = page.select_one("form.app-language")
    assert form is not None
    data = [(str(box["name"]), str(box["value"])) for box in form.select("input")]
    fields: dict[str, list[str]] = {}
    for name, value in [*data, ("lang", "cy")]:
        fields.setdefault(name, []).append(value)
    return client.post(answer.request.path, data=fields)


def _report(councils: Councils, owner: Person | None, state: str = "screening") -> Made:
    return make_referral(councils.england, make_person(councils.england), state=state, owner=owner)


def test_a_question_that_came_too_late_is_not_sent_by_changing_the_language(
    client: FlaskClient, councils: Councils, screener: Person, admin: Admin
) -> None:
    made = _report(councils, screener)
    sign_in(client, screener)
    slug = councils.england.slug
    data = fields_of(client.get(f"/{slug}/screening/{made.reference}"), "/ask") | {"message": "When was that?"}
    admin.execute("update referral set owner_id = null")
    refused = client.post(f"/{slug}/screening/{made.reference}/ask", data=data)
    assert refused.status_code == 409
    admin.execute("update referral set owner_id = %s", [screener.account_id])
    welsh = _switch(client, refused)
    assert (welsh.status_code, soup(welsh).select("html")[0]["lang"]) == (422, "cy")
    assert "When was that?" in welsh.get_data(as_text=True)
    assert admin.execute("select count(*) from message").fetchone() == (0,)
    # And pressing the button itself sends it.
    data = fields_of(welsh, "/ask")
    assert data["message"].strip() == "When was that?"
    assert client.post(f"/{slug}/screening/{made.reference}/ask", data=data).status_code == 303
    assert admin.execute("select count(*) from message").fetchone() == (1,)


def test_a_reply_is_not_sent_by_changing_the_language(
    client: FlaskClient, councils: Councils, screener: Person, admin: Admin
) -> None:
    made = _report(councils, screener)
    with db.unit_of_work(screener.scope):
        found = find(screener.actor, Permission.ASK, made.reference)
        commands.ask(screener.actor, found, "Who was there?", made.id)
    sign_in(client, made.author)
    slug = councils.england.slug
    data = fields_of(client.get(f"/{slug}/referrals/{made.reference}"), "/reply") | {"message": "Her aunt."}
    admin.execute("update referral set state = 'screening'")
    refused = client.post(f"/{slug}/referrals/{made.reference}/reply", data=data)
    assert refused.status_code == 409
    admin.execute("update referral set state = 'asked'")
    assert "Her aunt." in _switch(client, refused).get_data(as_text=True)
    assert admin.execute("select count(*) from message where side = 'agency'").fetchone() == (0,)


def test_a_claim_that_came_too_late_is_not_made_by_changing_the_language(
    client: FlaskClient, councils: Councils, screener: Person, admin: Admin
) -> None:
    made = _report(councils, None, "sent")
    other = make_person(councils.england, role="screener")
    sign_in(client, screener)
    slug = councils.england.slug
    data = fields_of(client.get(f"/{slug}/screening/{made.reference}"), "/claim")
    with db.unit_of_work(other.scope):
        holding.claim(other.actor, find(other.actor, Permission.CLAIM, made.reference))
    refused = client.post(f"/{slug}/screening/{made.reference}/claim", data=data)
    assert refused.status_code == 409
    admin.execute("update referral set owner_id = null, state = 'sent'")
    answer = _switch(client, refused)
    assert (answer.status_code, answer.location) == (303, f"/{slug}/screening/{made.reference}")
    shown = client.get(answer.location)
    assert admin.execute("select owner_id from referral").fetchone() == (None,)
    assert BeautifulSoup(shown.text, "html.parser").select_one(".govuk-notification-banner--success") is None
