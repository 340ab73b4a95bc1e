"""`python -m benchmarks.what_if`: a draft's rules over past reports, next to only reading and decrypting them."""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update

from benchmarks import seed, servers
from benchmarks.answers import complete
from portal.forms.folder import CouncilFolder
from portal.forms.queries import newest
from portal.forms.runners import Run
from portal.kernel import clock, db, scope
from portal.kernel.scope import Council, Scope
from portal.referrals.commands import what_if
from portal.referrals.models import Referral
from portal.referrals.queries.past import Span, batches
from portal.referrals.queries.record import Answers, sealed
from portal.tenants import resolve, vault

HEAD = (
    f"{'council':<16} {'reports':>8} {'decrypt ms':>11} {'what-if ms':>11}  ratio (range)      both per 1,000 reports"
)
AUTHORS = 5


def milliseconds(work: Callable[[], object], reports: int) -> float:
    """Processor time of this process per thousand reports; the database's own is not in it."""
    start = time.process_time_ns()
    work()
    return (time.process_time_ns() - start) / 1_000_000 / reports * 1000


def decrypt(span: Span) -> int:
    """The floor: every report of the span read in the same batches, its key unwrapped and its answers decrypted."""
    done = 0
    for batch in batches(span):
        for past in batch:
            record = vault.Record("referral", past.id, past.wrapped_key)
            done += bool(past.answers and record.open(past.answers, "referral", past.id, "answers"))
    return done


def run_of(folder: CouncilFolder) -> Run:
    """A run over everything, of the very rules that are published, which tells nobody how far it is."""

    def quiet(done: int, total: int, so_far: Mapping[str, Any] | None = None) -> None:
        del done, total, so_far

    content = {"form": folder.form_document, "thresholds": folder.thresholds_document}
    nothing = UUID(int=0)
    return Run(uuid4(), nothing, "concern", None, content, ("en",), {"months": 0}, clock.now(), quiet)


def answered(council: Council, folder: CouncilFolder) -> None:
    """Give every report the answers of one of the council's examples, in turn."""
    with db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
        published = newest()
        filled = [complete(published, one["answers"]) for one in folder.scenarios]
        rows = session.execute(select(Referral.id, Referral.wrapped_key)).all()
        for place, row in enumerate(rows):
            triage, sections = filled[place % len(filled)]
            blob = sealed(vault.Record("referral", row.id, row.wrapped_key), row.id, Answers(triage, "", sections))
            session.execute(update(Referral).where(Referral.id == row.id).values(answers=blob))


def line(folder: CouncilFolder, reports: int, reps: int) -> str:
    """One council: medians over the repetitions, which take turns, and the ratio within each."""
    council = next(one for one in resolve.everyone() if one.slug == folder.settings.slug)
    screener, authors = seed.people(council, AUTHORS)
    seed.reports(council, screener, authors, reports)
    answered(council, folder)
    work = run_of(folder)
    span = Span("concern", what_if.BEGINNING, work.now)
    floors, found = [], []
    for _ in range(reps):
        with db.unit_of_work(Scope(council, scope.SYSTEM)):
            floors.append(milliseconds(lambda: decrypt(span), reports))
            found.append(milliseconds(lambda: what_if.run(work), reports))
    ratios = [one / floor for one, floor in zip(found, floors, strict=True)]
    told = f"{statistics.median(ratios):.1f} ({min(ratios):.1f}-{max(ratios):.1f})"
    return (
        f"{folder.settings.slug:<16} {reports:>8} {statistics.median(floors):>11.0f} {statistics.median(found):>11.0f}"
        f"  {told}"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Print a line for each council."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.what_if", description=__doc__)
    parser.add_argument("--reps", type=int, default=5, help="repetitions, interleaved (5)")
    parser.add_argument("--reports", type=int, default=2000, help="reports of each council (2000)")
    asked = parser.parse_args(argv)
    with servers.scratch() as home, servers.database(home) as (_cluster, addresses, folders):
        engine = db.make_engine(addresses.app, pool_size=2)
        db.bind(engine)
        resolve.forget()
        print(HEAD)
        print("-" * len(HEAD))
        for folder in folders:
            print(line(folder, asked.reports, asked.reps))
        engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
