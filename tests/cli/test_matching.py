"""`portal agencies match`, `portal scenarios run` and `portal council check` work from folders alone."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from portal.cli import agencies, councils, folders, main, scenarios

COUNCILS = folders.COUNCILS


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return shutil.copytree(COUNCILS, tmp_path / "councils")


def matched(councils_dir: Path, slug: str, source: str) -> tuple[int, str]:
    target = io.StringIO()
    return agencies.match_addresses(councils_dir, slug, io.StringIO(source), target), target.getvalue()


def test_each_address_is_answered_in_order() -> None:
    addresses = [
        "s.jones@enghraifft.glanyrafon.sch.uk", "jo@wales.nhs.uk", "head@enghraifft.glanyrafon.sch.uk",
        "jo@gmail.com", "jo@nhs.uk", "jo@elsewhere.org.uk", "x", 7,
    ]  # fmt: skip
    code, text = matched(COUNCILS, "glan-yr-afon", json.dumps(addresses))
    found = json.loads(text)
    assert code == 0
    assert [each["address"] for each in found] == addresses
    assert [each["reason"] for each in found] == [
        "ok", "shared", "role_mailbox", "webmail", "tier", "no_agency", "syntax", "syntax",
    ]  # fmt: skip
    assert found[0]["agencies"] == ["ysgol-enghraifft"]
    assert len(found[1]["agencies"]) > 1
    assert not any(each["agencies"] for each in found[2:])


@pytest.mark.parametrize("source", ["", "{", "{}", '"x"', "[" * 100_000])
def test_what_is_not_a_json_array_is_asked_wrongly(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert matched(COUNCILS, "avonmere", source) == (2, "")
    assert "standard input" in capsys.readouterr().err


@pytest.mark.parametrize("slug", ["nowhere", "../councils/avonmere", "", ".", "avonmere/"])
def test_an_unknown_council_is_asked_wrongly(slug: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert matched(COUNCILS, slug, "[]") == (2, "")
    assert "no council" in capsys.readouterr().err


def test_another_folder_brings_other_domains(copied: Path) -> None:
    path = copied / "avonmere" / "agencies.yaml"
    path.write_text(path.read_text().replace("boathouse.example.org", "canoe.example.org"))
    _, text = matched(copied, "avonmere", '["jo@canoe.example.org", "jo@boathouse.example.org"]')
    assert [each["accepted"] for each in json.loads(text)] == [True, False]


def test_a_broken_list_is_not_used(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = copied / "avonmere" / "agencies.yaml"
    path.write_text(path.read_text().replace("boathouse.example.org", "gmail.com"))
    assert matched(copied, "avonmere", "[]") == (2, "")
    assert "agencies.yaml:" in capsys.readouterr().err


def ran(file: Path, councils_dir: Path = COUNCILS) -> tuple[int, list[str]]:
    target = io.StringIO()
    return scenarios.run_file(councils_dir, file, target), target.getvalue().splitlines()


@pytest.mark.parametrize("slug", ["avonmere", "glan-yr-afon"])
def test_each_councils_own_scenarios_pass(slug: str) -> None:
    code, lines = ran(COUNCILS / slug / "scenarios.json")
    assert lines[-1].endswith(" passed, 0 failed")
    assert not lines[-1].startswith("0 ")
    assert code == 0


def test_a_failure_names_its_difference_and_exits_1(tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    expected = {"route": "ADVICE"}
    one = {"id": "X-1", "tenant": "avonmere", "answers": {"b_danger_now": "yes"}, "expected": expected}
    file.write_text(json.dumps({"vignettes": [one, one | {"id": "X-2", "tenant": "nowhere"}]}))
    code, lines = ran(file)
    assert code == 1
    assert lines[0].startswith("X-1 ")
    assert "MASH_URGENT" in lines[0]
    assert lines[-1] == "0 passed, 2 failed"


def test_files_that_cannot_be_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(tmp_path / "nothing.json") == (2, [])
    (tmp_path / "bad.json").write_text("{")
    assert ran(tmp_path / "bad.json") == (2, [])
    assert ran(COUNCILS / "avonmere" / "scenarios.json", tmp_path / "nowhere") == (2, [])
    assert "cannot be read" in capsys.readouterr().err


def test_broken_rules_are_told_by_file_and_line(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = copied / "avonmere" / "thresholds.yaml"
    path.write_text(path.read_text() + "\nnonsense: 1\n")
    assert ran(COUNCILS / "avonmere" / "scenarios.json", copied) == (2, [])
    assert "thresholds.yaml:" in capsys.readouterr().err


def test_check_names_mistakes_or_says_what_is_there(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert councils.checked(copied / "avonmere")
    assert main(["council", "check", str(copied / "glan-yr-afon")]) == 0
    path = copied / "avonmere" / "council.yaml"
    path.write_text(path.read_text() + "\nmotto: x\n")
    assert main(["council", "check", str(copied / "avonmere")]) == 1
    told = capsys.readouterr()
    assert "no mistakes" in told.out
    assert "1 mistake in" in told.err


@pytest.mark.parametrize("module", ["portal.cli.agencies", "portal.cli.scenarios", "portal.cli.councils"])
def test_neither_flask_nor_the_database_is_loaded(module: str) -> None:
    program = (
        f"import {module}, sys; sys.exit(bool({{'flask', 'sqlalchemy', 'psycopg', 'wtforms'}} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
