"""A report goes through its council's stages: what moves it, its checklist, its clock, and the page of all that."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from threading import Barrier
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid
from portal.referrals.commands import alongside, pausing
from portal.referrals.models import ClockPause, Referral
from portal.referrals.queries.record import Found, find
from portal.screening.commands import holding
from portal.stages import commands, queries
from portal.stages.models import StageTick, StageVisit
from portal.stages.queries import Visit
from tests.factories.pages import soup, submit
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils


@pytest.fixture
def ali(councils: Councils, client: FlaskClient) -> Person:
    person = make_person(councils.england, role="screener", name="Ali Screener")
    sign_in(client, person)
    return person


@pytest.fixture
def made(councils: Councils) -> Made:
    return make_referral(councils.england, make_person(councils.england))


def act(who: Person, deed: Any, made: Made, *words: Any, **named: Any) -> Any:
    with db.unit_of_work(who.scope):
        return deed(who.actor, find(who.actor, Permission.SCREEN, made.reference), *words, **named)


def visits(who: Person, made: Made) -> tuple[Visit, ...]:
    return act(who, queries.visits, made)  # type: ignore[no-any-return] # act does anything


def path(who: Person, made: Made) -> list[str]:
    return [one.stage for one in reversed(visits(who, made))]


def count(who: Person, event: Event) -> int:
    with db.unit_of_work(who.scope) as session:
        return int(session.execute(select(func.count()).where(AuditEvent.event == event)).scalar_one())


def open_visits(who: Person) -> list[int]:
    with db.unit_of_work(who.scope) as session:
        query = select(func.count()).where(StageVisit.left_at.is_(None)).group_by(StageVisit.referral_id)
        return list(session.execute(query).scalars())


class TestMoves:
    """What brings a report to a stage."""

    def test_it_comes_and_is_claimed(self, ali: Person, made: Made) -> None:
        (here,) = visits(ali, made)
        assert (here.id, here.stage, here.how, here.minutes) == (None, "contact", "arrival", 120)
        act(ali, holding.claim, made)
        now, before = visits(ali, made)
        assert (before.stage, before.left_by, before.undone) == ("contact", "Ali Screener", ("safe",))
        assert (now.stage, now.how, now.entered_by, now.left_at) == ("screening", "claimed", "Ali Screener", None)
        assert now.due_at is not None
        act(ali, holding.release, made)
        assert path(ali, made) == ["contact", "screening"]
        assert count(ali, Event.STAGE_ENTERED) == 1

    def test_claiming_does_not_take_it_back(self, ali: Person, made: Made) -> None:
        act(ali, commands.move_on, made, "multi_agency", "contact", all_the_same=True)
        act(ali, holding.claim, made)
        assert path(ali, made) == ["contact", "multi_agency"]

    def test_what_should_be_done_asks_and_never_stops(self, ali: Person, made: Made) -> None:
        act(ali, holding.claim, made)
        with pytest.raises(Invalid) as asked:
            act(ali, commands.move_on, made, "decision", "screening")
        assert asked.value.errors == {"undone": "ask"}
        assert path(ali, made) == ["contact", "screening"]
        act(ali, commands.tick, made, "screening", ["history"], [])
        act(ali, commands.move_on, made, "decision", "screening", all_the_same=True)
        # The page of before, sent again: a double click.
        act(ali, commands.move_on, made, "decision", "screening", all_the_same=True)
        assert path(ali, made) == ["contact", "screening", "decision"]
        assert visits(ali, made)[1].undone == ("consent",)
        assert count(ali, Event.STAGE_LEFT_UNDONE) == 1

    def test_a_stage_that_there_is_not_and_a_page_of_before(self, ali: Person, made: Made) -> None:
        with pytest.raises(Invalid):
            act(ali, commands.move_on, made, "nowhere", "contact")
        act(ali, holding.claim, made)
        with pytest.raises(Conflict):
            act(ali, commands.move_on, made, "multi_agency", "contact", all_the_same=True)
        with pytest.raises(Conflict):
            act(ali, commands.tick, made, "contact", ["safe"], [])

    def test_of_two_at_once_one_moves_it(self, ali: Person, made: Made, councils: Councils) -> None:
        bea = make_person(councils.england, role="screener", name="Bea Screener")
        act(ali, holding.claim, made)
        gate = Barrier(2)

        def go(who: Person, where: str) -> bool:
            with db.unit_of_work(who.scope):
                found = find(who.actor, Permission.SCREEN, made.reference)
                gate.wait(10)
                try:
                    commands.move_on(who.actor, found, where, "screening", all_the_same=True)
                except Conflict:
                    return False
                return True

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(go, (ali, bea), ("multi_agency", "decision"))) == [False, True]
        assert open_visits(ali) == [1]

    def test_a_closed_one_moves_no_more(self, ali: Person, councils: Councils) -> None:
        author = make_person(councils.england)
        done = make_referral(councils.england, author, state="decided", owner=ali, outcome="advice")
        assert visits(ali, done) == ()
        with pytest.raises(Conflict):
            act(ali, commands.move_on, done, "decision", "contact")

    def test_whoever_may_only_read_moves_nothing(self, ali: Person, made: Made, councils: Councils) -> None:
        def as_listed(actor: Any, found: Found) -> None:
            del found
            other = make_person(councils.england, role="screener")
            with db.unit_of_work(other.scope):
                commands.tick(actor, _restricted(other, made), "contact", ["safe"], [])

        with pytest.raises(Forbidden):
            act(ali, as_listed, made)


def _restricted(who: Person, made: Made) -> Found:
    return replace(find(who.actor, Permission.SCREEN, made.reference), sight=(who.actor.account_id,))


VERBS = st.lists(
    st.sampled_from(["claim", "release", "decide", "reopen", "multi_agency", "decision", "contact", "ask"]), max_size=8
)


def test_in_whatever_order_it_is_at_one_stage(ali: Person, councils: Councils) -> None:
    author = make_person(councils.england)

    author = make_person(councils.england)

    @settings(max_examples=15, deadline=None)
    @given(VERBS)
    def try_it(deeds: Sequence[str]) -> None:
        made, closed = make_referral(councils.england, author), False
        for deed in deeds:
            # Nothing but taking it up again is possible with a closed report.
            if (deed == "reopen") is not closed:
                continue
            closed = deed == "decide"
            _do(ali, made, deed)
            told = visits(ali, made)
            assert sum(one.left_at is None for one in told) == (0 if closed else 1)
            in_order = list(reversed(told))
            assert all(after.entered_at >= before.left_at for before, after in pairwise(in_order) if before.left_at)

    try_it()


def _do(who: Person, made: Made, deed: str) -> None:
    with db.unit_of_work(who.scope):
        found = find(who.actor, Permission.SCREEN, made.reference)
        if deed in {"multi_agency", "decision", "contact"}:
            (here,) = [one for one in queries.visits(who.actor, found) if one.left_at is None]
            commands.move_on(who.actor, found, deed, here.stage, all_the_same=True)
        else:
            commands.follow(who.actor, found, deed)


class TestChecklist:
    """Lines that are ticked."""

    def test_two_tick_at_once_and_neither_undoes_the_other(self, ali: Person, made: Made, councils: Councils) -> None:
        bea = make_person(councils.england, role="screener", name="Siân O’Brien 李")
        act(ali, holding.claim, made)
        assert act(ali, commands.tick, made, "screening", ["history"], [])
        # Bea's page was drawn before that: her boxes say nothing of it.
        assert act(bea, commands.tick, made, "screening", ["consent"], [])
        assert not act(bea, commands.tick, made, "screening", ["consent"], [])
        ticked = act(ali, queries.ticks, made, "screening")
        assert {one.item: one.who for one in ticked.values()} == {
            "history": "Ali Screener",
            "consent": "Siân O’Brien 李",
        }
        act(ali, commands.tick, made, "screening", ["consent"], ["history", "consent"])
        assert list(act(ali, queries.ticks, made, "screening")) == ["consent"]
        with db.unit_of_work(ali.scope) as session:
            gone = session.execute(select(StageTick).where(StageTick.undone_at.is_not(None))).scalar_one()
            assert (gone.item, gone.undone_by) == ("history", ali.actor.account_id)
        act(ali, commands.tick, made, "screening", ["consent", "history"], ["consent"])
        assert set(act(ali, queries.ticks, made, "screening")) == {"consent", "history"}
        with pytest.raises(Invalid):
            act(ali, commands.tick, made, "screening", ["consent", "unheard of"], ["consent", "history"])


class TestClock:
    """When a stage must be left."""

    def test_a_pause_moves_it(self, ali: Person, made: Made) -> None:
        act(ali, holding.claim, made)
        due = visits(ali, made)[0].due_at
        with db.unit_of_work(ali.scope) as session:
            row = session.execute(select(StageVisit).where(StageVisit.left_at.is_(None))).scalar_one()
            row.entered_at, row.due_at = clock.now() - timedelta(days=7), clock.now() - timedelta(days=6)
        with db.unit_of_work(ali.scope):
            alongside.recounted(scope.council(), [made.id])
        moved = visits(ali, made)[0].due_at
        assert due is not None
        assert moved is not None
        assert clock.now() - timedelta(days=7) <= moved < due

    def test_the_referrer_s_answer_ends_a_pause_of_what_they_cannot_see(
        self, ali: Person, made: Made, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        act(ali, holding.claim, made)
        told: list[Any] = []
        monkeypatch.setattr(alongside, "_RECOUNTED", [commands.recount, lambda _council, ids: told.extend(ids)])
        with db.unit_of_work(ali.scope) as session:
            agency = session.execute(select(Referral.agency_id).where(Referral.id == made.id)).scalar_one()
            session.add(
                ClockPause(
                    tenant_id=made.council.id, referral_id=made.id, agency_id=agency, why="question",
                    begun_at=clock.now() - timedelta(days=7),
                )
            )  # fmt: skip
            row = session.execute(select(StageVisit).where(StageVisit.left_at.is_(None))).scalar_one()
            row.entered_at = clock.now() - timedelta(days=8)
            before = row.due_at
        with db.unit_of_work(made.author.scope):
            pausing.end(made.id, "answered")
        after = visits(ali, made)[0].due_at
        assert told == [made.id]
        assert before is not None
        assert after is not None
        assert after != before


def test_the_page_and_the_line_that_leads_there(
    ali: Person, made: Made, client: FlaskClient, statements: list[str]
) -> None:
    act(ali, holding.claim, made)
    report, here = f"/avonmere/screening/{made.reference}", f"/screening/{made.reference}/stages"
    client.get(report)
    statements.clear()
    page = soup(client.get(report))
    # It comes with the report, in its own statement.
    assert sum("stage_visit" in one for one in statements) == sum("stage_tick" in one for one in statements) == 1
    (line,) = [one for one in page.select("#beside li") if "Stage: Screening" in one.get_text()]
    assert "left" in line.get_text()
    assert "0 of 4 done" in line.get_text()
    answer = submit(client, made.council, here, f"{here}/checklist", {"done": ["history", "referrer"]})
    assert answer.status_code == 303
    text = soup(client.get(f"/avonmere{here}")).get_text(" ", strip=True)
    assert "2 of 4 done" in text
    assert "Ali Screener, " in text
    nothing = submit(client, made.council, here, f"{here}/move")
    assert (nothing.status_code, "Choose where it goes" in nothing.text) == (422, True)
    asked = submit(client, made.council, here, f"{here}/move", {"stage": "multi_agency"})
    assert asked.status_code == 422
    assert "These are not done" in asked.text
    assert "Looked at what the family knows and agrees to" in asked.text
    assert "Looked at what we know already" not in soup(asked).select_one("section ul").get_text()  # type: ignore[union-attr] # there is one
    data = {one["name"]: one["value"] for one in soup(asked).select("section form input")}
    assert client.post(f"/avonmere{here}/move", data=data).status_code == 303
    now = client.get(f"/avonmere{here}").text
    assert "Moved to Multi-agency" in now
    assert "Left without" in now
    stale = client.post(f"/avonmere{here}/move", data=data | {"stage": "decision"})
    assert (stale.status_code, "A colleague has moved or closed this" in stale.text) == (409, True)


def test_an_agency_s_people_have_no_such_page(made: Made, client: FlaskClient) -> None:
    sign_in(client, made.author)
    assert client.get(f"/avonmere/screening/{made.reference}/stages").status_code in {403, 404}
    with db.unit_of_work(made.author.scope) as session:
        assert session.execute(select(func.count()).select_from(StageVisit)).scalar_one() == 0
