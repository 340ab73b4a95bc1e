"""`portal agencies import` does on the command line what the page does, and nothing with --preview."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from config.settings import Settings
from portal.cli import agency_files as command
from portal.cli import main
from portal.kernel import db
from tests.fixtures.councils import Councils
from tests.tenants.test_agency_files import HERON, OAKFIELD, gias

Admin = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def file(tmp_path: Path, councils: Councils, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of two schools and a mistake, and an environment that says where the instance is."""
    del councils
    for name, value in (
        ("DATABASE_URL", settings.database_url),
        ("DATABASE_URL_OWNER", settings.database_url_owner),
        ("DEMO", "true"),
    ):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(db, "_factory", db._factory)  # put back at the end: the command binds its own
    path = tmp_path / "edubasealldata.csv"
    path.write_bytes(gias(HERON, OAKFIELD, "1,2"))
    return path


def ran(file: Path, *more: str, council: str = "avonmere") -> int:
    return main(["agencies", "import", str(file), "--council", council, "--layout", "gias", *more])


def number(admin: Admin) -> object:
    row = admin.execute("select count(*) from agency where identifier = '999777'").fetchone()
    assert row
    return row[0]


def test_a_preview_changes_nothing(file: Path, admin: Admin, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(file, "--preview") == 0
    told = capsys.readouterr()
    assert "new urn 999777 Heron Primary, Quay Road, domain to confirm: heron.example.org" in told.out
    assert "same urn 999101" in told.out
    assert f"{file}:4: has another number of cells" in told.err
    assert number(admin) == 0


def test_it_takes_what_is_new_and_is_safe_to_repeat(
    file: Path, admin: Admin, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(file) == 0
    assert "avonmere: 1 rows taken, 1 with mistakes" in capsys.readouterr().out
    assert number(admin) == 1
    assert admin.execute("select decided_by, what from agency_decision").fetchall() == [(None, "imported")]
    assert ran(file) == 0
    assert "avonmere: 0 rows taken" in capsys.readouterr().out
    assert number(admin) == 1


def test_what_is_asked_wrongly(file: Path, admin: Admin, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(file, council="nowhere") == 2
    assert ran(file.with_name("nothing.csv")) == 2
    file.write_text("a,b\n1,2\n")
    assert ran(file) == 1
    assert "no column URN" in capsys.readouterr().err
    assert number(admin) == 0


def test_only_one_authoritys_schools(file: Path, admin: Admin) -> None:
    file.write_bytes(gias(HERON, HERON.replace("999777,899", "999778,898").replace("10999777", "")))
    assert ran(file, "--authority", "898") == 0
    assert number(admin) == 0
    assert admin.execute("select count(*) from agency where identifier = '999778'").fetchone() == (1,)


def test_every_mistake_has_its_words() -> None:
    assert {"empty", "too_large", "not_text", "encoding", "unreadable", "layout", "many"} == set(command._BAD)
    assert set(command._ROW) >= {"width", "control", "formula", "no_name", "long_name", "number", "kind", "twice"}
