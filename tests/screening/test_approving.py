"""A second person: until they approve it nothing is decided and nobody is told; and of two at once one does it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.messaging import commands as messaging
from portal.referrals import letters
from portal.referrals.commands import following, notices
from portal.referrals.models import Notice
from portal.referrals.queries.notices import to_tell
from portal.referrals.queries.record import Found, find
from portal.screening.addresses import Filters
from portal.screening.commands import approving, changes, correcting, decisions, holding
from portal.screening.given import Change, Given
from portal.screening.models import Decision, Proposal
from portal.screening.queries.counts import counts
from portal.screening.queries.decision import decisions as made_decisions
from portal.screening.queries.proposals import latest
from portal.screening.queries.queue import holding_area
from tests.factories.decisions import fields, given
from tests.factories.pages import fields_of, soup
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils

SECOND = "transfer"  # the outcome that both councils of the demonstration want approved


@dataclass
class Case:
    """A report that a screener screens, and a manager."""

    made: Made
    author: Person
    screener: Person
    manager: Person

    def act(self, who: Person, deed: Callable[..., Any], *words: Any, permission: Permission | None = None) -> Any:
        with db.unit_of_work(who.scope):
            return deed(who.actor, find(who.actor, permission or Permission.DECIDE, self.made.reference), *words)

    def propose(self, what: Given | None = None) -> UUID:
        what = what or given(SECOND, "MASH", "CNRY moved house", "They will answer you.", 0)
        self.act(self.screener, approving.propose, what)
        return what.once

    def now(self) -> Found:
        with db.unit_of_work(self.screener.scope):
            return find(self.screener.actor, Permission.LOOK, self.made.reference)

    def count(self, what: Any, *where: Any) -> int:
        with db.unit_of_work(self.screener.scope) as session:
            return session.execute(select(func.count()).select_from(what).where(*where)).scalar_one()

    def result(self) -> str:
        with db.unit_of_work(self.screener.scope):
            last = latest(self.screener.actor, self.now())
        return "" if last is None else last.result or "open"

    def talk(self) -> None:
        """A question that the author answers, which nobody reads."""
        self.act(self.screener, messaging.ask, "When?", uuid4(), permission=Permission.ASK)
        self.act(self.author, messaging.reply, "CNRY today.", uuid4(), permission=Permission.REPLY)


@pytest.fixture
def case(councils: Councils) -> Case:
    author, screener = make_person(councils.england), make_person(councils.england, role="screener", name="Ali S")
    manager = make_person(councils.england, role="practice_manager", name="Mo M")
    return Case(make_referral(councils.england, author, state="screening", owner=screener), author, screener, manager)


def test_the_other_managers_are_told_once_and_of_what_is_over_not_later(case: Case) -> None:
    council, reference = case.screener.council, case.made.reference
    other = make_person(council, role="practice_manager", name="Sioned")
    own = given(SECOND, "MASH", "CNRY moved house", "They will answer you.", 0)
    case.propose(own)
    case.propose(own)
    about = (Notice.kind == "approval", Notice.referral_id == case.made.id)
    with db.unit_of_work(case.screener.scope) as session:
        rows = session.execute(select(Notice.id, Notice.account_id).where(*about)).all()
        first, second = (row.id for row in rows)
        (email,) = [letters.letter(council, to_tell(row.id)) for row in rows if row.account_id == other.account_id]
    assert {row.account_id for row in rows} == {case.manager.account_id, other.account_id}
    assert f"/screening/{reference}" in email.body
    assert reference in email.subject
    assert "CNRY" not in email.body + email.subject
    with db.unit_of_work(case.screener.scope):
        assert notices.claim(first)
    case.act(case.screener, approving.take_back, own.once)
    with db.unit_of_work(case.screener.scope):
        assert not notices.claim(first)
    # Another proposal is told of anew, and brings nothing of the one before back.
    case.propose()
    with db.unit_of_work(case.screener.scope):
        assert not notices.claim(second)
        assert notices.defer_stranded() == 0
    assert case.count(Notice, *about, Notice.state == "overtaken") == 2
    assert case.count(Notice, *about, Notice.state == "pending") == 2


def test_nobody_is_told_before_it_is_approved(case: Case) -> None:
    with pytest.raises(Forbidden):
        case.act(case.screener, decisions.decide, given(SECOND, "MASH", "CNRY", "CNRY", 0))
    what = given(SECOND, "MASH", "CNRY moved house", "They will answer you.", 0)
    for _click in range(2):
        case.propose(what)
    told = case.count(Notice, Notice.kind != "approval")
    assert (case.now().state, case.count(Decision), told, case.count(Proposal)) == ("screening", 0, 0, 1)
    with db.unit_of_work(case.manager.scope):
        lines = holding_area(case.manager.actor, Filters(tab="approval")).lines
        assert [line.reference for line in lines] == [case.made.reference]
        assert counts(case.manager.actor).approval == 1
    with pytest.raises(Conflict):
        case.propose()
    for who in (case.screener, make_person(case.made.council, role="screener")):
        with pytest.raises(Forbidden):
            case.act(who, approving.approve, what.once)
    for _click in range(2):
        case.act(case.manager, approving.approve, what.once)
    assert (case.now().state, case.now().approval_asked_at, case.result()) == ("decided", None, "approved")
    assert case.count(Notice, Notice.kind == "outcome", Notice.account_id == case.author.account_id) == 1
    with db.unit_of_work(case.screener.scope):
        (decided,) = made_decisions(case.screener.actor, Permission.LOOK, case.now())
    assert (decided.decided_by, decided.approved_by, decided.rationale) == ("Ali S", "Mo M", "CNRY moved house")
    assert decided.grounds == what.grounds or decided.grounds == replace(what.grounds, need="")
    with db.unit_of_work(case.author.scope):
        found = find(case.author.actor, Permission.TRACK, case.made.reference)
        assert made_decisions(case.author.actor, Permission.TRACK, found)[0].approved_by == ""
        assert latest(case.author.actor, found, Permission.LOOK) is None


def test_a_manager_does_not_approve_their_own(case: Case) -> None:
    case.act(case.screener, holding.release, permission=Permission.CLAIM)
    case.act(case.manager, holding.claim, permission=Permission.CLAIM)
    what = given(SECOND, "MASH", "CNRY", "CNRY", 0)
    case.act(case.manager, approving.propose, what)
    for deed in (approving.approve, lambda a, f, one: approving.send_back(a, f, one, "No")):
        with pytest.raises(Forbidden):
            case.act(case.manager, deed, what.once)
    assert case.count(Decision) == 0


def test_what_is_sent_back_says_why_and_can_be_proposed_again(case: Case) -> None:
    first = case.propose()
    with pytest.raises(Invalid):
        case.act(case.manager, approving.send_back, first, " ")
    for _click in range(2):
        case.act(case.manager, approving.send_back, first, "CNRY ask the school")
    with db.unit_of_work(case.screener.scope):
        last = latest(case.screener.actor, case.now())
    assert last is not None
    assert (last.result, last.words, last.settled_by) == ("sent_back", "CNRY ask the school", "Mo M")
    assert case.now().approval_asked_at is None
    with pytest.raises(Conflict):
        case.act(case.manager, approving.approve, first)
    second = case.propose()
    with pytest.raises(Conflict):
        case.act(case.manager, approving.take_back, second)
    for _click in range(2):
        case.act(case.screener, approving.take_back, second)
    assert (case.result(), case.count(Decision)) == ("withdrawn", 0)


def test_what_came_meanwhile_is_read_before_it_is_approved(case: Case) -> None:
    proposal = case.propose()
    case.talk()
    for unsure in (None, 0, 7):
        with pytest.raises(Invalid) as refused:
            case.act(case.manager, approving.approve, proposal, unsure)
        assert refused.value.errors == {"read_new": "unread"}
    assert (case.result(), case.now().state) == ("open", "answered")
    case.act(case.manager, approving.approve, proposal, 1)
    assert (case.now().state, case.now().unread_by_council) == ("decided", 0)


@pytest.mark.parametrize("how", ["release", "decide", "withdraw"])
def test_what_overtakes_it_leaves_nothing_to_approve(case: Case, how: str) -> None:
    proposal = case.propose()
    if how == "release":
        case.act(case.screener, holding.release, permission=Permission.CLAIM)
    elif how == "decide":
        case.act(case.screener, decisions.decide, given("assessment", "MASH", "CNRY", "CNRY", 0))
    else:
        case.act(case.author, following.withdraw, "other", "", permission=Permission.TRACK)
        with pytest.raises(Conflict):
            case.act(case.manager, approving.approve, proposal)
        case.act(case.screener, changes.accept_withdrawal)
    assert (case.result(), case.now().approval_asked_at) == ("overtaken", None)
    with pytest.raises(Conflict):
        case.act(case.manager, approving.approve, proposal)


def test_of_approving_sending_back_and_taking_back_one_happens(case: Case) -> None:
    proposal, gate = case.propose(), Barrier(3)

    def tried(who: Person, deed: Callable[..., None], *words: Any) -> str:
        try:
            with db.unit_of_work(who.scope):
                found = find(who.actor, Permission.DECIDE, case.made.reference)
                gate.wait(timeout=10)
                deed(who.actor, found, proposal, *words)
        except Conflict:
            return ""
        return deed.__name__

    other = make_person(case.made.council, role="practice_manager")
    acts = (
        (case.manager, approving.approve),
        (other, approving.send_back, "CNRY no"),
        (case.screener, approving.take_back),
    )
    with ThreadPoolExecutor(max_workers=3) as pool:
        done = [one for one in pool.map(lambda act: tried(*act), acts) if one]
    assert len(done) == 1
    assert (case.now().state == "decided") == (done == ["approve"]) == (case.count(Decision) == 1)


def test_a_correction_to_such_an_outcome_waits_too(case: Case) -> None:
    case.act(case.screener, decisions.decide, given("assessment", "MASH", "CNRY", "CNRY", 0))
    with db.unit_of_work(case.screener.scope):
        (first,) = made_decisions(case.screener.actor, Permission.LOOK, case.now())
    assert first.id is not None
    change, what = Change(first.id, "CNRY wrong county"), given(SECOND, "MASH", "CNRY", "CNRY theirs", 0)
    with pytest.raises(Forbidden):
        case.act(case.screener, correcting.correct, what, change)
    case.act(case.screener, approving.propose, what, change)
    assert (case.now().outcome, case.result()) == ("assessment", "open")
    case.act(case.manager, approving.approve, what.once)
    assert (case.now().outcome, case.now().state, case.result()) == (SECOND, "decided", "approved")


def test_a_stranger_finds_nothing(case: Case, councils: Councils) -> None:
    proposal = case.propose()
    with pytest.raises(NotFound):
        case.act(make_person(councils.wales, role="practice_manager"), approving.approve, proposal)


def test_on_the_pages(client: FlaskClient, case: Case) -> None:
    sign_in(client, case.screener)
    page = f"/avonmere/screening/{case.made.reference}"
    shown = client.get(f"{page}/decide?outcome={SECOND}")
    assert "A practice manager must approve this outcome" in shown.text
    data = fields_of(shown, "/decide") | fields(SECOND) | {"rationale": "CNRY moved", "told": "CNRY theirs"}
    assert client.post(f"{page}/decide", data=data).status_code == 303
    case.talk()
    sign_in(client, case.manager)
    assert "A decision waits for approval" in client.get(page).text
    tree = soup(client.get(f"{page}/proposal"))
    assert "CNRY today." in tree.text
    approve = fields_of(client.get(f"{page}/proposal"), "/proposal")
    refused = client.post(f"{page}/proposal", data=approve | {"do": "approve"})
    assert refused.status_code == 422
    assert soup(refused).select_one('.govuk-error-summary a[href="#read_new"]') is not None
    back = client.post(f"{page}/proposal", data=approve | {"do": "back", "words": " "})
    assert (back.status_code, "Enter why you send it back" in back.text) == (422, True)
    assert client.post(f"{page}/proposal", data=approve | {"do": "back", "words": "CNRY ask"}).status_code == 303
    late = client.post(f"{page}/proposal", data=approve | {"do": "approve", "read_new": "1"})
    assert late.status_code == 409
    sign_in(client, case.screener)
    assert "CNRY ask" in client.get(page).text
    again = fields_of(client.get(f"{page}/decide?outcome={SECOND}"), "/decide")
    assert again["rationale"].strip() == "CNRY moved"
