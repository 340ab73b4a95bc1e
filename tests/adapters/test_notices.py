"""Notices: sent once whatever fails, and with nothing in them that tells a wrong reader anything."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from portal.audit.models import AuditEvent
from portal.kernel import clock, db, scope
from portal.kernel.scope import Scope
from portal.referrals import tasks
from portal.referrals.commands.notices import GIVE_UP_AFTER, STRANDED_AFTER, tell
from portal.referrals.models import Notice
from tests.factories.people import Person, make_person
from tests.factories.referrals import Child, Made, make_referral
from tests.fixtures.councils import Councils
from tests.fixtures.mail import Peer

RunJobs = Callable[[], None]
CANARY = "Zebedee Quillfeather"
SENT = datetime(2026, 11, 23, 17, 5, tzinfo=clock.LONDON)


def make_report(author: Person) -> Made:
    """A sent report, written in Welsh, with a canary in each of its facts."""
    first, last = CANARY.split()
    return make_referral(
        author.council,
        author,
        route="MASH_URGENT",
        sent_at=SENT,
        language="cy",
        children=(Child(first, last),),
        category=CANARY,
        initials=CANARY,
        override_reason=CANARY,
    )


def tell_of(kind: str, person: Person, report: Made) -> None:
    with db.unit_of_work(Scope(person.council, scope.SYSTEM)):
        tell(scope.SYSTEM, kind, person.account_id, report.id)


def notices(person: Person) -> list[tuple[str, int]]:
    """The state and number of tries of each of a council's notices."""
    with db.unit_of_work(Scope(person.council, scope.SYSTEM)) as session:
        rows = session.execute(select(Notice.state, Notice.attempts).order_by(Notice.created_at)).all()
    return [(row.state, row.attempts) for row in rows]


def hurry(jobs_due: str = "now()") -> None:
    """Let every waiting job be due, as if its pause were over."""
    with db.unit_of_work(scope.NOWHERE) as session:
        session.execute(text(f"update procrastinate_jobs set scheduled_at = {jobs_due} where status = 'todo'"))


def jobs_waiting() -> int:
    query = "select count(*) from procrastinate_jobs where task_name = 'referrals.send_notice' and status = 'todo'"
    with db.unit_of_work(scope.NOWHERE) as session:
        return int(session.execute(text(query)).scalar_one())


@pytest.fixture
def author(councils: Councils) -> Person:
    return make_person(councils.england, name=CANARY)


def test_received_says_when_and_whom_to_ring(author: Person, mail_by_smtp: Peer, run_jobs: RunJobs) -> None:
    report = make_report(author)
    tell_of("received", author, report)
    run_jobs()
    (message,) = mail_by_smtp.messages
    body = message.get_content()
    for part in (
        report.reference,
        "Avonmere",
        "17:05",  # the report was written in Welsh
        "23 Tachwedd 2026",
        "999",
        "01632 960210",
        "01632 960219",
        f"/avonmere/referrals/{report.reference}",
    ):
        assert part in body
    assert notices(author) == [("sent", 1)]


def test_received_in_english(councils: Councils, mail_by_smtp: Peer, run_jobs: RunJobs) -> None:
    person = make_person(councils.england, language="en")
    report = make_report(person)
    tell_of("received", person, report)
    run_jobs()
    (message,) = mail_by_smtp.messages
    assert message["Subject"] == f"Reference {report.reference}: received"
    body = message.get_content()
    assert "Received: 23 November 2026 at 5:05pm" in body
    assert "within one working day" in body
    assert "7 working days" not in body


def test_wales_says_when_to_chase(councils: Councils, mail_by_smtp: Peer, run_jobs: RunJobs) -> None:
    person = make_person(councils.wales, language="en")
    tell_of("received", person, make_report(person))
    run_jobs()
    assert "within 7 working days, phone us" in mail_by_smtp.messages[0].get_content()


SAID = {
    "received": "received",
    "question": "we have a question for you",
    "reminder": "a question waits for your answer",
    "reply": "there is a reply",
    "outcome": "there is an update",
}


@pytest.mark.parametrize("kind", SAID)
@pytest.mark.parametrize("language", ["en", "cy"])
def test_no_mail_tells_anything_of_anybody(
    councils: Councils, mail_by_smtp: Peer, run_jobs: RunJobs, kind: str, language: str
) -> None:
    person = make_person(councils.wales, name=CANARY, language=language)
    report = make_report(person)
    tell_of(kind, person, report)
    run_jobs()
    (message,) = mail_by_smtp.messages
    whole = message.as_string() + message.get_content()
    for part in CANARY.split():
        assert part.lower() not in whole.lower()
    for code in ("MASH_URGENT", str(person.account_id), person.actor.job_title or "Deputy head"):
        assert code not in whole
    assert message["Content-Language"] == language
    if language == "en":
        assert message["Subject"] == f"Reference {report.reference}: {SAID[kind]}"
    where = "screening" if kind == "reply" else "referrals"
    assert f"/glan-yr-afon/{where}/{report.reference}" in message.get_content()


def test_a_mail_server_that_is_down_loses_and_doubles_nothing(
    author: Person, mail_by_smtp: Peer, run_jobs: RunJobs
) -> None:
    report = make_report(author)
    mail_by_smtp.stop()
    tell_of("received", author, report)
    run_jobs()
    assert notices(author) == [("pending", 1)]
    assert jobs_waiting() == 1
    hurry()
    run_jobs()
    assert notices(author) == [("pending", 2)]
    mail_by_smtp.start()
    hurry()
    run_jobs()
    assert notices(author) == [("sent", 3)]
    hurry()
    run_jobs()
    assert len(mail_by_smtp.messages) == 1


def test_greylisting_is_tried_again(author: Person, mail_by_smtp: Peer, run_jobs: RunJobs) -> None:
    mail_by_smtp.answer = "421 come back later"
    tell_of("question", author, make_report(author))
    run_jobs()
    mail_by_smtp.answer = "250 kept"
    hurry()
    run_jobs()
    assert notices(author) == [("sent", 2)]


def test_a_refusal_for_good_ends_it(author: Person, mail_by_smtp: Peer, run_jobs: RunJobs) -> None:
    mail_by_smtp.answer = "550 nobody here"
    tell_of("question", author, make_report(author))
    run_jobs()
    assert notices(author) == [("failed", 1)]
    assert jobs_waiting() == 0
    assert audited(author) == ["referrals.notice_failed"]


def audited(person: Person) -> list[str]:
    with db.unit_of_work(Scope(person.council, scope.SYSTEM)) as session:
        ours = AuditEvent.event.startswith("referrals.notice")
        return list(session.execute(select(AuditEvent.event).where(ours)).scalars())


def test_the_message_id_is_the_notices(author: Person, mail_by_smtp: Peer, run_jobs: RunJobs) -> None:
    tell_of("outcome", author, make_report(author))
    run_jobs()
    with db.unit_of_work(Scope(author.council, scope.SYSTEM)) as session:
        notice_id = session.execute(select(Notice.id)).scalar_one()
    assert str(notice_id) in mail_by_smtp.messages[0]["Message-ID"]
    assert audited(author) == ["referrals.notice_sent"]


def test_nobody_is_told_of_what_they_did_themselves(author: Person, app: Flask) -> None:
    report = make_report(author)
    with db.unit_of_work(author.scope):
        tell(author.actor, "reply", author.account_id, report.id)
    assert notices(author) == []


def test_a_notice_of_a_transaction_that_failed_is_never_sent(
    author: Person, mail_by_smtp: Peer, run_jobs: RunJobs
) -> None:
    report = make_report(author)

    def tell_and_fail() -> None:
        with db.unit_of_work(author.scope):
            tell(author.actor, "received", author.account_id, report.id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        tell_and_fail()
    run_jobs()
    assert (notices(author), mail_by_smtp.messages) == ([], [])


def test_the_same_job_many_times_at_once_sends_one(author: Person, mail_by_smtp: Peer) -> None:
    tell_of("received", author, make_report(author))
    with db.unit_of_work(Scope(author.council, scope.SYSTEM)) as session:
        notice_id = session.execute(select(Notice.id)).scalar_one()

    def send(_number: int) -> None:
        with db.unit_of_work(Scope(author.council, scope.SYSTEM)):
            tasks.send_notice(notice_id)

    with ThreadPoolExecutor(max_workers=6) as pool:
        list(pool.map(send, range(12)))
    assert len(mail_by_smtp.messages) == 1
    assert notices(author) == [("sent", 1)]


def age(person: Person, by: timedelta) -> None:
    with db.unit_of_work(Scope(person.council, scope.SYSTEM)) as session:
        session.execute(update(Notice).values(created_at=func.now() - by))


def test_lost_jobs_are_made_again(author: Person, mail_by_smtp: Peer, run_jobs: RunJobs) -> None:
    tell_of("received", author, make_report(author))
    with db.unit_of_work(scope.NOWHERE) as session:
        session.execute(text("delete from procrastinate_jobs"))
    tasks.sweep_notices(0)
    assert jobs_waiting() == 0  # not old enough: its job may only just have been added
    age(author, STRANDED_AFTER + timedelta(seconds=1))
    tasks.sweep_notices(0)
    tasks.sweep_notices(0)
    assert jobs_waiting() == 1
    run_jobs()
    assert len(mail_by_smtp.messages) == 1
    tasks.sweep_notices(0)
    assert jobs_waiting() == 0


@pytest.mark.parametrize(("pause", "added"), [("now() + interval '2 minutes'", 0), ("now() + interval '1 hour'", 1)])
def test_a_job_that_waits_long_does_not_hold_up_its_notice(author: Person, pause: str, added: int) -> None:
    tell_of("received", author, make_report(author))
    age(author, STRANDED_AFTER + timedelta(seconds=1))
    hurry(pause)
    tasks.sweep_notices(0)
    assert jobs_waiting() == 1 + added


def test_after_days_without_a_mail_server_it_is_given_up(author: Person, mail_by_smtp: Peer, run_jobs: RunJobs) -> None:
    mail_by_smtp.stop()
    tell_of("received", author, make_report(author))
    age(author, GIVE_UP_AFTER + timedelta(minutes=1))
    run_jobs()
    assert [state for state, _tries in notices(author)] == ["failed"]
    assert jobs_waiting() == 0


def test_what_breaks_every_job_is_given_up_too(
    author: Person, mail_by_smtp: Peer, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_words: object) -> None:
        raise KeyError("a letter that cannot be written")

    monkeypatch.setattr(tasks, "letter", broken)
    tell_of("received", author, make_report(author))
    run_jobs()
    age(author, GIVE_UP_AFTER + timedelta(minutes=1))
    tasks.sweep_notices(0)
    assert [state for state, _tries in notices(author)] == ["failed"]
    assert jobs_waiting() <= 1
    assert mail_by_smtp.messages == []
