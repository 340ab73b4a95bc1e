"""Files on drafts and reports: limits, turns, parts, who sees them, and that they go with what they hang on."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import update

from portal.adapters import ports
from portal.auth.policy import Permission
from portal.files import queries as files
from portal.files import tasks
from portal.files.commands.arriving import PART
from portal.files.models import StoredFile
from portal.files.states import CHECKING
from portal.kernel import db
from portal.kernel.errors import Conflict, Invalid, NotFound, PortalError
from portal.kernel.scope import SYSTEM, Scope
from portal.referrals.commands import attaching, drafts, expiry
from portal.referrals.commands.attaching import Coming, Paper, Target
from portal.referrals.models import Referral
from portal.referrals.queries.attachments import find, of_report
from portal.referrals.queries.drafts import find_draft
from portal.referrals.queries.record import Found
from portal.referrals.queries.record import find as find_report
from portal.screening.commands import retention
from tests.factories.people import Person, make_person
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils
from tests.referrals.making import acting, make_draft, send_draft

Admin = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def teacher(councils: Councils) -> Person:
    return make_person(councils.england)


def target(person: Person, draft_id: UUID) -> Target:
    assert person.actor.agency_id is not None
    return Target(draft_id, person.actor.agency_id, "agency", later=False)


def put(person: Person, on: Target, content: bytes = b"what the school saw", name: str = "Siân's notes.pdf") -> UUID:
    with acting(person):
        return attaching.attach(person.actor, on, Paper(name, "application/pdf", io.BytesIO(content)))


def names(person: Person, report_id: UUID) -> list[str]:
    with acting(person):
        return [one.file.name for one in of_report(person.actor, report_id)]


def objects(person: Person) -> set[str]:
    return {one.key for one in ports.store().list(str(person.council.id))}


def count(admin: Admin, table: str) -> int:
    row = admin.execute(f"select count(*) from {table}".encode()).fetchone()
    return int(str(row[0])) if row else -1


def test_a_file_is_sent_with_its_draft_and_both_sides_have_it(teacher: Person, admin: Admin) -> None:
    draft_id = make_draft(teacher)
    file_id = put(teacher, target(teacher, draft_id))
    reference = send_draft(teacher, draft_id)
    screener = make_person(teacher.council, role="screener")
    for person in (teacher, screener):
        with acting(person):
            one = find(person.actor, file_id)
            assert (one.file.name, one.file.state, one.reference) == ("Siân's notes.pdf", CHECKING, reference)
            assert (one.side, one.later, one.added_by_name) == ("agency", False, teacher.name)
            assert b"".join(files.bytes_of(one.file)) == b"what the school saw"
    kept = admin.execute("select detail from audit_event where event = 'referrals.file_added'").fetchall()
    assert kept == [({"file": str(file_id), "side": "agency"},)]


def test_nobody_else_finds_it(teacher: Person, councils: Councils) -> None:
    draft_id = make_draft(teacher)
    file_id = put(teacher, target(teacher, draft_id))
    agency = teacher.actor.agency_id
    others = [
        make_person(councils.england, agency="riverside-academy"),
        make_person(councils.england, role="council_admin"),
        make_person(councils.wales, role="screener"),
        make_person(councils.england, role="screener"),  # not of a draft
    ]
    assert all(one.actor.agency_id != agency for one in others)
    for person in others:
        with acting(person), pytest.raises(NotFound):
            find(person.actor, file_id)
    send_draft(teacher, draft_id)
    for person in others[:3]:
        with acting(person), pytest.raises(NotFound):
            find(person.actor, file_id)


def test_limits_are_the_councils(teacher: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.tenants.file_settings.MEGABYTE", 10)  # 250 bytes a file, 1,000 a report
    on = target(teacher, make_draft(teacher))
    cases: list[tuple[bytes, str]] = [(b"", "empty"), (b"x" * 251, "too_large")]
    for content, code in cases:
        with pytest.raises(Invalid) as refused:
            put(teacher, on, content)
        assert refused.value.errors == {"file": code}
    for number in range(4):
        put(teacher, on, bytes([number]) * 250)
    with pytest.raises(Invalid) as refused:
        put(teacher, on, b"one more")
    assert refused.value.errors == {"file": "report_full"}
    with acting(teacher), pytest.raises(Invalid):
        attaching.begin(teacher.actor, on, Coming("more.pdf", "", 1))


def test_there_are_at_most_so_many(teacher: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attaching, "MOST_FILES", 1)
    on = target(teacher, make_draft(teacher))
    put(teacher, on)
    with pytest.raises(Invalid) as refused:
        put(teacher, on, b"another")
    assert refused.value.errors == {"file": "too_many"}


def test_the_same_file_twice_is_once(teacher: Person) -> None:
    draft_id = make_draft(teacher)
    on = target(teacher, draft_id)
    assert put(teacher, on) == put(teacher, on, name="again.pdf")
    assert names(teacher, draft_id) == ["Siân's notes.pdf"]


def test_what_a_colleague_has_not_finished_sending_is_not_here(teacher: Person) -> None:
    colleague, content = make_person(teacher.council), b"the same chronology"
    made = make_referral(teacher.council, teacher)
    assert teacher.actor.agency_id is not None
    on = Target(made.id, teacher.actor.agency_id, "agency", later=True)
    promised = Coming("a.pdf", "", len(content), hashlib.sha256(content).hexdigest())
    with acting(colleague):
        half = attaching.begin(colleague.actor, on, promised)
    with acting(teacher):
        own = attaching.begin(teacher.actor, on, promised)
    assert own != half
    assert put(teacher, on, content) not in {own, half}


def test_a_picture_that_was_written_anew_is_the_same_when_it_is_chosen_again(teacher: Person, admin: Admin) -> None:
    on = target(teacher, make_draft(teacher))
    first = put(teacher, on)
    admin.execute("update stored_file set sha256 = 'of what we painted', state = 'ready'")
    assert put(teacher, on) == first


def test_a_file_comes_in_parts_in_any_order_and_twice(teacher: Person) -> None:
    draft_id = make_draft(teacher)
    on, content = target(teacher, draft_id), bytes(range(251)) * 10_000
    parts = [content[start : start + PART] for start in range(0, len(content), PART)]
    digest = hashlib.sha256(content).hexdigest()
    assert len(parts) == 3
    with acting(teacher):
        file_id = attaching.begin(teacher.actor, on, Coming("long.pdf", "application/pdf", len(content), digest))
    said = []
    for number in (0, 2, 0, 1):
        with acting(teacher):
            said.append(attaching.take(teacher.actor, find(teacher.actor, file_id), number, parts[number]))
    assert said == [1, 1, 1, 3]
    with acting(teacher):
        # Chosen again after a closed page: it goes on where it was.
        again = attaching.begin(teacher.actor, on, Coming("long.pdf", "application/pdf", len(content), digest))
    assert again == file_id
    for bad in ((3, b""), (-1, parts[0]), (0, parts[0] + b"x"), (2, parts[2][:-1])):
        with acting(teacher), pytest.raises(Invalid):
            attaching.take(teacher.actor, find(teacher.actor, file_id), *bad)
    for _ in range(2):
        with acting(teacher):
            attaching.finish(teacher.actor, find(teacher.actor, file_id), on, io.BytesIO(content))
    tasks.clear(0)
    with acting(teacher):
        one = find(teacher.actor, file_id).file
        assert (one.state, one.size) == (CHECKING, len(content))
        assert b"".join(files.bytes_of(one)) == content
        with pytest.raises(Conflict):
            attaching.take(teacher.actor, find(teacher.actor, file_id), 0, parts[0])
    assert objects(teacher) >= {f"{teacher.council.id}/{one.object_key}"}


def test_a_colleague_does_not_go_on_with_somebody_elses_upload(teacher: Person) -> None:
    screener = make_person(teacher.council, role="screener")
    made = make_referral(teacher.council, teacher)
    with acting(teacher):
        assert teacher.actor.agency_id is not None
        on = Target(made.id, teacher.actor.agency_id, "agency", later=True)
        file_id = attaching.begin(teacher.actor, on, Coming("a.pdf", "", 3))
    with acting(screener), pytest.raises(Conflict):
        attaching.take(screener.actor, find(screener.actor, file_id), 0, b"abc")
    with acting(screener), pytest.raises(Conflict):
        attaching.remove(screener.actor, find(screener.actor, file_id))
    with acting(teacher):
        attaching.remove(teacher.actor, find(teacher.actor, file_id))


def test_a_file_leaves_a_draft_and_never_a_sent_report(teacher: Person, admin: Admin) -> None:
    draft_id = make_draft(teacher)
    on = target(teacher, draft_id)
    first, second = put(teacher, on), put(teacher, on, b"another")
    before = objects(teacher)
    with acting(teacher):
        one = find(teacher.actor, first)
        attaching.remove(teacher.actor, one)
        attaching.remove(teacher.actor, one)
    tasks.clear(0)
    assert len(before - objects(teacher)) == 1
    assert count(admin, "stored_file") == 1
    assert admin.execute("select count(*) from audit_event where event = 'referrals.file_removed'").fetchone() == (1,)
    send_draft(teacher, draft_id)
    with acting(teacher), pytest.raises(Conflict):
        attaching.remove(teacher.actor, find(teacher.actor, second))


def thrown_away(person: Person, draft_id: UUID) -> None:
    drafts.throw_away(person.actor, find_draft(person.actor, draft_id))


def expired(person: Person, draft_id: UUID) -> None:
    del person
    db.session().execute(update(Referral).where(Referral.id == draft_id).values(expires_on="2020-01-01"))
    expiry.forget_expired()


@pytest.mark.parametrize("end", [thrown_away, expired])
def test_files_go_with_their_draft(teacher: Person, admin: Admin, end: Callable[[Person, UUID], None]) -> None:
    draft_id = make_draft(teacher)
    put(teacher, target(teacher, draft_id))
    with acting(teacher):
        half = attaching.begin(teacher.actor, target(teacher, draft_id), Coming("half.pdf", "", PART + 1))
    with acting(teacher):
        attaching.take(teacher.actor, find(teacher.actor, half), 0, b"x" * PART)
    before = objects(teacher)
    with acting(teacher):
        end(teacher, draft_id)
    assert [count(admin, table) for table in ("attachment", "stored_file", "file_part")] == [0, 0, 0]
    assert objects(teacher) == before
    tasks.clear(0)
    assert len(before - objects(teacher)) == 2
    assert count(admin, "gone_object") == 0


def test_files_go_with_a_report_that_had_its_time(teacher: Person, admin: Admin) -> None:
    screener = make_person(teacher.council, role="screener")
    made = make_referral(teacher.council, teacher, state="decided", owner=screener)
    assert teacher.actor.agency_id is not None
    message = uuid4()
    admin.execute(
        "insert into message (tenant_id, id, referral_id, agency_id, author_id, side, body, once, read_at)"
        " values (%s, %s, %s, %s, %s, 'agency', '', %s, now())",
        (teacher.council.id, message, made.id, teacher.actor.agency_id, teacher.account_id, uuid4()),
    )
    put(teacher, Target(made.id, teacher.actor.agency_id, "agency", later=True, message_id=message))
    before = objects(teacher)
    admin.execute("update referral set decided_at = '1990-01-01', warned_on = '2000-01-01'")
    with db.unit_of_work(Scope(teacher.council, SYSTEM)):
        assert retention.destroy() == 1
    assert [count(admin, table) for table in ("attachment", "stored_file", "message")] == [0, 0, 0]
    tasks.clear(0)
    assert len(before - objects(teacher)) == 1


def test_either_side_adds_later_and_the_other_is_told(teacher: Person, admin: Admin) -> None:
    screener = make_person(teacher.council, role="screener")
    made = make_referral(teacher.council, teacher, state="screening", owner=screener)
    assert teacher.actor.agency_id is not None
    agency, council = teacher.actor.agency_id, teacher.account_id
    put(teacher, Target(made.id, agency, "agency", later=True, tells=screener.account_id), name="later.pdf")
    put(screener, Target(made.id, agency, "council", later=True, tells=council), b"ours", name="letter.pdf")
    assert names(teacher, made.id) == names(screener, made.id) == ["later.pdf", "letter.pdf"]
    told = admin.execute("select kind, account_id from notice order by kind").fetchall()
    assert told == [("file", teacher.account_id), ("file_in", screener.account_id)]


def test_a_file_after_the_decision_waits_until_somebody_has_read_it(teacher: Person) -> None:
    screener = make_person(teacher.council, role="screener")
    made = make_referral(teacher.council, teacher, state="decided", owner=screener)
    assert teacher.actor.agency_id is not None

    def found() -> Found:
        with acting(screener):
            return find_report(screener.actor, Permission.LOOK, made.reference)

    put(screener, Target(made.id, teacher.actor.agency_id, "council", later=True), b"our letter")
    before = found()
    put(teacher, Target(made.id, teacher.actor.agency_id, "agency", later=True))
    after = found()
    assert before.new_since is None
    assert after.new_since is not None
    assert before.queued_at is not None
    assert after.queued_at is not None
    assert (after.queued_at > before.queued_at, after.version) == (True, before.version)


def test_a_restricted_reports_files_are_there_for_its_list_only(teacher: Person, admin: Admin) -> None:
    on_list, other = (make_person(teacher.council, role="screener") for _ in range(2))
    made = make_referral(teacher.council, teacher)
    assert teacher.actor.agency_id is not None
    file_id = put(teacher, Target(made.id, teacher.actor.agency_id, "agency", later=True))
    admin.execute("update referral set sight = %s", ([on_list.account_id],))
    with acting(on_list):
        assert find(on_list.actor, file_id).file.id == file_id
        assert find_report(on_list.actor, Permission.LOOK, made.reference).id == made.id
    with acting(other), pytest.raises(PortalError):
        find(other.actor, file_id)


def test_a_waiting_person_reads_no_file(teacher: Person) -> None:
    draft_id = make_draft(teacher)
    file_id = put(teacher, target(teacher, draft_id))
    with acting(teacher):
        state = db.session().get_one(StoredFile, (teacher.council.id, file_id)).state
    assert state == CHECKING
    waiting = make_person(teacher.council, state="pending")
    with acting(waiting), pytest.raises(NotFound):
        find(waiting.actor, file_id)
