"""A harmful file of a report: both sides and the council's mailbox for security are told, and no name is said."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.adapters import outbox, ports
from portal.adapters.ports import Harmful, Signatures, Verdict
from portal.kernel import db, scope
from portal.kernel.scope import Scope
from portal.referrals.commands import attaching
from portal.referrals.commands.attaching import Target
from portal.referrals.models import Notice
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
        return attaching.attach(person.actor, on, "CNRY notes.pdf", "application/pdf", io.BytesIO(pdf()))


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
