"""The council asks the form's own questions; the referrer answers them on one page, as part of the report."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.errors import Invalid
from portal.messaging import commands
from portal.messaging.commands.choosing import MOST_QUESTIONS
from portal.messaging.models import AskedQuestion, Message
from portal.messaging.queries import Said, thread
from portal.referrals.models import Correction
from portal.referrals.queries.corrections import as_now, corrections
from portal.referrals.queries.record import answers_of, find
from tests.factories.pages import fields_of, soup, submit
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made
from tests.fixtures.councils import Councils

IMPACT, WORST = "concern.-.-.-.sos_impact", "signs.-.-.-.sos_worst"
PHONE = "referrer.-.-.-.ref_phone"


def said(who: Person, made: Made) -> tuple[Said, ...]:
    with db.unit_of_work(who.scope):
        return thread(who.actor, Permission.TRACK, find(who.actor, Permission.TRACK, made.reference))


def now(who: Person, made: Made) -> Any:
    with db.unit_of_work(who.scope):
        found = find(who.actor, Permission.TRACK, made.reference)
        return as_now(answers_of(found), corrections(who.actor, Permission.TRACK, found)).sections["concern"]


def ask(who: Person, made: Made, *places: str) -> None:
    with db.unit_of_work(who.scope):
        found = find(who.actor, Permission.ASK, made.reference)
        commands.ask(who.actor, found, "Please say more", uuid4(), questions=places)


def count(who: Person, table: Any) -> int:
    with db.unit_of_work(who.scope) as session:
        return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def test_the_council_chooses_and_the_referrer_answers_a_part(client: FlaskClient, ali: Person, made: Made) -> None:
    here, report = f"/screening/{made.reference}/ask/questions", f"/screening/{made.reference}"
    sign_in(client, ali)
    assert "ask/questions" in client.get(f"/avonmere{report}").text
    page = soup(client.get(f"/avonmere{here}"))
    boxes = {str(one["value"]) for one in page.select("input[name=question]")}
    assert {IMPACT, WORST, PHONE} <= boxes
    bad = submit(
        client, made.council, here, here, {"question": ["concern.-.-.-.nothing"], "message": "Kept CNRY words"}
    )
    assert bad.status_code == 422
    assert "Kept CNRY words" in bad.text
    assert submit(client, made.council, here, here, {"question": [WORST, IMPACT]}).status_code == 303
    shown = client.get(f"/avonmere{report}").text
    assert "Please answer the questions below." in shown
    assert shown.count("not answered yet") == 2

    sign_in(client, made.author)
    (message,) = said(made.author, made)
    answer = f"/referrals/{made.reference}/answer/{message.id}"
    assert answer in client.get(f"/avonmere/referrals/{made.reference}").text
    nothing = submit(client, made.council, answer, answer)
    assert (nothing.status_code, "Answer a question, or write a reply" in nothing.text) == (422, True)
    long = submit(client, made.council, answer, answer, {"q1": "CNRY tired " * 3000})
    assert (long.status_code, "CNRY tired CNRY tired" in long.text) == (422, True)
    assert count(made.author, Correction) == 0
    filled = submit_twice(client, made, answer, {"q1": "Siân O’Brien 李 CNRY is tired"})
    assert filled == [303, 303]
    assert now(made.author, made)["sos_impact"] == "Siân O’Brien 李 CNRY is tired"
    assert (count(made.author, Correction), count(made.author, Message)) == (1, 3)
    told = said(made.author, made)[-1].text
    assert "Answered:" in told
    assert "Not answered:" in told
    assert "Siân" not in told
    assert [one.correction_id is None for one in said(made.author, made)[0].chosen] == [True, False]
    page_after = client.get(f"/avonmere/referrals/{made.reference}").text
    assert page_after.count("not answered yet") == 1
    # What answers a question of the council is told with it, not once more by itself.
    assert "Answer to the council’s question" not in soup_of_messages(page_after)
    sign_in(client, ali)
    again = client.get(f"/avonmere{report}").text
    assert "Answered:" in again
    assert "Corrected after sending" in again


def submit_twice(client: FlaskClient, made: Made, path: str, typed: dict[str, str]) -> list[int]:
    """The same form sent by a double click."""
    data = fields_of(client.get(f"/avonmere{path}"), path) | typed
    return [client.post(f"/avonmere{path}", data=data).status_code for _ in range(2)]


def soup_of_messages(text: str) -> str:
    found = BeautifulSoup(text, "html.parser").select_one("#messages")
    return found.get_text() if found else ""


def test_what_cannot_be_asked(ali: Person, made: Made) -> None:
    for places in (["nonsense"], ["concern.-.-.-.nothing"], ["children.9.-.-.child_first_name"]):
        with pytest.raises(Invalid) as refused:
            ask(ali, made, *places)
        assert refused.value.errors == {"questions": "unknown"}
    with pytest.raises(Invalid):
        ask(ali, made, *(f"concern.-.-.-.q{number}" for number in range(MOST_QUESTIONS + 1)))
    assert count(ali, Message) == count(ali, AskedQuestion) == 0


def test_others_have_no_such_page(client: FlaskClient, ali: Person, made: Made, councils: Councils) -> None:
    ask(ali, made, WORST)
    (message,) = said(made.author, made)
    path = f"/avonmere/referrals/{made.reference}/answer/{message.id}"
    for person in (make_person(councils.england), ali):
        sign_in(client, person)
        assert client.get(path).status_code in {403, 404}
    sign_in(client, made.author)
    assert client.get(f"/avonmere/referrals/{made.reference}/answer/{uuid4()}").status_code == 404


def test_each_side_reads_whether_the_other_has_read_it(client: FlaskClient, ali: Person, made: Made) -> None:
    theirs, ours = f"/avonmere/referrals/{made.reference}", f"/avonmere/screening/{made.reference}"
    ask(ali, made, WORST)
    sign_in(client, ali)
    assert "Not read by the referrer yet" in client.get(ours).text
    sign_in(client, made.author)
    client.get(theirs)
    with db.unit_of_work(made.author.scope):
        found = find(made.author.actor, Permission.REPLY, made.reference)
        commands.reply(made.author.actor, found, "CNRY soon", uuid4())
    assert "Not read by the front door team yet" in client.get(theirs).text
    sign_in(client, ali)
    assert f"Seen by {made.author.name}, " in client.get(ours).text
    sign_in(client, made.author)
    shown = client.get(theirs).text
    assert "Read by the front door team, " in shown
    assert "Ali Screener" not in shown
