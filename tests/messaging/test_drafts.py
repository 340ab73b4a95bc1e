"""What is typed in a thread and not sent is kept for its writer alone, until it is sent or thrown away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from portal.auth import leaving
from portal.auth.policy import Permission
from portal.kernel import clock, db
from portal.messaging.commands import ask as ask_command
from portal.messaging.commands import drafting
from portal.messaging.commands.drafting import Sheet
from portal.messaging.queries import thread
from portal.messaging.queries.drafts import ASK, Draft, drafts
from portal.referrals.queries.record import Found, find
from tests.factories.pages import fields_of, soup, submit
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made

WORST, IMPACT = "signs.-.-.-.sos_worst", "concern.-.-.-.sos_impact"
NOT_SENT = "not sent."


def kept(who: Person, made: Made) -> dict[str, Draft]:
    with db.unit_of_work(who.scope):
        return drafts(found_by(who, made))


def found_by(who: Person, made: Made) -> Found:
    return find(who.actor, Permission.TRACK if who.actor.agency_id else Permission.LOOK, made.reference)


def main(text: str) -> str:
    found = BeautifulSoup(text, "html.parser").select_one("main")
    return found.get_text(" ", strip=True) if found else ""


def test_a_screener_comes_back_to_a_draft_and_sends_it(client: FlaskClient, ali: Person, made: Made) -> None:
    report, asking = f"/screening/{made.reference}", f"/screening/{made.reference}/ask"
    sign_in(client, ali)
    typed = {"message": "CNRY half a sentence of Siân O’Brien", "days": "7"}
    saved = submit(client, made.council, report, asking, typed | {"action": "draft"})
    assert saved.status_code == 303
    page = client.get(f"/avonmere{report}").text
    assert NOT_SENT in main(page)
    assert "half a sentence" in page
    assert kept(ali, made)[ASK].one("days") == "7"
    # Nobody else has it: no colleague, and nobody of the agency.
    for other in (make_person(ali.council, role="screener"), made.author):
        assert kept(other, made) == {}
    # Ready words are put below what was typed, and questions that were chosen there outlive the short form.
    more = f"{asking}/questions"
    chosen = {"question": [WORST, IMPACT], "message": "CNRY longer", "action": "draft"}
    assert submit(client, made.council, more, more, chosen).status_code == 303
    assert "2 questions of the form go along" in main(client.get(f"/avonmere{report}").text)
    submit(client, made.council, report, asking, {"message": "CNRY longest", "action": "draft"})
    again = client.get(f"/avonmere{more}").text
    assert again.count(" checked") == 2
    assert "CNRY longest" in again
    assert submit(client, made.council, more, more, {"question": [WORST]}).status_code == 303
    assert kept(ali, made) == {}
    with db.unit_of_work(ali.scope):
        (said,) = thread(ali.actor, Permission.LOOK, find(ali.actor, Permission.LOOK, made.reference))
    assert said.text == "CNRY longest"


def test_a_referrer_keeps_an_answer_and_throws_it_away(client: FlaskClient, ali: Person, made: Made) -> None:
    ask(ali, made, WORST, IMPACT)
    with db.unit_of_work(ali.scope):
        (said,) = thread(ali.actor, Permission.LOOK, find(ali.actor, Permission.LOOK, made.reference))
    here = f"/referrals/{made.reference}/answer/{said.id}"
    sign_in(client, made.author)
    typed = {"q1": "CNRY tired", "message": "CNRY soon", "action": "draft"}
    assert submit(client, made.council, here, here, typed).status_code == 303
    page = client.get(f"/avonmere{here}").text
    assert NOT_SENT in main(page)
    assert "CNRY tired" in page
    assert "CNRY soon" in page
    thrown = submit(client, made.council, here, here, {"action": "discard"})
    assert thrown.status_code == 303
    after = client.get(f"/avonmere{here}").text
    assert "CNRY tired" not in after
    assert "CNRY soon" not in after
    assert NOT_SENT not in main(after)


def test_a_script_keeps_it_and_two_tabs_overwrite_nothing(client: FlaskClient, ali: Person, made: Made) -> None:
    report, where = f"/screening/{made.reference}", f"/screening/{made.reference}/ask/typed"
    sign_in(client, ali)
    one, two = (fields_of(client.get(f"/avonmere{report}"), f"{report}/ask") for _ in range(2))
    first = client.post(f"/avonmere{where}", data=one | {"message": "CNRY first tab"})
    assert first.json is not None
    assert first.json["version"] == 1
    other = client.post(f"/avonmere{where}", data=two | {"message": "CNRY second tab"})
    assert (other.status_code, "another tab" in str(other.json)) == (409, True)
    refused = client.post(f"/avonmere{report}/ask", data=two | {"message": "CNRY second tab", "action": "draft"})
    assert refused.status_code == 409
    assert {"CNRY first tab", "CNRY second tab"} <= {
        word for word in ("CNRY first tab", "CNRY second tab") if word in refused.text
    }
    # Pressed again, it replaces what was shown.
    now = fields_of_text(refused.text, "/ask")
    again = client.post(f"/avonmere{report}/ask", data=now | {"message": "CNRY second tab", "action": "draft"})
    assert again.status_code == 303
    assert kept(ali, made)[ASK].one("message") == "CNRY second tab"
    # Sending in the first tab leaves what the second kept; text of the first that comes late is none.
    sent = client.post(f"/avonmere{report}/ask", data=one | {"message": "CNRY sent"})
    assert sent.status_code == 303
    assert kept(ali, made)[ASK].one("message") == "CNRY second tab"


def test_two_tabs_that_add_overwrite_nothing(client: FlaskClient, made: Made) -> None:
    here = f"/avonmere/referrals/{made.reference}/add"
    sign_in(client, made.author)
    one, two = ({"tab_key": str(uuid4()), "typed_version": "0", "action": "draft"} for _ in range(2))
    token = {"csrf_token": str(soup(client.get(here)).select_one("[name=csrf_token]")["value"])}  # type: ignore[index]
    assert client.post(here, data=one | token | {"message": "CNRY one"}).status_code == 303
    other = client.post(here, data=two | token | {"message": "CNRY two"})
    assert (other.status_code, "CNRY one" in other.text, "CNRY two" in other.text) == (409, True, True)


def fields_of_text(text: str, ends: str) -> dict[str, str]:
    tree = BeautifulSoup(text, "html.parser")
    form = next(one for one in tree.select("form") if str(one.get("action", "")).endswith(ends))
    return {str(one["name"]): str(one.get("value", "")) for one in form.select("input[type=hidden]")}


def test_late_text_of_a_page_that_sent_it_comes_back_no_more(ali: Person, made: Made) -> None:
    sheet = Sheet(ASK, "council", uuid4(), 0)
    with db.unit_of_work(ali.scope):
        found = find(ali.actor, Permission.ASK, made.reference)
        assert drafting.keep(ali.actor, found, sheet, {"message": ["CNRY a"]}) == 1
        drafting.settle(ali.actor, found, sheet)
        assert drafting.keep(ali.actor, found, sheet, {"message": ["CNRY a"]}) is None
        assert drafts(found) == {}
        # Another page begins anew.
        assert drafting.keep(ali.actor, found, Sheet(ASK, "council", uuid4(), 0), {"message": ["CNRY b"]})
        assert drafts(found)[ASK].one("message") == "CNRY b"


def test_it_survives_a_conflict_and_stays_readable_when_nobody_may_ask(
    client: FlaskClient, ali: Person, made: Made, admin: Any
) -> None:
    report = f"/screening/{made.reference}"
    sign_in(client, ali)
    submit(client, made.council, report, f"{report}/ask", {"message": "CNRY kept words", "action": "draft"})
    form = fields_of(client.get(f"/avonmere{report}"), f"{report}/ask")
    other = make_person(ali.council, role="screener")
    admin.execute("update referral set owner_id = %s where id = %s", (other.account_id, made.id))
    refused = client.post(f"/avonmere{report}/ask", data=form | {"message": "CNRY kept words"})
    assert refused.status_code == 409
    page = client.get(f"/avonmere{report}").text
    assert "CNRY kept words" in page
    assert "Throw the draft away" in page
    thrown = client.post(f"/avonmere{report}/ask", data=fields_of_text(page, "/ask") | {"action": "discard"})
    assert thrown.status_code == 303
    assert "CNRY kept words" not in client.get(f"/avonmere{report}").text


def test_old_drafts_and_those_of_a_leaver_go(ali: Person, made: Made, admin: Any) -> None:
    def put(who: Person, side: str) -> None:
        with db.unit_of_work(who.scope):
            found = found_by(who, made)
            drafting.keep(who.actor, found, Sheet(side, side, uuid4(), 0), {"message": ["CNRY"]})

    put(ali, "council")
    put(made.author, "agency")
    boss = make_person(ali.council, role="council_admin")
    with db.unit_of_work(boss.scope):
        leaving.hand_over(ali.account_id, None, None)
    assert (kept(ali, made), len(kept(made.author, made))) == ({}, 1)
    old = clock.now() - timedelta(days=ali.council.settings.draft_days, minutes=1)
    admin.execute("update message_draft set changed_at = %s", (old,))
    with db.unit_of_work(ali.scope):
        assert drafting.forget_old() == 1
    assert kept(made.author, made) == {}


def ask(who: Person, made: Made, *places: str) -> None:
    with db.unit_of_work(who.scope):
        found = find(who.actor, Permission.ASK, made.reference)
        ask_command(who.actor, found, "Please say more", uuid4(), questions=places)
