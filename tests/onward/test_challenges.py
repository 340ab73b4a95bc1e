"""A decision is challenged, level by level; whoever decided never answers, and each act is done once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import func, select, update

from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.kernel import clock, db
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.language import Text
from portal.kernel.scope import SYSTEM, Scope
from portal.onward.commands import challenges, reminding
from portal.onward.queries.challenges import Step, listed, steps
from portal.referrals.commands import recounting
from portal.referrals.models import Notice, Referral
from portal.referrals.queries.record import find
from portal.screening.commands import changes, correcting, decisions
from portal.screening.given import Change, Given
from portal.tenants.challenge_settings import Level
from portal.tenants.opening import hours_of
from tests.factories.decisions import given
from tests.factories.people import Person, make_person
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils

Admin = psycopg.Connection[tuple[object, ...]]


@dataclass
class Case:
    """A decided report, and two managers."""

    made: Made
    author: Person
    screener: Person
    manager: Person
    other: Person
    first: Given
    councils: Councils = field(repr=False)

    def act(self, who: Person, deed: Callable[..., Any], *words: Any, permission: Permission = Permission.TRACK) -> Any:
        with db.unit_of_work(who.scope):
            return deed(who.actor, find(who.actor, permission, self.made.reference), *words)

    def challenge(
        self, level: int = 1, once: UUID | None = None, who: Person | None = None, said: dict[str, str] | None = None
    ) -> None:
        words = {"why": "CNRY o’r enw Siân", "wanted": "CNRY 李 look again"} | (said or {})
        what = challenges.Objection(words["why"], words["wanted"], level, once or uuid4())
        self.act(who or self.author, challenges.challenge, what)

    def answer(self, verdict: str = "upheld", who: Person | None = None, on_behalf: str = "") -> None:
        step = self.steps()[-1].id
        what = challenges.Reply(verdict, "CNRY because", on_behalf)
        self.act(who or self.manager, challenges.answer, step, what, permission=Permission.APPROVE)

    def end(self, place: int = -1) -> str:
        step = self.steps()[place].id
        return self.act(self.author, challenges.end, step)  # type: ignore[no-any-return] # act does anything

    def steps(self, who: Person | None = None) -> tuple[Step, ...]:
        who, permission = who or self.manager, Permission.LOOK if who is None else Permission.TRACK
        return self.act(who, lambda a, f: steps(a, permission, f), permission=permission)  # type: ignore[no-any-return] # act does anything

    def may(self) -> challenges.May:
        return self.act(self.author, lambda a, f: challenges.may(a, f, steps(a, Permission.TRACK, f)))  # type: ignore[no-any-return] # act does anything

    def told(self, kind: str) -> set[UUID | str]:
        with db.unit_of_work(Scope(self.manager.council, SYSTEM)) as session:
            query = select(func.coalesce(func.cast(Notice.account_id, Notice.mailbox.type), Notice.mailbox))
            return set(session.execute(query.where(Notice.kind == kind)).scalars())

    def tab(self, tab: str) -> list[str]:
        with db.unit_of_work(self.manager.scope):
            return [one.reference for one in listed(self.manager.actor, tab)]


@pytest.fixture
def case(councils: Councils) -> Case:
    council = councils.england
    author, screener = make_person(council), make_person(council, role="screener")
    manager, other = (make_person(council, role="practice_manager") for _ in range(2))
    made = make_referral(council, author, state="screening", owner=screener)
    first = given("no_further_action", "MASH", "CNRY first", "CNRY nothing more", 0)
    case = Case(made, author, screener, manager, other, first, councils)
    case.act(screener, decisions.decide, first, permission=Permission.DECIDE)
    return case


def test_a_challenge_goes_up_level_by_level_until_the_last(case: Case) -> None:
    once = uuid4()
    case.challenge(once=once)
    case.challenge(once=once)
    assert case.told("challenged") == {str(case.manager.account_id), str(case.other.account_id)}
    assert case.tab("waiting") == [case.made.reference]
    with pytest.raises(Conflict):
        case.challenge(2)
    case.answer()
    case.answer()
    assert (case.may().level, case.tab("waiting"), case.tab("answered")) == (2, [], [case.made.reference])
    case.challenge(2, said={"why": "CNRY still"})
    with pytest.raises(Invalid) as wrong:
        case.answer()
    assert wrong.value.errors == {"on_behalf": "required"}
    case.answer(on_behalf="  CNRY O'Brien,  director ")
    case.challenge(3)
    case.answer(who=case.other)
    assert case.may().level == 0
    assert [(one.level, one.answer, one.ended) for one in case.steps()] == [
        (1, "upheld", "taken_on"), (2, "upheld", "taken_on"), (3, "upheld", ""),
    ]  # fmt: skip
    assert (case.end(), case.end(), case.tab("ended")) == ("accepted", "", [case.made.reference])
    with pytest.raises(Conflict):
        case.challenge(1)
    theirs = case.steps(case.author)
    assert [(one.why, one.on_behalf, one.answered_by) for one in theirs][:2] == [
        ("CNRY o’r enw Siân", "", ""), ("CNRY still", "CNRY O'Brien, director", ""),
    ]  # fmt: skip
    assert {one.answered_by for one in case.steps()} == {case.manager.actor.name, case.other.actor.name}


def test_each_level_is_due_by_the_working_days_that_the_council_set(case: Case) -> None:
    case.challenge()
    (step,) = case.steps()
    council = case.manager.council
    days = council.settings.challenging.levels[0].working_days
    hours = hours_of(council)
    assert step.due_at == clock.due_after_working_days(step.raised_at, days, council.nation, hours)


def test_whoever_decided_never_answers(case: Case) -> None:
    what = replace(case.first, once=uuid4(), told="CNRY other")
    change = Change(case.first.once, "CNRY slip")
    case.act(case.manager, correcting.correct, what, change, permission=Permission.DECIDE)
    case.challenge()
    assert case.told("challenged") == {str(case.other.account_id)}
    with pytest.raises(Forbidden):
        case.answer()
    case.answer(who=case.other)


def test_a_decision_that_is_to_change_waits_until_it_has(case: Case) -> None:
    case.challenge()
    case.answer("changed")
    assert case.tab("waiting") == [case.made.reference]
    what = replace(case.first, once=uuid4(), told="CNRY other")
    change = Change(case.first.once, "CNRY challenged")
    case.act(case.manager, correcting.correct, what, change, permission=Permission.DECIDE)
    assert (case.tab("waiting"), case.tab("answered")) == ([], [case.made.reference])
    assert (case.may().level, case.may().decision_id) == (2, what.once)
    case.end()
    assert (case.may().level, case.may().decision_id) == (1, what.once)


def test_what_is_taken_up_again_or_too_old_is_not_challenged(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=29))
    assert (case.may().level, case.may().too_late) == (0, True)
    with pytest.raises(Conflict):
        case.challenge()
    monkeypatch.undo()
    case.challenge()
    case.act(case.screener, changes.reopen, permission=Permission.DECIDE)
    assert (case.may().level, case.end()) == (0, "withdrawn")
    with pytest.raises(Conflict):
        case.answer()


def test_of_a_restricted_one_only_managers_on_its_list_hear_and_never_nobody(case: Case) -> None:
    def restrict(*people: Person) -> None:
        with db.unit_of_work(Scope(case.manager.council, SYSTEM)) as session:
            session.execute(update(Referral).values(sight=[one.account_id for one in people]))

    restrict(case.screener, case.other)
    case.challenge()
    assert case.told("challenged") == {str(case.other.account_id)}
    assert case.tab("waiting") == []
    restrict(case.screener)
    case.act(case.author, challenges.end, case.steps(case.author)[-1].id)
    case.act(case.screener, changes.reopen, permission=Permission.DECIDE)
    again = replace(case.first, once=uuid4())
    case.act(case.screener, decisions.decide, again, permission=Permission.DECIDE)
    case.challenge()
    assert case.told("challenged") == {str(case.other.account_id), case.manager.council.settings.email}


@pytest.mark.parametrize(
    ("said", "errors"),
    [({"why": " "}, {"why": "required"}), ({"wanted": "a\x00"}, {"wanted": "control"}),
     ({"why": "x" * 4001}, {"why": "too_long"})],
)  # fmt: skip
def test_words_that_cannot_be_kept_are_named(case: Case, said: dict[str, str], errors: dict[str, str]) -> None:
    with pytest.raises(Invalid) as wrong:
        case.challenge(said=said)
    assert (wrong.value.errors, case.steps()) == (errors, ())


def test_a_colleague_another_agency_and_another_council_cannot(case: Case) -> None:
    agency = make_person(case.manager.council, agency="riverside-academy")
    colleague = make_person(case.manager.council)
    abroad = make_person(case.councils.wales, role="practice_manager")
    case.challenge()
    for who in (agency, colleague, abroad):
        with pytest.raises(NotFound):
            case.challenge(who=who)
        with pytest.raises(NotFound):
            case.answer(who=who)


def test_of_two_at_once_one_wins(case: Case) -> None:
    case.challenge()
    step = case.steps()[-1].id
    gate = Barrier(2)

    def manager() -> str:
        with db.unit_of_work(case.manager.scope):
            found = find(case.manager.actor, Permission.APPROVE, case.made.reference)
            gate.wait(timeout=10)
            challenges.answer(case.manager.actor, found, step, challenges.Reply("upheld", "CNRY"))
        return "answered"

    def author() -> str:
        with db.unit_of_work(case.author.scope):
            found = find(case.author.actor, Permission.TRACK, case.made.reference)
            gate.wait(timeout=10)
            return challenges.end(case.author.actor, found, step)

    def tried(deed: Callable[[], str]) -> str:
        try:
            return deed()
        except Conflict:
            return "lost"

    with ThreadPoolExecutor(max_workers=2) as pool:
        results = set(pool.map(tried, (manager, author)))
    # Whoever reads after the answer accepts it.
    assert results in ({"answered", "lost"}, {"withdrawn", "lost"}, {"answered", "accepted"})


def level_of(case: Case, people: tuple[str, ...], days: int = 1, names: Sequence[Text] = ()) -> None:
    """The first level as a council may set it, and what all are called, for this process."""
    settings = case.manager.council.settings
    first, *rest = settings.challenging.levels
    levels: tuple[Level, ...] = (replace(first, people=people, working_days=days), *rest)
    levels = tuple(replace(one, name=name) for one, name in zip(levels, names, strict=True)) if names else levels
    changed = replace(settings, challenging=replace(settings.challenging, levels=levels))
    for name in ("author", "screener", "manager", "other"):
        who = getattr(case, name)
        setattr(case, name, replace(who, council=replace(who.council, settings=changed)))


def test_a_level_keeps_its_name_whatever_the_council_calls_another_one_later(case: Case, admin: Admin) -> None:
    case.challenge()
    case.answer()
    names = [one.name for one in case.manager.council.settings.challenging.levels]
    level_of(case, (), names=names[::-1])
    case.challenge(2)
    assert [one.level_name for one in case.steps()] == [names[0], names[1]]
    with db.unit_of_work(case.manager.scope):
        assert [one.level_name for one in listed(case.manager.actor, "waiting")] == [names[1]]
    # Of an old one that no settings are known of, nothing is made up.
    admin.execute("update challenge set level_name = null")
    assert [one.level_name for one in case.steps()] == [{}, {}]


def test_only_those_whom_the_council_named_answer_and_are_told(case: Case) -> None:
    level_of(case, (case.other.email.upper(),))
    case.challenge()
    assert case.told("challenged") == {str(case.other.account_id)}
    with pytest.raises(Forbidden):
        case.answer()
    case.answer(who=case.other)


def test_where_nobody_of_those_named_may_answer_everybody_may(case: Case) -> None:
    level_of(case, (case.screener.email, "gone@avonmere.example"))
    case.challenge()
    assert case.told("challenged") == {str(case.manager.account_id), str(case.other.account_id)}
    case.answer()


def test_where_those_named_may_not_see_it_everybody_else_may(case: Case) -> None:
    level_of(case, (case.other.email,))
    with db.unit_of_work(Scope(case.manager.council, SYSTEM)) as session:
        session.execute(update(Referral).values(unseen_by=[case.other.account_id]))
    case.challenge()
    assert case.told("challenged") == {str(case.manager.account_id)}
    case.answer()


def test_the_date_moves_with_the_calendar_and_is_told_of_once_more(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def system(deed: Callable[[], Any]) -> Any:
        with db.unit_of_work(Scope(case.manager.council, SYSTEM)):
            return deed()

    case.challenge()
    before = case.steps()[0].due_at
    assert system(reminding.remind) in (0, 1)
    level_of(case, (), days=3)
    council = case.manager.council
    system(lambda: recounting.recount(council))
    later = case.steps()[0].due_at
    assert later == clock.due_after_working_days(case.steps()[0].raised_at, 3, council.nation, hours_of(council))
    assert later > before
    system(lambda: recounting.recount(council))
    assert system(reminding.remind) == 0
    case_told = case.told("challenge_due")
    monkeypatch.setattr(clock, "now", lambda: later - timedelta(minutes=30))
    assert (system(reminding.remind), system(reminding.remind)) == (1, 0)
    assert case.told("challenge_due") - case_told <= {str(case.manager.account_id), str(case.other.account_id)}
    assert case.told("challenge_due") == {str(case.manager.account_id), str(case.other.account_id)}
    case.answer()
    assert system(reminding.remind) == 0
    with db.unit_of_work(Scope(council, SYSTEM)) as session:
        moved = select(func.count()).where(AuditEvent.event == "onward.challenge_due_moved")
        assert session.execute(moved).scalar_one() == 1
