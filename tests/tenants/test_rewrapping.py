"""Another root key: everything opens before, during and after, wherever the run was cut off and whoever writes."""

from __future__ import annotations

import argparse
import base64
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, insert

from config.settings import Settings
from portal import models
from portal.auth import envelope
from portal.auth.models import Authenticator, InstanceOperator, Invitation, OneTimeCode, SignOnSecret
from portal.cli import doctor, keys
from portal.kernel import clock, crypto, db, ring, scope
from portal.kernel.ring import Ring
from portal.tenants import vault
from portal.tenants.commands import rewrapping
from tests.factories.people import Person, make_person
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils
from tests.tenants.leaving import Admin, read_report, rows

NEW = b"n" * 32
MANY = 1500


class There(NamedTuple):
    """Two councils' things under the root key of the settings."""

    councils: Councils
    person: Person
    old: bytes
    rewrapped: Callable[[], int]


@pytest.fixture
def there(councils: Councils, settings: Settings, admin: Admin, monkeypatch: pytest.MonkeyPatch) -> Iterator[There]:
    """A process that works as the owner of the tables, as the command does; councils' keys are put back."""
    monkeypatch.setattr(db, "_factory", None)
    monkeypatch.setattr(ring, "_held", list(ring._held))
    engine = db.make_engine(settings.database_url_owner, pool_size=4)
    db.bind(engine)
    vault.forget()
    kept = rows(admin, "select id, wrapped from council_key")
    yield There(
        councils,
        make_person(councils.wales),
        crypto.root_key(settings.root_key),
        lambda: rewrapping.rewrap([*councils]),
    )
    engine.dispose()
    for one, wrapped in kept:
        admin.execute("update council_key set wrapped = %s where id = %s", (wrapped, one))
    vault.forget()


def hold(*keys: bytes) -> None:
    """As a process with those root keys, which remembers nothing."""
    ring.hold(Ring(keys[0], keys[1:]))
    vault.forget()


def codes(number: int) -> dict[UUID, str]:
    """Rows with a key under the root key; the token of each."""
    made, values = {}, []
    for _ in range(number):
        one = uuid4()
        wrapped = envelope.new_key(one)
        made[one] = envelope.token(wrapped, one)
        values.append(
            {"id": one, "purpose": "register", "browser_hash": "b", "wrapped_key": wrapped, "expires_at": clock.now()}
        )
    with db.unit_of_work(scope.NOWHERE) as session:
        session.execute(insert(OneTimeCode), values)
    return made


def tokens(admin: Admin) -> dict[UUID, str]:
    found = rows(admin, "select id, wrapped_key from one_time_code where wrapped_key is not null")
    return {one: envelope.token(bytes(wrapped), one) for one, wrapped in found}


def names(admin: Admin, table: str = "one_time_code", column: str = "wrapped_key") -> dict[str, int]:
    """How many keys of a table each root key wraps."""
    found = rows(admin, f"select substring({column}, 1, 9), count(*)::int from {table} group by 1")
    counted: Counter[str] = Counter()
    for begins, count in found:
        counted[ring.named(bytes(begins))] += count
    return counted


def test_every_column_that_a_root_key_wraps_is_known() -> None:
    """And whatever is neither a council's key's nor here would be lost with the old root key."""
    with_keys = {
        table.name for table in models.metadata.sorted_tables if {"wrapped", "wrapped_key"} & {*table.c.keys()}
    }
    by_council = {
        "referral", "connection", "opened_record", "form_trial", "stored_file", "case_system_key", "hub_room",
        "transfer",
    }  # fmt: skip
    here = {one.table.name for one in rewrapping.wrapped_columns()}
    assert here == {
        "council_key",
        "sign_on_secret",
        "invitation",
        "one_time_code",
        "authenticator",
        "instance_operator",
    }
    assert with_keys == here | by_council


def behind(admin: Admin, name: str) -> int:
    """How many keys another root key wraps than that one, whatever wall stands before them: asked past all walls."""
    counted = 0
    for one in rewrapping.wrapped_columns():
        found = names(admin, one.table.name, one.column.name)
        counted += sum(count for key, count in found.items() if key != name)
    return counted


def fill(there: There) -> Callable[[Admin], None]:
    """Something sealed in every way; what tries to open all of it."""
    person = there.person
    report, invitation, secret = make_referral(person.council, person), uuid4(), uuid4()
    with db.unit_of_work(person.scope) as session:
        wrapped = envelope.new_key(person.account_id, Authenticator.__tablename__)
        seed = envelope.seal_secret(wrapped, person.account_id, Authenticator.__tablename__, b"seed")
        session.execute(delete(Authenticator).where(Authenticator.account_id == person.account_id))
        session.execute(
            insert(Authenticator).values(account_id=person.account_id, wrapped_key=wrapped, seed=seed, last_step=1)
        )
        own = envelope.new_key(invitation)
        session.execute(insert(Invitation).values(
            tenant_id=person.council.id, id=invitation, role="screener", email="a@b.example", email_key="a@b.example",
            wrapped_key=own, token_hash=envelope.token(own, invitation), invited_by=person.account_id,
            expires_at=clock.now() + timedelta(days=1),
        ))  # fmt: skip
        session.execute(insert(InstanceOperator).values(
            account_id=person.account_id, added_by="a test", id=invitation, wrapped_key=own, token_hash="hash",
            link_expires_at=clock.now(),
        ))  # fmt: skip
        session.execute(insert(OneTimeCode).values(
            tenant_id=person.council.id, id=invitation, purpose="register", browser_hash="b", wrapped_key=own,
            expires_at=clock.now(),
        ))  # fmt: skip
        key = envelope.new_key(secret, SignOnSecret.__tablename__)
        session.execute(insert(SignOnSecret).values(
            tenant_id=person.council.id, id=secret, provider="staff", wrapped_key=key,
            secret=envelope.seal_secret(key, secret, SignOnSecret.__tablename__, b"theirs"),
        ))  # fmt: skip

    def opens(admin: Admin) -> None:
        assert read_report(report, admin)
        ((wrapped, seed),) = rows(admin, "select wrapped_key, seed from authenticator")
        assert envelope.unseal_secret(bytes(wrapped), person.account_id, "authenticator", bytes(seed)) == b"seed"
        ((_own, hashed),) = rows(admin, "select wrapped_key, token_hash from invitation")
        for table in ("invitation", "instance_operator", "one_time_code"):
            ((wrapped,),) = rows(admin, f"select wrapped_key from {table} where id = %s", invitation)
            assert envelope.token(bytes(wrapped), invitation) == hashed
        ((wrapped, sealed),) = rows(admin, "select wrapped_key, secret from sign_on_secret")
        assert envelope.unseal_secret(bytes(wrapped), secret, "sign_on_secret", bytes(sealed)) == b"theirs"

    return opens


def test_all_is_wrapped_anew_and_the_key_before_is_needed_no_more(there: There, admin: Admin) -> None:
    opens, made = fill(there), codes(3)
    hold(NEW, there.old)
    opens(admin)
    left = rewrapping.remaining([*there.councils])
    assert left == {ring.name_of(there.old): behind(admin, ring.name_of(NEW))}
    assert there.rewrapped() == left.total() > 7
    assert there.rewrapped() == 0
    assert rewrapping.remaining([*there.councils]).total() == behind(admin, ring.name_of(NEW)) == 0
    told = rows(admin, "select tenant_id, detail from audit_event where event = 'tenants.root_key_changed'")
    assert sum(detail["count"] for _council, detail in told) == left.total()
    assert {council for council, _detail in told} == {there.councils.wales.id, there.councils.england.id, None}
    hold(NEW)
    opens(admin)
    assert made.items() <= tokens(admin).items()


def test_what_names_no_root_key_yet_is_found_too(there: There, admin: Admin) -> None:
    made = codes(2)
    for one, wrapped in rows(admin, "select id, wrapped_key from one_time_code"):
        admin.execute(
            "update one_time_code set wrapped_key = %s where id = %s", (bytes(wrapped)[ring.MARK_BYTES :], one)
        )
    assert names(admin) == {"": 2}
    assert there.rewrapped() >= 2
    assert names(admin) == {ring.name_of(there.old): 2}
    assert tokens(admin) == made


def test_a_key_that_is_missing_is_named(there: There, admin: Admin) -> None:
    codes(1)
    hold(NEW)
    with pytest.raises(ring.UnknownKey, match=f"the root key {ring.name_of(there.old)} is not set"):
        there.rewrapped()
    assert names(admin) == {ring.name_of(there.old): 1}


def test_writers_meanwhile_lose_nothing(there: There, admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:
    """New rows, changed rows and deleted rows while it runs: new ones are wrapped with the current key."""
    made, stop, wrong = codes(120), threading.Event(), []
    monkeypatch.setattr(rewrapping, "BATCH", 5)
    hold(NEW, there.old)
    added: dict[UUID, str] = {}

    def write() -> None:
        mine = list(made)[:40]
        try:
            while not stop.is_set() and mine:
                added.update(codes(1))
                one = mine.pop()
                with db.unit_of_work(scope.NOWHERE) as session:
                    session.execute(delete(OneTimeCode).where(OneTimeCode.id == one))
                made.pop(one)
        except Exception as error:  # noqa: BLE001 - told in the main thread
            wrong.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        there.rewrapped()
    finally:
        stop.set()
        writer.join()
    there.rewrapped()
    assert not wrong
    assert added
    assert names(admin) == {ring.name_of(NEW): len(made) + len(added)}
    hold(NEW)
    assert tokens(admin) == made | added


def test_a_row_that_somebody_holds_is_left_and_told(there: There, admin: Admin, database: object) -> None:
    made = codes(2)
    hold(NEW, there.old)
    with db.unit_of_work(scope.NOWHERE) as session:
        session.execute(delete(OneTimeCode).where(OneTimeCode.id == next(iter(made))))
        there.rewrapped()
        assert rewrapping.remaining([*there.councils]) == {ring.name_of(there.old): 1}
        session.rollback()
    assert there.rewrapped() == 1


def environ(settings: Settings, *keys: bytes) -> dict[str, str]:
    fields = ("database_url", "database_url_owner", "secret_key", "storage")
    current, *others = [base64.b64encode(key).decode() for key in keys]
    own = {"DEMO": "true", "ROOT_KEY": current, "ROOT_KEYS_OTHER": " ".join(others)}
    return os.environ | {name.upper(): str(getattr(settings, name)) for name in fields} | own


def test_killed_it_goes_on(
    there: There, admin: Admin, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = codes(MANY)
    command = [sys.executable, "-P", "-m", "portal.cli", "keys", "rewrap-root"]
    process = subprocess.Popen(command, env=environ(settings, NEW, there.old), stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while ring.name_of(NEW) not in names(admin) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    hold(NEW, there.old)
    assert tokens(admin) == made
    for name, value in environ(settings, NEW, there.old).items():
        monkeypatch.setenv(name, value)
    assert keys.rewrap_root(argparse.Namespace()) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [f"{ring.name_of(there.old)}: 0 left, may be removed"]
    hold(NEW)
    assert names(admin) == {ring.name_of(NEW): MANY}
    assert tokens(admin) == made


def test_doctor_says_how_far_it_is(
    there: There, admin: Admin, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(there)
    before = ring.name_of(there.old)
    for name, value in environ(settings, NEW, there.old).items():
        monkeypatch.setenv(name, value)
    said = doctor.root_keys()
    # The application's role is held to its walls, and sees everything that it must.
    assert said == f"{ring.name_of(NEW)} seals; {before}: {behind(admin, ring.name_of(NEW))} left"
    monkeypatch.setenv("ROOT_KEYS_OTHER", "")
    with pytest.raises(doctor.WrongError, match=f"needed: {before}$"):
        doctor.root_keys()
