"""A council changes its own part of its settings: the whole document is read again, or nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.commands import terms
from portal.auth.policy import Permission, Reach, reach
from portal.kernel import clock, db, jobs, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.scope import Actor
from portal.tenants import own_parts
from portal.tenants.clock_settings import DUE_BY, RECOUNT_JOB
from portal.tenants.models import CouncilRow, SettingsChange
from portal.tenants.queries.own_settings import document_of, last_step
from portal.tenants.reading import Place
from portal.tenants.settings import SettingsMistakes, parse_council


def change(actor: Actor, values: Mapping[Place, object], seen: int, *, asks: bool | None = None) -> bool:
    """Put values at their places; False when that changes nothing. `asks`: whether people accept the terms again,
    if it is those that change; then somebody has to say so (Invalid).

    Raises SettingsMistakes, Forbidden for a place that is the operator's, and Conflict when the settings have changed
    since they were seen.
    """
    _own_only(values)
    row = locked(actor, seen)
    return write(actor, row, own_parts.with_values(row.settings, values), asks=asks)


def edit(actor: Actor, values_of: Callable[[Mapping[str, Any]], Mapping[Place, object]], seen: int) -> bool:
    """Change what `values_of` makes of the document. True also when it is this that the person did last (a button
    clicked twice); False when it changes nothing. Raises as `change` does, and what `values_of` raises."""
    try:
        row = locked(actor, seen)
    except Conflict:
        if not _done_before(actor, values_of, seen):
            raise
        return True
    values = values_of(row.settings)
    _own_only(values)
    return write(actor, row, own_parts.with_values(row.settings, values))


def _done_before(actor: Actor, values_of: Callable[[Mapping[str, Any]], Mapping[Place, object]], seen: int) -> bool:
    """Whether the one change since that version is the person's own, and just this one."""
    found = last_step(seen)
    if found is None or found.by_id != actor.account_id:
        return False
    with suppress(NotFound, SettingsMistakes):
        return own_parts.with_values(found.before, values_of(found.before)) == found.after
    return False


def _own_only(values: Mapping[Place, object]) -> None:
    if any(own_parts.part_of(place) not in own_parts.ON_PAGES for place in values):
        raise Forbidden("that part is the operator's")


def restore(actor: Actor, number: int, seen: int) -> bool:
    """Bring back the council's own parts as they were after that change; the operator's stay as they are now."""
    row = locked(actor, seen)
    return write(actor, row, own_parts.with_parts(row.settings, document_of(number), own_parts.ON_PAGES), asks=True)


def locked(actor: Actor, seen: int) -> Any:
    """The council's row, locked for a change by somebody who saw that version. Raises NotFound, Conflict."""
    council = scope.current().council
    if council is None or reach(actor, Permission.COUNCIL) is not Reach.COUNCIL:
        raise NotFound("no council of theirs in scope")
    query = select(CouncilRow.id, CouncilRow.settings, CouncilRow.version, CouncilRow.own_parts, CouncilRow.changed_at)
    row = db.session().execute(query.where(CouncilRow.id == council.id).with_for_update()).one()
    if row.version != seen:
        raise Conflict("the settings have changed")
    return row


def write(actor: Actor, row: Any, document: dict[str, Any], *, asks: bool | None = None) -> bool:
    """Replace the settings, with history; False when they are the same already. Raises SettingsMistakes."""
    settings = parse_council(document)
    parts = own_parts.differing(row.settings, document)
    if not parts:
        return False
    if "pages.terms" in parts and asks is None:
        raise Invalid({"again": "needed"})
    number = number_after(row)
    now = clock.now()
    own = sorted({*row.own_parts, *parts})
    db.session().execute(
        update(CouncilRow)
        .where(CouncilRow.id == row.id)
        .values(settings=document, own_parts=own, version=row.version + 1, changed_at=now)
    )
    keep_change(row.id, number, document, parts, actor)
    events.record(Event.COUNCIL_CHANGED, row.id, parts=" ".join(parts))
    if DUE_BY & set(parts):
        jobs.enqueue(RECOUNT_JOB)
    if "pages.terms" in parts:
        terms.publish(settings.pages["terms"], by=actor.account_id, asks=bool(asks))
    return True


def number_after(row: Any) -> int:
    """The number of the next change. What the council's folder brought since the last one is kept first, so that it
    can be brought back too."""
    newest = select(SettingsChange.number, SettingsChange.settings).order_by(SettingsChange.number.desc()).limit(1)
    last = db.session().execute(newest).one_or_none()
    if last is not None and last.settings == row.settings:
        return int(last.number) + 1
    number = 1 if last is None else int(last.number) + 1
    parts = [] if last is None else own_parts.differing(last.settings, row.settings)
    keep_change(row.id, number, row.settings, parts, None, at=row.changed_at)
    return number + 1


def keep_change(
    council_id: Any, number: int, document: Mapping[str, Any], parts: list[str], actor: Actor | None, *, at: Any = None
) -> None:
    """Keep the settings as they are after a change of these parts; `actor` is None for what the folder brought."""
    db.session().execute(
        insert(SettingsChange).values(
            tenant_id=council_id,
            id=uuid4(),
            number=number,
            settings=dict(document),
            parts=parts,
            changed_by=actor.account_id if actor else None,
            changed_at=at or clock.now(),
        )
    )
