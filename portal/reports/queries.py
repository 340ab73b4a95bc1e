"""The numbers of the dashboard, exact at the moment of asking: kept sums, and the few reports that are not in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, case, func, literal, or_, select, union_all

from portal.auth.models import Account, Agency
from portal.auth.policy import Permission
from portal.kernel import clock, db
from portal.kernel.language import Text
from portal.kernel.scope import Actor
from portal.referrals.models import QUEUE_RANKS, TALLY_KINDS, Referral
from portal.referrals.queries.reaching import reachable
from portal.referrals.queries.tally import counted
from portal.referrals.states import OPEN
from portal.screening.addresses import COUNTED_DAYS
from portal.screening.queries.queue import is_overdue

HITS = ("hit_owner", "hit_agency")
BY_DAY = tuple(kind for kind in TALLY_KINDS if kind not in (*HITS, "due"))


@dataclass(frozen=True)
class Numbers:
    """What waits now, by each way to cut it, and what each of the last days brought.

    `states`, `routes`, `agencies` and `owners` count open reports ("" is no route, nobody); `received` and `decided`
    are by local day, the latter as (in time, late). The names are what agencies and owners are called.
    """

    now: datetime
    states: Mapping[str, int]
    routes: Mapping[str, int]
    agencies: Mapping[str, int]
    owners: Mapping[str, int]
    unclaimed_urgent: int
    received: Mapping[date, int]
    received_routes: Mapping[str, int]
    decided: Mapping[date, tuple[int, int]]
    overdue: int
    due_today: int
    agency_names: Mapping[str, Text] = field(default_factory=dict)
    owner_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def open(self) -> int:
        """All that is open."""
        return sum(self.states.values())

    @property
    def in_time(self) -> int:
        """How many of the last days' decisions came in time."""
        return sum(good for good, _late in self.decided.values())

    @property
    def late(self) -> int:
        """How many of them came late."""
        return sum(late for _good, late in self.decided.values())


def numbers(actor: Actor) -> Numbers:
    """The numbers for this person: restricted reports count for those who see them."""
    now, today = clock.now(), clock.today()
    since = today - timedelta(days=COUNTED_DAYS - 1)
    found: dict[str, dict[tuple[str, date | None], int]] = defaultdict(dict)
    for kind, key, day, number in _sums(actor, since, of_hits=False):
        found[kind][key, day] = number
    late, due_today = _due_today(actor, now)
    per_day: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for (key, day), number in found["decided"].items():
        if day is not None:
            per_day[day][0 if key == "in_time" else 1] += number
    agencies, owners = _plain(found["agency"]), _plain(found["owner"])
    agency_names, owner_names = _names(agencies, owners)
    return Numbers(
        now=now,
        states={state: number for state, number in _plain(found["state"]).items() if state in OPEN},
        routes=_plain(found["route"]),
        agencies=agencies,
        owners=owners,
        unclaimed_urgent=_plain(found["urgent"]).get("unclaimed", 0),
        received=_by_day(found["received"]),
        received_routes=_by_key(found["received"]),
        decided={day: (good, late) for day, (good, late) in per_day.items()},
        overdue=_plain(found["due"]).get("", 0) + late,
        due_today=due_today,
        agency_names=agency_names,
        owner_names=owner_names,
    )


def _sums(actor: Actor, since: date, *, of_hits: bool) -> list[tuple[str, str, date | None, int]]:
    """What each number comes to for this person since that day, in one statement."""
    rows = db.session().execute(_statement(actor, of_hits), {"since": since, "today": clock.today()})
    return [(row[0], row[1], row[2], int(row[3])) for row in rows]


# To put it together takes as long as to run it.
@lru_cache(maxsize=128)
def _statement(actor: Actor, of_hits: bool) -> Select[Any]:
    kinds, count = (HITS, func.tally_hits) if of_hits else (BY_DAY, func.tally_parts)
    since, today = bindparam("since", type_=Date), bindparam("today", type_=Date)

    def where(row: Any) -> ColumnElement[bool]:
        lately = and_(row.kind.in_(kinds), or_(row.day.is_(None), row.day >= since))
        return lately if of_hits else or_(lately, and_(row.kind == "due", row.day < today))

    every = counted(actor, count, where).subquery("counted")
    # However long ago it was due, it is late.
    day = case((every.c.kind == "due", None), else_=every.c.day)
    total = func.sum(every.c.number)
    return select(every.c.kind, every.c.key, day, total).group_by(every.c.kind, every.c.key, day).having(total != 0)


def _due_today(actor: Actor, now: datetime) -> tuple[int, int]:
    """How many of the open reports that are due today are late already, and how many are not."""
    values = {"now": now, "today": clock.midnight(now), "midnight": clock.midnight(now, days=1)}
    overdue, due_today = db.session().execute(_due_statement(actor), values).one()
    return overdue, due_today


@lru_cache(maxsize=128)
def _due_statement(actor: Actor) -> Select[*tuple[Any, ...]]:
    now, today, midnight = (bindparam(name, type_=Referral.due_at.type) for name in ("now", "today", "midnight"))
    return select(
        func.count().filter(is_overdue(now)), func.count().filter(Referral.due_at >= now)
    ).where(
        reachable(actor, Permission.LOOK),
        Referral.state.in_(sorted(OPEN)),
        Referral.queue_rank.in_(QUEUE_RANKS),
        Referral.due_at >= today,
        Referral.due_at < midnight,
    )  # fmt: skip


_NAMES = union_all(
    select(literal("agency").label("kind"), Agency.id, Agency.name).where(
        Agency.id.in_(bindparam("agencies", expanding=True))
    ),
    select(literal("owner"), Account.id, func.to_jsonb(Account.name)).where(
        Account.id.in_(bindparam("owners", expanding=True))
    ),
)


def _names(agencies: Mapping[str, int], owners: Mapping[str, int]) -> tuple[dict[str, Text], dict[str, str]]:
    """What the agencies and owners with open reports are called."""
    asked = {"agencies": [UUID(one) for one in agencies], "owners": [UUID(one) for one in owners if one]}
    found: dict[str, dict[str, Any]] = {"agency": {}, "owner": {}}
    for row in db.session().execute(_NAMES, asked):
        found[row.kind][str(row.id)] = row.name
    return found["agency"], found["owner"]


def _plain(found: Mapping[tuple[str, date | None], int]) -> dict[str, int]:
    return {key: number for (key, _day), number in found.items()}


def _by_key(found: Mapping[tuple[str, date | None], int]) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for (key, _day), number in found.items():
        sums[key] += number
    return dict(sums)


def _by_day(found: Mapping[tuple[str, date | None], int]) -> dict[date, int]:
    sums: dict[date, int] = defaultdict(int)
    for (_key, day), number in found.items():
        if day is not None:
            sums[day] += number
    return dict(sums)


@dataclass
class Hit:
    """How much was decided in time, and how much late."""

    in_time: int = 0
    late: int = 0


@dataclass(frozen=True)
class Hits:
    """What the last days' decisions came to, by who has the report ("" for nobody), with their names, and by the kind
    of its agency."""

    people: Mapping[str, Hit]
    names: Mapping[str, str]
    kinds: Mapping[str, Hit]


def hits(actor: Actor) -> Hits:
    """How much was decided in time for whom, of what this person sees; over the days of `COUNTED_DAYS`."""
    found: dict[str, dict[str, Hit]] = {kind: defaultdict(Hit) for kind in HITS}
    since = clock.today() - timedelta(days=COUNTED_DAYS - 1)
    for kind, key, _day, number in _sums(actor, since, of_hits=True):
        who, _, how = key.partition("/")
        one = found[kind][who]
        setattr(one, how, getattr(one, how) + number)
    people, agencies = found["hit_owner"], found["hit_agency"]
    named = select(Account.id, Account.name).where(Account.id.in_([UUID(one) for one in people if one]))
    sorts = select(Agency.id, Agency.kind).where(Agency.id.in_([UUID(one) for one in agencies]))
    kinds: dict[str, Hit] = defaultdict(Hit)
    for row in db.session().execute(sorts):
        one = agencies[str(row.id)]
        kinds[row.kind].in_time += one.in_time
        kinds[row.kind].late += one.late
    names = {str(row.id): row.name for row in db.session().execute(named)}
    return Hits(_counted(people), names, _counted(kinds))


def _counted(found: Mapping[str, Hit]) -> dict[str, Hit]:
    """Without those of whom nothing is left: a decision that was taken back."""
    return {key: one for key, one in found.items() if one.in_time or one.late}
