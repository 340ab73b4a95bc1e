"""Jobs about stored files: what no row needs any more leaves the store."""

from __future__ import annotations

import structlog

from portal.adapters import ports
from portal.files import content
from portal.files.commands import clearing
from portal.kernel import db, jobs, scope
from portal.kernel.errors import Unavailable
from portal.kernel.scope import Scope
from portal.tenants import resolve

log = structlog.get_logger()


@jobs.app.periodic(cron="* * * * *")
@jobs.app.task(name="files.clear", queueing_lock="files.clear", pass_context=False)
def clear(timestamp: int) -> None:
    """Every minute: objects whose rows were deleted are deleted. The list of them is the truth, so nothing is lost
    while the store is away or a worker dies."""
    del timestamp
    for council in resolve.everyone():
        here = Scope(council=council, actor=scope.SYSTEM)
        try:
            done = gone = _batch(here)
            while done == clearing.BATCH:
                done = _batch(here)
                gone += done
        except Unavailable:
            log.warning("files.store_unavailable", council=council.slug)
            return
        if gone:
            log.info("files.cleared", council=council.slug, count=gone)


def _batch(here: Scope) -> int:
    """The store is spoken to between two transactions: it may take its time. Killed there, or run twice at once, it
    deletes again what is gone already."""
    with db.unit_of_work(here):
        keys = clearing.gone()
        paths = [content.path(key) for key in keys]
    if keys:
        ports.store().delete(paths)
        with db.unit_of_work(here):
            clearing.forget(keys)
    return len(keys)
