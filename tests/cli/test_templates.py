"""`portal templates`: folders become numbers of the shared library, all or none of them, again only when changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
import pytest

from config.settings import Settings
from portal.cli import folders, main
from portal.cli.cluster import Addresses
from portal.cli.templates import TEMPLATES
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


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The shipped templates and councils, to be changed."""
    shutil.copytree(folders.COUNCILS, tmp_path / "councils")
    return shutil.copytree(TEMPLATES, tmp_path / "templates")


def numbers(admin: Admin) -> list[tuple[object, ...]]:
    return admin.execute("select key, number, form_key, nation from form_template order by key, number").fetchall()


def test_templates_are_loaded_and_again_changes_nothing(
    instance: None, admin: Admin, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["templates", "apply"]) == 0
    loaded = numbers(admin)
    assert ("concern-wales", 1, "concern", "wales") in loaded
    assert ("concern-england", 1, "concern", "england") in loaded
    assert ("information", 1, "information", "") in loaded
    assert ("service", 1, "service", "") in loaded
    assert main(["templates", "apply"]) == 0
    assert numbers(admin) == loaded
    assert "concern-wales: already as the folder says; number 1" in capsys.readouterr().out
    assert main(["templates", "list"]) == 0
    assert "concern-wales 1 concern wales: Concern about a child" in capsys.readouterr().out
    recorded = admin.execute("select event, detail ->> 'number' from audit_event").fetchall()
    assert recorded == [("forms.template_applied", "1")] * len(loaded)


def test_a_changed_template_is_the_next_number(instance: None, admin: Admin, copied: Path) -> None:
    assert main(["templates", "apply", str(copied)]) == 0
    path = copied / "concern-wales" / "template.yaml"
    path.write_text(path.read_text().replace('  - "safety"\n', ""))
    assert main(["templates", "apply", str(copied / "concern-wales")]) == 0
    assert [number for key, number, *_rest in numbers(admin) if key == "concern-wales"] == [1, 2]


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("nation: wales", "nation: mars", "template.yaml:4: unknown nation mars"),
        ("key: concern-wales", "key: other", "template.yaml:2: the key must be the folder's name, concern-wales"),
        ("question:a_red_flags_unsure", "question:typo", "template.yaml:12: question:typo locks nothing"),
        ("note:", "nonsense:", "unknown key 'nonsense'"),
        ("glan-yr-afon", "nowhere", "template.yaml:5: is not a folder"),
        (', cy: "Pryder am blentyn: wedi\'i sgorio, ar gyfer Cymru"', "", "the cy text is missing"),
        ("nation: wales", "nation: [", "is not YAML"),
    ],
)
def test_mistakes_are_told_with_file_and_line_and_nothing_changes(
    instance: None, admin: Admin, copied: Path, capsys: pytest.CaptureFixture[str], was: str, now: str, said: str
) -> None:
    path = copied / "concern-wales" / "template.yaml"
    text = path.read_text()
    assert was in text
    path.write_text(text.replace(was, now))
    assert main(["templates", "apply", str(copied)]) == 1
    assert said in capsys.readouterr().err
    assert numbers(admin) == []


def test_a_mistake_in_the_form_itself_is_told_in_its_own_file(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = copied.parent / "councils" / "glan-yr-afon" / "thresholds.yaml"
    path.write_text(path.read_text() + "\nnonsense: 1\n")
    assert main(["templates", "apply", str(copied)]) == 1
    assert "concern-wales/../../councils/glan-yr-afon/thresholds.yaml:" in capsys.readouterr().err


def test_a_folder_without_templates_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["templates", "apply", str(tmp_path)]) == 1
    assert "no template here" in capsys.readouterr().err
