"""The three families of a council's folder: read, refused without the facts that screening needs, and tried."""

from __future__ import annotations

import copy
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from portal.cli.scenarios import family_of, run_file
from portal.forms.families import CONCERN, FAMILIES, INFORMATION, SERVICE
from portal.forms.folder import CouncilFolder, FolderMistakes, load, load_rules
from portal.forms.needs import NEEDS, URGENT, missing_facts
from portal.forms.schema import Form, parse_form

COUNCILS = Path(__file__).resolve().parents[2] / "config" / "councils"
SLUGS = ("avonmere", "glan-yr-afon")


@pytest.fixture(scope="module", params=SLUGS)
def folder(request: pytest.FixtureRequest) -> CouncilFolder:
    return load(COUNCILS / request.param)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return shutil.copytree(COUNCILS / "avonmere", tmp_path / "avonmere")


def test_a_folder_holds_the_three_families(folder: CouncilFolder) -> None:
    assert tuple(family.key for family in folder.families) == FAMILIES
    assert all(family.form.key == family.key and family.scenarios for family in folder.families)


def test_the_two_others_may_be_left_out(copied: Path) -> None:
    shutil.rmtree(copied / "forms" / INFORMATION)
    shutil.rmtree(copied / "forms" / SERVICE)
    assert [family.key for family in load(copied).families] == [CONCERN]


@pytest.mark.parametrize("name", ["form.yaml", "thresholds.yaml", "scenarios.json"])
def test_a_family_without_one_of_its_files_is_a_mistake_of_that_file(copied: Path, name: str) -> None:
    (copied / "forms" / SERVICE / name).unlink()
    with pytest.raises(FolderMistakes) as found:
        load(copied)
    assert {each.file for each in found.value.mistakes} == {f"forms/{SERVICE}/{name}"}


def test_a_form_of_another_family_is_refused(copied: Path) -> None:
    path = copied / "forms" / SERVICE / "form.yaml"
    path.write_text(path.read_text().replace("key: service", "key: information", 1))
    with pytest.raises(FolderMistakes, match="1 mistake"):
        load(copied)


def test_a_form_without_a_fact_that_screening_needs_is_refused(copied: Path) -> None:
    path = copied / "forms" / INFORMATION / "form.yaml"
    path.write_text(
        path.read_text().replace("fact: request.purpose", "sensitivity: N", 1).replace("sensitivity: N", "", 1)
    )
    with pytest.raises(FolderMistakes) as found:
        load(copied)
    assert any("request.purpose" in each.message for each in found.value.mistakes)


def without(document: Any, facts: set[str]) -> Form:
    """The form without any question that gives one of these facts its name."""
    changed = copy.deepcopy(document)

    def forget(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("fact") in facts:
                del node["fact"]
            node = list(node.values())
        for inner in node if isinstance(node, list) else ():
            forget(inner)

    forget(changed)
    return parse_form(changed)


def test_every_need_is_missed_when_its_questions_are_gone(folder: CouncilFolder) -> None:
    for family in folder.families:
        needs = [*NEEDS[family.key], *(URGENT if family.form.urgent else ())]
        assert missing_facts(family.form) == []
        for need in needs:
            gone = {name for together in need.one_of for name in together}
            assert need in missing_facts(without(family.form_document, gone)), need


def test_a_need_says_what_is_missing_in_both_languages() -> None:
    for need in (*URGENT, *(each for needs in NEEDS.values() for each in needs)):
        assert need.words("en") != need.words("cy")
        assert set(need.text()) == {"en", "cy"}


def test_triage_may_have_no_pages() -> None:
    document = {
        "key": "service",
        "title": {"en": "Help"},
        "triage": {"pages": []},
        "sections": [
            {"key": "one", "title": {"en": "One"}, "questions": [{"key": "a", "type": "text", "label": {"en": "A"}}]}
        ],
    }
    assert parse_form(document).triage == ()


def test_scenarios_of_each_family_pass(folder: CouncilFolder) -> None:
    for family in FAMILIES[1:]:
        file = COUNCILS / folder.settings.slug / "forms" / family / "scenarios.json"
        assert family_of(file) == family
        written = io.StringIO()
        assert run_file(COUNCILS, file, written, family) == 0, written.getvalue()


def test_scenarios_of_a_family_are_tried_by_its_own_rules(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    expected = {"id": "x", "council": "avonmere", "answers": {"rfs_level": "4"}, "expected": {"route": "MASH"}}
    file.write_text(json.dumps([expected]))
    assert family_of(file) == CONCERN
    assert run_file(COUNCILS, file, io.StringIO(), SERVICE) == 0
    assert run_file(COUNCILS, file, io.StringIO()) == 1


def test_the_rules_of_one_family_alone() -> None:
    form, thresholds = load_rules(COUNCILS / "avonmere", INFORMATION)
    assert form.key == INFORMATION
    assert set(thresholds.routes) == {"INFORMATION", "MASH"}
