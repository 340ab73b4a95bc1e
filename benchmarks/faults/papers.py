"""The files that senders attach, and what must be true of them afterwards."""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchmarks.servers import BenchmarkError
from portal.cli.cluster import DATABASE, Cluster
from portal.cli.private_clamd import PrivateClamd
from portal.cli.scanner import MISSING, find_clamd

STORED = (
    "select r.reference, f.id::text, f.came_as, f.state from stored_file f"
    " join attachment a on a.tenant_id = f.tenant_id and a.file_id = f.id"
    " join referral r on r.tenant_id = a.tenant_id and r.id = a.referral_id"
)
RECORDED = "select detail ->> 'file', count(*) from audit_event where event = 'referrals.file_added' group by 1"
UNCHECKED = "select count(*) from stored_file where state in ('arriving', 'checking')"
# Time is moved rather than waited for: a sweep takes up what has waited for a quarter of an hour.
OLDER = "update stored_file set asked_at = asked_at - interval '16 minutes' where state = 'checking'"
SWEEP = (
    "insert into procrastinate_jobs (queue_name, task_name, args, queueing_lock)"
    " values ('default', 'files.sweep', '{\"timestamp\": 0}', null)"
)
LINE = b"She came in without a coat again and said that nobody was at home when she woke up.\n"
LINK = re.compile(r'href="([^"]*/files/[0-9a-f-]{36}/get/[^"]+)"')
BOUNDARY = "between-the-parts"
KIND = f"multipart/form-data; boundary={BOUNDARY}"


@dataclass
class Papers:
    """What one sender attached: the digests that were acknowledged by reference, and all that were tried."""

    kept: dict[str, str] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)


@dataclass
class Found:
    """What was found of the files; `broken` says what may never be."""

    acknowledged: int = 0
    lost: int = 0
    broken: list[str] = field(default_factory=list)


def notes(reference: str) -> bytes:
    """A page of notes, no two reports' alike."""
    return f"Notes for {reference}\n".encode() + LINE * 40


def digest(content: bytes) -> str:
    """What a file is known by."""
    return hashlib.sha256(content).hexdigest()


def body(token: str, content: bytes) -> bytes:
    """The form with the file, as a browser would post it."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n--{BOUNDARY}\r\n'
        'Content-Disposition: form-data; name="files"; filename="notes.txt"\r\nContent-Type: text/plain\r\n\r\n'
    )
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


@contextmanager
def scanner() -> Iterator[str]:
    """A real clamd with signatures of our own, and the SCANNER setting that leads to it."""
    program = find_clamd()
    if program is None:
        raise BenchmarkError(MISSING)
    place = PrivateClamd(program)
    process = subprocess.Popen(  # noqa: S603 - our own configuration, no shell
        place.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield place.address
    finally:
        process.kill()
        process.wait()
        place.forget()


def check(cluster: Cluster, told: Sequence[Papers]) -> Found:
    """Compare the files that were acknowledged with those that are stored, checked and recorded."""
    with cluster.connect_admin(DATABASE) as admin:
        stored = [(str(a), str(b), str(c), str(d)) for a, b, c, d in admin.execute(STORED)]
        recorded = {str(one): int(str(count)) for one, count in admin.execute(RECORDED)}
    return compared(told, stored, recorded)


def compared(told: Sequence[Papers], stored: Iterable[tuple[str, str, str, str]], recorded: Mapping[str, int]) -> Found:
    """What is wrong with the stored files (reference, id, digest, state), given how often each was recorded."""
    found, rows = Found(), list(stored)
    there = Counter((reference, content) for reference, _id, content, _state in rows)
    kept = [item for one in told for item in one.kept.items()]
    found.acknowledged = len(kept)
    found.lost = sum(item not in there for item in kept)
    tried = {content for one in told for content in one.tried}
    said = {
        "files lost": found.lost,
        "files twice": sum(count - 1 for count in there.values()),
        "files that nobody sent": sum(content not in tried for _reference, _id, content, _state in rows),
        "files whose check was never done": sum(state != "ready" for *_file, state in rows),
        "files not recorded once": sum(recorded.get(file_id, 0) != 1 for _reference, file_id, *_rest in rows),
    }
    found.broken = [f"{number} {what}" for what, number in said.items() if number]
    return found
