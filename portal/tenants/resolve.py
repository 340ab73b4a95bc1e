"""From an address to a council: a small WSGI layer, and the councils this process remembers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from portal.auth import councils
from portal.kernel import clock, db, scope
from portal.kernel.errors import NotFound, Unavailable
from portal.kernel.scope import Council
from portal.tenants import settings as council_settings
from portal.tenants.models import CouncilRow
from portal.web.security import COUNCIL_IN_ENVIRON, UNKNOWN_IN_ENVIRON

log = structlog.get_logger()

FRESH_SECONDS = 15.0
# Refused, cut off, or no connection free in time.
OUTAGES = (SQLAlchemyError, Unavailable)


@dataclass(frozen=True)
class _Known:
    by_slug: dict[str, Council]
    by_host: dict[str, Council]
    by_id: dict[UUID, Council]
    at: datetime


_lock = threading.Lock()
_known: _Known | None = None


def _read() -> _Known:
    with db.unit_of_work(scope.NOWHERE) as session:
        rows = session.execute(select(CouncilRow.id, CouncilRow.slug, CouncilRow.settings)).all()
    readable = [found for row in rows if (found := _council(row.id, row.slug, row.settings)) is not None]
    return _Known(
        by_slug={one.slug: one for one in readable},
        by_host={host: one for one in readable for host in one.settings.hostnames},
        by_id={one.id: one for one in readable},
        at=clock.now(),
    )


def _council(id_: UUID, slug: str, document: Any) -> Council | None:
    """None when this code cannot read its settings (applied by another version): the other councils must go on."""
    try:
        found = council_settings.parse_council(document)
    except council_settings.SettingsMistakes as mistakes:
        log.error("council.unreadable", council=slug, count=len(mistakes.mistakes))  # noqa: TRY400 - no traceback
        return None
    return Council(id_, slug, found.name, found.nation, found.languages, found)


def _councils() -> _Known:
    """What is remembered, read again after FRESH_SECONDS; an outage keeps the old knowledge, because the
    telephone numbers on the "not sent" page come from it."""
    global _known
    found = _known
    if found is not None and _fresh(found):
        return found
    with _lock:
        if _known is not None and _fresh(_known):
            # Another thread has read them while this one waited.
            return _known
        try:
            _known = _read()
        except OUTAGES:
            if found is None:
                raise
            _known = _Known(found.by_slug, found.by_host, found.by_id, clock.now())
        return _known


def _fresh(known: _Known) -> bool:
    return (clock.now() - known.at).total_seconds() < FRESH_SECONDS


def forget() -> None:
    """Read the councils again at the next look-up (after `council apply`, between tests)."""
    global _known
    _known = None


def everyone() -> list[Council]:
    """All councils of the instance by their English names."""
    return sorted(_councils().by_slug.values(), key=lambda council: council.name.get("en", council.slug))


councils.register(everyone)


def remember() -> None:
    """Know the councils from the start, so that an outage that comes before the first page finds their numbers."""
    with suppress(*OUTAGES):
        _councils()


def by_id(council_id: UUID) -> Council:
    """A council by its id; raises NotFound."""
    found = _councils().by_id.get(council_id)
    if found is None:
        forget()
        found = _councils().by_id.get(council_id)
    if found is None:
        raise NotFound("no such council")
    return found


def by_slug(slug: str) -> Council:
    """A council by its slug; raises NotFound."""
    found = _councils().by_slug.get(slug)
    if found is None:
        raise NotFound("no such council")
    return found


class CouncilAddresses:
    """Moves `/<council-slug>` to SCRIPT_NAME, so that no view and no url_for mentions it."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        first, _, rest = path.lstrip("/").partition("/")
        environ[COUNCIL_IN_ENVIRON] = None
        if first in council_settings.RESERVED:
            return self.app(environ, start_response)
        try:
            known = _councils()
        except OUTAGES:
            # Nothing is remembered yet: whether the address is a council's cannot be said, least of all that it is not.
            environ[UNKNOWN_IN_ENVIRON] = bool(first)
            return self.app(environ, start_response)
        host = str(environ.get("HTTP_HOST", "")).rsplit(":", 1)[0].lower()
        if host in known.by_host:
            # A council's own host serves that council only, whatever the address begins with.
            environ[COUNCIL_IN_ENVIRON] = known.by_host[host]
        elif first and first in known.by_slug:
            environ[COUNCIL_IN_ENVIRON] = known.by_slug[first]
            environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/{first}"
            environ["PATH_INFO"] = f"/{rest}"
        return self.app(environ, start_response)
