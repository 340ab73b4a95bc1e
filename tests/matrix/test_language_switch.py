"""The language switch of a page that answers a form: the page again in the other language, and nothing done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from portal.auth.policy import Permission
from portal.kernel import db
from portal.messaging import commands
from portal.referrals.queries.record import find
from portal.screening.commands import holding
from portal.web.limits import limiter
from tests.factories.pages import fields_of, soup
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils
from tests.matrix import walk
from tests.matrix import world as worlds
from tests.matrix.access import AGENCY, Access
from tests.matrix.operators import add_operators
from tests.matrix.test_safe_methods import Admin, _forms, checksum
from tests.matrix.walk import Walker

__all__ = ["checksum"]

SWITCH = {"lang": "cy", "only_language": "yes"}


def test_no_form_of_the_product_acts_for_a_change_of_language(
    app: Flask,
    councils: Councils,
    access: Access,
    admin: Admin,
    checksum: Callable[[], dict[str, object]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Not the world of `filled`, which undoes whatever a form does.
    filled = worlds.make(councils)
    add_operators(filled, admin)
    monkeypatch.setattr(limiter, "enabled", False)
    for rule, person in _forms(app, access):
        walker = Walker(app, filled, filled.people[person], filled.here.slug)
        walker.csrf()
        before = checksum()
        events = admin.execute("select count(*) from audit_event where event <> 'referrals.read'").fetchone()
        body: dict[str, Any] = walk.BODIES.get(rule.endpoint, {}) | SWITCH
        if rule.endpoint == "screening.record":
            body["outcome"] = filled.here.settings.outcomes[0].key
        answer = walker.ask("POST", walk.address(app, filled, rule, AGENCY), body)
        assert answer.status_code < 500, rule.endpoint
        after = checksum()
        assert [table for table in before if before[table] != after[table]] == [], rule.endpoint
        again = admin.execute("select count(*) from audit_event where event <> 'referrals.read'").fetchone()
        assert again == events, rule.endpoint
        if person != "anonymous":
            assert walker.ask("GET", "/account").status_code == 200, rule.endpoint


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
