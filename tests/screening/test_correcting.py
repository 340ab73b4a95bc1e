"""Correcting a decision: the first is kept, why stands beside it, and the referrer is told where it matters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.errors import Conflict, Invalid
from portal.messaging.commands import adding
from portal.referrals.models import Notice
from portal.referrals.queries.record import Found, find
from portal.screening.commands import changes, decisions
from portal.screening.commands.correcting import correct
from portal.screening.given import Change, Given, as_text, from_text
from portal.screening.queries.decision import Decided, as_told
from portal.screening.queries.decision import decisions as made_decisions
from tests.factories.decisions import fields, given, grounds
from tests.factories.pages import fields_of, soup
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils


@dataclass
class Case:
    """A decided report."""

    made: Made
    author: Person
    screener: Person
    first: Given

    def act(self, who: Person, deed: Callable[..., Any], *words: Any, permission: Permission | None = None) -> Any:
        with db.unit_of_work(who.scope):
            return deed(who.actor, find(who.actor, permission or Permission.DECIDE, self.made.reference), *words)

    def correct(self, who: Person | None = None, why: str = "CNRY a slip", **changed: Any) -> Given:
        what = replace(self.first, once=uuid4(), **changed)
        self.act(who or self.screener, correct, what, Change(self.first.once, why))
        return what

    def made_now(self, who: Person | None = None) -> tuple[Decided, ...]:
        who, permission = who or self.screener, Permission.LOOK if who is None else Permission.TRACK
        return self.act(who, lambda a, f: made_decisions(a, permission, f), permission=permission)  # type: ignore[no-any-return]

    def now(self) -> Found:
        return self.act(self.screener, lambda _actor, found: found)  # type: ignore[no-any-return]

    def told(self) -> int:
        with db.unit_of_work(self.screener.scope) as session:
            query = select(func.count()).select_from(Notice).where(Notice.kind == "outcome")
            return session.execute(query).scalar_one()


@pytest.fixture
def case(councils: Councils) -> Case:
    author, screener = make_person(councils.england), make_person(councils.england, role="screener")
    made = make_referral(councils.england, author, state="screening", owner=screener)
    kept = given("early_help", "MASH", "CNRY first", "CNRY We pass it on.", 0)
    case = Case(made, author, screener, replace(kept, grounds=grounds("early_help", need="")))
    case.act(screener, decisions.decide, case.first)
    case.act(author, decisions.see_outcome, permission=Permission.TRACK)
    return case


def test_the_first_stays_and_the_referrer_is_told_what_is_another(case: Case) -> None:
    what = case.correct(outcome="assessment", told="CNRY We visit.", grounds=grounds())
    last, first = case.made_now()
    assert (last.outcome, last.why, last.corrects, last.replaced_at) == ("assessment", "CNRY a slip", first.id, None)
    assert (first.told, first.replaced_at is not None) == ("CNRY We pass it on.", True)
    assert (case.now().outcome, case.now().state, case.now().unread_by_agency, case.told()) == (
        "assessment", "decided", 1, 2,
    )  # fmt: skip
    case.act(case.screener, correct, what, Change(case.first.once, "CNRY a slip"))
    with pytest.raises(Conflict):
        case.act(case.screener, correct, replace(what, told="CNRY other"), Change(case.first.once, "CNRY a slip"))
    theirs = case.made_now(case.author)
    assert [one.why for one in theirs] == ["", ""]
    case.act(case.author, decisions.see_outcome, permission=Permission.TRACK)
    assert case.now().unread_by_agency == 0


def test_what_the_referrer_does_not_read_is_corrected_silently(case: Case) -> None:
    case.correct(rationale="CNRY better reasons")
    assert (case.now().unread_by_agency, case.told()) == (0, 1)
    last, first = case.made_now()
    assert last.seen_at == first.seen_at is not None
    (shown,) = as_told(case.made_now(case.author))
    assert (shown.decided_at, shown.corrects) == (first.decided_at, None)


def test_what_was_not_read_yet_counts_once(case: Case) -> None:
    case.correct(told="CNRY second")
    (last, _first) = case.made_now()
    assert last.id is not None
    third = replace(case.first, once=uuid4(), told="CNRY third")
    case.act(case.screener, correct, third, Change(last.id, "CNRY again"))
    assert (case.now().unread_by_agency, case.told()) == (1, 3)
    assert len(as_told(case.made_now(case.author))) == 3


@pytest.mark.parametrize(
    ("why", "changed", "errors"),
    [
        (" ", {"told": "CNRY other"}, {"why": "required"}),
        ("a\x00", {"told": "CNRY other"}, {"why": "control"}),
        ("x" * 8001, {"told": ""}, {"why": "too_long", "told": "required"}),
        ("CNRY", {}, {"why": "same"}),
    ],
)
def test_what_is_refused_is_named(case: Case, why: str, changed: dict[str, Any], errors: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        case.correct(why=why, **changed)
    assert refused.value.errors == errors
    assert len(case.made_now()) == 1


def test_whoever_decided_corrects_and_a_manager_does_too(case: Case, councils: Councils) -> None:
    with pytest.raises(Conflict):
        case.correct(make_person(councils.england, role="screener"), told="CNRY other")
    case.correct(make_person(councils.england, role="practice_manager"), told="CNRY other")
    with pytest.raises(Conflict):
        case.correct(told="CNRY the first is gone")
    case.act(case.screener, changes.reopen, permission=Permission.CLAIM)
    with pytest.raises(Conflict):
        case.correct(told="CNRY too late")


def test_late_information_is_read_first(case: Case) -> None:
    case.act(case.author, adding.add, "CNRY new", uuid4(), permission=Permission.REPLY)
    with pytest.raises(Invalid) as refused:
        case.correct(told="CNRY other")
    assert refused.value.errors == {"read_new": "unread"}
    case.correct(told="CNRY other", read_new=1)
    assert (case.now().new_since, case.now().unread_by_council) == (None, 0)


def test_what_waits_comes_back_whole(case: Case) -> None:
    change = Change(uuid4(), "CNRY Siân O'Brien 李")
    what = replace(case.first, seen=3)
    assert from_text(as_text(what, change), 3, what.once) == (what, change)
    assert from_text(as_text(what, None), 3, what.once) == (what, None)


def test_on_the_pages(client: FlaskClient, case: Case, app: Flask) -> None:
    sign_in(client, case.screener)
    page = f"/avonmere/screening/{case.made.reference}"
    assert f"{page}/correct" in client.get(page).text
    assert client.get(f"{page}/correct").status_code == 200
    shown = client.get(f"{page}/correct?outcome=early_help")
    data = fields_of(shown, "/correct") | {"reasons": ["agreed"], "consent": "given"}
    assert (str(data["rationale"]).strip(), str(data["nobody"]).strip()) == ("CNRY first", "CNRY dim angen")
    refused = client.post(f"{page}/correct", data=data | {"why": "CNRY"})
    assert (refused.status_code, "change what is wrong" in refused.text) == (422, True)
    assert client.post(f"{page}/correct", data=data | {"why": "CNRY slip", "told": "CNRY new"}).status_code == 303
    theirs = app.test_client()
    sign_in(theirs, case.author)
    outcome = soup(theirs.get(f"/avonmere/referrals/{case.made.reference}")).select_one("#outcome")
    assert outcome is not None
    for words in ("CNRY new", "Corrected on", "before it was corrected", "CNRY We pass it on."):
        assert words in outcome.text
    assert "CNRY slip" not in outcome.text
    assert "CNRY slip" in client.get(page).text
    assert fields("early_help")["reasons"] == ["agreed"]
