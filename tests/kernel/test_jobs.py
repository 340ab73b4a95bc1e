"""Jobs: in the transaction that adds them, in a scope of their own when they run, put back when a worker dies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import procrastinate
import psycopg
import pytest
from flask import Flask
from procrastinate.exceptions import ConnectorException
from psycopg.types.json import Jsonb
from sqlalchemy import text

from config.settings import Settings
from portal.cli.worker import conninfo
from portal.kernel import clock, db, jobs, scope
from portal.kernel.errors import Unavailable
from portal.kernel.scope import Scope
from tests.fixtures.councils import Councils

Admin = psycopg.Connection[tuple[object, ...]]
NAME = "tests.note"


@pytest.fixture
def noted() -> Iterator[list[tuple[UUID, Scope]]]:
    """What the job `tests.note` was run with, and the scope it ran in."""
    seen: list[tuple[UUID, Scope]] = []

    def note(thing_id: UUID) -> None:
        seen.append((thing_id, scope.current()))
        db.session().connection()

    jobs.task(NAME)(note)
    yield seen
    del jobs.app.tasks[NAME]


def waiting(admin: Admin, status: str = "todo") -> list[tuple[object, ...]]:
    query = "select args from procrastinate_jobs where task_name = %s and status::text = %s"
    return admin.execute(query, (NAME, status)).fetchall()


def test_a_job_may_wait_for_a_slow_outside_world(app: Flask, councils: Councils, run_jobs: Callable[[], None]) -> None:
    del app
    seen: list[str] = []

    def look(thing_id: UUID) -> None:
        del thing_id
        seen.append(db.session().execute(text("show idle_in_transaction_session_timeout")).scalar_one())

    jobs.task("tests.look")(look)
    with db.unit_of_work(Scope(councils.wales)):
        jobs.enqueue("tests.look", thing_id=uuid4())
    run_jobs()
    del jobs.app.tasks["tests.look"]
    assert seen == ["3min"]


def test_a_job_of_a_committed_transaction_exists_and_runs_once(
    app: Flask, councils: Councils, admin: Admin, noted: list[tuple[UUID, Scope]], run_jobs: Callable[[], None]
) -> None:
    del app
    thing = uuid4()
    with db.unit_of_work(Scope(councils.wales)):
        jobs.enqueue(NAME, thing_id=thing)
        assert waiting(admin) == []
    assert waiting(admin) == [({"thing_id": str(thing), "tenant_id": str(councils.wales.id)},)]
    run_jobs()
    run_jobs()
    assert [found for found, _ in noted] == [thing]
    ran = noted[0][1]
    assert ran.council is not None
    assert ran.council.id == councils.wales.id
    assert ran.actor is scope.SYSTEM


def test_a_job_of_a_rolled_back_transaction_does_not_exist(
    app: Flask, councils: Councils, admin: Admin, noted: list[tuple[UUID, Scope]], run_jobs: Callable[[], None]
) -> None:
    del app
    with pytest.raises(LookupError), db.unit_of_work(Scope(councils.wales)):
        jobs.enqueue(NAME, thing_id=uuid4())
        raise LookupError
    run_jobs()
    assert waiting(admin) == []
    assert noted == []


def test_a_job_outside_every_council_runs_as_the_system(
    app: Flask, noted: list[tuple[UUID, Scope]], run_jobs: Callable[[], None]
) -> None:
    del app
    with db.unit_of_work(scope.NOWHERE):
        jobs.enqueue(NAME, thing_id=uuid4())
    run_jobs()
    assert [(ran.council, ran.actor) for _, ran in noted] == [(None, scope.SYSTEM)]


def test_a_job_that_fails_is_undone_and_tried_again_later(
    app: Flask, councils: Councils, admin: Admin, run_jobs: Callable[[], None]
) -> None:
    del app
    tries: list[UUID] = []

    def fail(thing_id: UUID) -> None:
        tries.append(thing_id)
        jobs.enqueue(NAME, thing_id=uuid4())
        raise Unavailable("the mail server is away")

    jobs.task(NAME)(fail)
    try:
        with db.unit_of_work(Scope(councils.wales)):
            jobs.enqueue(NAME, thing_id=uuid4())
        run_jobs()
    finally:
        del jobs.app.tasks[NAME]
    assert len(tries) == 1
    rows = admin.execute(
        "select attempts, scheduled_at > now() from procrastinate_jobs where task_name = %s", (NAME,)
    ).fetchall()
    assert rows == [(1, True)]


def test_a_job_for_a_council_that_is_gone_does_nothing(
    app: Flask, admin: Admin, noted: list[tuple[UUID, Scope]], run_jobs: Callable[[], None]
) -> None:
    del app
    add = "insert into procrastinate_jobs (queue_name, task_name, args) values ('default', %s, %s)"
    admin.execute(add, (NAME, Jsonb({"thing_id": str(uuid4()), "tenant_id": str(uuid4())})))
    run_jobs()
    assert noted == []


def test_the_database_refusing_a_job_is_unavailable(
    app: Flask, councils: Councils, monkeypatch: pytest.MonkeyPatch, noted: list[tuple[UUID, Scope]]
) -> None:
    del app, noted

    def refuse(*_words: Any, **_values: Any) -> None:
        raise ConnectorException

    monkeypatch.setattr("procrastinate.tasks.jobs.JobDeferrer.defer", refuse)
    with pytest.raises(Unavailable), db.unit_of_work(Scope(councils.wales)):
        jobs.enqueue(NAME, thing_id=uuid4())


def _with_connector(settings: Settings, work: Callable[[], Any]) -> None:
    async def run() -> None:
        connector = procrastinate.PsycopgConnector(conninfo=conninfo(settings.database_url), min_size=1, max_size=2)
        with jobs.app.replace_connector(connector):
            async with jobs.app.open_async():
                await work()

    # A thread of its own: a browser of an earlier test may keep a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, run()).result()


DEAD_WORKER = """
with dead as (
  insert into procrastinate_workers (last_heartbeat) values (now() - %s::interval) returning id
), taken as (
  update procrastinate_jobs set status = 'doing', worker_id = (select id from dead) where task_name = %s returning id
) select count(*) from taken
"""


def _taken_by_a_worker_last_seen(ago: timedelta, councils: Councils, admin: Admin) -> None:
    with db.unit_of_work(Scope(councils.wales)):
        jobs.enqueue(NAME, thing_id=uuid4())
    assert admin.execute(DEAD_WORKER, (ago, NAME)).fetchone() == (1,)


def test_the_job_of_a_dead_worker_is_put_back(
    *, app: Flask, councils: Councils, settings: Settings, admin: Admin, noted: list[tuple[UUID, Scope]],
    run_jobs: Callable[[], None],
) -> None:  # fmt: skip
    del app
    _taken_by_a_worker_last_seen(timedelta(seconds=jobs.STALLED_AFTER + 5), councils, admin)
    _with_connector(settings, lambda: jobs.rescue(timestamp=0))
    assert len(waiting(admin)) == 1
    run_jobs()
    assert len(noted) == 1


def test_the_job_of_a_living_worker_is_left_alone(
    app: Flask, councils: Councils, settings: Settings, admin: Admin, noted: list[tuple[UUID, Scope]]
) -> None:
    del app, noted
    _taken_by_a_worker_last_seen(timedelta(seconds=1), councils, admin)
    _with_connector(settings, lambda: jobs.rescue(timestamp=0))
    assert len(waiting(admin, "doing")) == 1


def test_finished_jobs_are_deleted_after_a_week_and_no_sooner(
    *, app: Flask, councils: Councils, settings: Settings, admin: Admin, noted: list[tuple[UUID, Scope]],
    run_jobs: Callable[[], None],
) -> None:  # fmt: skip
    del app
    with db.unit_of_work(Scope(councils.wales)):
        jobs.enqueue(NAME, thing_id=uuid4())
        jobs.enqueue(NAME, thing_id=uuid4())
    run_jobs()
    assert len(noted) == 2
    old = clock.now() - jobs.KEEP_FINISHED - timedelta(hours=2)
    first = "select min(id) from procrastinate_jobs where task_name = %s"
    age = f"update procrastinate_events set at = %s where job_id = ({first})"
    admin.execute(age, (old, NAME))
    _with_connector(settings, lambda: jobs.tidy(timestamp=0))
    assert len(waiting(admin, "succeeded")) == 1
