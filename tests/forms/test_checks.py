"""Checks of a draft: over exactly one content, asked once, run by a job that may be killed and run again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from portal.forms import runners, tasks
from portal.forms.commands import checks
from portal.forms.queries import checks as queries
from portal.forms.queries.checks import PROOF, WHAT_IF, Check, of_draft
from portal.forms.queries.drafts import Draft
from portal.forms.runners import Run
from portal.forms.verify import VERIFIER
from portal.kernel import clock, db
from portal.kernel.errors import Forbidden, Unavailable
from portal.kernel.scope import SYSTEM, Scope
from tests.factories.people import Person, make_person
from tests.fixtures.councils import Councils
from tests.forms.designing import begin, other_words, prove, read, save

KIND = WHAT_IF
Admin = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def designer(councils: Councils) -> Person:
    return make_person(councils.england, role="form_designer")


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """Each run of a runner that passes whatever it is given."""
    seen: list[Run] = []

    def run(work: Run) -> dict[str, Any]:
        seen.append(work)
        return {"holds": True}

    monkeypatch.setitem(runners._runners, KIND, run)
    return seen


def ask(person: Person, draft: Draft, *, again: bool = False) -> Any:
    with db.unit_of_work(person.scope):
        return checks.ask(person.actor, draft, KIND, again=again)


def stands(person: Person, draft: Draft) -> Check:
    with db.unit_of_work(person.scope):
        found = of_draft(person.actor, read(person, draft.id), KIND)
    assert found is not None
    return found


def use(monkeypatch: pytest.MonkeyPatch, run: runners.Runner) -> None:
    monkeypatch.setitem(runners._runners, KIND, run)


def job(person: Person, check_id: Any) -> None:
    """What the worker does, without the queue."""
    with db.unit_of_work(Scope(person.council, SYSTEM)):
        tasks.run_check(check_id)


def test_a_check_runs_once_however_often_it_is_asked(
    designer: Person, runs: list[Run], run_jobs: Callable[[], None]
) -> None:
    draft, seen = begin(designer), runs
    assert ask(designer, draft) == ask(designer, draft)
    assert stands(designer, draft).status == "waiting"
    run_jobs()
    assert stands(designer, draft).status == "passed"
    ask(designer, draft)
    run_jobs()
    assert [(run.content["form"]["key"], run.languages) for run in seen] == [("concern", ("en",))]


def test_a_finished_check_is_run_again_when_that_is_wanted(
    designer: Person, runs: list[Run], run_jobs: Callable[[], None]
) -> None:
    draft, seen = begin(designer), runs
    ask(designer, draft)
    run_jobs()
    ask(designer, draft, again=True)
    ask(designer, draft, again=True)
    run_jobs()
    assert len(seen) == 2


def test_the_same_job_twice_keeps_the_first_result(designer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    results = iter([{"holds": True}, {"holds": False}])
    use(monkeypatch, lambda _run: next(results))
    draft = begin(designer)
    check_id = ask(designer, draft)
    job(designer, check_id)
    job(designer, check_id)
    assert stands(designer, draft).status == "passed"


def test_a_check_that_another_worker_runs_is_left_to_it(designer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def run(work: Run) -> dict[str, Any]:
        tried.append("run")
        with db.unit_of_work(Scope(designer.council, SYSTEM)):
            assert checks.begin(work.check_id) is None
        return {"holds": True}

    use(monkeypatch, run)
    draft = begin(designer)
    job(designer, ask(designer, draft))
    assert tried == ["run"]
    assert stands(designer, draft).status == "passed"


def test_progress_is_kept_when_a_worker_is_killed_and_the_next_goes_on(
    designer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """What no code handles."""

    seen: list[Any] = []

    def run(work: Run) -> dict[str, Any]:
        seen.append(work.so_far)
        if work.so_far is None:
            work.report(3, 10, {"from": 3})
            raise Killed
        work.report(10, 10)
        return {"holds": True, "from": work.so_far["from"]}

    use(monkeypatch, run)
    draft = begin(designer)
    check_id = ask(designer, draft)
    with pytest.raises(Killed):
        job(designer, check_id)
    halfway = stands(designer, draft)
    assert (halfway.status, halfway.done, halfway.total, halfway.under_way) == ("running", 3, 10, True)
    job(designer, check_id)
    assert seen == [None, {"from": 3}]
    done = stands(designer, draft)
    assert (done.status, done.result, done.done, done.total) == ("passed", {"holds": True, "from": 3}, 10, 10)


def test_a_runner_that_fails_says_so_and_is_not_tried_for_ever(
    designer: Person, monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None], admin: Admin
) -> None:
    def run(_work: Run) -> dict[str, Any]:
        raise ZeroDivisionError

    use(monkeypatch, run)
    draft = begin(designer)
    ask(designer, draft)
    run_jobs()
    assert stands(designer, draft).status == "error"
    assert stands(designer, draft).result == {"reason": "error"}
    assert admin.execute("select 1 from procrastinate_jobs where status = 'todo'").fetchall() == []
    use(monkeypatch, lambda _run: {"holds": False})
    ask(designer, draft)
    run_jobs()
    assert stands(designer, draft).status == "failed"


def test_an_outage_leaves_the_check_for_the_next_try(designer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_work: Run) -> dict[str, Any]:
        raise Unavailable("away")

    use(monkeypatch, run)
    draft = begin(designer)
    check_id = ask(designer, draft)
    with pytest.raises(Unavailable):
        job(designer, check_id)
    assert stands(designer, draft).status == "running"


def test_a_kind_that_nobody_runs_is_not_available(designer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(runners._runners, KIND, raising=False)
    draft = begin(designer)
    job(designer, ask(designer, draft))
    assert stands(designer, draft).result == {"reason": "not_available"}


def test_a_change_makes_a_check_out_of_date_and_going_back_makes_it_count_again(
    designer: Person, runs: list[Run], run_jobs: Callable[[], None]
) -> None:
    draft, seen = begin(designer), runs
    before = draft.content["form"]["title"]
    ask(designer, draft)
    run_jobs()
    save(designer, draft.id, other_words)
    assert stands(designer, draft).status == "out_of_date"
    save(designer, draft.id, lambda content: content["form"].update(title=before))
    assert stands(designer, draft).status == "passed"
    assert len(seen) == 1


def test_a_draft_that_changed_before_the_job_came_is_not_checked_as_what_it_was(
    designer: Person, runs: list[Run]
) -> None:
    draft, seen = begin(designer), runs
    check_id = ask(designer, draft)
    save(designer, draft.id, other_words)
    job(designer, check_id)
    assert seen == []


def test_a_scenario_changes_nothing_about_the_proof(
    designer: Person, runs: list[Run], run_jobs: Callable[[], None]
) -> None:
    draft = begin(designer)
    ask(designer, draft)
    run_jobs()
    save(designer, draft.id, lambda content: content["scenarios"].append({"id": "S1", "answers": {}, "expected": {}}))
    assert stands(designer, draft).status == "passed"


def test_a_runner_is_stopped_when_the_check_ended_meanwhile(designer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(work: Run) -> dict[str, Any]:
        checks.fail(work.check_id, "changed")
        work.report(1, 2)
        raise AssertionError("went on")

    use(monkeypatch, run)
    draft = begin(designer)
    job(designer, ask(designer, draft))
    assert stands(designer, draft).result == {"reason": "changed"}


def test_a_check_whose_job_was_lost_is_asked_again(
    designer: Person,
    runs: list[Run],
    run_jobs: Callable[[], None],
    admin: Admin,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draft, seen = begin(designer), runs
    ask(designer, draft)
    admin.execute("delete from procrastinate_jobs")
    ask(designer, draft)
    run_jobs()
    assert seen == []
    later = clock.now() + checks.LOST_AFTER + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    ask(designer, draft)
    run_jobs()
    assert len(seen) == 1


def test_only_those_who_may_read_drafts_ask_and_see(designer: Person, councils: Councils) -> None:
    draft = begin(designer)
    for person in (make_person(councils.england, role="screener"), make_person(councils.england)):
        with pytest.raises(Forbidden):
            ask(person, draft)
    ask(designer, draft)
    stranger = make_person(councils.wales, role="form_designer")
    with db.unit_of_work(stranger.scope):
        assert of_draft(stranger.actor, draft, KIND) is None
    manager = make_person(councils.england, role="practice_manager")
    assert stands(manager, draft).kind == KIND


def test_asking_is_recorded_once(designer: Person, runs: list[Run], admin: Admin) -> None:
    draft = begin(designer)
    ask(designer, draft)
    ask(designer, draft)
    rows = admin.execute("select detail from audit_event where event = 'forms.check_asked'").fetchall()
    assert rows == [({"kind": KIND},)]


def test_a_proof_by_an_earlier_verifier_is_out_of_date(designer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = begin(designer)
    prove(designer, draft.id)
    with db.unit_of_work(designer.scope):
        found = of_draft(designer.actor, draft, PROOF)
    assert found is not None
    assert found.current
    monkeypatch.setattr(queries, "VERIFIER", VERIFIER + 1)
    with db.unit_of_work(designer.scope):
        found = of_draft(designer.actor, draft, PROOF)
    assert found is not None
    assert not found.current
