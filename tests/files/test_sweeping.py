"""The two-way sweep: nothing that a row names is ever deleted, and nothing that nobody names stays."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from portal.adapters import ports
from portal.files import queries, tasks
from portal.files.commands.keeping import keep
from portal.files.states import CHECKING, UNREADABLE
from portal.kernel import clock
from portal.kernel.errors import Unavailable
from portal.referrals import tasks as referral_tasks
from portal.referrals.commands import attaching
from portal.referrals.commands.attaching import Coming, Target
from portal.referrals.queries.attachments import of_report
from tests.factories.people import Person, make_person
from tests.fixtures.councils import Councils
from tests.referrals.making import acting, make_draft

Admin = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def person(councils: Councils) -> Person:
    for one in list(ports.store().list("")):
        ports.store().delete([one.key])
    return make_person(councils.wales)


def kept(person: Person) -> UUID:
    assert person.actor.agency_id is not None
    with acting(person):
        return keep(person.actor, person.actor.agency_id, [b"bytes"], name="n.txt", declared="", most=10)


def state_of(person: Person, file_id: UUID) -> tuple[str, str]:
    with acting(person):
        found = queries.find(file_id)
    return found.state, found.reason


def later(monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(hours=hours))


def test_only_what_nobody_names_for_a_day_goes(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    file_id = kept(person)
    tenant, gone = person.council.id, uuid4()
    for key in (f"{tenant}/{gone}", f"{uuid4()}/{uuid4()}", "probe/left"):
        ports.store().put(key, [b"nobody's"])
    tasks.compare(0)
    assert len(list(ports.store().list(""))) == 4
    later(monkeypatch, 25)
    tasks.compare(0)
    with acting(person):
        found = queries.find(file_id)
        assert [one.key for one in ports.store().list("")] == [f"{tenant}/{found.object_key}"]
        assert b"".join(queries.bytes_of(found)) == b"bytes"
    assert state_of(person, file_id) == (CHECKING, "")


def test_a_row_without_its_object_says_so(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    lost, there = kept(person), kept(person)
    with acting(person):
        ports.store().delete([f"{person.council.id}/{queries.find(lost).object_key}"])
    tasks.compare(0)
    assert state_of(person, lost) == (CHECKING, ""), "a moment ago it was being added"
    later(monkeypatch, 2)
    tasks.compare(0)
    assert state_of(person, lost) == (UNREADABLE, "missing")
    assert state_of(person, there) == (CHECKING, "")


def test_a_store_that_is_away_makes_no_file_unreadable(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    file_id = kept(person)
    later(monkeypatch, 25)

    def away(*_asked: object) -> None:
        raise Unavailable("away")

    monkeypatch.setattr(ports.store(), "list", away)
    tasks.compare(0)
    assert state_of(person, file_id) == (CHECKING, "")


def test_an_abandoned_upload_goes_with_its_parts(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    draft_id = make_draft(person)
    assert person.actor.agency_id is not None
    on = Target(draft_id, person.actor.agency_id, "agency", later=False)
    with acting(person):
        attaching.begin(person.actor, on, Coming("half.pdf", "", attaching.PART + 1))
        (half,) = of_report(person.actor, draft_id)
        attaching.take(person.actor, half, 0, b"x" * attaching.PART)
    referral_tasks.forget_uploads(0)
    with acting(person):
        assert len(of_report(person.actor, draft_id)) == 1
    later(monkeypatch, 25)
    referral_tasks.forget_uploads(0)
    tasks.clear(0)
    with acting(person):
        assert of_report(person.actor, draft_id) == ()
    assert list(ports.store().list(str(person.council.id))) == []
