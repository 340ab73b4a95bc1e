"""A correction that somebody begins and leaves is kept for them alone, until it is sent or thrown away."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.auth.policy import Permission
from portal.kernel import db
from portal.messaging.queries import thread
from portal.messaging.queries.drafts import drafts
from portal.referrals.queries.record import find
from tests.factories.pages import fields_of, soup, submit
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils

WORST = "signs.-.-.-.sos_worst"
NEW, WHY = "CNRY worse than Siân O’Brien 李 wrote", "CNRY half a reason"


@pytest.fixture
def made(councils: Councils) -> Made:
    ali = make_person(councils.england, role="screener", name="Ali Screener")
    return make_referral(councils.england, make_person(councils.england), state="screening", owner=ali)


def kept(who: Person, made: Made) -> set[str]:
    with db.unit_of_work(who.scope):
        return set(drafts(find(who.actor, Permission.TRACK, made.reference)))


def text_of(client: FlaskClient, path: str, field: str) -> str:
    found = soup(client.get(path)).select_one(f"[name={field}]")
    return found.get_text() if found else ""


def test_it_is_there_again_and_gone_once_sent(client: FlaskClient, made: Made) -> None:
    report = f"/referrals/{made.reference}"
    here = f"{report}/correct/{WORST}"
    sign_in(client, made.author)
    shown = client.get(f"/avonmere{here}")
    typed = {"sos_worst": NEW, "message": WHY}
    # A script keeps it while one types, the button when one leaves.
    script = client.post(
        f"/avonmere{report}/typed/correct/{WORST}", data=_form(shown) | typed | {"message": "CNRY half"}
    )
    assert (script.status_code, script.json and script.json["version"]) == (200, 1)
    saved = submit(client, made.council, here, here, typed | {"action": "draft"})
    assert saved.status_code == 303
    assert text_of(client, f"/avonmere{here}", "sos_worst").strip() == NEW
    assert text_of(client, f"/avonmere{here}", "message").strip() == WHY
    # The report says so, to whoever typed it alone.
    begun = soup(client.get(f"/avonmere{report}")).select_one("#begun + ul")
    assert begun is not None
    assert "Correct an answer: " in begun.get_text()
    assert begun.select_one(f"a[href$='{here}']") is not None
    lead = make_person(made.council, role="agency_lead")
    sign_in(client, lead)
    assert soup(client.get(f"/avonmere{report}")).select_one("#begun") is None
    assert NEW not in client.get(f"/avonmere{here}").text
    with db.unit_of_work(made.author.scope):
        found = find(made.author.actor, Permission.TRACK, made.reference)
        assert thread(made.author.actor, Permission.TRACK, found) == ()
    sign_in(client, made.author)
    assert submit(client, made.council, here, here).status_code == 303
    assert kept(made.author, made) == set()
    assert soup(client.get(f"/avonmere{report}")).select_one("#begun") is None


def test_two_tabs_overwrite_nothing_and_show_both(client: FlaskClient, made: Made) -> None:
    here = f"/avonmere/referrals/{made.reference}/correct/{WORST}"
    sign_in(client, made.author)
    one, two = (_form(client.get(here)) for _ in range(2))
    first = one | {"sos_worst": "CNRY first", "message": "CNRY one", "action": "draft"}
    assert client.post(here, data=first).status_code == 303
    refused = client.post(here, data=two | {"sos_worst": "CNRY second", "message": "CNRY two", "action": "draft"})
    assert refused.status_code == 409
    assert {words for words in ("CNRY first", "CNRY one", "CNRY second", "CNRY two") if words in refused.text} == {
        "CNRY first", "CNRY one", "CNRY second", "CNRY two",
    }  # fmt: skip
    thrown = client.post(here, data=_form(client.get(here)) | {"action": "discard"})
    assert thrown.status_code == 303
    assert kept(made.author, made) == set()
    assert "CNRY first" not in client.get(here).text


def test_a_question_that_the_report_has_not_keeps_nothing(client: FlaskClient, made: Made) -> None:
    report = f"/avonmere/referrals/{made.reference}"
    sign_in(client, made.author)
    form = _form(client.get(f"{report}/correct/{WORST}"))
    for place in ("nonsense", "signs.-.-.-.nothing", "children.9.-.-.child_first_name"):
        assert client.post(f"{report}/typed/correct/{place}", data=form | {"message": "CNRY"}).status_code == 404
    assert kept(made.author, made) == set()


def _form(shown: TestResponse) -> dict[str, str]:
    """The fields of the page's own form."""
    return fields_of(shown, f"/correct/{WORST}")


@pytest.mark.parametrize("action", ["", "draft"])
def test_one_posted_after_the_withdrawal_is_refused_with_its_words(
    client: FlaskClient, made: Made, admin: Any, action: str
) -> None:
    here = f"/avonmere/referrals/{made.reference}/correct/{WORST}"
    sign_in(client, made.author)
    form = _form(client.get(here)) | {"sos_worst": NEW, "message": WHY}
    admin.execute("update referral set state = 'withdrawn' where id = %s", (made.id,))
    refused = client.post(here, data=form | ({"action": action} if action else {}))
    assert refused.status_code == 409
    assert NEW in refused.text
    assert WHY in refused.text
    assert client.get(here).status_code == 303
