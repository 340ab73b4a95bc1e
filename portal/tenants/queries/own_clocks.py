"""Since when a council's own clock has run as it does now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.kernel import db, scope
from portal.tenants.models import CouncilRow, SettingsChange
from portal.tenants.own_clocks import OwnClock, read_own_clocks
from portal.tenants.reading import Reader


def known_since(clock: OwnClock) -> datetime | None:
    """When the council gave that clock its beginning, end, time, routes and who is told; what it is called does not
    matter. None where the settings do not have it so."""
    since = None
    for settings, changed_at in _versions():
        if _bare(_clock_of(settings, clock.key)) != _bare(clock):
            break
        since = changed_at
    return since


def _versions() -> Iterator[tuple[Any, datetime]]:
    """The settings of the council in scope, as they are and as they were after each change, the newest first."""
    council_id = scope.council().id
    now = select(CouncilRow.settings, CouncilRow.changed_at).where(CouncilRow.id == council_id)
    before = (
        select(SettingsChange.settings, SettingsChange.changed_at)
        .where(SettingsChange.tenant_id == council_id)
        .order_by(SettingsChange.number.desc())
    )
    for query in (now, before):
        for row in db.session().execute(query):
            yield row.settings, row.changed_at


def _clock_of(settings: Any, key: str) -> OwnClock | None:
    clocks = read_own_clocks(Reader(settings, (), [], scope.council().languages))
    return next((one for one in clocks if one.key == key), None)


def _bare(clock: OwnClock | None) -> OwnClock | None:
    return replace(clock, name={}) if clock else None
