"""`portal council apply` loads a folder as a whole, and `--published` asks what was loaded."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import psycopg
import pytest

from config.settings import Settings
from portal.cli import folders, main
from portal.cli.cluster import Addresses
from portal.kernel import db, ring

Admin = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def instance(settings: Settings, database: Addresses, monkeypatch: pytest.MonkeyPatch) -> None:
    del database
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("DATABASE_URL_OWNER", settings.database_url_owner)
    monkeypatch.setenv("DEMO", "true")
    # The command binds the process to a database of its own; the other tests' binding must come back.
    monkeypatch.setattr(db, "_factory", None)
    monkeypatch.setattr(ring, "_held", [])


def rows(admin: Admin) -> dict[str, object]:
    tables = ("council", "council_key", "agency", "agency_domain", "agency_approval", "form_version", "audit_event")
    return {table: admin.execute(f"select count(*) from {table}").fetchone() for table in tables}


def apply(slug: str, councils: Path = folders.COUNCILS) -> int:
    return main(["council", "apply", str(councils / slug)])


def test_both_councils_are_applied_and_applying_again_changes_nothing(instance: None, admin: Admin) -> None:
    assert apply("avonmere") == apply("glan-yr-afon") == 0
    first = rows(admin)
    assert first["council"] == (2,)
    assert first["form_version"] == (6,)
    assert apply("avonmere") == apply("glan-yr-afon") == 0
    assert rows(admin) == first


def test_a_broken_folder_changes_nothing(
    instance: None, admin: Admin, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copied = shutil.copytree(folders.COUNCILS, tmp_path / "councils")
    path = copied / "avonmere" / "thresholds.yaml"
    path.write_text(path.read_text() + "\nnonsense: 1\n")
    before = rows(admin)
    assert apply("avonmere", copied) == 1
    assert "thresholds.yaml:" in capsys.readouterr().err
    assert rows(admin) == before


def test_the_councils_must_agree_on_an_agency(
    instance: None, admin: Admin, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copied = shutil.copytree(folders.COUNCILS, tmp_path / "councils")
    path = copied / "avonmere" / "agencies.yaml"
    path.write_text(path.read_text().replace("severnvale.police.uk", "elsewhere.police.uk"))
    assert apply("glan-yr-afon") == 0
    before = rows(admin)
    assert apply("avonmere", copied) == 1
    assert "severn-vale-police" in capsys.readouterr().err
    assert rows(admin) == before


def test_published_rules_and_domains_answer_as_the_folders_do(
    instance: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert apply("avonmere") == apply("glan-yr-afon") == 0
    capsys.readouterr()
    scenarios = str(folders.COUNCILS / "avonmere" / "scenarios.json")
    assert main(["scenarios", "run", scenarios, "--published"]) == 0
    assert capsys.readouterr().out.endswith(" passed, 0 failed\n")
    answers = []
    for extra in ([], ["--published"]):
        monkeypatch.setattr("sys.stdin", io.StringIO('["jo@nhs.net", "jo@oakfield.avonmere.sch.uk", "jo@nhs.uk"]'))
        assert main(["agencies", "match", "--council", "avonmere", *extra]) == 0
        answers.append(json.loads(capsys.readouterr().out))
    assert answers[0] == answers[1]


def test_without_an_instance_it_says_so(
    instance: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = "postgresql+psycopg://portal_app@/nothing?host=/nonexistent"
    monkeypatch.setenv("DATABASE_URL", nowhere)
    monkeypatch.setenv("DATABASE_URL_OWNER", nowhere)
    assert main(["agencies", "match", "--council", "avonmere", "--published"]) == 2
    assert apply("avonmere") == 1
    told = capsys.readouterr().err
    assert "does not answer" in told
    assert "nothing was changed" in told
