"""Which reports have had their time, which are about to, and which stay because of a hold or an unread message."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Date, and_, case, cast, func, or_, select

from portal.auth.policy import Permission
from portal.kernel import clock, db, scope
from portal.kernel.scope import Actor
from portal.messaging.models import Message
from portal.referrals.models import Referral
from portal.referrals.queries.reaching import reachable
from portal.referrals.queries.record import Found, record_of

# Whatever else there is still waits for somebody's work; drafts go after the council's `draft_days`.
CLOSED: Final = ("decided", "withdrawn")
MOST = 200


@dataclass(frozen=True)
class Ending:
    """One report of the list; `goes_on` is None for one that stays."""

    reference: str
    form_key: str
    goes_on: date | None
    held: bool
    unread: bool


@dataclass(frozen=True)
class Endings:
    """The first of each kind, and how many there are of it in all."""

    going: tuple[Ending, ...]
    going_count: int
    staying: tuple[Ending, ...]
    staying_count: int


@dataclass(frozen=True)
class Step:
    """A hold that was placed or lifted, by whom and why."""

    at: datetime
    who: str
    lifted: bool
    words: str


def last_day() -> ColumnElement[date]:
    """The last day on which a closed report is kept: as many years after its closing as its council keeps it."""
    rules = scope.council().settings.retention
    closed_at = case((Referral.state == "decided", Referral.decided_at), else_=Referral.changed_at)
    closed_on = cast(func.timezone(clock.LONDON.key, closed_at), Date)
    years = case((Referral.form_key == "information", rules.request_years), else_=rules.report_years)
    return cast(closed_on + func.make_interval(years), Date)


def unread() -> ColumnElement[bool]:
    """Whether a message on the report waits to be read by either side. An outcome that nobody opened does not keep a
    report: most of those would be kept for ever."""
    waits = select(Message.id).where(
        Message.tenant_id == Referral.tenant_id, Message.referral_id == Referral.id, Message.read_at.is_(None)
    )
    return or_(Referral.unread_by_council > 0, waits.exists())


def ending_before(day: date) -> ColumnElement[bool]:
    """Closed reports of the council whose last day is before that day and that nothing keeps."""
    return and_(
        Referral.tenant_id == scope.council().id,
        Referral.state.in_(CLOSED),
        Referral.held_at.is_(None),
        last_day() < day,
        ~unread(),
    )


def warned_enough() -> ColumnElement[bool]:
    """Reports that have been on the managers' list for the council's number of days."""
    return Referral.warned_on <= clock.today() - timedelta(days=scope.council().settings.retention.warn_days)


def warning_ends() -> date:
    """What ends before this day belongs on the managers' list."""
    return clock.today() + timedelta(days=scope.council().settings.retention.warn_days)


def endings(actor: Actor) -> Endings:
    """What is about to go and what stays past its time, of the reports that are there for this manager."""
    seen = and_(reachable(actor, Permission.RESTRICT), Referral.tenant_id == scope.council().id)
    past = and_(Referral.state.in_(CLOSED), last_day() < warning_ends())
    stays = or_(and_(Referral.held_at.is_not(None), Referral.state != "draft"), and_(past, unread()))
    going, going_count = _rows(and_(seen, ending_before(warning_ends())))
    staying, staying_count = _rows(and_(seen, stays))
    return Endings(
        tuple(_ending(row, goes=True) for row in going), going_count,
        tuple(_ending(row, goes=False) for row in staying), staying_count,
    )  # fmt: skip


def _rows(which: ColumnElement[bool]) -> tuple[list[Any], int]:
    query = (
        select(
            Referral.reference, Referral.form_key, last_day().label("last_day"), Referral.warned_on,
            Referral.held_at.is_not(None).label("held"), unread().label("unread"), func.count().over().label("total"),
        )
        .where(which)
        .order_by(last_day(), Referral.id)
        .limit(MOST)
    )  # fmt: skip
    rows = list(db.session().execute(query))
    return rows, rows[0].total if rows else 0


def _ending(row: Any, *, goes: bool) -> Ending:
    days = timedelta(days=scope.council().settings.retention.warn_days)
    goes_on = max(row.last_day + timedelta(days=1), (row.warned_on or clock.today()) + days) if goes else None
    return Ending(row.reference, row.form_key, goes_on, row.held, row.unread)


def steps(found: Found) -> tuple[Step, ...]:
    """Every hold of the report and its lifting, oldest first."""
    query = select(Referral.hold_words).where(Referral.tenant_id == scope.council().id, Referral.id == found.id)
    blob = db.session().execute(query).scalar_one_or_none()
    if blob is None:
        return ()
    told = json.loads(record_of(found).open(blob, "referral", found.id, "hold_words"))
    return tuple(Step(datetime.fromisoformat(one["at"]), one["who"], one["lifted"], one["words"]) for one in told)
