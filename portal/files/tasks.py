"""Jobs about stored files: each is judged, none waits unnoticed, and what no row needs any more leaves the store."""

from __future__ import annotations

import logging
import time
from typing import Final
from uuid import UUID, uuid4

import structlog

from portal.adapters import ports
from portal.auth.letters import address, language_of, send
from portal.auth.queries import mailing
from portal.files import content, sweeper, travelling
from portal.files.commands import clearing, judging, rejudging
from portal.kernel import clock, db, jobs, scope
from portal.kernel.errors import Unavailable
from portal.kernel.language import words
from portal.kernel.scope import Council, Scope
from portal.tenants import beside, resolve
from portal.tenants.each import in_each

log = structlog.get_logger()

LOOK_SECONDS: Final = 30.0


@jobs.app.periodic(cron="* * * * *")
@jobs.app.task(name="files.clear", queueing_lock="files.clear", pass_context=False)
def clear(timestamp: int) -> None:
    """Every minute: objects whose rows were deleted are deleted. The list of them is the truth, so nothing is lost
    while the store is away or a worker dies."""
    del timestamp
    for council in resolve.everyone():
        here = Scope(council=council, actor=scope.SYSTEM)
        try:
            done = gone = _batch(here)
            while done == clearing.BATCH:
                done = _batch(here)
                gone += done
        except Unavailable:
            log.warning("files.store_unavailable", council=council.slug)
            return
        if gone:
            log.info("files.cleared", council=council.slug, count=gone)


def _batch(here: Scope) -> int:
    """The store is spoken to between two transactions: it may take its time. Killed there, or run twice at once, it
    deletes again what is gone already."""
    with db.unit_of_work(here):
        keys = clearing.gone()
        paths = [content.path(key) for key in keys]
    if keys:
        ports.store().delete(paths)
        with db.unit_of_work(here):
            clearing.forget(keys)
    return len(keys)


@jobs.task(judging.JOB)
def scan(file_id: UUID) -> None:
    """Judge one file; safe to run twice, and at once."""
    judging.judge(file_id)


@jobs.app.periodic(cron="*/2 * * * *")
@jobs.app.task(name="files.sweep", queueing_lock="files.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Every two minutes: a file whose job was lost, or that an outage left without a verdict, is asked about again."""
    del timestamp
    answers = _scanner_answers()
    in_each(lambda: judging.ask_again(answers), "files.asked_again", logging.WARNING)


def _scanner_answers() -> bool:
    try:
        found = ports.scanner().signatures()
    except Unavailable as error:
        log.warning("files.scanner_unavailable", why=str(error))
        return False
    if found.made_at is not None and clock.now() - found.made_at > judging.FRESH:
        log.warning("files.signatures_old", made_at=found.made_at.isoformat())
    return True


@jobs.app.periodic(cron="*/3 1-5 * * *")
@jobs.app.task(name="files.look_again", queueing_lock="files.look_again", pass_context=False)
def look_again(timestamp: int) -> None:
    """At night, for a moment every three minutes, so that urgent emails wait no longer than that: files that older
    signatures found good are looked at again, a file of each council in turn. What is left is the next run's."""
    del timestamp
    try:
        version = ports.scanner().signatures().version
        end, left, count = time.monotonic() + LOOK_SECONDS, resolve.everyone(), 0
        while left and time.monotonic() < end:
            left = [council for council in left if _looked_again(council, version)]
            count += len(left)
    except Unavailable:
        log.warning("files.not_looked_at_again")
        return
    if count:
        log.info("files.looked_at_again", count=count)


def _looked_again(council: Council, version: str) -> bool:
    with db.unit_of_work(Scope(council=council, actor=scope.SYSTEM)) as session:
        # A large file takes the scanner longer than a transaction may be idle.
        session.execute(jobs.PATIENCE)
        return rejudging.next_one(version)


@jobs.app.periodic(cron="*/30 * * * *")
@jobs.app.task(name="files.note_late", queueing_lock="files.note_late", pass_context=False)
def note_late(timestamp: int) -> None:
    """Every half an hour: a council is told, once, of files that nothing could judge for three days."""
    del timestamp
    in_each(_note_late, "files.late", logging.WARNING)


def _note_late() -> int:
    found = judging.note_late()
    if found:
        jobs.enqueue("files.tell_late", sweep_id=uuid4())
    return found


@jobs.task("files.tell_late")
def tell_late(sweep_id: UUID) -> None:
    """Tell the council's people who look after its portal that files wait; which ones stands on no page of theirs."""
    for reader in mailing.council_people():
        language = language_of(reader)
        subject = words(language, "Attached files cannot be checked")
        text = words(
            language,
            "Files that were attached to reports have waited for more than three days, because the check for "
            "harmful software does not work. Nobody can open them until it does. The reports themselves were sent. "
            "Ask whoever runs the portal to look at the scanner, and ask for urgent files by another way.",
        )
        send(reader, language, subject, f"{text}\n\n{address('/')}", f"late-{sweep_id}-{reader.membership_id}")


@jobs.app.periodic(cron="25 4 * * *")
@jobs.app.task(name="files.compare", queueing_lock="files.compare", pass_context=False)
def compare(timestamp: int) -> None:
    """Every night: no row names an object that is not there, and no object that nobody names stays for long."""
    del timestamp
    try:
        sweeper.sweep()
    except Unavailable:
        log.warning("files.store_unavailable")


# Whoever takes a council out, or brings one back, takes its objects along.
beside.register(travelling.Objects())
