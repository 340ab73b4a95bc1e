"""The mail server and the worker stopped or killed: a report is sent all the same, and its email arrives once."""

from __future__ import annotations

import asyncio
import subprocess
import threading
import time
from collections.abc import Callable
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient

from portal.kernel import db, jobs
from portal.kernel.scope import Scope
from portal.referrals.commands import notices
from portal.referrals.tasks import sweep_notices
from tests.factories.people import Person, make_person, sign_in
from tests.faults.test_database import urgent
from tests.fixtures.councils import Councils
from tests.fixtures.mail import Peer

Admin = psycopg.Connection[tuple[object, ...]]
Start = Callable[..., subprocess.Popen[bytes]]
Jobs = Callable[[], None]
PATIENCE = 100.0
DUE = "update procrastinate_jobs set scheduled_at = now() where status = 'todo'"


@pytest.fixture
def author(councils: Councils) -> Person:
    """A referrer in Avonmere."""
    return make_person(councils.england)


@pytest.fixture
def reference(client: FlaskClient, author: Person, admin: Admin) -> str:
    """The reference of an urgent report that was just sent, with no worker running; what the people on duty are told of
    it is gone (tests/screening/test_duty.py)."""
    sign_in(client, author)
    path, data = urgent(client, author)
    answer = client.post(path, data=data)
    assert answer.status_code == 303
    receipt = client.get(answer.headers["Location"])
    assert receipt.status_code == 200
    of_duty = "select id::text from notice where kind = 'duty'"
    admin.execute(f"delete from procrastinate_jobs where args ->> 'notice_id' in ({of_duty})")
    admin.execute("delete from notice where kind = 'duty'")
    return answer.headers["Location"].split("/")[-2]


def notice(admin: Admin) -> tuple[object, ...]:
    """State and tries of the only notice."""
    rows = admin.execute("select state, attempts from notice").fetchall()
    assert len(rows) == 1
    return rows[0]


def arrived(peer: Peer, reference: str) -> int:
    """How many emails about the reference the server has taken."""
    return sum(reference in str(message["Subject"]) for message in peer.messages)


def test_without_a_worker_the_email_waits(mail_by_smtp: Peer, reference: str, admin: Admin, run_jobs: Jobs) -> None:
    assert notice(admin) == ("pending", 0)
    run_jobs()
    assert notice(admin) == ("sent", 1)
    run_jobs()
    assert arrived(mail_by_smtp, reference) == 1


@pytest.mark.parametrize("how", ["stopped", "busy"])
def test_without_a_mail_server_the_email_waits(
    mail_by_smtp: Peer, reference: str, admin: Admin, run_jobs: Jobs, how: str
) -> None:
    if how == "stopped":
        mail_by_smtp.stop()
    mail_by_smtp.answer = "451 try again later"
    for tries in (1, 2):
        run_jobs()
        assert notice(admin) == ("pending", tries)
        admin.execute(DUE)
    mail_by_smtp.answer = "250 kept"
    if how == "stopped":
        mail_by_smtp.start()
    run_jobs()
    run_jobs()
    assert notice(admin) == ("sent", 3)
    assert arrived(mail_by_smtp, reference) == 1


def test_an_address_that_takes_no_mail_ends_the_tries(
    mail_by_smtp: Peer, reference: str, admin: Admin, run_jobs: Jobs
) -> None:
    mail_by_smtp.answer = "550 no such mailbox"
    run_jobs()
    assert notice(admin) == ("failed", 1)
    admin.execute(DUE)
    mail_by_smtp.answer = "250 kept"
    run_jobs()
    assert arrived(mail_by_smtp, reference) == 0
    events = admin.execute("select detail from audit_event where event = 'referrals.notice_failed'").fetchall()
    assert events == [({"kind": "received"},)]


def test_a_notice_whose_job_was_lost_is_found_and_sent_once(
    mail_by_smtp: Peer, reference: str, admin: Admin, run_jobs: Jobs
) -> None:
    admin.execute("delete from procrastinate_jobs")
    sweep_notices(0)
    run_jobs()
    assert notice(admin) == ("pending", 0)  # not yet: its job may only be slow
    admin.execute("update notice set created_at = created_at - %s", (notices.STRANDED_AFTER,))
    sweep_notices(0)
    sweep_notices(0)
    run_jobs()
    assert notice(admin) == ("sent", 1)
    assert arrived(mail_by_smtp, reference) == 1


def test_two_jobs_for_one_notice_send_one_email(
    mail_by_smtp: Peer, reference: str, admin: Admin, author: Person, run_jobs: Jobs
) -> None:
    row = admin.execute("select id from notice").fetchone()
    assert row
    with db.unit_of_work(Scope(author.council)):
        for _ in range(3):
            jobs.enqueue(notices.JOB, notice_id=UUID(str(row[0])))
    run_jobs()
    assert arrived(mail_by_smtp, reference) == 1


def test_a_worker_killed_in_the_middle_of_an_email(
    smtp: Peer, reference: str, admin: Admin, portal_process: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    talking = threading.Event()

    async def never_answer(*_words: object) -> str:
        talking.set()
        await asyncio.sleep(PATIENCE)
        return "451 too late"

    with monkeypatch.context() as patch:
        patch.setattr(smtp, "handle_DATA", never_answer)
        worker = portal_process("worker", MAIL=smtp.url)
        assert talking.wait(PATIENCE)
        worker.kill()
        worker.wait()
    assert admin.execute(
        "select status::text from procrastinate_jobs where task_name = %s", (notices.JOB,)
    ).fetchall() == [("doing",)]
    # Half a minute without a sign of life, without waiting for it.
    admin.execute("update procrastinate_workers set last_heartbeat = now() - interval '1 hour'")
    portal_process("worker", MAIL=smtp.url)
    deadline = time.monotonic() + PATIENCE
    while notice(admin)[0] != "sent" and time.monotonic() < deadline:
        time.sleep(0.2)
    assert notice(admin)[0] == "sent"
    assert arrived(smtp, reference) == 1
