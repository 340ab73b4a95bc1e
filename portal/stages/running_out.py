"""The council's own clocks that are over: whoever has the report is told once of each, and its lines show it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission
from portal.auth.queries.staff import who_may
from portal.kernel import clock, db, scope
from portal.kernel.scope import Actor
from portal.referrals.commands import duty, notices
from portal.referrals.models import Referral
from portal.referrals.queries.record import Found
from portal.referrals.states import OPEN
from portal.stages import queries, rules
from portal.stages.rules import Span
from portal.tenants.opening import hours_of
from portal.tenants.own_clocks import ROUTES, OwnClock
from portal.tenants.queries.own_clocks import known_since

AT_ONCE: Final = 200
OLD_NEWS: Final = timedelta(days=1)
"""What was over for longer is told too, as after an outage of the worker, unless it was over before the council had the
clock: one that names a clock gets no flood."""


def look() -> int:
    """Have those told whose clocks are over, once of each, and note which reports have one; how many changed."""
    running = [one for one in scope.council().settings.own_clocks if one.until]
    which = or_(Referral.clock_over_at.is_not(None), *(_may_be_over(one) for one in running))
    changed, last = 0, UUID(int=0)
    while rows := _rows(and_(which, Referral.id > last)):
        changed += _settle_all(rows)
        last = rows[-1].id
    return changed


def follow(actor: Actor, found: Found, verb: str) -> None:
    """Look again at a report of which a clock was over, once something is done with it."""
    del actor, verb
    if found.clock_over_at is not None:
        with db.as_system():
            _settle_all(_rows(Referral.id == found.id))


def _may_be_over(one: OwnClock) -> ColumnElement[bool]:
    """Whether so much time has passed since it began, and nothing has stopped it: closed hours make it longer."""
    row = {column.key: column for column in queries.moment_columns()}
    begun, ended = row[one.starts], row["first_asked" if one.until == "asked" else one.until]
    return and_(
        Referral.state.in_(sorted(OPEN)),
        Referral.clock_paused_at.is_(None),
        Referral.route.in_(one.routes or ROUTES),
        begun <= clock.now() - timedelta(minutes=one.minutes),
        or_(ended.is_(None), ended < begun),
    )


def _rows(which: ColumnElement[bool]) -> Sequence[Any]:
    query = (
        select(
            Referral.id, Referral.state, Referral.route, Referral.owner_id, Referral.sight, Referral.unseen_by,
            Referral.clock_paused_at, Referral.clock_over_at, Referral.clocks_told, *queries.moment_columns(),
        )
        .where(Referral.tenant_id == scope.council().id, which)
        .order_by(Referral.id)
        .limit(AT_ONCE)
        .with_for_update(of=Referral, skip_locked=True, key_share=True)
    )  # fmt: skip
    return db.session().execute(query).all()


def _settle_all(rows: Sequence[Any]) -> int:
    stood = queries.pauses([row.id for row in rows]) if rows else {}
    known = _Known()
    return sum(_settle(row, stood.get(row.id, ()), known) for row in rows)


class _Known:
    """Since when each clock is the council's; asked of what has been over for long."""

    def __init__(self) -> None:
        self._since: dict[str, datetime | None] = {}

    def is_news(self, key: str, due: datetime) -> bool:
        """Whether somebody is told of that clock, which is over since `due`."""
        own = next((one for one in scope.council().settings.own_clocks if one.key == key), None)
        if own is None or own.quiet:
            return False
        if due > clock.now() - OLD_NEWS:
            return True
        if key not in self._since:
            self._since[key] = known_since(own)
        since = self._since[key]
        return since is not None and due > since


def _settle(row: Any, pauses: Sequence[Span], known: _Known) -> bool:
    # While a report's clock stands still none of them is over.
    over = _over(row, pauses) if row.state in OPEN and row.clock_paused_at is None else {}
    told = dict(row.clocks_told or {})
    news = [one for one in over if told.get(one) != _mark(over[one][0])]
    since = (row.clock_over_at if row.clock_over_at and not news else clock.now()) if over else None
    if not news and since == row.clock_over_at:
        return False
    values = {"clock_over_at": since, "clocks_told": told | {one: _mark(over[one][0]) for one in news}}
    here = update(Referral).where(Referral.tenant_id == scope.council().id, Referral.id == row.id)
    db.session().execute(here.values(values).execution_options(synchronize_session=False))
    for one in news:
        events.record(Event.CLOCK_RAN_OUT, row.id, clock=one)
    if any(known.is_news(one, over[one][1]) for one in news):
        _tell(row)
    return True


def _mark(begun: datetime) -> str:
    return begun.astimezone(UTC).isoformat()


def _over(row: Any, pauses: Sequence[Span]) -> dict[str, tuple[datetime, datetime]]:
    council = scope.council()
    moments = queries.moments_of(row)
    running = rules.running(council.settings.own_clocks, row.route or "")
    hours = hours_of(council)
    return rules.over(
        ((one, *rules.standing(one, moments.starts, moments.ends)) for one in running),
        clock.now(),
        lambda one, begun: rules.due(begun, one.minutes, pauses, council.nation, hours),
    )


def _tell(row: Any) -> None:
    """Whoever has the report, if it is there for them; else the people on duty."""
    owner: UUID | None = row.owner_id
    there = owner is not None and owner not in row.unseen_by and (row.sight is None or owner in row.sight)
    if owner is not None and there and any(one.account_id == owner for one in who_may(Permission.SCREEN)):
        notices.tell(scope.SYSTEM, "clock_over", owner, row.id)
    else:
        duty.tell_those_on_duty("clock_over", row.id, frozenset(row.unseen_by))
