"""Keeping a file: sealed in the store, named by a row, and gone from the store when the row goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, update

from config.settings import Settings
from portal.adapters import ports
from portal.adapters.ports import Store
from portal.files import content, queries, tasks
from portal.files.commands.keeping import declared_type, keep
from portal.files.models import StoredFile
from portal.files.states import CHECKING, MOVES, READY, STATES, may_move, may_open
from portal.kernel import db
from portal.kernel.errors import Invalid, NotFound, Unavailable
from tests.factories.people import Person, make_person
from tests.fixtures.councils import Councils

NAMES = ["Siân's notes.pdf", "../../etc/passwd", "photo\u202egnp.exe", "x" * 251 + ".pdf", "李.pdf"]
MOST = 1000


def kept(person: Person, name: str = "notes.pdf", pieces: tuple[bytes, ...] = (b"some ", b"bytes")) -> UUID:
    assert person.actor.agency_id is not None
    return keep(person.actor, person.actor.agency_id, iter(pieces), name=name, declared="text/plain", most=MOST)


def objects(council: object) -> set[str]:
    return {one.key for one in ports.store().list(str(council))}


@pytest.fixture
def person(councils: Councils) -> Person:
    return make_person(councils.wales, agency="ysgol-enghraifft")


@pytest.mark.parametrize("name", NAMES)
def test_a_file_comes_back_as_it_was_and_nothing_readable_is_kept(
    person: Person, settings: Settings, name: str
) -> None:
    with db.unit_of_work(person.scope):
        file_id = kept(person, name)
    with db.unit_of_work(person.scope):
        found = queries.find(file_id)
        assert (found.name, found.size, found.state, found.declared) == (name, 10, CHECKING, "text/plain")
        assert b"".join(queries.bytes_of(found)) == b"some bytes"
        assert name.encode() not in db.session().get_one(StoredFile, (person.council.id, file_id)).name
        assert found.object_key is not None
    stored = Path(settings.storage) / str(person.council.id) / str(found.object_key)
    assert stored.is_file()
    assert b"some bytes" not in stored.read_bytes()


def test_too_large_and_empty_files_are_refused_and_leave_nothing(person: Person) -> None:
    before = objects(person.council.id)
    for pieces, code in (((b"x" * MOST, b"x"), "too_large"), ((b"",), "empty")):
        with pytest.raises(Invalid) as refused, db.unit_of_work(person.scope):
            kept(person, pieces=pieces)
        assert refused.value.errors == {"file": code}
    left = objects(person.council.id) - before
    # An empty object of a row that was never written: the sweeper's.
    assert len(left) <= 1


def test_another_council_and_another_agency_find_nothing(person: Person, councils: Councils) -> None:
    with db.unit_of_work(person.scope):
        file_id = kept(person)
    others = (
        make_person(councils.wales, agency="meddygfa-heol-y-parc"),
        make_person(councils.england, role="screener"),
    )
    for other in others:
        with db.unit_of_work(other.scope), pytest.raises(NotFound):
            queries.find(file_id)


def test_an_object_that_was_changed_or_exchanged_does_not_open(person: Person, settings: Settings) -> None:
    with db.unit_of_work(person.scope):
        one, two = queries.find(kept(person)), queries.find(kept(person))
    folder = Path(settings.storage) / str(person.council.id)
    (folder / str(one.object_key)).write_bytes((folder / str(two.object_key)).read_bytes())
    with db.unit_of_work(person.scope), pytest.raises(content.Damaged):
        list(queries.bytes_of(one))
    (folder / str(two.object_key)).unlink()
    with db.unit_of_work(person.scope), pytest.raises(content.Damaged):
        list(queries.bytes_of(two))


def test_an_object_goes_after_its_row_and_never_before(person: Person) -> None:
    with db.unit_of_work(person.scope):
        first, second = kept(person), kept(person)
        gone, replaced = queries.find(first).object_key, queries.find(second).object_key
    here = StoredFile.tenant_id == person.council.id
    with pytest.raises(LookupError), db.unit_of_work(person.scope) as session:
        session.execute(delete(StoredFile).where(here, StoredFile.id == first))
        raise LookupError("undone")
    tasks.clear(0)
    assert f"{person.council.id}/{gone}" in objects(person.council.id)
    with db.unit_of_work(person.scope) as session:
        session.execute(delete(StoredFile).where(here, StoredFile.id == first))
        made = content.write(second, queries.find(second).wrapped_key, [b"other"])
        session.execute(update(StoredFile).where(here, StoredFile.id == second).values(object_key=made.object_key))
    tasks.clear(0)
    tasks.clear(0)
    left = objects(person.council.id)
    assert not {f"{person.council.id}/{gone}", f"{person.council.id}/{replaced}"} & left
    assert f"{person.council.id}/{made.object_key}" in left


@pytest.fixture
def store_away() -> Iterator[Callable[[], None]]:
    """Takes the store away until the test ends."""
    before = ports.store()

    class Away:
        def put(self, *_asked: object) -> int:
            raise Unavailable("away")

        get = list = put
        delete = check = put

    yield lambda: ports.use_store(Away())  # type: ignore[arg-type] # refuses whatever it is asked
    ports.use_store(before)


def test_what_is_to_go_waits_for_the_store(person: Person, store_away: Callable[[], None]) -> None:
    with db.unit_of_work(person.scope):
        file_id = kept(person)
        key = queries.find(file_id).object_key
    with db.unit_of_work(person.scope) as session:
        session.execute(delete(StoredFile).where(StoredFile.id == file_id))
    store: Store = ports.store()
    store_away()
    with pytest.raises(Unavailable), db.unit_of_work(person.scope):
        kept(person)
    tasks.clear(0)
    ports.use_store(store)
    assert f"{person.council.id}/{key}" in objects(person.council.id)
    tasks.clear(0)
    assert f"{person.council.id}/{key}" not in objects(person.council.id)


def test_the_declared_type_is_a_type_or_nothing() -> None:
    given = ["image/JPEG", "text/plain; charset=x", "", "x", "<script>/x", "a/b c", "a" * 70 + "/b", str(uuid4())]
    assert [declared_type(one) for one in given] == ["image/jpeg", "text/plain", "", "", "", "", "", ""]


def test_only_a_ready_file_may_be_opened_and_a_harmful_one_stays_harmful() -> None:
    assert [state for state in STATES if may_open(state)] == [READY]
    assert set(MOVES) == set(STATES)
    assert not any(may_move("harmful", state) for state in STATES)
