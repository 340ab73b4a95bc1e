"""The same work in every council, each in a unit of work of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable

import structlog
from sqlalchemy.exc import OperationalError

from portal.kernel import db, scope
from portal.kernel.errors import Unavailable
from portal.kernel.scope import Council, Scope
from portal.tenants import resolve

log = structlog.get_logger()


def in_each(work: Callable[[], int | None], event: str = "", level: int = logging.INFO) -> None:
    """Do `work` in the scope of each council; what it counts is logged as `event`, unless it is nothing.

    Raises as for_each.
    """

    def one(council: Council) -> None:
        with db.unit_of_work(Scope(council=council, actor=scope.SYSTEM)):
            found = work()
        if found and event:
            log.log(level, event, council=council.slug, count=found)

    for_each(one)


def for_each(work: Callable[[Council], None]) -> None:
    """Do `work` for each council, which sees to its own units of work.

    What fails in one council stops no other: the first failure is raised when all have had their turn. An outage is
    everybody's, and raised at once.
    """
    failed: Exception | None = None
    for council in resolve.everyone():
        try:
            work(council)
        except (OperationalError, Unavailable):
            raise
        except Exception as error:  # noqa: BLE001 - raised below, when the other councils have had their turn
            log.error("councils.work_failed", council=council.slug, error=type(error).__name__)  # noqa: TRY400 - its words may name people
            failed = failed or error
    if failed is not None:
        raise failed
