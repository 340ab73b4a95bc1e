"""What must be true after every fault, asked of the database as its superuser, past every wall."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.faults import papers
from benchmarks.faults.senders import Told
from portal.cli.cluster import DATABASE, Cluster

DRAIN_SECONDS = 120.0
REPORTS = "select reference, submit_key::text, state from referral where state <> 'draft'"
AUDITED = "select subject_id, count(*) from audit_event where event = 'referrals.sent' group by subject_id"
IDS = "select reference, id from referral where state <> 'draft'"
NOTICES = "select id, referral_id, state from notice where kind = 'received'"
UNDONE = "select count(*) from notice where state = 'pending'"
FORGET_JOBS = "delete from procrastinate_jobs"
# Time is moved rather than waited for: a sweep takes up what has waited for ten minutes.
OLDER = "update notice set created_at = created_at - interval '11 minutes' where state = 'pending'"
SOON = (
    "update procrastinate_jobs set scheduled_at = now() where status = 'todo' and scheduled_at > now()"
    " and task_name = 'referrals.send_notice'"
)
SWEEP = (
    "insert into procrastinate_jobs (queue_name, task_name, args, queueing_lock)"
    " values ('default', 'referrals.sweep_notices', '{\"timestamp\": 0}', null)"
)


@dataclass
class Verdict:
    """What was found: `broken` says what may never be, `figures` what happened."""

    broken: list[str] = field(default_factory=list)
    lost: int = 0
    duplicated: int = 0
    unaudited: int = 0
    figures: dict[str, int] = field(default_factory=dict)


def lose_jobs(cluster: Cluster) -> int:
    """Delete every job that waits or runs; returns how many there were."""
    with cluster.connect_admin(DATABASE) as admin:
        return admin.execute(FORGET_JOBS).rowcount


def drain(cluster: Cluster, tend: Callable[[], None]) -> bool:
    """Wait until every notice is settled and every file checked, with sweeps as they come every few minutes; False when
    some never are."""
    deadline = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < deadline:
        with cluster.connect_admin(DATABASE) as admin:
            if not any(_count(admin.execute(undone).fetchone()) for undone in (UNDONE, papers.UNCHECKED)):
                return True
            for statement in (OLDER, SWEEP, SOON, papers.OLDER, papers.SWEEP):
                admin.execute(statement)
        tend()
        time.sleep(3.0)
    return False


def _count(row: tuple[object, ...] | None) -> int:
    return int(str(row[0])) if row else 0


def check(cluster: Cluster, told: Sequence[Told], mails: Mapping[str, int]) -> Verdict:
    """Compare what the senders were told with what the database has and what the mail server took."""
    with cluster.connect_admin(DATABASE) as admin:
        reports = [(str(a), str(b), str(c)) for a, b, c in admin.execute(REPORTS)]
        ids = {str(reference): str(one) for reference, one in admin.execute(IDS)}
        audited = {str(one): int(str(count)) for one, count in admin.execute(AUDITED)}
        notices = [(str(a), str(b), str(c)) for a, b, c in admin.execute(NOTICES)]
    verdict = Verdict()
    _acknowledged(verdict, told, reports)
    _recorded(verdict, ids, audited)
    _told_by_mail(verdict, ids, notices, mails)
    verdict.figures |= {
        "reports": len(reports), "retries": sum(one.retries for one in told), "emails": sum(mails.values()),
        "unanswered": sum(one.unanswered for one in told),
    }  # fmt: skip
    for one in told:
        verdict.broken += one.wrong
    return verdict


def _acknowledged(verdict: Verdict, told: Sequence[Told], reports: Sequence[tuple[str, str, str]]) -> None:
    known = {key: references for one in told for key, references in one.references.items()}
    stored: dict[str, list[str]] = {}
    for reference, key, state in reports:
        stored.setdefault(key, []).append(reference)
        if state != "sent":
            verdict.broken.append(f"a report in state {state}")
    for key, references in known.items():
        found = stored.get(key, [])
        verdict.lost += len(references - set(found))
        verdict.duplicated += max(len(found), len(references), 1) - 1
    strangers = set(stored) - set(known)
    if strangers:
        verdict.broken.append(f"{len(strangers)} reports that nobody wrote")
    verdict.figures["acknowledged"] = sum(bool(references) for references in known.values())


def _recorded(verdict: Verdict, ids: Mapping[str, str], audited: Mapping[str, int]) -> None:
    verdict.unaudited = sum(audited.get(one, 0) != 1 for one in ids.values())
    without = set(audited) - set(ids.values())
    if without:
        verdict.broken.append(f"{len(without)} records of reports that are not there")


def _told_by_mail(
    verdict: Verdict, ids: Mapping[str, str], notices: Sequence[tuple[str, str, str]], mails: Mapping[str, int]
) -> None:
    states = Counter(state for _one, _report, state in notices)
    per_report = Counter(report for _one, report, _state in notices)
    if any(per_report[one] != 1 for one in ids.values()):
        verdict.broken.append("a report without exactly one receipt to be sent")
    if set(states) - {"sent"}:
        verdict.broken.append(f"receipts that were not sent: {dict(states)}")
    never = [one for one, _report, _state in notices if not any(one in message for message in mails)]
    if never:
        verdict.broken.append(f"{len(never)} receipts that never reached the mail server")
    verdict.figures["emails twice"] = sum(count - 1 for count in mails.values())
