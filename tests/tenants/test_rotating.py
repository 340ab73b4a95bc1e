"""A new council key: every record opens as before, wherever the rotation was cut off, and with kill -9 too."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import insert

from config.settings import Settings
from portal import models
from portal.adapters import ports
from portal.adapters.storage import store_for
from portal.files import queries as files
from portal.files.commands.keeping import keep
from portal.kernel import db
from portal.kernel.scope import SYSTEM, Scope
from portal.referrals.models import Connection
from portal.tenants import vault
from portal.tenants.commands import rotating
from tests.factories.people import Person, make_person
from tests.factories.referrals import make_referral
from tests.fixtures.app import free_port
from tests.fixtures.councils import Councils
from tests.tenants.leaving import read_report, rows

Admin = psycopg.Connection[tuple[object, ...]]
MANY = 1500


@pytest.fixture
def person(councils: Councils, settings: Settings, admin: Admin, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    """Somebody in a process that works as the owner of the tables, as the command does."""
    monkeypatch.setattr(db, "_factory", None)
    engine = db.make_engine(settings.database_url_owner, pool_size=2)
    db.bind(engine)
    vault.forget()
    yield make_person(councils.wales)
    engine.dispose()
    vault.forget()
    # Councils' keys outlive a test otherwise.
    admin.execute("delete from council_key where version > 1")


def connections(person: Person, number: int) -> dict[UUID, bytes]:
    """Records with keys; what each opens to."""
    made: dict[UUID, bytes] = {}
    with db.unit_of_work(person.scope) as session:
        values = []
        for _ in range(number):
            one = uuid4()
            wrapped = vault.new_record_key("connection", one)
            made[one] = vault.record_key(wrapped, "connection", one)
            values.append({"tenant_id": person.council.id, "id": one, "account_id": person.account_id,
                         "wrapped_key": wrapped, "words": b"", "surname_mark": ""})  # fmt: skip
        session.execute(insert(Connection), values)
    return made


def versions(admin: Admin) -> dict[bytes, int]:
    """How many records each version of the key wraps."""
    found = rows(admin, "select substring(wrapped_key, 1, 4), count(*)::int from connection group by 1")
    return {bytes(version): count for version, count in found}


def opens(person: Person, admin: Admin, made: dict[UUID, bytes]) -> bool:
    kept = rows(admin, "select id, wrapped_key from connection")
    with db.unit_of_work(Scope(person.council, SYSTEM)):
        return {one: vault.record_key(bytes(wrapped), "connection", one) for one, wrapped in kept} == made


def keys_of(admin: Admin) -> int:
    return len(rows(admin, "select from council_key where version > 1"))


def test_every_table_with_keys_is_known() -> None:
    with_keys = {
        table.name
        for table in models.metadata.sorted_tables
        if "wrapped_key" in table.columns and "tenant_id" in table.columns
    }
    names = {table.name for table in rotating.wrapped_tables()}
    assert names == {
        "referral",
        "connection",
        "opened_record",
        "form_trial",
        "stored_file",
        "case_system_key",
        "hub_room",
        "transfer",
    }
    assert with_keys == names | rotating.BY_ROOT


def test_reports_and_files_open_under_the_new_key(person: Person, admin: Admin) -> None:
    made = make_referral(person.council, person)
    before = read_report(made, admin)
    assert person.actor.agency_id is not None
    with db.unit_of_work(person.scope):
        file_id = keep(person.actor, person.actor.agency_id, [b"bytes"], name="n.txt", declared="", most=10)
    assert rotating.rotate(person.council) == (2, 2)
    assert read_report(made, admin) == before
    with db.unit_of_work(person.scope):
        found = files.find(file_id)
        assert (found.name, b"".join(files.bytes_of(found))) == ("n.txt", b"bytes")
        assert found.wrapped_key[:4] == vault.version_mark(2)
        assert vault.new_record_key("referral", uuid4())[:4] == vault.version_mark(2)
    assert rotating.rotate(person.council) == (3, 2)
    assert ports.store() is not None


def test_a_store_that_is_away_stops_no_rotation(
    person: Person, admin: Admin, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only keys are wrapped anew: while the bytes are out of reach, they still belong to them afterwards."""
    assert person.actor.agency_id is not None
    with db.unit_of_work(person.scope):
        file_id = keep(person.actor, person.actor.agency_id, [b"bytes"], name="n.txt", declared="", most=10)
    away = store_for("s3://nowhere/x", {"endpoint": f"http://127.0.0.1:{free_port()}", "region": "eu-west-2"})
    with monkeypatch.context() as patch:
        patch.setattr(ports, "_store", [away])
        assert rotating.rotate(person.council)[1] == 1
    with db.unit_of_work(person.scope):
        found = files.find(file_id)
        assert (b"".join(files.bytes_of(found)), found.wrapped_key[:4]) == (b"bytes", vault.version_mark(2))


def test_cut_off_anywhere_it_goes_on_with_the_same_key(
    person: Person, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = connections(person, 25)
    monkeypatch.setattr(rotating, "BATCH", 4)
    real, left = vault.wrapped_again, [0]

    def cut(wrapped: bytes, table: str, record_id: UUID) -> bytes:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return real(wrapped, table, record_id)

    monkeypatch.setattr(vault, "wrapped_again", cut)
    rounds = 0
    while versions(admin).keys() != {vault.version_mark(2)}:
        left[0] = random.randint(1, 9)  # noqa: S311 - where it is cut off
        rounds += 1
        with pytest.raises(KeyboardInterrupt):
            rotating.rotate(person.council)
            raise KeyboardInterrupt
        assert opens(person, admin, made)
        assert rounds < 40, versions(admin)
    assert keys_of(admin) <= 2


def test_killed_it_goes_on(person: Person, admin: Admin, settings: Settings) -> None:
    made = connections(person, MANY)
    names = ("database_url", "database_url_owner", "secret_key", "root_key", "storage")
    environ = os.environ | {name.upper(): str(getattr(settings, name)) for name in names} | {"DEMO": "true"}
    command = [sys.executable, "-P", "-m", "portal.cli", "keys", "rotate", person.council.slug]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while vault.version_mark(2) not in versions(admin) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    vault.forget()
    assert opens(person, admin, made)
    version, _changed = rotating.rotate(person.council)
    assert versions(admin) == {vault.version_mark(version): MANY}
    assert opens(person, admin, made)
    # One key for both runs, unless the first had finished before it was killed.
    assert keys_of(admin) == version - 1
