"""A harmful file of a report: both sides and the council's mailbox for security are told, and no name is said."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from portal.adapters import outbox, ports
from portal.adapters.ports import Clean, Harmful, Signatures, Verdict
from portal.auth.models import Membership
from portal.files import states, tasks
from portal.files.models import StoredFile
from portal.kernel import clock, db, scope
from portal.kernel.scope import Scope
from portal.referrals.commands import attaching
from portal.referrals.commands.attaching import Paper, Target
from portal.referrals.models import Notice
from portal.referrals.queries.attachments import find
from tests.factories.people import Person, make_person
from tests.factories.referrals import make_referral
from tests.files.making import pdf
from tests.fixtures.councils import Councils
from tests.referrals.making import acting, make_draft

FOUND = Signatures("test", None)


class FindsHarm:
    """A scanner that finds something in every file."""

    there = True

    def scan(self, file: object) -> Verdict:
        del file
        return Harmful("Test.CNRY", FOUND)

    def signatures(self) -> Signatures:
        return FOUND


@pytest.fixture(autouse=True)
def harmful() -> Iterator[None]:
    before = ports.scanner()
    ports.use_scanner(FindsHarm())
    yield
    ports.use_scanner(before)


def put(person: Person, on: Target) -> UUID:
    with acting(person):
        return attaching.attach(person.actor, on, Paper("CNRY notes.pdf", "application/pdf", io.BytesIO(pdf())))


def mails(address: str) -> list[outbox.Kept]:
    with db.unit_of_work(scope.NOWHERE):
        return outbox.kept(address)


def told(person: Person) -> set[tuple[str, UUID]]:
    with db.unit_of_work(Scope(person.council, scope.SYSTEM)) as session:
        return {(row.kind, row.account_id) for row in session.execute(select(Notice.kind, Notice.account_id))}


def test_both_sides_of_a_sent_report_are_told(councils: Councils, run_jobs: Callable[[], None]) -> None:
    teacher, screener = make_person(councils.england), make_person(councils.england, role="screener")
    report = make_referral(councils.england, teacher, state="screening", owner=screener)
    assert teacher.actor.agency_id is not None
    put(teacher, Target(report.id, teacher.actor.agency_id, "agency", later=True))
    run_jobs()
    assert told(teacher) == {("harmful", teacher.account_id), ("harmful_in", screener.account_id)}
    contact = councils.england.settings.security_contact
    for address, path in ((teacher.email, "referrals"), (screener.email, "screening"), (contact, "")):
        (mail,) = mails(address)
        assert report.reference in mail.subject
        assert "harmful" in mail.body
        assert "CNRY" not in mail.body
        assert f"/{path}/{report.reference}" in mail.body or not path


def test_of_a_draft_its_author_is_told(councils: Councils, run_jobs: Callable[[], None]) -> None:
    teacher = make_person(councils.england)
    draft_id = make_draft(teacher)
    assert teacher.actor.agency_id is not None
    put(teacher, Target(draft_id, teacher.actor.agency_id, "agency", later=False))
    run_jobs()
    assert told(teacher) == {("harmful", teacher.account_id)}
    (mail,) = mails(teacher.email)
    assert mail.subject == "A file was removed"
    assert "/avonmere/referrals\n" in mail.body
    (security,) = mails(councils.england.settings.security_contact)
    assert "has not been sent yet" in security.body


def test_who_opened_what_was_found_late_is_told_and_security_reads_that_they_may_have(
    councils: Councils, run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher, colleague = make_person(councils.england), make_person(councils.england, role="agency_lead")
    screener, gone = (make_person(councils.england, role="screener") for _ in range(2))
    report = make_referral(councils.england, teacher, state="screening")
    assert teacher.actor.agency_id is not None
    with monkeypatch.context() as patch:
        patch.setattr(FindsHarm, "scan", lambda _self, _file: Clean(Signatures("older", None)))
        file_id = put(teacher, Target(report.id, teacher.actor.agency_id, "agency", later=True))
        run_jobs()
    for reader in (colleague, screener, gone):
        with acting(reader):
            attaching.note_opened(find(reader.actor, file_id))
    with db.unit_of_work(Scope(teacher.council, scope.SYSTEM)) as session:
        session.execute(update(Membership).where(Membership.account_id == gone.account_id).values(state="ended"))
        session.execute(update(StoredFile).values(asked_at=clock.now() - timedelta(days=1)))
    tasks.look_again(0)
    run_jobs()
    late = {("harmful", teacher.account_id), ("harmful", colleague.account_id), ("harmful_in", screener.account_id)}
    assert late <= told(teacher)
    assert all(account_id != gone.account_id for _kind, account_id in told(teacher))
    (security,) = mails(councils.england.settings.security_contact)
    assert "may have opened it" in security.body
    assert "CNRY" not in security.body
    with acting(screener):
        attached = find(screener.actor, file_id)
    assert not states.may_open(attached.file.state)
    assert attached.file.reason == states.FOUND_LATER
