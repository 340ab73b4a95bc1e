"""The council's people share their work: notes, priorities with a reason, giving a report, moving many."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.models import Membership
from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.errors import Conflict, Forbidden, Invalid
from portal.referrals.commands import duty
from portal.referrals.queries.record import Found, find
from portal.screening.commands import holding
from portal.screening.commands.notes import MAX_NOTE, write_note
from portal.screening.commands.reassigning import Moved, reassign
from portal.screening.dealing import deal
from portal.screening.models import Note
from portal.screening.queries.notes import notes
from portal.screening.queries.workload import workload
from tests.factories.pages import soup, submit
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils

SECRET = "CNRY: her uncle works at the school <b>"


@pytest.fixture
def author(councils: Councils) -> Person:
    return make_person(councils.england)


def staff(councils: Councils, name: str, role: str = "screener") -> Person:
    return make_person(councils.england, role=role, name=name)


@pytest.fixture
def ali(councils: Councils, client: FlaskClient) -> Person:
    person = staff(councils, "Ali Screener")
    sign_in(client, person)
    return person


def seen(who: Person, made: Made, permission: Permission = Permission.SCREEN) -> Found:
    with db.unit_of_work(who.scope):
        return find(who.actor, permission, made.reference)


def act(who: Person, deed: Any, *words: Any, **named: Any) -> Any:
    with db.unit_of_work(who.scope):
        return deed(who.actor, *words, **named)


def events_of(who: Person, event: Event) -> int:
    with db.unit_of_work(who.scope) as session:
        return int(session.execute(select(func.count()).where(AuditEvent.event == event)).scalar_one())


class TestNotes:
    """Words that stay within the council."""

    def test_a_note_is_kept_once_and_never_in_clear(self, ali: Person, author: Person) -> None:
        made, once = make_referral(author.council, author), uuid4()
        found = seen(ali, made)
        act(ali, write_note, found, SECRET, once)
        act(ali, write_note, found, SECRET, once)
        assert [(one.author, one.words, one.kind) for one in act(ali, notes, found)] == [
            ("Ali Screener", SECRET, "note")
        ]
        assert events_of(ali, Event.NOTE_WRITTEN) == 1
        with db.unit_of_work(ali.scope) as session:
            stored = session.execute(select(Note.body)).scalar_one()
        assert stored is not None
        assert b"CNRY" not in stored

    @pytest.mark.parametrize(
        ("words", "code"), [("", "required"), ("a" * (MAX_NOTE + 1), "too_long"), ("a\x00", "control")]
    )
    def test_what_is_no_note(self, ali: Person, author: Person, words: str, code: str) -> None:
        found = seen(ali, make_referral(author.council, author))
        with pytest.raises(Invalid) as wrong:
            act(ali, write_note, found, words, uuid4())
        assert wrong.value.errors == {"message": code}

    def test_whoever_reads_for_a_while_writes_none(self, ali: Person, author: Person, councils: Councils) -> None:
        found = seen(ali, make_referral(author.council, author, sight=[ali.account_id]))
        other = staff(councils, "Bo")
        with pytest.raises(Forbidden):
            act(other, write_note, found, "CNRY", uuid4())

    def test_no_agency_has_a_row_of_it(self, ali: Person, author: Person) -> None:
        made = make_referral(author.council, author)
        act(ali, write_note, seen(ali, made), SECRET, uuid4())
        with db.unit_of_work(author.scope) as session:
            assert session.execute(select(func.count()).select_from(Note)).scalar_one() == 0
        with db.unit_of_work(ali.scope) as session:
            assert session.execute(select(func.count()).select_from(Note)).scalar_one() == 1

    def test_the_page_and_the_referrers_page(
        self, app: Flask, client: FlaskClient, ali: Person, author: Person
    ) -> None:
        made = make_referral(author.council, author, state="decided", owner=ali)
        page = f"/screening/{made.reference}"
        wrong = submit(client, author.council, page, f"{page}/notes", {"note": "a" * (MAX_NOTE + 1)})
        assert wrong.status_code == 422
        assert len(soup(wrong).select_one("#note").text.strip()) == MAX_NOTE + 1  # type: ignore[union-attr] # is there
        assert soup(wrong).select_one("#note-error") is not None
        assert submit(client, author.council, page, f"{page}/notes", {"note": SECRET}).status_code == 303
        shown = soup(client.get(f"/avonmere{page}"))
        note = shown.select_one(".app-note")
        assert note is not None
        assert SECRET in note.text
        assert "Council only" in shown.select_one("section[aria-labelledby=notes]").text  # type: ignore[union-attr] # is there
        referrer = app.test_client()
        sign_in(referrer, author)
        theirs = referrer.get(f"/avonmere/referrals/{made.reference}")
        assert theirs.status_code == 200
        assert "uncle works" not in theirs.text
        assert "Notes for colleagues" not in theirs.text


class TestPriority:
    """Another priority keeps what it was, and why."""

    def test_on_its_page(self, client: FlaskClient, ali: Person, author: Person) -> None:
        made = make_referral(author.council, author)
        page = f"/screening/{made.reference}/priority"
        wrong = submit(client, author.council, page, page, {"priority": "dreadful", "why": "She is ill"})
        assert wrong.status_code == 422
        tree = soup(wrong)
        assert tree.select_one("#priority-error") is not None
        assert "She is ill" in tree.select_one("#why").text  # type: ignore[union-attr] # is there
        wrong = submit(client, author.council, page, page, {"priority": "high", "why": ""})
        assert soup(wrong).select_one("#why-error") is not None
        assert submit(client, author.council, page, page, {"priority": "high", "why": SECRET}).status_code == 303
        assert submit(client, author.council, page, page, {"priority": "low", "why": "Calm"}).status_code == 303
        shown = soup(client.get(f"/avonmere/screening/{made.reference}"))
        assert [one.text for one in shown.select(".app-note__title")] == [
            "Priority changed from High to Low", "Priority changed from Standard to High",
        ]  # fmt: skip
        assert "at first: Standard" in shown.select_one(".app-identity").text  # type: ignore[union-attr] # is there
        assert "at first: Standard" in client.get("/avonmere/holding-area").text
        assert events_of(ali, Event.PRIORITY_CHANGED) == 2

    def test_the_same_again_changes_nothing(self, ali: Person, author: Person) -> None:
        found = seen(ali, make_referral(author.council, author, priority="high"))
        act(ali, holding.change_priority, found, "high", "")
        assert events_of(ali, Event.PRIORITY_CHANGED) == 0

    def test_a_closed_one_has_no_priority_to_change(self, client: FlaskClient, ali: Person, author: Person) -> None:
        made = make_referral(author.council, author, state="decided", owner=ali)
        assert client.get(f"/avonmere/screening/{made.reference}/priority").status_code == 404
        assert client.get(f"/avonmere/screening/{made.reference}/give").status_code == 404


class TestGiving:
    """Giving one report to a colleague."""

    @pytest.mark.parametrize("state", ["sent", "screening", "asked", "answered"])
    def test_it_is_theirs_with_words(self, ali: Person, author: Person, councils: Councils, state: str) -> None:
        made = make_referral(author.council, author, state=state, owner=ali if state != "sent" else None)
        bo, found = staff(councils, "Bo"), seen(ali, made)
        act(ali, holding.give, found, bo.account_id, SECRET, owner_id=found.owner_id)
        now = seen(bo, made)
        assert (now.owner_id, now.state) == (bo.account_id, "screening" if state == "sent" else state)
        assert [(one.kind, one.given_to, one.words) for one in act(bo, notes, now)] == [("given", "Bo", SECRET)]
        assert events_of(ali, Event.WORK_HANDED_OVER) == 1
        act(ali, holding.give, now, bo.account_id, "", owner_id=found.owner_id)
        assert events_of(ali, Event.WORK_HANDED_OVER) == 1

    def test_nobody_takes_what_they_may_not_see(self, ali: Person, author: Person, councils: Councils) -> None:
        bo, cy = staff(councils, "Bo"), staff(councils, "Cy")
        listed = make_referral(author.council, author, sight=[ali.account_id, bo.account_id])
        connected = make_referral(author.council, author, unseen_by=[bo.account_id])
        for made, heir in ((listed, cy.account_id), (connected, bo.account_id), (listed, author.account_id)):
            with pytest.raises(Invalid):
                act(ali, holding.give, seen(ali, made), heir, "", owner_id=None)
        act(ali, holding.give, seen(ali, listed), bo.account_id, "", owner_id=None)
        assert seen(bo, listed).owner_id == bo.account_id

    def test_of_twenty_who_give_it_away_exactly_one_wins(self, ali: Person, author: Person, councils: Councils) -> None:
        made = make_referral(author.council, author)
        people = [staff(councils, f"S{number}") for number in range(20)]
        found, gate = seen(ali, made), Barrier(20)

        def give(person: Person) -> bool:
            gate.wait(timeout=10)
            try:
                act(person, holding.give, found, person.account_id, "", owner_id=None)
            except Conflict:
                return False
            return True

        with ThreadPoolExecutor(max_workers=20) as pool:
            won = list(pool.map(give, people))
        assert won.count(True) == 1
        assert seen(ali, made).owner_id == people[won.index(True)].account_id

    def test_the_page_says_how_much_each_has(
        self, client: FlaskClient, ali: Person, author: Person, councils: Councils
    ) -> None:
        bo, cy = staff(councils, "Bo Évans"), staff(councils, "Cy")
        for route in ("MASH_URGENT", "MASH"):
            make_referral(author.council, author, state="screening", owner=bo, route=route)
        made = make_referral(author.council, author, state="screening", owner=ali)
        page = f"/screening/{made.reference}/give"
        tree = soup(client.get(f"/avonmere{page}"))
        labels = [one.text.strip() for one in tree.select(".govuk-radios__label")]
        assert labels == ["Cy: 0 open", "Bo Évans: 2 open, 1 of them urgent"]
        wrong = submit(client, author.council, page, page, {"heir": str(author.account_id), "words": SECRET})
        assert wrong.status_code == 422
        assert SECRET in soup(wrong).select_one("#words").text  # type: ignore[union-attr] # is there
        assert submit(client, author.council, page, page, {"heir": str(cy.account_id), "words": ""}).status_code == 303
        assert seen(cy, made).owner_id == cy.account_id

    def test_whoever_has_it_meanwhile_keeps_it(
        self, client: FlaskClient, ali: Person, author: Person, councils: Councils
    ) -> None:
        bo, cy = staff(councils, "Bo"), staff(councils, "Cy")
        made = make_referral(author.council, author, state="screening", owner=bo)
        page = f"/screening/{made.reference}/give"
        stale = {"heir": str(ali.account_id), "words": SECRET, "owner_id": str(cy.account_id)}
        answer = submit(client, author.council, page, page, stale)
        assert answer.status_code == 409
        assert "Bo has this now" in soup(answer).text
        assert SECRET in soup(answer).text
        assert seen(bo, made).owner_id == bo.account_id


class TestMovingMany:
    """A leaver, a sick day."""

    @pytest.fixture
    def nia(self, app: Flask, councils: Councils) -> tuple[Person, FlaskClient]:
        manager, browser = staff(councils, "Nia", "practice_manager"), app.test_client()
        sign_in(browser, manager)
        return manager, browser

    def test_dealt_evenly_and_only_what_is_still_theirs(
        self, councils: Councils, author: Person, nia: tuple[Person, FlaskClient]
    ) -> None:
        manager, _ = nia
        gone, bo, cy = staff(councils, "Gone"), staff(councils, "Bo"), staff(councils, "Cy")
        make_referral(author.council, author, state="screening", owner=bo)
        reports = [make_referral(author.council, author, state=state, owner=gone) for state in
                   ("screening", "asked", "answered", "screening", "screening")]  # fmt: skip
        barred = make_referral(
            author.council, author, state="screening", owner=gone, unseen_by=[bo.account_id, cy.account_id]
        )
        act(cy, holding.give, seen(cy, reports[4]), cy.account_id, "", owner_id=gone.account_id)
        wanted = [one.id for one in (*reports, barred)]
        done = act(manager, reassign, gone.account_id, wanted, [bo.account_id, cy.account_id])
        assert done == Moved(moved=4, changed=1, barred=1)
        assert act(manager, reassign, gone.account_id, wanted[:5], [bo.account_id]) == Moved(0, 5, 0)
        loads = {one.name: one.open for one in act(manager, workload)}
        assert (loads["Gone"], loads["Bo"] + loads["Cy"]) == (1, 6)
        assert abs(loads["Bo"] - loads["Cy"]) <= 1
        assert seen(bo, reports[1]).state == "asked"
        assert [one.given_to for one in act(manager, notes, seen(manager, reports[0]))] in (["Bo"], ["Cy"])

    def test_whoever_gives_out_an_urgent_one_knows_of_it(
        self, councils: Councils, author: Person, nia: tuple[Person, FlaskClient]
    ) -> None:
        manager, browser = nia
        bo = staff(councils, "Bo")
        made = make_referral(author.council, author, route="MASH_URGENT")
        with db.unit_of_work(author.scope):
            duty.raise_alert(made.id)
        assert "Nobody has acknowledged" in browser.get("/avonmere/holding-area").text
        assert act(manager, reassign, None, [made.id], [bo.account_id]).moved == 1
        assert "Nobody has acknowledged" not in browser.get("/avonmere/holding-area").text
        assert events_of(manager, Event.DUTY_ACKNOWLEDGED) == 1

    def test_back_to_the_holding_area_and_out_of_it(
        self, councils: Councils, author: Person, nia: tuple[Person, FlaskClient]
    ) -> None:
        manager, _ = nia
        gone, bo = staff(councils, "Gone"), staff(councils, "Bo")
        made = make_referral(author.council, author, state="screening", owner=gone)
        assert act(manager, reassign, gone.account_id, [made.id], []).moved == 1
        assert (seen(bo, made).owner_id, seen(bo, made).state) == (None, "sent")
        assert act(manager, reassign, None, [made.id], [bo.account_id]).moved == 1
        assert (seen(bo, made).owner_id, seen(bo, made).state) == (bo.account_id, "screening")

    @pytest.mark.parametrize("heirs", ["same", "author", "nobody"])
    def test_nobody_else_is_an_heir(
        self, councils: Councils, author: Person, nia: tuple[Person, FlaskClient], heirs: str
    ) -> None:
        bo = staff(councils, "Bo")
        made = make_referral(author.council, author, state="screening", owner=bo)
        people = {"same": [bo.account_id], "author": [author.account_id], "nobody": []}[heirs]
        owner = None if heirs == "nobody" else bo.account_id
        with pytest.raises(Invalid):
            act(nia[0], reassign, owner, [made.id], people)

    def test_what_somebody_opened_for_a_while_is_not_theirs_to_move(
        self, councils: Councils, author: Person, nia: tuple[Person, FlaskClient]
    ) -> None:
        manager, _ = nia
        bo, cy = staff(councils, "Bo"), staff(councils, "Cy")
        made = make_referral(author.council, author, state="screening", owner=bo, sight=[bo.account_id, cy.account_id])
        assert act(manager, reassign, bo.account_id, [made.id], [cy.account_id]) == Moved(0, 1, 0)
        assert seen(bo, made).owner_id == bo.account_id

    def test_the_pages(
        self, councils: Councils, author: Person, nia: tuple[Person, FlaskClient], client: FlaskClient, ali: Person
    ) -> None:
        _, browser = nia
        sick = staff(councils, "Sick O'Brien")
        made = [make_referral(author.council, author, state="screening", owner=sick) for _ in range(3)]
        row = next(
            one for one in soup(browser.get("/avonmere/holding-area/workload")).select("tbody tr") if "Sick" in one.text
        )
        href = str(row.select("a")[-1]["href"]).removeprefix("/avonmere")
        page = soup(browser.get(f"/avonmere{href}"))
        assert len(page.select('input[name="reports"][checked]')) == 3
        only = {"reports": str(made[0].id), "where": "people"}
        for wrong, place in (
            ({**only, "people": []}, "people-error"),
            ({"reports": [], "where": "nobody"}, "reports-error"),
            ({"reports": str(made[0].id), "where": "", "people": str(ali.account_id)}, "where-error"),
            ({**only, "people": "nonsense"}, "people-error"),
        ):
            answer = submit(browser, author.council, href, href, wrong)
            assert answer.status_code == 422, wrong
            assert soup(answer).select_one(f"#{place}") is not None, wrong
        answer = submit(browser, author.council, href, href, {**only, "people": str(ali.account_id)})
        assert answer.status_code == 303
        assert "1 was moved" in browser.get("/avonmere/holding-area/workload").text
        assert seen(ali, made[0]).owner_id == ali.account_id
        assert seen(ali, made[1]).owner_id == sick.account_id
        # A screener sees who has how much, and moves nobody's.
        shown = client.get("/avonmere/holding-area/workload")
        assert "Move these" not in shown.text
        assert client.get(f"/avonmere{href}").status_code == 403
        assert browser.get(f"/avonmere/holding-area/workload/{uuid4()}").status_code == 404

    def test_somebody_who_is_not_at_work_is_shown(
        self, councils: Councils, author: Person, nia: tuple[Person, FlaskClient]
    ) -> None:
        manager, browser = nia
        gone = staff(councils, "Gone Away")
        make_referral(author.council, author, state="screening", owner=gone)
        suspend(manager, gone)
        assert "not at work here now" in browser.get("/avonmere/holding-area/workload").text


def suspend(manager: Person, person: Person) -> None:
    with db.unit_of_work(manager.scope) as session:
        session.execute(update(Membership).where(Membership.account_id == person.account_id).values(state="suspended"))


ids = st.integers(min_value=0, max_value=9).map(lambda number: UUID(int=number))


@given(
    reports=st.lists(st.uuids(), max_size=30, unique=True),
    loads=st.dictionaries(ids, st.integers(0, 20), max_size=5),
    data=st.data(),
)
def test_dealing_is_fair(reports: list[UUID], loads: dict[UUID, int], data: st.DataObject) -> None:
    pairs = [(report, person) for report in reports for person in loads]
    barred = set(data.draw(st.lists(st.sampled_from(pairs), max_size=10))) if pairs else set()
    dealt = deal(reports, loads, barred)
    assert list(dealt) == reports
    has = dict(loads)
    for report, heir in dealt.items():
        able = [person for person in loads if (report, person) not in barred]
        assert (heir is None) == (not able)
        if heir is not None:
            assert heir in able
            assert has[heir] == min(has[person] for person in able)
            has[heir] += 1
