"""A file that was still being checked when a parcel went: it follows once it is clean, and never if it is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import BinaryIO
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from PIL import Image

from portal.adapters import ports
from portal.adapters.ports import Clean, Harmful, Signatures, Unknown, Verdict
from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.files.commands import judging
from portal.handover.commands import people
from portal.kernel import db, scope
from portal.kernel.scope import Scope
from portal.referrals.commands import attaching
from portal.referrals.commands.attaching import Paper, Target
from portal.referrals.queries import attachments
from tests.factories.pages import soup
from tests.factories.people import sign_in
from tests.fixtures.councils import Councils
from tests.handover.making import Case, make_case
from tests.referrals.making import acting

Admin = psycopg.Connection[tuple[object, ...]]
GOOD = Clean(Signatures("test", None))
DOWN = Unknown("no_scanner")
BAD = Harmful("CNRY.Test", Signatures("test", None))


class Scanner:
    """Answers as it is told to."""

    there = True
    verdict: Verdict = DOWN

    def scan(self, file: BinaryIO) -> Verdict:
        assert file.read(1)
        return self.verdict

    def signatures(self) -> Signatures:
        return GOOD.signatures


@pytest.fixture
def scanner() -> Iterator[Scanner]:
    """A scanner that is down."""
    before, made = ports.scanner(), Scanner()
    ports.use_scanner(made)
    yield made
    ports.use_scanner(before)


@pytest.fixture
def case(councils: Councils) -> Case:
    return make_case(councils.england)


def drawing(shade: int) -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (8, 8), (shade, 0, 0)).save(out, "PNG")
    return BytesIO(out.getvalue())


def attach(case: Case, number: int = 1) -> list[UUID]:
    """Pictures on the report, each of which waits for its check."""
    agency, found = case.author.actor.agency_id, []
    assert agency is not None
    for shade in range(number):
        with acting(case.author):
            paper = Paper(f"CNRY Siân {shade}.png", "image/png", drawing(shade))
            target = Target(case.made.id, agency, "agency", later=True)
            found.append(attaching.attach(case.author.actor, target, paper))
    return found


def judge(case: Case, file_id: UUID) -> None:
    with db.unit_of_work(Scope(case.council, scope.SYSTEM)):
        judging.judge(file_id)


def scanned(case: Case, place: int = -1) -> list[tuple[str | None, str]]:
    """The files of a parcel that was sent: their names in it, and what it says of their check."""
    with case.receiver.parcels[place].files[0].open() as opened:
        document = json.loads(opened.read())
    return [(one["name"], one["scanned"]) for one in document["attachments"]]


def copied(case: Case, *shown: UUID) -> None:
    """Somebody says that they have copied the last parcel, with the files that their page showed as passed."""
    parcel = case.parcel()
    case.act(partial(people.say_copied, shown=shown), parcel.id, parcel.version, "CON/1")


def told(case: Case) -> list[tuple[str, str]]:
    return [(one.event, one.state) for one in case.parcels()]


def test_the_scanner_is_down_and_comes_back(case: Case, scanner: Scanner, admin: Admin) -> None:
    """The parcel goes without the files and says so; once all are checked they follow, once, without anybody."""
    first, second = attach(case, 2)
    judge(case, first)
    case.decide()
    case.send()
    assert scanned(case) == [(None, "checking")] * 2
    assert len(case.receiver.parcels[0].awaited) == 2
    scanner.verdict = GOOD
    judge(case, first)
    assert (told(case), len(case.parcel().awaits)) == ([("decided", "delivered")], 2)
    judge(case, second)
    assert told(case) == [("decided", "delivered"), ("files", "waiting")]
    # It has its job from the verdict; the sweep need not find it.
    assert case.sweep() == 0
    assert admin.execute("select count(*) from procrastinate_jobs where task_name = 'handover.send'").fetchone() == (2,)
    case.send()
    assert told(case) == [("decided", "delivered"), ("files", "delivered")]
    assert scanned(case) == [("attachment-1.png", "ready"), ("attachment-2.png", "ready")]
    assert (case.receiver.parcels[-1].event, case.receiver.parcels[-1].awaited) == ("files", ())
    judge(case, second)
    case.sweep()
    assert len(case.receiver.got) == 2


def test_a_file_that_comes_after_the_decision_goes_by_itself(case: Case, scanner: Scanner, admin: Admin) -> None:
    """Once it has passed, in a parcel with everything anew; nobody presses anything, and nothing goes twice."""
    case.decide()
    case.send()
    first, second = attach(case, 2)
    case.sweep()
    assert told(case) == [("decided", "delivered")]
    scanner.verdict = GOOD
    judge(case, first)
    assert told(case) == [("decided", "delivered"), ("files", "waiting")]
    assert admin.execute("select count(*) from procrastinate_jobs where task_name = 'handover.send'").fetchone() == (2,)
    # The second passes before the parcel goes, so it goes along.
    judge(case, second)
    case.send()
    assert told(case) == [("decided", "delivered"), ("files", "delivered")]
    assert scanned(case) == [("attachment-1.png", "ready"), ("attachment-2.png", "ready")]
    for file_id in (first, second):
        judge(case, file_id)
    case.sweep()
    assert len(case.receiver.got) == 2


def test_a_file_that_passes_while_a_parcel_goes_without_it_follows(case: Case, scanner: Scanner) -> None:
    scanner.verdict = GOOD
    case.decide()
    # It comes and passes after the parcel was made and before it is settled.
    case.receiver.meanwhile = lambda: judge(case, attach(case)[0])
    case.send()
    case.receiver.meanwhile = lambda: None
    assert told(case) == [("decided", "delivered"), ("files", "waiting")]
    case.send()
    assert told(case) == [("decided", "delivered"), ("files", "delivered")]


def test_what_does_not_pass_or_belongs_to_another_decision_is_not_sent(
    case: Case, scanner: Scanner, admin: Admin
) -> None:
    case.decide()
    case.send()
    scanner.verdict = BAD
    judge(case, attach(case)[0])
    assert told(case) == [("decided", "delivered")]
    # Opened again: the next decision takes along whatever is there then.
    admin.execute("update decision set replaced_at = now()")
    scanner.verdict = GOOD
    judge(case, attach(case, 2)[1])
    assert told(case) == [("decided", "delivered")]


def test_what_does_not_pass_is_said_and_never_sent(case: Case, scanner: Scanner, app: Flask) -> None:
    (file_id,) = attach(case)
    case.decide()
    case.send()
    client = app.test_client()
    sign_in(client, case.screener)
    page = f"/avonmere/screening/{case.made.reference}/hand-over"
    before = soup(client.get(page)).text
    assert "Files that were still being checked when it went: 1." in before
    assert "CNRY Siân 0.png (still being checked)" in before
    assert "Files still being checked: 1." in soup(client.get("/avonmere/hand-over?tab=delivered")).text
    scanner.verdict = BAD
    judge(case, file_id)
    assert told(case) == [("decided", "delivered")]
    after = soup(client.get(page)).text
    assert "Not passed, and never sent: 1." in after
    assert "still being checked when it went" not in after
    assert case.count(AuditEvent.event == Event.PARCEL_COMPLETED) == 1


def test_a_verdict_that_falls_while_the_parcel_goes_is_not_lost(case: Case, scanner: Scanner) -> None:
    (file_id,) = attach(case)
    case.decide()
    scanner.verdict = GOOD
    case.receiver.meanwhile = lambda: judge(case, file_id)
    case.send()
    case.receiver.meanwhile = lambda: None
    assert told(case) == [("decided", "delivered"), ("files", "waiting")]


def test_a_file_that_was_deleted_is_waited_for_no_longer(case: Case, scanner: Scanner, admin: Admin) -> None:
    del scanner
    (file_id,) = attach(case)
    case.decide()
    case.send()
    case.sweep()
    assert len(case.parcel().awaits) == 1
    admin.execute("delete from attachment where file_id = %s", (file_id,))
    admin.execute("delete from stored_file where id = %s", (file_id,))
    case.sweep()
    parcel = case.parcel()
    assert (parcel.awaits, parcel.lost, told(case)) == ([], 0, [("decided", "delivered")])


def test_a_correction_takes_the_files_along(case: Case, scanner: Scanner) -> None:
    (file_id,) = attach(case)
    first = case.decide()
    case.send()
    case.correct(first)
    scanner.verdict = GOOD
    judge(case, file_id)
    case.send()
    assert told(case) == [("decided", "delivered"), ("corrected", "delivered")]
    assert scanned(case) == [("attachment-1.png", "ready")]


def test_whoever_copies_by_hand_is_asked_for_the_files_too(councils: Councils, scanner: Scanner) -> None:
    case = make_case(councils.england, "copy")
    (file_id,) = attach(case)
    case.decide()
    copied(case)
    scanner.verdict = GOOD
    with db.unit_of_work(Scope(case.council, scope.SYSTEM)):
        judging.judge(file_id)
    assert told(case) == [("decided", "delivered"), ("files", "waiting")]
    assert case.parcel().by_hand


def test_whoever_copied_by_hand_is_asked_for_what_came_since(councils: Councils, scanner: Scanner) -> None:
    case = make_case(councils.england, "copy")
    scanner.verdict = GOOD
    (first,) = attach(case)
    judge(case, first)
    case.decide()
    copied(case, first)
    assert told(case) == [("decided", "delivered")]
    judge(case, attach(case, 2)[1])
    assert told(case) == [("decided", "delivered"), ("files", "waiting")]
    assert case.parcel().by_hand


def test_however_many_were_refused_before_what_passed_is_in_the_parcel(
    case: Case, scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST", 1)
    first, second, third = attach(case, 3)
    scanner.verdict = BAD
    judge(case, first)
    judge(case, second)
    scanner.verdict = GOOD
    judge(case, third)
    case.decide()
    case.send()
    # The first of those that are gone is told of; the one that passed goes, whatever its place.
    assert scanned(case) == [(None, "harmful"), ("attachment-2.png", "ready")]
    assert [one.name for one in case.receiver.parcels[-1].files][-1] == "attachment-2.png"
