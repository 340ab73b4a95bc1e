"""`python -m benchmarks.dashboard`: all its numbers next to one indexed read, and what counting costs writers."""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg
from sqlalchemy import select, text, update

from benchmarks import cpu, seed, servers
from portal.auth.policy import Permission
from portal.kernel import db, scope
from portal.kernel.scope import Actor, Council, Scope
from portal.referrals.models import Referral, Tally
from portal.referrals.queries.record import find
from portal.reports.commands import fold
from portal.reports.queries import numbers
from portal.tenants import resolve

CLIENTS = 8
FEW = 200
TRIGGERS = (
    *(f"referral_tally_{name}" for name in ("changed", "made", "worked")),
    *(f"referral_due_{name}" for name in ("changed", "made", "gone")),
)


def milliseconds(work: Callable[[], object], calls: int) -> float:
    """Processor time of this process and of its database connection for one call."""
    backend = int(db.session().execute(text("select pg_backend_pid()")).scalar_one())
    start, began = cpu.seconds_of(backend), time.process_time()
    for _ in range(calls):
        work()
    return (time.process_time() - began + cpu.seconds_of(backend) - start) / calls * 1000


def reading(council: Council, actor: Actor, reference: str, reps: int, calls: int) -> str:
    """The ratio of all numbers to finding one report by its reference, within each repetition."""
    ratios, floors = [], []
    for _ in range(reps):
        with db.unit_of_work(Scope(council, actor)):
            floors.append(milliseconds(lambda: find(actor, Permission.LOOK, reference), calls))
            ratios.append(milliseconds(lambda: numbers(actor), calls) / floors[-1])
    return (
        f"all numbers / one report found: {statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f}),"
        f" one found in {statistics.median(floors):.2f} ms"
    )


def throughput(council: Council, actor: Actor, reports: Sequence[UUID], seconds: float, clients: int) -> float:
    """Changes of an owner a second, each in a transaction of its own, by so many clients on reports of their own."""
    end = time.monotonic() + seconds

    def work(number: int) -> int:
        done, mine = 0, reports[number::clients]
        while time.monotonic() < end:
            owner = actor.account_id if done // len(mine) % 2 else None
            with db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
                session.execute(update(Referral).where(Referral.id == mine[done % len(mine)]).values(owner_id=owner))
            done += 1
        return done

    with ThreadPoolExecutor(clients) as pool:
        return sum(pool.map(work, range(clients))) / seconds


def writing(council: Council, actor: Actor, owner: str, *, reps: int, seconds: float, clients: int) -> str:
    """The share of changes that is left with counting, within each repetition."""
    with db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
        open_ones = select(Referral.id).where(Referral.state == "screening").limit(clients * 50)
        reports = list(session.execute(open_ones).scalars())
    kept = []
    with psycopg.connect(owner.replace("+psycopg", ""), autocommit=True) as admin:
        for rep in range(reps):
            found = {}
            for counts in (True, False) if rep % 2 else (False, True):
                for trigger in TRIGGERS:
                    admin.execute(f"alter table referral {'enable' if counts else 'disable'} trigger {trigger}")
                found[counts] = throughput(council, actor, reports, seconds, clients)
            kept.append(found[True] / found[False])
        for trigger in TRIGGERS:
            admin.execute(f"alter table referral enable trigger {trigger}")
    return (
        f"writes kept with counting, {clients} client{'s' if clients > 1 else ''}: "
        f"{statistics.median(kept):.0%} ({min(kept):.0%}-{max(kept):.0%})"
    )


def tended(owner: str) -> None:
    """Clear dead rows away and count what there is."""
    with psycopg.connect(owner.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute("vacuum (analyze)")


def main(argv: Sequence[str] | None = None) -> int:
    """Print a line for reading and two for writing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dashboard", description=__doc__)
    parser.add_argument("--reps", type=int, default=5, help="repetitions, interleaved (5)")
    parser.add_argument("--reports", type=int, default=20_000, help="reports of the council (20000)")
    parser.add_argument("--calls", type=int, default=40, help="calls in a repetition (40)")
    parser.add_argument("--seconds", type=float, default=3, help="seconds of writing each time (3)")
    asked = parser.parse_args(argv)
    with servers.scratch() as home, servers.database(home) as (_cluster, addresses, folders):
        engine = db.make_engine(addresses.app, pool_size=CLIENTS + 2)
        db.bind(engine)
        resolve.forget()
        council = next(one for one in resolve.everyone() if one.slug == folders[0].settings.slug)
        screener, authors = seed.people(council, 5)
        # Else every key of the many is checked by a plan for an empty table.
        seed.reports(council, screener, authors, FEW)
        tended(addresses.owner)
        seed.reports(council, screener, authors, asked.reports - FEW)
        actor = Actor(account_id=screener.account_id, role="screener", state="active", strength="passkey")
        with db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
            while fold():
                pass
        # What the server does by itself within a minute of a folding.
        tended(addresses.owner)
        with db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
            reference = session.execute(
                select(Referral.reference).where(Referral.state == "screening").limit(1)
            ).scalar_one()
            rows = len(session.execute(select(Tally.id)).all())
        print(f"{asked.reports} reports, {rows} rows that count them")
        print(reading(council, actor, str(reference), asked.reps, asked.calls))
        for clients in (1, CLIENTS):
            print(writing(council, actor, addresses.owner, reps=asked.reps, seconds=asked.seconds, clients=clients))
        engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
