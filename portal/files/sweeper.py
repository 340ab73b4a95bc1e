"""Compares the store with the rows, council by council; what belongs to nobody for a day is deleted."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from uuid import UUID

import structlog

from portal.adapters import ports
from portal.adapters.ports import StoredObject
from portal.files.commands import sweeping
from portal.kernel import clock, db, scope
from portal.kernel.scope import Council, Scope
from portal.tenants import resolve

log = structlog.get_logger()


def sweep() -> None:
    """Look through the whole store once. Raises Unavailable when it does not answer, and has changed nothing then."""
    listed_at = clock.now()
    by_council: dict[str, list[StoredObject]] = defaultdict(list)
    for one in ports.store().list(""):
        by_council[one.key.partition("/")[0]].append(one)
    # A council that is being founded or brought back may be younger than what this process remembers.
    resolve.forget()
    for council in resolve.everyone():
        _sweep(council, by_council.pop(str(council.id), []), listed_at)
    left = [one.key for some in by_council.values() for one in some if _old(one, listed_at)]
    _delete(left, "")


def _sweep(council: Council, objects: list[StoredObject], listed_at: datetime) -> None:
    keys = {UUID(one.key.rpartition("/")[2]): one for one in objects}
    with db.unit_of_work(Scope(council=council, actor=scope.SYSTEM)):
        lost = sweeping.mark_missing(set(keys), listed_at)
        nameless = list(sweeping.nameless(key for key, one in keys.items() if _old(one, listed_at)))
    if lost:
        log.error("files.objects_lost", council=council.slug, count=lost)
    _delete([keys[key].key for key in nameless], council.slug)


def _old(one: StoredObject, listed_at: datetime) -> bool:
    return one.changed_at < listed_at - sweeping.NAMELESS_FOR


def _delete(paths: list[str], slug: str) -> None:
    if paths:
        ports.store().delete(paths)
        log.warning("files.objects_nobodys", council=slug, count=len(paths))
