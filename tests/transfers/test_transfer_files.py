"""The files of a report that was taken over come after it, once each, whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from uuid import UUID

import pytest
from sqlalchemy import update

from portal.adapters import ports
from portal.auth.policy import Permission
from portal.files.models import StoredFile
from portal.files.queries import bytes_of
from portal.kernel import db
from portal.kernel.errors import NotFound, Unavailable
from portal.kernel.scope import SYSTEM, Scope
from portal.referrals.commands.attaching import Paper, Target, attach
from portal.referrals.queries.attachments import Attached, of_report
from portal.referrals.queries.record import find
from portal.transfers.commands import files
from tests.fixtures.councils import Councils
from tests.transfers.cases import Case, make_case

NAME = "CNRY nodiadau Siân.txt"


@pytest.fixture
def case(councils: Councils) -> Case:
    return make_case(councils)


def put(case: Case, content: bytes = b"CNRY what she said", name: str = NAME) -> UUID:
    """A checked file on the report."""
    with db.unit_of_work(case.author.scope) as session:
        found = find(case.author.actor, Permission.TRACK, case.made.reference)
        target = Target(found.id, found.agency_id, "agency", later=True)
        file_id = attach(case.author.actor, target, Paper(name, "text/plain", BytesIO(content), "txt"))
        session.execute(update(StoredFile).where(StoredFile.id == file_id).values(state="ready"))
    return file_id


def bring(case: Case, transfer_id: UUID, file_id: UUID) -> None:
    with db.unit_of_work(Scope(case.councils.wales, SYSTEM)):
        files.bring(transfer_id, file_id)


def there(case: Case) -> tuple[Attached, ...]:
    """The files on the arrival."""
    (reference,) = case.arrivals()
    with db.unit_of_work(case.theirs.scope):
        return of_report(case.theirs.actor, find(case.theirs.actor, Permission.LOOK, reference).id)


def test_each_comes_once_sealed_anew_and_is_checked(case: Case, run_jobs: Callable[[], None]) -> None:
    first, second = put(case), put(case, b"CNRY another", "CNRY two.txt")
    transfer_id = case.offer()
    assert case.one(transfer_id).files == 2
    case.accept(transfer_id)
    assert case.one(transfer_id).files_left == 2
    bring(case, transfer_id, first)
    bring(case, transfer_id, first)
    run_jobs()
    one = case.one(transfer_id)
    assert (one.files_left, one.files_missing) == (0, 0)
    came = there(case)
    assert {file.file.name for file in came} == {NAME, "CNRY two.txt"}
    assert {file.id for file in came} & {first, second} == set()
    with db.unit_of_work(case.theirs.scope):
        assert {b"".join(bytes_of(file.file)) for file in came} == {b"CNRY what she said", b"CNRY another"}


def test_one_that_is_damaged_is_said_to_be_missing(case: Case) -> None:
    file_id = put(case)
    transfer_id = case.offer()
    case.accept(transfer_id)
    with db.unit_of_work(Scope(case.councils.england, SYSTEM)) as session:
        session.execute(update(StoredFile).where(StoredFile.id == file_id).values(sha256="0" * 64))
    bring(case, transfer_id, file_id)
    one = case.one(transfer_id)
    assert (one.files_left, one.files_missing) == (0, 1)
    assert there(case) == ()


def test_while_the_store_is_away_it_waits(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    file_id = put(case)
    transfer_id = case.offer()
    case.accept(transfer_id)

    def away(_key: str) -> None:
        raise Unavailable

    monkeypatch.setattr(ports.store(), "get", away)
    with pytest.raises(Unavailable):
        bring(case, transfer_id, file_id)
    monkeypatch.undo()
    assert case.one(transfer_id).files_left == 1
    bring(case, transfer_id, file_id)
    assert len(there(case)) == 1


def test_nothing_comes_that_was_not_sent(case: Case) -> None:
    sent = put(case)
    transfer_id = case.offer()
    later = put(case, b"CNRY later", "CNRY later.txt")
    with pytest.raises(NotFound):
        bring(case, case.wanted().once, sent)
    bring(case, transfer_id, sent)
    case.accept(transfer_id)
    bring(case, transfer_id, later)
    assert there(case) == ()
    assert case.one(transfer_id).files_left == 1
