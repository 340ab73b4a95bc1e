"""The hub of a report: who is let in, what they may see, and that each act is done once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from portal.auth.models import Membership
from portal.auth.policy import Permission, Reach, reach
from portal.hub import commands
from portal.hub.commands import opening
from portal.hub.models import HubAccess, HubRoom
from portal.hub.queries import accesses, find_opened, room_of, thread
from portal.kernel import db
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import SYSTEM, Scope
from portal.messaging.protecting import mark
from portal.messaging.queries import given_away
from portal.referrals.commands.connections import declare
from portal.referrals.models import Notice, Referral
from portal.referrals.queries.connections import Declared
from portal.referrals.queries.record import Found, find
from portal.screening.commands import restricting
from tests.factories.hub import as_partner, make_partner, open_hub
from tests.factories.people import Person, agency_id, make_person
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils
from tests.hub.making import HEALTH, POLICE, SCHOOL, Case


def test_only_partners_of_the_agencies_to_which_it_is_open_see_it(case: Case) -> None:
    colleague = make_person(case.council, agency=POLICE)
    assert not case.sees(case.police)
    access = case.open(case.police)
    assert case.sees(case.police)
    assert not case.sees(case.health)
    assert not case.sees(colleague)
    assert not case.sees(case.author)
    assert reach(colleague.actor, Permission.HUB) is Reach.NONE
    assert reach(replace(case.police.actor, strength="email"), Permission.HUB) is Reach.NONE
    case.as_council(commands.withdraw, access)
    case.as_council(commands.withdraw, access)
    assert not case.sees(case.police)
    with pytest.raises(NotFound):
        case.answer(case.police, "CNRY late")
    case.open(case.police)
    assert case.sees(case.police)


def test_what_is_shared(case: Case) -> None:
    case.open(case.police, "summary")
    case.open(case.health, "answers")
    summary = case.seen(case.police).shared
    assert summary.question == "CNRY what do you know?"
    assert summary.told["en"].category == "Neglect"
    assert [one.split(",")[0] for one in summary.told["en"].children] == ["SL", "李O"]
    assert summary.told["en"].children[1] == "李O, 4 years old"
    assert summary.told["en"].groups == ()
    whole = case.seen(case.health).shared
    rows = {label: value for _title, rows in whole.told["en"].groups for label, value in rows}
    assert "CNRY o’r gwaethaf" in rows.values()
    # Neither a kept address, in a field or in words, nor who reported and wants nobody named.
    for secret in ("12 CNRY Row", "AV1 4XX", "Trefor", "01632 960555"):
        assert secret not in whole.text()
    assert "Not shared in the hub" in rows.values()


def test_each_language_of_the_council_is_told(councils: Councils) -> None:
    council = councils.wales
    author, screener = make_person(council), make_person(council, role="screener")
    made = make_referral(council, author, state="screening", owner=screener)
    police = make_partner(council, agency=POLICE)
    open_hub(screener, made.reference, police.actor.agency_id, "CNRY beth?", "summary")
    with db.unit_of_work(police.scope):
        told = find_opened(police.actor, made.reference).shared.told
    assert told["cy"].children[0].endswith("oed")
    assert told["en"].children[0].endswith("old")


def test_whoever_wrote_it_sees_nothing_of_its_hub(case: Case) -> None:
    author = as_partner(case.author)
    colleague = make_partner(case.council, agency=SCHOOL)
    case.open(colleague)
    assert case.sees(colleague)
    assert not case.sees(author)
    assert author.account_id not in case.told("hub")
    # A colleague who takes the report over has to leave, whoever gave it to them.
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        session.execute(update(Referral).values(author_id=colleague.account_id, first_author_id=author.account_id))
    assert not case.sees(colleague)
    assert not case.sees(author)


def test_restricted_reports_and_connections_are_left_out(case: Case) -> None:
    lead = make_partner(case.council, agency=POLICE, role="agency_lead")
    case.open(case.police)
    assert case.sees(lead)
    with db.unit_of_work(lead.scope):
        declare(lead.actor, Declared("Siân CNRY", "Llŷr", None))
    assert not case.sees(lead)
    assert case.sees(case.police)
    with db.unit_of_work(case.manager.scope):
        found = find(case.manager.actor, Permission.RESTRICT, case.made.reference)
        restricting.restrict(case.manager.actor, found, "adoption", "", (case.screener.account_id,))
    assert not case.sees(case.police)
    with pytest.raises(Conflict):
        case.open(case.health)


def test_what_only_the_author_may_see_is_not_opened_to_their_agency(case: Case) -> None:
    colleague = make_partner(case.council, agency=SCHOOL)
    access = case.open(colleague)
    with db.unit_of_work(case.manager.scope):
        found = find(case.manager.actor, Permission.RESTRICT, case.made.reference)
        restricting.cut_agency(case.manager.actor, found, author_only=True)
    assert not case.sees(colleague)
    case.open(case.police)
    assert case.sees(case.police)
    case.as_council(commands.withdraw, access)
    with pytest.raises(Invalid) as refused:
        case.open(colleague)
    assert refused.value.errors == {"agency": "own"}


def test_the_thread_and_who_has_read_it(case: Case) -> None:
    for one in (case.police, case.health):
        case.open(one)
    once = uuid4()
    case.as_council(commands.write, "CNRY do you know him?", once)
    case.as_council(commands.write, "CNRY do you know him?", once)
    case.answer(case.police, "CNRY yes")
    assert case.said(case.police) == [("CNRY do you know him?", True), ("CNRY yes", False)]
    assert case.said(case.health) == [("CNRY do you know him?", True), ("CNRY yes", True)]
    assert case.seen(case.health).new == 2
    with db.unit_of_work(case.health.scope):
        room = find_opened(case.health.actor, case.made.reference).room
        side = agency_id(HEALTH)
        commands.mark_read(room, side, [one.id for one in thread(room, side)])
    assert case.seen(case.health).new == 0
    assert case.seen(case.police).new == 1
    with db.unit_of_work(case.screener.scope):
        found = find(case.screener.actor, Permission.SCREEN, case.made.reference, counted=True)
        assert (found.counted["hub_open"], found.counted["hub_new"]) == (2, 1)
        room_here = room_of(case.screener.actor, Permission.SCREEN, found)
        assert room_here is not None
        assert {one.read_at for one in accesses(room_here)} == {None}
    # The council is told of the answer, the other agency of both; nobody of their own words, and no ordinary person.
    assert case.told("hub_in") == [case.screener.account_id]
    # Nobody hears twice within a day of what they have not looked at: tests/hub/test_members.py.
    assert Counter(case.told("hub")) == {case.police.account_id: 1, case.health.account_id: 1}


def test_words_that_give_a_secret_away_are_held(case: Case) -> None:
    with pytest.raises(Invalid) as held:
        case.open(case.police, words="CNRY is it 12 CNRY Row?")
    assert held.value.errors == {"question": "protected"}
    case.open(case.police)
    text = "CNRY ask Nia CNRY Trefor"
    with pytest.raises(Invalid) as held:
        case.as_council(commands.write, text, uuid4())
    assert held.value.errors == {"message": "protected"}
    confirmed = case.as_council(lambda actor, found: mark(text, given_away(actor, found, text)))
    case.as_council(commands.write, text, uuid4(), confirmed=confirmed)
    assert case.said(case.police) == [(text, True)]


@pytest.mark.parametrize(
    ("agency", "what", "words", "errors"),
    [
        ("", "answers", "CNRY?", {"agency": "choice"}),
        ("mill-lane-surgery", "answers", "CNRY?", {"agency": "choice"}),
        (POLICE, "everything", "CNRY?", {"what": "choice"}),
        (POLICE, "summary", " ", {"question": "required"}),
        (POLICE, "summary", "x" * 2001, {"question": "too_long"}),
    ],
)
def test_what_is_refused(case: Case, agency: str, what: str, words: str, errors: dict[str, str]) -> None:
    wanted = commands.Opening(agency_id(agency) if agency else None, what, words, uuid4())
    with pytest.raises(Invalid) as refused:
        case.as_council(commands.open_to, wanted)
    assert refused.value.errors == errors


def test_nothing_is_written_where_it_is_open_to_nobody(case: Case) -> None:
    with pytest.raises(Conflict):
        case.as_council(commands.write, "CNRY anybody?", uuid4())
    case.as_council(commands.withdraw, case.open(case.police))
    with pytest.raises(Conflict):
        case.as_council(commands.write, "CNRY anybody?", uuid4())
    with pytest.raises(NotFound):
        case.as_council(commands.withdraw, uuid4())


def test_a_form_that_comes_again_is_once_and_with_other_words_another(case: Case) -> None:
    """The back button keeps a form's mark: what is typed then must not be lost without a word."""
    once, theirs = uuid4(), uuid4()
    wanted = commands.Opening(agency_id(POLICE), "summary", "CNRY?", uuid4())
    for what in (wanted, wanted, replace(wanted, agency_id=agency_id(HEALTH), once=uuid4())):
        case.as_council(commands.open_to, what)
    assert case.sees(case.police)
    assert case.sees(case.health)
    with pytest.raises(Conflict):
        case.as_council(commands.open_to, replace(wanted, what="answers"))
    for text in ("CNRY one", "CNRY one", "CNRY two"):
        case.as_council(commands.write, text, once)
        case.answer(case.police, f"{text} of ours", theirs)
    assert sorted(text for text, _new in case.said(case.police)) == [
        "CNRY one", "CNRY one of ours", "CNRY two", "CNRY two of ours",
    ]  # fmt: skip


def test_a_partner_is_read_by_somebody_wherever_the_owner_is_gone(case: Case) -> None:
    case.open(case.police)
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        gone = update(Membership).where(Membership.account_id == case.screener.account_id).values(state="ended")
        session.execute(gone)
        before = set(session.execute(select(Notice.account_id).where(Notice.kind == "hub_in")).scalars())
    case.answer(case.police, "CNRY he was arrested")
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        told = set(session.execute(select(Notice.account_id).where(Notice.kind == "hub_in")).scalars()) - before
    assert case.manager.account_id in told
    assert case.screener.account_id not in told


def test_two_agencies_at_once_are_both_let_in(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has referred to the room before it changes it: neither waits for the other until both do."""
    case.as_council(commands.withdraw, case.open(make_partner(case.council, agency="mill-lane-surgery")))
    both, note_open = Barrier(2), opening._note_open

    def after_both(found: Found) -> None:
        both.wait(10)
        note_open(found)

    monkeypatch.setattr(opening, "_note_open", after_both)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(case.open, (case.police, case.health)))
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        assert set(session.execute(select(HubRoom.open_to)).scalar_one()) == {agency_id(POLICE), agency_id(HEALTH)}


@pytest.mark.parametrize("double", [False, True])
def test_of_two_who_open_it_at_once_one_does(case: Case, double: bool) -> None:
    start, other = Barrier(2), make_person(case.council, role="screener")
    once = uuid4()

    def attempt(who: Person, mark: UUID) -> str:
        wanted = commands.Opening(agency_id(POLICE), "summary", "CNRY?", mark)
        try:
            with db.unit_of_work(who.scope):
                found = find(who.actor, Permission.ASK, case.made.reference)
                start.wait(10)
                commands.open_to(who.actor, found, wanted)
        except Conflict:
            return "told"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        ended = sorted(pool.map(attempt, (case.screener, other), (once, once if double else uuid4())))
    assert ended == ["done", "done" if double else "told"]
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        (kept,) = session.execute(select(HubAccess.once)).scalars()
    # A double click is one, and no conflict.
    case.as_council(commands.open_to, commands.Opening(agency_id(POLICE), "summary", "CNRY?", kept))


def test_an_old_form_with_another_question_is_not_lost_as_a_second_click(case: Case) -> None:
    wanted = commands.Opening(case.police.actor.agency_id, "summary", "CNRY what do you know?", uuid4())
    case.as_council(commands.open_to, wanted)
    case.as_council(commands.open_to, wanted)
    other = replace(wanted, question="CNRY and his sister?")
    with pytest.raises(Conflict):
        case.as_council(commands.open_to, other)
    case.as_council(commands.withdraw, case.access(case.police).id)
    # What says that it was opened would not be true; other words on the old form are another opening.
    with pytest.raises(Conflict):
        case.as_council(commands.open_to, wanted)
    for _ in range(2):
        case.as_council(commands.open_to, other)
        assert case.seen(case.police).shared.question == "CNRY and his sister?"
