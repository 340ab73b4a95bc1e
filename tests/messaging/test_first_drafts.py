"""Two tabs keep their first words at the same moment; a page that was sent keeps no more. What is said is true."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.errors import Conflict
from portal.messaging.commands import drafting
from portal.messaging.commands.drafting import Sheet
from portal.messaging.queries.drafts import ASK, REPLY, TABLE, drafts
from portal.referrals.queries.record import Found, find, record_of
from tests.factories.pages import fields_of, submit
from tests.factories.people import Person, sign_in
from tests.factories.referrals import Made


def found_by(who: Person, made: Made) -> Found:
    return find(who.actor, Permission.ASK, made.reference)


def kept(who: Person, made: Made) -> str:
    with db.unit_of_work(who.scope):
        found = drafts(found_by(who, made))
    return found[ASK].one("message") if ASK in found else ""


def keep(who: Person, made: Made, words: str) -> int | None:
    with db.unit_of_work(who.scope):
        return drafting.keep(who.actor, found_by(who, made), Sheet(ASK, "council", uuid4(), 0), {"message": [words]})


def settle(who: Person, made: Made, _words: str = "") -> None:
    with db.unit_of_work(who.scope):
        drafting.settle(who.actor, found_by(who, made), Sheet(ASK, "council", uuid4(), 0))


def meanwhile(ali: Person, made: Made, admin: Any, act: Any) -> Future[Any]:
    """One tab keeps its first words; another acts before that is committed, and has to wait."""
    with ThreadPoolExecutor(1) as pool:
        with db.unit_of_work(ali.scope):
            sheet = Sheet(ASK, "council", uuid4(), 0)
            drafting.keep(ali.actor, found_by(ali, made), sheet, {"message": ["CNRY first"]})
            other: Future[Any] = pool.submit(act, ali, made, "CNRY second")
            # Of this database alone: its cluster has those of the tests that run beside this one, too.
            waiting = (
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
            )
            for _ in range(100):
                if admin.execute(waiting).fetchone()[0]:
                    break
                time.sleep(0.05)
            else:
                pytest.fail("the other tab did not wait")
        other.exception(timeout=20)
    return other


def test_of_two_first_words_at_one_moment_the_later_is_told(ali: Person, made: Made, admin: Any) -> None:
    with pytest.raises(Conflict) as told:
        meanwhile(ali, made, admin, keep).result()
    assert told.value.now == {"typed": "elsewhere"}
    assert kept(ali, made) == "CNRY first"


def test_what_another_tab_begins_while_one_sends_stays(ali: Person, made: Made, admin: Any) -> None:
    meanwhile(ali, made, admin, settle).result()
    assert kept(ali, made) == "CNRY first"


def test_both_texts_are_on_the_page(
    client: FlaskClient, ali: Person, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page had found no draft when it was asked for; the other tab's came while it was kept."""
    report = f"/avonmere/screening/{made.reference}"
    sign_in(client, ali)
    form = fields_of(client.get(report), "/ask")
    before = drafting._row

    def _late(actor: Any, found: Found, sheet: Sheet) -> Any:
        monkeypatch.setattr(drafting, "_row", before)
        drafting._begin(actor, found, Sheet(ASK, "council", uuid4(), 0), sealed(found, ali, "CNRY first"))

    monkeypatch.setattr(drafting, "_row", _late)
    refused = client.post(f"{report}/ask", data=form | {"message": "CNRY second", "action": "draft"})
    assert refused.status_code == 409
    assert "CNRY first" in refused.text
    assert "CNRY second" in refused.text


def sealed(found: Found, who: Person, words: str) -> bytes:
    """A draft's body as it is kept."""
    row = drafting._id(who.actor, found, Sheet(ASK, "council", uuid4(), 0))
    return bytes(record_of(found).seal(f'{{"message": ["{words}"]}}', TABLE, row, "body"))


def test_on_a_page_that_was_sent_only_the_button_saves(client: FlaskClient, ali: Person, made: Made) -> None:
    report = f"/avonmere/screening/{made.reference}"
    sign_in(client, ali)
    form = fields_of(client.get(report), "/ask")
    assert client.post(f"{report}/ask", data=form | {"message": "CNRY sent"}).status_code == 303
    # "Back" shows the same page again. Its script is told, as its text may have been under way; a press is meant.
    script = client.post(f"{report}/ask/typed", data=form | {"message": "CNRY more"})
    assert (script.status_code, "Not saved" in str(script.json)) == (409, True)
    assert kept(ali, made) == ""
    late = client.post(f"{report}/ask", data=form | {"message": "CNRY more", "action": "draft"})
    assert late.status_code == 303
    assert kept(ali, made) == "CNRY more"


def test_the_button_then_saves_it(client: FlaskClient, ali: Person, made: Made) -> None:
    submit_ask(client, ali, made)
    report = f"/referrals/{made.reference}"
    sign_in(client, made.author)
    form = fields_of(client.get(f"/avonmere{report}"), "/reply")
    thrown = form | {"message": "CNRY a", "action": "draft"}
    assert client.post(f"/avonmere{report}/reply", data=thrown).status_code == 303
    assert client.post(f"/avonmere{report}/reply", data=form | {"action": "discard"}).status_code == 303
    again = client.post(f"/avonmere{report}/reply", data=thrown | {"message": "CNRY b"})
    assert again.status_code == 303
    assert "Your draft was saved" in client.get(f"/avonmere{report}").text
    with db.unit_of_work(made.author.scope):
        found = find(made.author.actor, Permission.REPLY, made.reference)
        assert drafts(found)[REPLY].one("message") == "CNRY b"


def submit_ask(client: FlaskClient, ali: Person, made: Made) -> None:
    """The council asks."""
    sign_in(client, ali)
    report = f"/screening/{made.reference}"
    assert submit(client, made.council, report, f"{report}/ask", {"message": "CNRY?"}).status_code == 303
