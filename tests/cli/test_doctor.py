"""`portal doctor` sees what is wrong: role, version, walls, assets, catalogue, mail server and worker."""

from __future__ import annotations

import argparse
import importlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from config.settings import Settings
from portal.cli import doctor
from portal.cli.cluster import Addresses
from tests.fixtures.mail import Peer
from tests.fixtures.notify import SECRET, SERVICE, TEMPLATE, Service

Check = Callable[[psycopg.Connection[tuple[object, ...]]], str]


def asked(check: Check, address: str) -> str:
    with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as connection:
        return check(connection)


def changed(addresses: Addresses, statement: str) -> None:
    with psycopg.connect(addresses.admin.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement)


def test_a_migrated_database_is_in_order(database: Addresses) -> None:
    assert asked(doctor.role, database.app) == "portal_app owns nothing and cannot pass row-level security"
    assert asked(doctor.version, database.app)
    assert asked(doctor.row_security, database.app).endswith("tables enabled and forced")


@pytest.mark.parametrize(
    ("role", "fault"),
    [("owner", "portal_owner owns tables"), ("admin", "portal_admin is a superuser and has BYPASSRLS")],
)
def test_a_role_that_sees_past_the_walls_is_named(database: Addresses, role: str, fault: str) -> None:
    with pytest.raises(doctor.WrongError, match=fault):
        asked(doctor.role, getattr(database, role))


def test_an_older_database_is_named(fresh_database: Addresses) -> None:
    changed(fresh_database, "UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(doctor.WrongError, match="the database is at 0001, not"):
        asked(doctor.version, fresh_database.app)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE council_key DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE council_key NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY council_key_tenant ON council_key",
        # Other restrictive walls of a table are none between councils.
        "DROP POLICY referral_tenant ON referral",
        "ALTER POLICY referral_tenant ON referral TO portal_admin",
        "ALTER POLICY referral_tenant ON referral WITH CHECK (true)",
    ],
)
def test_a_table_without_its_wall_is_named(fresh_database: Addresses, statement: str) -> None:
    changed(fresh_database, statement)
    with pytest.raises(doctor.WrongError, match=r"not protected: (council_key|referral)"):
        asked(doctor.row_security, fresh_database.app)


def test_a_database_without_walls_is_the_wrong_one(fresh_database: Addresses) -> None:
    changed(fresh_database, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    with pytest.raises(doctor.WrongError, match="no table is protected"):
        asked(doctor.row_security, fresh_database.app)


def test_a_missing_and_a_silent_worker_are_told_apart(database: Addresses) -> None:
    with pytest.raises(doctor.WrongError, match="no worker is running"):
        asked(doctor.heartbeat, database.app)
    changed(database, "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes')")
    with pytest.raises(doctor.WrongError, match="last heard of 300 s ago"):
        asked(doctor.heartbeat, database.app)
    changed(database, "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    assert asked(doctor.heartbeat, database.app) == "heard of 0 s ago"


def test_a_library_that_was_never_loaded_is_named(database: Addresses) -> None:
    with pytest.raises(doctor.WrongError, match="none is loaded: run portal templates apply"):
        asked(doctor.templates, database.app)
    changed(
        database,
        "INSERT INTO form_template (id, key, number, form_key, nation, note, content_hash, title, content, locked)"
        " VALUES (gen_random_uuid(), 'shared', 1, 'concern', '', '', 'hash', '{}', '{}', '[]'),"
        " (gen_random_uuid(), 'shared', 2, 'concern', '', '', 'other', '{}', '{}', '[]')",
    )
    assert asked(doctor.templates, database.app) == "1 loaded"


def test_what_proves_the_rules_must_be_there_and_reason() -> None:
    assert doctor.solver().endswith(" can prove")
    with pytest.raises(doctor.WrongError, match="z3 is missing, so no form can be published"):
        doctor.solver("no_such_solver")


def test_a_solver_that_finds_everything_possible_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.import_module("z3")
    monkeypatch.setattr(real.Solver, "check", lambda *_parts: real.sat)
    with pytest.raises(doctor.WrongError, match="does not reason"):
        doctor.solver()


def test_assets_must_be_there_and_whole(tmp_path: Path) -> None:
    with pytest.raises(doctor.WrongError, match="not built"):
        doctor.assets(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"portal.css": "portal-1.css", "portal.js": "portal-2.js"}))
    (tmp_path / "portal-1.css").touch()
    with pytest.raises(doctor.WrongError, match=r"missing: portal-2\.js"):
        doctor.assets(tmp_path)
    (tmp_path / "portal-2.js").touch()
    assert doctor.assets(tmp_path) == "2 files"


def test_the_welsh_catalogue_must_be_compiled_from_what_is_there(tmp_path: Path) -> None:
    compiled, source = tmp_path / "messages.mo", tmp_path / "messages.po"
    source.touch()
    with pytest.raises(doctor.WrongError, match="not compiled"):
        doctor.welsh(compiled)
    compiled.touch()
    later = compiled.stat().st_mtime_ns

    os.utime(source, ns=(later - 10**9, later - 10**9))
    assert doctor.welsh(compiled) == "compiled"
    os.utime(source, ns=(later + 10**9, later + 10**9))
    with pytest.raises(doctor.WrongError, match="older than its text"):
        doctor.welsh(compiled)


def test_a_mail_server_must_answer(smtp: Peer) -> None:
    assert doctor.mail_server("outbox").startswith("kept on the outbox page")
    assert doctor.mail_server(smtp.url) == "localhost answers"
    smtp.stop()
    finding = doctor.check("mail server", lambda: doctor.mail_server(smtp.url))
    assert finding.line() == "FAILED  mail server: ConnectionRefusedError"


def test_notify_is_asked_as_notify(notify: Service, settings: Settings) -> None:
    given = {"mail": "notify", "notify_key": f"portal-{SERVICE}-{SECRET}", "notify_template": TEMPLATE}
    asked = settings.model_copy(update=given | {"notify_url": f"http://127.0.0.1:{notify.port}"})
    assert doctor.notify(asked) == "GOV.UK Notify has the template"
    with pytest.raises(doctor.WrongError, match=r"does not show the template \(404\)"):
        doctor.notify(asked.model_copy(update={"notify_template": SERVICE}))


def test_secrets_are_not_printed_when_the_database_is_out_of_reach(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://portal_app:very-secret@/portal?host={tmp_path}")
    monkeypatch.setenv("DEMO", "true")
    assert doctor.run(argparse.Namespace()) == 1
    printed = capsys.readouterr().out
    assert "FAILED  database: not reached (OperationalError)" in printed
    assert "very-secret" not in printed


def test_mistakes_in_the_settings_are_one_failed_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORTAL_VAR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert doctor.run(argparse.Namespace()) == 1
    assert capsys.readouterr().out.startswith("FAILED  settings: DATABASE_URL")
