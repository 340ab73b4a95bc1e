"""The job that runs a check of a draft: whoever registered for its kind does the work, and the result is kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from portal.forms import rehearsing, runners
from portal.forms.commands import checks
from portal.forms.queries.checks import PROOF, SCENARIOS
from portal.forms.runners import Run, Stopped
from portal.forms.verify import verify
from portal.kernel import db, jobs
from portal.kernel.errors import Unavailable

log = structlog.get_logger()

# The database is away: the job is tried again later, and nothing is said about the draft.
OUTAGES = (Unavailable, OperationalError, InterfaceError, PoolTimeout)


@jobs.task(checks.JOB)
def run_check(check_id: UUID) -> None:
    """Run one check; run twice, or again after a worker was killed, it gives the same result once."""
    begun = checks.begin(check_id)
    if begun is None:
        return
    kind, run = begun
    work = runners.runner(kind)
    if work is None:
        checks.fail(check_id, "not_available")
        return
    try:
        result = work(run)
    except Stopped:
        return
    except OUTAGES:
        raise
    except Exception:
        # Tried again it would fail again, and the designer would wait for ever.
        log.exception("check.failed", kind=kind, check=str(check_id))
        db.rollback()
        checks.fail(check_id, "error")
        return
    checks.finish(check_id, result)


def prove(run: Run) -> dict[str, Any]:
    """Prove a draft's rules; the result is the proof as its document."""
    return verify(run.content["form"], run.content["thresholds"], run.languages).document()


runners.register_runner(SCENARIOS, rehearsing.run)
runners.register_runner(PROOF, prove)
