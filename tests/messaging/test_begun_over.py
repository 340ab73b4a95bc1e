"""What somebody kept of a form that can be sent no more is on the report's page, with its words, to be thrown away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from bs4 import Tag
from flask.testing import FlaskClient

from portal.auth.policy import Permission
from portal.kernel import db
from portal.messaging import commands
from portal.messaging.commands import drafting
from portal.messaging.commands.drafting import Sheet
from portal.messaging.queries import thread
from portal.messaging.queries.drafts import ADD, ANSWER, drafts
from portal.referrals.queries.record import find
from tests.factories.pages import fields_of, soup
from tests.factories.people import Person, sign_in
from tests.factories.referrals import Made

WORST, IMPACT = "signs.-.-.-.sos_worst", "concern.-.-.-.sos_impact"
CLOSED = "correct/children.9.-.-.child_first_name"


def keep(made: Made, name: str, fields: Mapping[str, Sequence[str]]) -> None:
    with db.unit_of_work(made.author.scope):
        found = find(made.author.actor, Permission.REPLY, made.reference)
        drafting.keep(made.author.actor, found, Sheet(name, "agency", uuid4(), 0), fields)


def kept(made: Made) -> set[str]:
    with db.unit_of_work(made.author.scope):
        return set(drafts(find(made.author.actor, Permission.TRACK, made.reference)))


def keep_all(ali: Person, made: Made) -> None:
    """One of each kind: added information, answers to the council's questions, a correction."""
    with db.unit_of_work(ali.scope):
        found = find(ali.actor, Permission.ASK, made.reference)
        commands.ask(ali.actor, found, "Please say more", uuid4(), questions=[WORST, IMPACT])
    with db.unit_of_work(made.author.scope):
        found = find(made.author.actor, Permission.REPLY, made.reference)
        (asked,) = thread(made.author.actor, Permission.REPLY, found)
    keep(made, ADD, {"message": ["CNRY added Siân O’Brien 李\nnext line"]})
    keep(made, f"{ANSWER}{asked.id}", {"q1": ["CNRY answered"], "message": ["CNRY besides"]})
    keep(made, f"correct/{WORST}", {"sos_worst": ["CNRY corrected"], "message": ["CNRY why"]})


def thrown(client: FlaskClient, made: Made) -> int:
    """Press every button that throws away a draft which the page shows; how many there were."""
    report = f"/avonmere/referrals/{made.reference}"
    forms = [
        one.find_parent("form")
        for one in soup(client.get(report)).select("button[value=discard]")
        if one.find_parent(id="messages") is None
    ]
    for form in forms:
        assert isinstance(form, Tag)
        data = {str(one["name"]): str(one["value"]) for one in form.select("input[name]")}
        done = client.post(str(form["action"]), data=data | {"action": "discard"}, follow_redirects=True)
        assert done.request.path == report
        assert "Your draft was thrown away" in done.text
    return len(forms)


def test_after_the_withdrawal_all_of_them(client: FlaskClient, ali: Person, made: Made, admin: Any) -> None:
    keep_all(ali, made)
    sign_in(client, made.author)
    report = f"/avonmere/referrals/{made.reference}"
    before = client.get(report)
    assert len(soup(before).select("#begun + ul a")) == 3
    assert "CNRY corrected" not in before.text
    admin.execute("update referral set state = 'withdrawn' where id = %s", (made.id,))
    page = soup(client.get(report))
    assert page.select_one("#begun") is None
    words = [one.get_text() for one in page.select(".govuk-inset-text .app-typed")]
    assert sorted(text.split("CNRY ", 1)[1].split("\n")[0] for text in words) == [
        "added Siân O’Brien 李", "answered", "corrected",
    ]  # fmt: skip
    told = "\n".join(words)
    assert "李\nnext line" in told
    assert "CNRY besides" in told
    assert "CNRY why" in told
    assert "(it is not asked any more)" not in page.get_text()
    assert thrown(client, made) == 3
    assert kept(made) == set()


def test_what_is_typed_for_a_withdrawn_report_is_neither_saved_nor_lost(
    client: FlaskClient, made: Made, admin: Any
) -> None:
    sign_in(client, made.author)
    here = f"/avonmere/referrals/{made.reference}/add"
    inputs = soup(client.get(here)).select("main form input[name]")
    data = {str(one["name"]): str(one.get("value", "")) for one in inputs if one.get("type") != "file"}
    data["message"] = "CNRY Siân saw him today"
    admin.execute("update referral set state = 'withdrawn' where id = %s", (made.id,))
    for button in ({"action": "draft"}, {}):
        answer = client.post(here, data=data | button)
        assert answer.status_code == 409
        page = soup(answer)
        assert "was not sent, and nothing was saved just now" in page.select("#message-error")[0].get_text()
        assert "CNRY Siân saw him today" in page.select("textarea#message")[0].get_text()
        # There is no button that could do anything with it.
        assert page.select("main form button") == []
        assert kept(made) == set()


def test_after_the_decision_the_answers(client: FlaskClient, ali: Person, made: Made, admin: Any) -> None:
    keep_all(ali, made)
    sign_in(client, made.author)
    admin.execute(
        "update referral set state = 'decided', outcome = 'assessment', decided_at = now() where id = %s", (made.id,)
    )
    page = soup(client.get(f"/avonmere/referrals/{made.reference}"))
    assert len(page.select("#begun + ul a")) == 2
    (answered,) = (one.get_text() for one in page.select(".govuk-inset-text .app-typed"))
    assert "CNRY answered" in answered
    assert "CNRY besides" in answered
    assert thrown(client, made) == 1
    assert {name.split("/")[0] for name in kept(made)} == {"add", "correct"}


def test_a_correction_whose_question_was_closed(client: FlaskClient, made: Made) -> None:
    keep(made, CLOSED, {"child_first_name": ["CNRY Siân"], "message": ["CNRY why"]})
    sign_in(client, made.author)
    report = f"/avonmere/referrals/{made.reference}"
    page = soup(client.get(report))
    assert "not asked any more" in page.get_text()
    assert page.select_one("#begun") is None
    shown = page.select_one(".govuk-inset-text .app-typed")
    assert shown is not None
    assert "CNRY Siân" in shown.get_text()
    assert "CNRY why" in shown.get_text()
    # Other words of another tab, which this page has not shown, stay.
    here = f"{report}/{CLOSED}"
    form = fields_of(client.get(report), here)
    unseen = client.post(here, data=form | {"action": "discard", "typed_version": "0"}, follow_redirects=True)
    assert "Nothing was thrown away" in unseen.text
    assert client.post(here, data=form | {"action": "draft", "message": "CNRY"}).status_code == 404
    assert client.get(here).status_code == 404
    assert kept(made) == {CLOSED}
    assert thrown(client, made) == 1
    assert kept(made) == set()


def test_many_cost_no_more_statements_than_one(client: FlaskClient, made: Made, statements: list[str]) -> None:
    sign_in(client, made.author)
    report = f"/avonmere/referrals/{made.reference}"
    needed = []
    for number in range(4):
        keep(made, f"correct/children.{number}.-.-.child_first_name", {"message": ["CNRY"]})
        client.get(report)
        statements.clear()
        assert client.get(report).status_code == 200
        needed.append(len(statements))
    assert len(set(needed)) == 1, needed
    assert needed[0] <= 15, "\n".join(statements)
