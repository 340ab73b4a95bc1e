"""The Procrastinate app: enqueue inside the current transaction, run in a scope and unit of work of its own.

Job tables are outside row-level security, so arguments are identifiers only.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import procrastinate
import structlog
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager
from sqlalchemy import text

from portal.kernel import clock, db, scope
from portal.kernel.errors import Unavailable

log = structlog.get_logger()

RETRY = procrastinate.RetryStrategy(max_attempts=48, wait=5, linear_wait=30)
STALLED_AFTER = 30.0  # seconds without a heartbeat: a worker killed with -9 leaves its job `doing`
KEEP_FINISHED = timedelta(days=7)
# The conversation with a slow mail server may take longer than a request's transaction is left idle.
PATIENCE = text("set local idle_in_transaction_session_timeout = '180s'")

# The connector is replaced at start-up by the worker; the web process never opens it, because it hands
# each job to the connection of its own transaction.
app = procrastinate.App(connector=procrastinate.PsycopgConnector())

# In the worker the app's own connector is asynchronous and cannot use the connection of a job's transaction.
_deferring = JobManager(procrastinate.SyncPsycopgConnector())

_find_council: Callable[[UUID], scope.Council] | None = None


def councils_from(find: Callable[[UUID], scope.Council]) -> None:
    """Tell jobs how to find a council by its id (app.py knows; this package knows no domain noun)."""
    global _find_council
    _find_council = find


def enqueue(name: str, **ids: UUID) -> None:
    """Add a job to the current transaction: it exists if and only if the transaction commits.

    `ids` are identifiers; the council's own id is added from the scope. Raises Unavailable when the
    database refuses.
    """
    council = scope.current().council
    arguments = {key: str(value) for key, value in ids.items()}
    arguments["tenant_id"] = str(council.id) if council else ""
    connection = db.session().connection().connection.driver_connection
    deferrer = app.configure_task(name, connection=connection)
    deferrer.job_manager = _deferring
    try:
        deferrer.defer(**arguments)
    except ConnectorException as error:
        raise Unavailable("the job could not be added") from error


def task(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a job. The function takes identifiers only and must be safe to run twice."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        wrong = [key for key in inspect.signature(function).parameters if not key.endswith("_id")]
        if wrong:
            raise TypeError(f"{name}: job arguments are identifiers, not {', '.join(wrong)}")

        @functools.wraps(function)
        def run(tenant_id: str = "", **ids: str) -> None:
            with db.unit_of_work(_scope_of(tenant_id)) as session:
                session.execute(PATIENCE)
                function(**{key: UUID(value) for key, value in ids.items()})

        app.task(name=name, retry=RETRY)(run)
        return function

    return register


def _scope_of(tenant_id: str) -> scope.Scope:
    if not tenant_id:
        return scope.Scope(actor=scope.SYSTEM)
    if _find_council is None:
        raise Unavailable("no councils are known to this process")
    return scope.Scope(council=_find_council(UUID(tenant_id)), actor=scope.SYSTEM)


@app.periodic(cron="* * * * *")
@app.task(name="kernel.rescue", queueing_lock="kernel.rescue", pass_context=False)
async def rescue(timestamp: int) -> None:
    """Put back the jobs of workers that died; without this a job killed with -9 stays `doing` for ever."""
    del timestamp
    manager = app.job_manager
    stalled: list[Any] = list(await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER))
    for job in stalled:
        await manager.retry_job(job, retry_at=clock.now())
    if stalled:
        log.warning("jobs.rescued", count=len(stalled))


@app.periodic(cron="17 3 * * *")
@app.task(name="kernel.tidy", queueing_lock="kernel.tidy", pass_context=False)
async def tidy(timestamp: int) -> None:
    """Delete finished jobs after a week: they hold ids only, yet a long table slows the queue."""
    del timestamp
    await app.job_manager.delete_old_jobs(nb_hours=int(KEEP_FINISHED.total_seconds() // 3600))
