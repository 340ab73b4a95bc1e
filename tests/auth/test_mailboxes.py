"""Mail that a server took and that comes back: the lead hears of it, once, whichever way it came."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import psycopg
import pytest

from config.settings import Settings
from portal.adapters import email, ports
from portal.adapters.ports import Mailer, Return
from portal.auth import letters
from portal.auth.commands import mailboxes
from portal.auth.queries.mailing import Reader
from portal.auth.tasks.returned import collect_returned
from portal.cli import mail
from portal.kernel import clock, db, jobs, scope
from portal.kernel.scope import Scope
from tests.adapters.test_returned import report
from tests.auth.walking import Walker
from tests.factories import people
from tests.factories.people import Person
from tests.fixtures.councils import Councils
from tests.fixtures.mail import Peer
from tests.fixtures.notify import Service, notify_mailer

Admin = psycopg.Connection[tuple[object, ...]]
BASE = "bounce@portal.example"
OAKFIELD = "oakfield-primary"


@pytest.fixture
def sending() -> Iterator[Callable[[Mailer], None]]:
    """Chooses a mailer for the rest of the test."""
    before = ports.mailer()
    yield ports.use_mailer
    ports.use_mailer(before)


@pytest.fixture
def smtp_back(smtp: Peer, walker: Walker, sending: Callable[[Mailer], None]) -> Peer:
    """A mail server that takes everything, and returns mail to an address of the portal's."""
    sending(email.mailer_for(smtp.url, "no-reply@portal.example", back=BASE))
    return smtp


def write_to(walker: Walker, person: Person) -> None:
    """Have an email sent to somebody."""
    with db.unit_of_work(Scope(walker.council, scope.SYSTEM)):
        jobs.enqueue("auth.send_changed", membership_id=person.actor.membership_id or person.account_id)
    walker.jobs()


def states(admin: Admin, person: Person) -> list[tuple[object, ...]]:
    return admin.execute(
        "select state, why from membership where account_id = %s order by state", (person.account_id,)
    ).fetchall()


def brought(raw: bytes, settings: Settings, monkeypatch: pytest.MonkeyPatch, **environ: str) -> int:
    """`portal mail returned` with that message, as a mail server starts it."""
    given = {"DATABASE_URL": settings.database_url, "DEMO": "true", "STORAGE": settings.storage, "MAIL_RETURN": BASE}
    for name, value in (given | environ).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    with monkeypatch.context() as patch:
        patch.setattr(db, "_factory", db._factory)
        return mail.run(argparse.Namespace(to=""))


def take(token: str, *recipients: str) -> bool:
    with db.unit_of_work(Scope(actor=scope.SYSTEM)):
        return mailboxes.came_back(Return(token, recipients))


def token_of(smtp: Peer) -> str:
    """What the newest email will be known by."""
    local, _at, host = smtp.senders[-1].partition("@")
    assert (local.partition("+")[0], host) == ("bounce", "portal.example")
    return local.partition("+")[2]


def test_a_returned_email_suspends_and_the_lead_is_told(
    walker: Walker,
    councils: Councils,
    admin: Admin,
    smtp_back: Peer,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lead = people.make_person(walker.council, role="agency_lead", agency=OAKFIELD)
    person = people.make_person(walker.council, agency=OAKFIELD, email="Gone.O'Brien@oakfield.avonmere.sch.uk")
    people.sign_in(walker.client, person)
    write_to(walker, person)
    assert smtp_back.recipients[-1] == [person.email]
    assert states(admin, person) == [("active", "")], "the server took it"
    raw = report(to=smtp_back.senders[-1], who=person.email)
    assert brought(raw, settings, monkeypatch) == 0
    assert states(admin, person) == [("suspended", "mail")]
    walker.jobs()
    told = [one for one, to in zip(smtp_back.messages, smtp_back.recipients, strict=True) if to == [lead.email]]
    assert ["no longer works" in str(one["Subject"]) for one in told] == [True]
    assert person.name not in str(told[0])
    assert walker.get("/account").status_code == 303, "their sessions end"
    people.sign_in(walker.client, lead)
    assert "Suspended: Their email address takes no mail." in walker.get("/people").text
    assert "no such mailbox" in walker.get(f"/people/{person.actor.membership_id}").text
    # The same report again, after the lead has let them in again: nothing.
    admin.execute("update membership set state = 'active', why = '' where account_id = %s", (person.account_id,))
    assert brought(raw, settings, monkeypatch) == 0
    assert states(admin, person) == [("active", "")]
    stored = admin.execute("select token_hash from sent_mail").fetchall()
    assert token_of(smtp_back) not in str(stored)


def test_forged_late_foreign_and_old_reports_do_nothing(
    walker: Walker, admin: Admin, smtp_back: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = people.make_person(walker.council, agency=OAKFIELD)
    write_to(walker, person)
    token = token_of(smtp_back)
    assert not take("a" * 26, person.email), "a token of nobody's"
    assert not take(token, "forwarded@elsewhere.example"), "a mailbox that they forward to"
    later = datetime.now(UTC) + timedelta(days=15)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: later)
        assert not take(token, person.email), "after two weeks"
    # Somebody decided about them after the email went out.
    admin.execute("update membership set decided_at = now() + interval '1 second'")
    assert take(token, person.email.upper())
    assert states(admin, person) == [("active", "")]
    later = datetime.now(UTC) + timedelta(days=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    with db.unit_of_work(Scope(actor=scope.SYSTEM)):
        mailboxes.tidy()
    assert admin.execute("select count(*) from sent_mail").fetchone() == (0,)


def test_two_councils_and_the_councils_own_people(
    walker: Walker, councils: Councils, admin: Admin, smtp_back: Peer
) -> None:
    administrator = people.make_person(walker.council, role="council_admin")
    write_to(walker, administrator)
    assert take(token_of(smtp_back), administrator.email)
    assert states(admin, administrator) == [("active", "")], "they would hear of nothing"
    person = people.make_person(walker.council, agency=OAKFIELD)
    other = next(one for one in councils if one != walker.council)
    again = people.make_person(other, agency=OAKFIELD, email="again@oakfield.avonmere.sch.uk")
    admin.execute("update membership set account_id = %s where account_id = %s", (person.account_id, again.account_id))
    write_to(walker, person)
    assert take(token_of(smtp_back), person.email)
    assert states(admin, person) == [("suspended", "mail"), ("suspended", "mail")]


def test_what_is_no_report_is_taken_and_an_outage_is_told(
    walker: Walker, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert brought(b"I am on holiday", settings, monkeypatch) == 0
    away = "postgresql://portal_app:very-secret@127.0.0.1:9/portal"
    raw = report(to=f"bounce+{'a' * 26}@portal.example")
    assert brought(raw, settings, monkeypatch, DATABASE_URL=away) == mail.LATER
    assert "very-secret" not in capsys.readouterr().err


def test_an_address_that_is_nobodys_account_has_no_receipt(smtp_back: Peer, admin: Admin) -> None:
    letter = ports.Email("nobody@example.org", "subject", "body", "no-reply@portal.example", "en", "id")
    with db.unit_of_work(scope.NOWHERE):
        assert mailboxes.expected_back(letter) == letter
    assert admin.execute("select count(*) from sent_mail").fetchone() == (0,)


def test_a_code_that_somebody_waits_for_has_the_sender_that_servers_know(
    walker: Walker, smtp_back: Peer, admin: Admin
) -> None:
    person = people.make_person(walker.council, agency=OAKFIELD)
    reader = Reader(person.account_id, person.email, "en")
    with db.unit_of_work(Scope(walker.council, scope.SYSTEM)):
        letters.send(reader, "en", "Your code", "123456", "code-1", waited_for=True)
    assert smtp_back.senders == ["no-reply@portal.example"]
    assert admin.execute("select count(*) from sent_mail").fetchone() == (0,)


def test_what_notify_could_not_deliver_is_asked_for_and_counts_once(
    walker: Walker, admin: Admin, notify: Service, sending: Callable[[Mailer], None]
) -> None:
    sending(notify_mailer(notify))
    lead = people.make_person(walker.council, role="agency_lead", agency=OAKFIELD)
    person = people.make_person(walker.council, agency=OAKFIELD)
    write_to(walker, person)
    (sent,) = notify.taken
    collect_returned(0)
    assert states(admin, person) == [("active", "")]
    notify.status[sent["id"]] = "temporary-failure"
    collect_returned(0)
    assert states(admin, person) == [("active", "")]
    notify.status[sent["id"]] = "permanent-failure"
    notify.answer = (503, b"")
    collect_returned(0)
    assert states(admin, person) == [("active", "")], "an outage, made up for by the next run"
    notify.answer = None
    collect_returned(0)
    assert states(admin, person) == [("suspended", "mail")]
    walker.jobs()
    assert [one["email_address"] for one in notify.taken if "no longer works" in one["personalisation"]["subject"]] == [
        lead.email
    ]
    admin.execute("update membership set state = 'active', why = '' where account_id = %s", (person.account_id,))
    collect_returned(0)
    assert states(admin, person) == [("active", "")]


def test_the_list_is_read_until_nothing_is_new(
    walker: Walker, admin: Admin, notify: Service, sending: Callable[[Mailer], None]
) -> None:
    sending(notify_mailer(notify))
    person = people.make_person(walker.council, agency=OAKFIELD)
    notify.page = 1
    for _ in range(3):
        write_to(walker, person)
    notify.status = dict.fromkeys(notify.status, "permanent-failure")
    notify.asked = 0
    collect_returned(0)
    assert notify.asked == 4
    assert admin.execute("select count(*) from sent_mail where returned_at is null").fetchone() == (0,)
    notify.asked = 0
    collect_returned(0)
    assert notify.asked == 1
