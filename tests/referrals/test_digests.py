"""How people choose to be told: one email a day, receipts or none, a subject that says nothing; and reminders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text, update

from portal.auth.policy import Permission
from portal.kernel import clock, db, scope
from portal.kernel.scope import Scope
from portal.messaging import commands as messaging
from portal.messaging.commands.reminding import remind
from portal.messaging.models import Message
from portal.referrals import tasks
from portal.referrals.commands import digests, drafts, expiry
from portal.referrals.commands.notices import CAN_WAIT, tell
from portal.referrals.models import ABOUT_DRAFTS, NOTICE_KINDS, Notice, Referral
from portal.referrals.queries.notices import Choices, choices_of
from portal.referrals.queries.record import find
from tests.adapters.test_notices import make_report, notices, tell_of
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils
from tests.fixtures.mail import Peer
from tests.referrals.clicking import Person as Clicking

RunJobs = Callable[[], None]


@pytest.fixture
def author(councils: Councils) -> Person:
    return make_person(councils.england, name="Siân CNRY O'Brien")


def choose(person: Person, choices: Choices) -> None:
    with db.unit_of_work(person.scope):
        digests.choose(person.actor, choices)


def morning() -> None:
    """What the worker does at seven."""
    tasks.begin_digests.func(0)


def test_without_a_choice_everything_comes_at_once(author: Person, mail_by_smtp: Peer, run_jobs: RunJobs) -> None:
    report = make_report(author)
    tell_of("outcome", author, report)
    run_jobs()
    morning()
    run_jobs()
    assert len(mail_by_smtp.messages) == 1


def test_one_email_a_day_says_all_that_happened(author: Person, mail_by_smtp: Peer, run_jobs: RunJobs) -> None:
    choose(author, Choices(daily=True))
    first, second = make_report(author), make_report(author)
    for report, kind in ((first, "received"), (first, "outcome"), (second, "outcome")):
        tell_of(kind, author, report)
    run_jobs()
    assert mail_by_smtp.messages == []
    morning()
    run_jobs()
    (message,) = mail_by_smtp.messages
    body = message.get_content()
    assert body.count(first.reference) == 2
    assert body.count(second.reference) == 1
    assert "/avonmere/referrals" in body
    assert notices(author) == [("sent", 1)] * 3
    morning()
    run_jobs()
    assert len(mail_by_smtp.messages) == 1


def test_what_cannot_wait_comes_at_once_all_the_same(author: Person, mail_by_smtp: Peer, run_jobs: RunJobs) -> None:
    choose(author, Choices(daily=True))
    report = make_report(author)
    for kind in ("question", "reminder", "harmful"):
        tell_of(kind, author, report)
    run_jobs()
    assert len(mail_by_smtp.messages) == 3
    assert set(NOTICE_KINDS) >= CAN_WAIT


def test_news_of_drafts_waits_too_unless_the_draft_goes_tomorrow(
    author: Person, mail_by_smtp: Peer, run_jobs: RunJobs
) -> None:
    choose(author, Choices(daily=True))
    with db.unit_of_work(Scope(author.council, scope.SYSTEM)):
        for kind in sorted(ABOUT_DRAFTS):
            tell(scope.SYSTEM, kind, author.account_id, None)
    tell_of("outcome", author, make_report(author))
    run_jobs()
    assert mail_by_smtp.messages == []
    morning()
    run_jobs()
    (message,) = mail_by_smtp.messages
    lines = message.get_content().splitlines()
    for page in ("/avonmere/report", "/avonmere/referrals"):
        assert [line for line in lines if line.endswith(page)]
    with db.unit_of_work(author.scope):
        drafts.start(author.actor, "full", "en")
    for days, told in ((2, 1), (1, 2)):
        with db.unit_of_work(Scope(author.council, scope.SYSTEM)) as session:
            soon = {"expires_on": clock.today() + timedelta(days=days), "warned_on": None}
            session.execute(update(Referral).where(Referral.state == "draft").values(**soon))
            assert expiry.warn() == 1
        run_jobs()
        assert len(mail_by_smtp.messages) == told


def test_no_receipts_means_none_and_the_rest_still_comes(author: Person, mail_by_smtp: Peer, run_jobs: RunJobs) -> None:
    choose(author, Choices(receipts=False))
    report = make_report(author)
    tell_of("received", author, report)
    tell_of("outcome", author, report)
    run_jobs()
    (message,) = mail_by_smtp.messages
    assert "diweddariad" in message["Subject"]


@pytest.mark.parametrize("daily", [False, True])
def test_a_discreet_subject_says_nothing(author: Person, mail_by_smtp: Peer, run_jobs: RunJobs, daily: bool) -> None:
    choose(author, Choices(daily=daily, discreet=True))
    report = make_report(author)
    tell_of("outcome", author, report)
    if daily:
        morning()
    run_jobs()
    (message,) = mail_by_smtp.messages
    assert message["Subject"] in ("A message for you", "Neges i chi")
    assert report.reference in message.get_content()


def test_one_persons_choice_is_nobody_elses(
    author: Person, councils: Councils, mail_by_smtp: Peer, run_jobs: RunJobs
) -> None:
    choose(author, Choices(daily=True, receipts=False))
    colleague = make_person(councils.england)
    tell_of("received", colleague, make_report(colleague))
    run_jobs()
    assert len(mail_by_smtp.messages) == 1
    with db.unit_of_work(colleague.scope):
        assert choices_of(colleague.actor) == Choices()
    elsewhere = Scope(councils.wales, author.actor)
    with db.unit_of_work(elsewhere):
        assert choices_of(author.actor) == Choices()


def test_when_the_mail_server_is_down_it_comes_once_later(
    author: Person, mail_by_smtp: Peer, run_jobs: RunJobs
) -> None:
    choose(author, Choices(daily=True))
    tell_of("outcome", author, make_report(author))
    mail_by_smtp.answer = "451 later"
    morning()
    run_jobs()
    assert [state for state, _tries in notices(author)] == ["pending"]
    mail_by_smtp.answer = "250 kept"
    with db.unit_of_work(scope.NOWHERE) as session:
        session.execute(text("update procrastinate_jobs set scheduled_at = now() where status = 'todo'"))
    run_jobs()
    run_jobs()
    assert len(mail_by_smtp.messages) == 1


def test_without_the_table_of_jobs_the_sweeper_sends_it(author: Person, mail_by_smtp: Peer, run_jobs: RunJobs) -> None:
    choose(author, Choices(daily=True))
    tell_of("outcome", author, make_report(author))
    morning()
    with db.unit_of_work(Scope(author.council, scope.SYSTEM)) as session:
        session.execute(text("delete from procrastinate_jobs"))
        session.execute(update(Notice).values(created_at=Notice.created_at - timedelta(hours=30)))
    tasks.sweep_notices.func(0)
    tasks.sweep_notices.func(0)
    run_jobs()
    assert len(mail_by_smtp.messages) == 1


def test_the_page_keeps_what_was_chosen(client: FlaskClient, author: Person) -> None:
    sign_in(client, author)
    clicking = Clicking(client, author.council.slug)
    answer = clicking.post("/account/emails", action="", when="daily", discreet="y")
    assert answer.status_code == 303
    with db.unit_of_work(author.scope):
        assert choices_of(author.actor) == Choices(daily=True, receipts=True, discreet=True)
    page = clicking.get("/account/emails").get_data(as_text=True)
    assert 'value="daily" checked' in page
    wrong = clicking.post("/account/emails", when="sometimes")
    assert wrong.status_code == 422
    assert "Choose when you want emails" in wrong.get_data(as_text=True)


def asked(councils: Councils, author: Person, days: float) -> None:
    """A report about which a question was asked so many days ago."""
    screener = make_person(councils.england, role="screener")
    made = make_referral(councils.england, author, state="screening", owner=screener)
    with db.unit_of_work(screener.scope) as session:
        found = find(screener.actor, Permission.ASK, made.reference)
        messaging.ask(screener.actor, found, "When CNRY?", uuid4())
        session.execute(update(Message).values(sent_at=clock.now() - timedelta(days=days), answer_by=None))
        session.execute(text("delete from procrastinate_jobs"))


def reminders(author: Person) -> int:
    with db.unit_of_work(Scope(author.council, scope.SYSTEM)) as session:
        remind()
        return len(session.execute(select(Notice.id).where(Notice.kind == "reminder")).all())


def test_a_question_is_reminded_of_once(councils: Councils, author: Person) -> None:
    asked(councils, author, days=8)
    assert reminders(author) == 1
    assert reminders(author) == 1


def test_a_question_of_today_is_not_reminded_of(councils: Councils, author: Person) -> None:
    asked(councils, author, days=0)
    assert reminders(author) == 0


def test_who_chose_while_something_waits_gets_it_with_the_next_email(
    author: Person, mail_by_smtp: Peer, run_jobs: RunJobs
) -> None:
    choose(author, Choices(daily=True))
    report = make_report(author)
    with db.unit_of_work(Scope(author.council, scope.SYSTEM)):
        tell(scope.SYSTEM, "outcome", author.account_id, report.id)
    choose(author, Choices())
    morning()
    run_jobs()
    assert len(mail_by_smtp.messages) == 1
