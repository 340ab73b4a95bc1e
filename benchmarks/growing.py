"""`python -m benchmarks.growing`: the holding area over a million reports, beside one over ten thousand."""

from __future__ import annotations

import argparse
import http.client
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from benchmarks import cpu, servers
from benchmarks.stage import SLUG, Stage, stage
from portal.screening.addresses import Cursor
from portal.screening.queries.queue import PAGE

COUNCILS = 20
DEEP = 1000
LIST, CLOSED = f"/{SLUG}/holding-area", f"/{SLUG}/holding-area?tab=decided"
# Times move with each copy, so that no two reports of a council are alike in the order of a list.
MOVED = ("created_at", "changed_at", "sent_at", "queued_at", "due_at", "decided_at")
# What grows in a council over the years is what is closed: of the open reports it has, at worst, a backlog.
BACKLOG = 5
CLOSED_STATES = ["decided", "withdrawn"]
COPIES = """
create temporary table copies as
select r.id as was, gen_random_uuid() as now, t.tenant, k
  from referral r
 cross join (select %(home)s::uuid as tenant union all select gen_random_uuid() from generate_series(2, %(councils)s)) t
 cross join generate_series(1, %(each)s) k
 where r.tenant_id = %(home)s and r.state <> 'draft' and not (t.tenant = %(home)s and k = 1)
   and (k <= %(backlog)s or r.state = any(%(closed)s))
"""
# What the triggers would have counted.
KEPT = """
insert into tally (tenant_id, id, kind, key, day, number)
select r.tenant_id, gen_random_uuid(), p.kind, p.key, p.day, count(*)
  from copies c join referral r on r.id = c.now,
       lateral (select * from tally_parts(r) union all select * from tally_hits(r)) p
 where r.sight is null and r.unseen_by = '{}' group by r.tenant_id, p.kind, p.key, p.day
"""
OF_EACH = """
select count(*) filter (where state = any(%(closed)s)), count(*) filter (where not state = any(%(closed)s))
  from referral where tenant_id = %(home)s and state <> 'draft'
"""


def multiply(admin: psycopg.Connection[Any], home: str, councils: int, wanted: int) -> int:
    """Copy the reports of one council and their children until each of so many councils has its share of the reports
    that are wanted in all; how many there are then.

    The closed ones, that is; the open ones BACKLOG times at most. Without triggers and foreign keys: of the other
    councils nothing is there but these rows, which the walls hide.
    """
    known: dict[str, Any] = {"home": home, "closed": CLOSED_STATES}
    row = admin.execute(OF_EACH, known).fetchone()
    closed, open_ = row or (0, 0)
    share = wanted // councils
    backlog = min(BACKLOG, share // (closed + open_))
    each = (share - backlog * open_) // closed
    admin.execute("set session_replication_role = replica")
    admin.execute(COPIES, known | {"councils": councils, "each": each, "backlog": backlog})
    admin.execute("create index on copies (was)")
    moved = {name: sql.SQL("x.{} - c.k * interval '97 seconds'").format(sql.Identifier(name)) for name in MOVED}
    reference = sql.SQL("upper(substr(md5(c.now::text), 1, 12))")
    _copy(admin, "referral", "id", {"id": sql.SQL("c.now"), "reference": reference, **moved})
    own = {"id": sql.SQL("gen_random_uuid()"), "referral_id": sql.SQL("c.now")}
    _copy(admin, "referral_child", "referral_id", own)
    admin.execute("set session_replication_role = origin")
    admin.execute(KEPT)
    admin.execute("analyze")
    row = admin.execute("select count(*) from referral where state <> 'draft'").fetchone()
    return int(row[0]) if row else 0


def _copy(admin: psycopg.Connection[Any], table: str, by: str, values: Mapping[str, sql.Composable]) -> None:
    found = admin.execute(
        "select column_name from information_schema.columns"
        " where table_schema = 'public' and table_name = %s and is_generated = 'NEVER'",
        (table,),
    )
    names = [str(row[0]) for row in found]
    given = {"tenant_id": sql.SQL("c.tenant"), **values}
    admin.execute(
        sql.SQL("insert into {} ({}) select {} from {} x join copies c on c.was = x.{}").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, names)),
            sql.SQL(", ").join(given.get(name, sql.SQL("x.{}").format(sql.Identifier(name))) for name in names),
            sql.Identifier(table),
            sql.Identifier(by),
        )
    )


def deep(admin: psycopg.Connection[Any], home: str) -> str:
    """The address of the thousandth page of what is decided."""
    row = admin.execute(
        "select decided_at, id from referral where tenant_id = %s and state = 'decided'"
        " order by decided_at desc, id desc offset %s limit 1",
        (home, (DEEP - 1) * PAGE - 1),
    ).fetchone()
    if row is None:
        raise servers.BenchmarkError(f"too few reports: there is no page {DEEP}")
    return f"{CLOSED}&after={Cursor(tuple(row), before=False).text()}"


@dataclass
class Page:
    """One page that is asked for: where, by what connection, and what it took."""

    here: Stage
    server: servers.Server
    path: str
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def ask(self, times: int) -> None:
        """Read it so many times in a row; raises BenchmarkError for any answer that is not the page."""
        before = cpu.read(self.server.pid, self.here.postmaster)
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        for _ in range(times):
            began = time.perf_counter()
            line.request("GET", self.path, headers={"Cookie": self.here.screener.cookie})
            answer = line.getresponse()
            answer.read()
            self.seconds.append(time.perf_counter() - began)
            if answer.status != http.HTTPStatus.OK:
                raise servers.BenchmarkError(f"{answer.status} from {self.path}")
        line.close()
        app, database, _others = cpu.read(self.server.pid, self.here.postmaster).since(before)
        self.cpu.append((app + database) / times * 1000)

    @property
    def late(self) -> float:
        """The 95th percentile of the time that an answer took, in milliseconds."""
        return statistics.quantiles(self.seconds, n=20)[-1] * 1000


def ratio(one: Page, other: Page) -> str:
    """Processor time of one by the other's, within each round: the median and the range."""
    found = [mine / theirs for mine, theirs in zip(one.cpu, other.cpu, strict=True)]
    return f"{statistics.median(found):.2f} ({min(found):.2f}-{max(found):.2f})"


def lines(pages: Mapping[str, Page]) -> list[str]:
    """What was found, a line a page, then the ratios."""
    told = [f"{'page':<34} {'CPU ms':>7} {'p95 ms':>7}"]
    told += [f"{name:<34} {statistics.median(one.cpu):>7.2f} {one.late:>7.2f}" for name, one in pages.items()]
    small, large = pages["list, few reports"], pages["list, many reports"]
    told.append(f"list / floor (qrawa), many reports: {ratio(large, pages['floor, many reports'])}")
    told.append(f"page {DEEP} / page 1: {ratio(pages['decided, page 1000'], pages['decided, page 1'])}")
    told.append(f"many / few, processor time: {ratio(large, small)}; p95 by the clock: {large.late / small.late:.2f}")
    return told


def main(argv: Sequence[str] | None = None) -> int:
    """Two stages side by side, asked in turn."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growing", description=__doc__)
    parser.add_argument("--many", type=int, default=1_000_000, help="reports of all councils (1000000)")
    parser.add_argument("--few", type=int, default=10_000, help="reports beside them (10000)")
    parser.add_argument("--rounds", type=int, default=15, help="rounds of all pages (15)")
    parser.add_argument("--times", type=int, default=10, help="requests of each page in a round (10)")
    asked = parser.parse_args(argv)
    base = asked.few // COUNCILS
    with ExitStack() as open_:
        few, many = (open_.enter_context(stage(base, sends=0)) for _ in range(2))
        with few.admin() as admin:
            print(multiply(admin, few.tenant, COUNCILS, asked.few), "reports")
        with many.admin() as admin:
            print(multiply(admin, many.tenant, COUNCILS, asked.many), "reports", flush=True)
            address = deep(admin, many.tenant)
        pages = {
            "list, few reports": Page(few, few.product, LIST),
            "list, many reports": Page(many, many.product, LIST),
            "floor, many reports": Page(many, many.floor, "/qrawa"),
            "decided, page 1": Page(many, many.product, CLOSED),
            "decided, page 1000": Page(many, many.product, address),
        }
        for one in pages.values():
            one.ask(asked.times)
            one.seconds.clear()
            one.cpu.clear()
        order = list(pages)
        for turn in range(asked.rounds):
            for name in order[turn % len(order) :] + order[: turn % len(order)]:
                pages[name].ask(asked.times)
        print("\n".join(lines(pages)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
