"""A file and its verdict: nothing is ready before it, nothing harmful stays, and no outage is a verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import BinaryIO
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import select, update

from portal.adapters import outbox, ports
from portal.adapters.ports import Clean, Signatures, Unknown, Verdict
from portal.audit.models import AuditEvent
from portal.cli.private_clamd import EICAR
from portal.files import outcomes, queries, tasks
from portal.files.commands import judging, rejudging
from portal.files.commands.keeping import keep
from portal.files.models import StoredFile
from portal.files.queries import Stored
from portal.kernel import clock, db, jobs, scope
from portal.kernel.errors import Unavailable
from portal.kernel.scope import Scope
from tests.factories.people import Person, make_person
from tests.files import making
from tests.fixtures.councils import Councils
from tests.fixtures.scanner import RunningClamd

Run = Callable[[], None]
MOST = 30_000_000


class Answers:
    """A scanner that answers as it is told to."""

    there = True

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self.asked = 0

    def scan(self, file: BinaryIO) -> Verdict:
        assert file.read(1)
        self.asked += 1
        return self.verdict

    def signatures(self) -> Signatures:
        if isinstance(self.verdict, Clean):
            return self.verdict.signatures
        raise Unavailable("it does not answer")


GOOD = Clean(Signatures("test", None))


@pytest.fixture
def answers() -> Iterator[Answers]:
    """A scanner that calls everything clean until a test says otherwise."""
    before, made = ports.scanner(), Answers(GOOD)
    ports.use_scanner(made)
    yield made
    ports.use_scanner(before)


@pytest.fixture
def person(councils: Councils) -> Person:
    made = make_person(councils.wales, agency="ysgol-enghraifft")
    BEFORE.clear()
    BEFORE.update(objects(made))
    return made


def added(person: Person, content: bytes, name: str = "Siân.pdf", declared: str = "") -> UUID:
    assert person.actor.agency_id is not None
    with db.unit_of_work(person.scope):
        return keep(person.actor, person.actor.agency_id, [content], name=name, declared=declared, most=MOST)


def found(person: Person, file_id: UUID) -> Stored:
    with db.unit_of_work(person.scope):
        return queries.find(file_id)


def read(person: Person, file: Stored) -> bytes:
    with db.unit_of_work(person.scope):
        return b"".join(queries.bytes_of(file))


def objects(person: Person) -> set[str]:
    """What the store holds of this council, beyond what earlier tests left there."""
    return {one.key.rpartition("/")[2] for one in ports.store().list(str(person.council.id))} - BEFORE


BEFORE: set[str] = set()


def system(person: Person) -> Scope:
    return Scope(person.council, scope.SYSTEM)


def change(person: Person, file_id: UUID, **values: object) -> None:
    with db.unit_of_work(system(person)) as session:
        session.execute(update(StoredFile).where(StoredFile.id == file_id).values(values))


def judged(person: Person, file_id: UUID) -> list[dict[str, object]]:
    with db.unit_of_work(system(person)) as session:
        query = select(AuditEvent.detail).where(AuditEvent.subject_id == file_id, AuditEvent.event == "files.judged")
        return list(session.execute(query).scalars())


def test_a_real_scanner_lets_a_good_file_through_and_no_other(
    person: Person, scanning: RunningClamd, run_jobs: Run
) -> None:
    content = making.pdf()
    good, bad = added(person, content), added(person, EICAR, "a.txt")
    hidden = added(person, making.office(word__media__image1_dot_png=EICAR), "a.docx")
    assert {found(person, one).state for one in (good, bad, hidden)} == {"checking"}
    run_jobs()
    kept = found(person, good)
    assert (kept.state, kept.kind, kept.reason) == ("ready", "pdf", "")
    assert kept.scanned_at is not None
    assert kept.signatures
    assert read(person, kept) == content
    for one in (bad, hidden):
        gone = found(person, one)
        assert (gone.state, gone.reason, gone.object_key) == ("harmful", "harmful", None)
        assert judged(person, one) == [{"state": "harmful", "reason": "harmful"}]
    tasks.clear(0)
    assert objects(person) == {str(kept.object_key)}


def test_what_was_down_is_asked_again_when_it_is_back(person: Person, scanning: RunningClamd, run_jobs: Run) -> None:
    scanning.kill()
    file_id = added(person, making.pdf())
    run_jobs()
    assert (found(person, file_id).state, found(person, file_id).tries) == ("checking", 1)
    tasks.sweep(0)
    change(person, file_id, asked_at=clock.now() - judging.AGAIN_AFTER - timedelta(seconds=1))
    scanning.start()
    tasks.sweep(0)
    run_jobs()
    assert found(person, file_id).state == "ready"


@pytest.mark.parametrize(
    ("verdict", "state", "reason"),
    [
        (Unknown("no_scanner"), "checking", ""),
        (Unknown("unavailable"), "checking", ""),
        (Unknown("limits", lasting=True), "refused", "too_complex"),
        (Unknown("too_large", lasting=True), "refused", "too_complex"),
    ],
)
def test_no_verdict_is_never_a_good_one(
    person: Person, answers: Answers, run_jobs: Run, verdict: Verdict, state: str, reason: str
) -> None:
    answers.verdict = verdict
    file_id = added(person, making.pdf())
    run_jobs()
    assert (found(person, file_id).state, found(person, file_id).reason) == (state, reason)


def test_what_is_not_what_it_says_goes_with_its_reason(person: Person, answers: Answers, run_jobs: Run) -> None:
    macros = added(person, making.office(word__vbaProject_dot_bin=b"x"), "a.docx")
    half = added(person, making.picture(size=(400, 400))[:900], "a.jpg")
    run_jobs()
    assert [(found(person, one).state, found(person, one).reason) for one in (macros, half)] == [
        ("refused", "macros"),
        ("refused", "broken"),
    ]
    tasks.clear(0)
    assert objects(person) == set()


def test_a_photograph_is_kept_without_its_place(person: Person, answers: Answers, run_jobs: Run) -> None:
    file_id = added(person, making.photograph("HEIF"), "IMG_2042.HEIC", "image/heic")
    before = found(person, file_id)
    run_jobs()
    after = found(person, file_id)
    content = read(person, after)
    assert (after.state, after.kind, after.size, after.original_key) == ("ready", "jpeg", len(content), None)
    assert b"CNRY" not in content
    assert Image.open(BytesIO(content)).size == (48, 64)
    assert after.sha256 != before.sha256
    tasks.clear(0)
    assert objects(person) == {str(after.object_key)}


def test_a_council_may_keep_what_came_as_evidence(
    person: Person, answers: Answers, run_jobs: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    council = person.council
    keeps = replace(council.settings.files, keep_originals=True)
    monkeypatch.setattr(
        jobs, "_find_council", lambda _id: replace(council, settings=replace(council.settings, files=keeps))
    )
    file_id = added(person, making.photograph(), "a.jpg")
    before = found(person, file_id)
    run_jobs()
    after = found(person, file_id)
    assert after.original_key == before.object_key != after.object_key
    tasks.clear(0)
    assert objects(person) == {str(after.object_key), str(after.original_key)}


def test_twice_is_once(person: Person, answers: Answers, run_jobs: Run) -> None:
    seen: list[tuple[UUID, str]] = []
    outcomes.register(follow := lambda file_id, state: seen.append((file_id, state)))
    file_id = added(person, making.pdf())
    with db.unit_of_work(system(person)):
        judging.ask(file_id)
    run_jobs()
    outcomes._following.remove(follow)
    assert answers.asked == 1
    assert seen == [(file_id, "ready")]
    assert len(judged(person, file_id)) == 1


def test_a_job_that_was_lost_is_asked_for_again_and_a_fresh_one_is_not(person: Person, answers: Answers) -> None:
    file_id = added(person, making.pdf())
    with db.unit_of_work(system(person)):
        assert judging.ask_again(answers=True) == 0
    change(person, file_id, asked_at=clock.now() - judging.STRANDED_AFTER - timedelta(seconds=1))
    for expected in (1, 0):
        with db.unit_of_work(system(person)):
            assert judging.ask_again(answers=False) == expected


def test_an_object_that_is_gone_is_unreadable(person: Person, answers: Answers, run_jobs: Run) -> None:
    file_id = added(person, making.pdf())
    ports.store().delete([f"{person.council.id}/{found(person, file_id).object_key}"])
    run_jobs()
    assert (found(person, file_id).state, answers.asked) == ("unreadable", 0)


def test_after_three_days_the_council_is_told_once(person: Person, answers: Answers, run_jobs: Run) -> None:
    admin = make_person(person.council, role="council_admin")
    answers.verdict = Unknown("unavailable")
    file_id = added(person, making.pdf(), "CNRY letter.pdf")
    run_jobs()
    tasks.note_late(0)
    change(person, file_id, created_at=clock.now() - judging.LATE_AFTER - timedelta(minutes=1))
    for _ in range(2):
        tasks.note_late(0)
        run_jobs()
    with db.unit_of_work(scope.NOWHERE):
        written = outbox.kept(admin.email)
    assert len(written) == 1
    assert "cannot be checked" in written[0].subject or "wirio" in written[0].subject
    answers.verdict = GOOD
    change(person, file_id, asked_at=clock.now() - timedelta(hours=1))
    tasks.sweep(0)
    run_jobs()
    assert (found(person, file_id).state, found(person, file_id).reason) == ("ready", "")


def looked_at(person: Person, file_id: UUID, **changes: object) -> Stored:
    """The file after a night in which its last verdict was made with older signatures."""
    long_ago = clock.now() - rejudging.AGAIN_AFTER - timedelta(minutes=1)
    change(person, file_id, **{"signatures": "older", "asked_at": long_ago} | changes)
    tasks.look_again(0)
    return found(person, file_id)


def test_what_a_signature_of_today_finds_in_a_file_of_yesterday_is_taken_away(
    person: Person, clamd: RunningClamd, scanning: RunningClamd, run_jobs: Run
) -> None:
    late = b"CNRY harmful, but nobody knows it yet"
    bad, good = added(person, b"Words. " + late, "a.txt"), added(person, b"Words.", "b.txt")
    run_jobs()
    assert {found(person, one).state for one in (bad, good)} == {"ready"}
    newer = clamd.place.home / "signatures" / "later.ndb"
    clamd.kill()
    newer.write_text(f"Portal.Later:0:*:{late.hex()}\n")
    try:
        clamd.start()
        # The real version of the daemon stays as it is with signatures of our own.
        assert looked_at(person, good, signatures=found(person, good).signatures).state == "ready"
        seen: list[tuple[UUID, str]] = []
        outcomes.register(follow := lambda file_id, state: seen.append((file_id, state)))
        gone = looked_at(person, bad)
        outcomes._following.remove(follow)
    finally:
        newer.unlink()
        clamd.kill()
    assert (gone.state, gone.reason, gone.object_key) == ("harmful", "harmful_later", None)
    assert seen == [(bad, "harmful")]
    assert judged(person, bad)[-1] == {"state": "harmful", "reason": "harmful_later"}
    tasks.clear(0)
    assert objects(person) == {str(found(person, good).object_key)}


def test_the_good_are_looked_at_once_for_each_version_and_the_old_are_let_be(
    person: Person, answers: Answers, run_jobs: Run
) -> None:
    one, other = added(person, making.pdf()), added(person, making.pdf())
    run_jobs()
    answers.asked = 0
    change(person, other, created_at=clock.now() - timedelta(days=31))
    kept = looked_at(person, one)
    assert (kept.state, kept.signatures, answers.asked) == ("ready", "test", 1)
    looked_at(person, other)
    looked_at(person, one, signatures="test")
    assert answers.asked == 1
    rejudging.look_at_files_of(0)
    looked_at(person, one)
    rejudging.look_at_files_of(30)
    assert answers.asked == 1
    assert judged(person, one) == [{"state": "ready", "reason": ""}]


@pytest.mark.parametrize("verdict", [Unknown("limits", lasting=True), Unknown("unavailable")])
def test_what_cannot_be_looked_at_stays_and_stands_before_nobody(
    person: Person, answers: Answers, run_jobs: Run, verdict: Unknown
) -> None:
    first, second = added(person, making.pdf()), added(person, making.pdf())
    run_jobs()
    answers.asked, signatures = 0, answers.signatures()
    answers.verdict, answers.signatures = verdict, lambda: signatures  # type: ignore[method-assign] # it says hello and then breaks
    for one in (first, second):
        change(person, one, signatures="older", asked_at=clock.now() - timedelta(days=1))
    for _ in range(3):
        tasks.look_again(0)
    assert answers.asked == 2, "each once a night"
    assert {found(person, one).state for one in (first, second)} == {"ready"}
    assert {found(person, one).signatures for one in (first, second)} == {"older"}


def test_an_object_that_is_lost_is_told_when_it_is_looked_for(person: Person, answers: Answers, run_jobs: Run) -> None:
    file_id = added(person, making.pdf())
    run_jobs()
    ports.store().delete([f"{person.council.id}/{found(person, file_id).object_key}"])
    assert looked_at(person, file_id).state == "unreadable"


def test_a_run_ends_in_time_and_the_next_goes_on(
    person: Person, answers: Answers, run_jobs: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = [added(person, making.pdf()) for _ in range(3)]
    run_jobs()
    for one in several:
        change(person, one, signatures="older", asked_at=clock.now() - timedelta(days=1))
    ticks, done = iter([0.0, 0.0, 31.0] * 3), []
    monkeypatch.setattr(tasks, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    for _ in range(3):
        tasks.look_again(0)
        done.append(sum(found(person, one).signatures == "test" for one in several))
    assert done == [1, 2, 3]
