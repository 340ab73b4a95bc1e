"""A council's folder loads whole, or every mistake in any of its files is named by file and line."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from portal.forms.folder import CouncilFolder, FolderMistakes, load, load_agencies, load_rules
from portal.forms.questionnaire import Question, visible
from tests.factories.pictures import png

COUNCILS = Path(__file__).resolve().parents[2] / "config" / "councils"
SLUGS = ("avonmere", "glan-yr-afon")
FACTS = {
    "child.first_name",
    "child.last_name",
    "child.date_of_birth",
    "child.postcode",
    "child.unborn",
    "child.school",
    "child.age",
    "child.due_date",
    "concern.main_category",
    "concern.happened",
    "referrer.phone",
    "referrer.rang",
    "referrer.rang_when",
    *(f"now.{each}" for each in ("danger", "place", "until", "visit", "visit_risk")),
    *(f"consent.{each}" for each in ("told", "who", "agreed", "reasons", "why")),
}


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return shutil.copytree(COUNCILS / "avonmere", tmp_path / "avonmere")


@pytest.fixture(scope="module", params=SLUGS)
def folder(request: pytest.FixtureRequest) -> CouncilFolder:
    return load(COUNCILS / request.param)


def mistakes_of(path: Path) -> list[str]:
    with pytest.raises(FolderMistakes) as found:
        load(path)
    assert list(found.value.mistakes) == sorted(found.value.mistakes)
    return [str(each) for each in found.value.mistakes]


def change(path: Path, old: str, new: str) -> int:
    """Replace text that is in the file once; return its line."""
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
    return text[: text.index(old)].count("\n") + 1


def questions(folder: CouncilFolder) -> dict[str, Question]:
    return {question.key: question for section in folder.form.sections for question in section.questions}


def test_both_folders_load(folder: CouncilFolder) -> None:
    assert folder.settings.slug in SLUGS
    assert folder.scenarios
    assert {section.key for section in folder.form.sections} >= {
        "referrer", "urgency", "children", "people", "concern", "signs", "support", "consent", "other",
    }  # fmt: skip


def test_the_documents_that_are_kept_are_plain(folder: CouncilFolder) -> None:
    for document in (
        folder.settings_document, folder.agencies_document, folder.form_document, folder.thresholds_document,
    ):  # fmt: skip
        assert json.loads(json.dumps(document)) == document


def test_every_fact_is_asked_for(folder: CouncilFolder) -> None:
    facts = {question.fact for question in questions(folder).values() if question.fact}
    # A postcode may be a part of the address.
    assert facts | ({"child.postcode"} if "child.address" in facts else set()) >= FACTS


def test_signs_of_serious_harm_are_marked(folder: CouncilFolder) -> None:
    form = folder.form
    marked = [question.key for question in form.triage_questions() if question.flags]
    assert marked == [one.key for one in form.page("red_flags").questions] + [
        one.key for page in form.triage if page.key == "red_flags_unsure" for one in page.questions
    ]


def test_children_and_household_repeat(folder: CouncilFolder) -> None:
    repeats = {section.key: section.repeat for section in folder.form.sections if section.repeat}
    counts = {key: (repeat.min, repeat.max) for key, repeat in repeats.items()}
    assert (counts["children"], counts["people"]) == ((1, 10), (0, 15))


def test_the_urgent_form_asks_five_things(folder: CouncilFolder) -> None:
    asked = [question for section in folder.form.urgent for question in section.questions]
    assert [question.key for question in asked] == [
        "ref_phone", "child_name", "cfc_child_now", "sos_what_happened", "ref_phoned",
    ]  # fmt: skip
    assert all(question.required is True for question in asked)
    assert asked[1].not_known
    assert asked[2].not_known


def test_telling_agreeing_and_early_help_are_separate_questions(folder: CouncilFolder) -> None:
    asked = questions(folder)
    assert {"con_told", "con_agree", "con_reason", "con_early_help"} <= set(asked)
    assert asked["con_told"].required is True
    consent = next(section for section in folder.form.sections if section.key == "consent")
    refused = visible(consent.questions, {"con_told": "yes", "con_agree": "disagree"})
    assert {"con_agree", "con_reason"} <= {question.key for question in refused}
    agreed = visible(consent.questions, {"con_told": "yes", "con_agree": "agree"})
    assert "con_reason" not in {question.key for question in agreed}
    untold = {question.key for question in visible(consent.questions, {"con_told": "no"})}
    assert "con_reason" in untold
    assert "con_agree" not in untold


def test_narratives_are_limited_to_8000_characters(folder: CouncilFolder) -> None:
    long = [question for question in questions(folder).values() if question.type == "textarea"]
    assert long
    assert all(question.max and question.max <= 8000 for question in long)


def test_the_councils_differ() -> None:
    first, second = (questions(load(COUNCILS / slug)) for slug in SLUGS)
    both = set(first) & set(second)
    differing = [key for key in both if first[key].label["en"] != second[key].label["en"]]
    assert len(differing) > len(both) / 2
    assert "child_welsh" in second
    assert "child_welsh" not in first


def test_every_mistake_of_every_file_is_named_with_its_line(copied: Path) -> None:
    at = {
        "council.yaml": change(copied / "council.yaml", "nation: england", "nation: england\nmotto: x") + 1,
        "agencies.yaml": change(copied / "agencies.yaml", "boathouse.example.org", "gmail.com"),
        "forms/concern.yaml": change(copied / "forms/concern.yaml", "max: 8000\n        sens", "max: -1\n        sens"),
    }
    found = mistakes_of(copied)
    for file, line in at.items():
        assert any(each.startswith(f"{file}:{line}: ") for each in found), (file, line, found)


def test_mistakes_in_the_merged_files_are_named_in_their_own_file(copied: Path) -> None:
    text = (copied / "forms/triage.yaml").read_text()
    (copied / "forms/triage.yaml").write_text(text + "\nnonsense: 1\n")
    line = text.count("\n") + 2
    assert any(each.startswith(f"forms/triage.yaml:{line}: ") for each in mistakes_of(copied))


def test_a_council_in_two_languages_needs_every_text_in_both(copied: Path) -> None:
    line = change(copied / "council.yaml", "languages: [en]", "languages: [en, cy]")
    found = mistakes_of(copied)
    assert any(each.startswith("forms/concern.yaml:") for each in found)
    assert not any(each.startswith(f"council.yaml:{line}:") for each in found)


@pytest.mark.parametrize(
    "file", ["council.yaml", "agencies.yaml", "forms/concern.yaml", "forms/triage.yaml", "thresholds.yaml"]
)
def test_a_missing_or_empty_file_is_a_mistake(copied: Path, file: str) -> None:
    (copied / file).write_text("")
    assert any(each.startswith(file) for each in mistakes_of(copied))
    (copied / file).unlink()
    assert any(each.startswith(file) and "cannot be read" in each for each in mistakes_of(copied))


def test_the_folder_has_the_name_of_its_council(copied: Path) -> None:
    renamed = copied.rename(copied.with_name("elsewhere"))
    assert any("elsewhere" in each for each in mistakes_of(renamed))


def test_unsafe_yaml_is_refused(copied: Path) -> None:
    change(copied / "council.yaml", "nation: england", "nation: !!python/object/apply:os.getcwd []")
    assert any("not allowed" in each for each in mistakes_of(copied))


def test_scenarios_are_a_list(copied: Path) -> None:
    (copied / "scenarios.json").write_text('{"a": 1}')
    assert mistakes_of(copied) == ["scenarios.json:1: must be a list of scenarios"]


def test_a_folder_that_is_not_there_is_only_mistakes(tmp_path: Path) -> None:
    assert len(mistakes_of(tmp_path / "nowhere")) >= 5


def test_parts_can_be_read_alone(copied: Path) -> None:
    (copied / "council.yaml").unlink()
    assert load_agencies(copied)
    form, rules = load_rules(copied)
    assert form.triage
    assert rules.rules


@pytest.mark.parametrize(
    ("logo", "says"),
    [
        ("{file: none.png, alt: {en: A hill}}", "none.png cannot be read: No such file or directory"),
        ("{file: hill.png, alt: {en: A hill}}", "hill.png is not a PNG or JPEG picture"),
        (
            "{file: ../hill.png, alt: {en: A hill}}",
            "“file” must be the name of a .png or .jpg file in the council's folder",
        ),
        ("{file: 7, alt: {en: A hill}}", "“file” must be the name of a .png or .jpg file in the council's folder"),
        ("{alt: {en: A hill}}", "“file” is missing"),
        ("{file: good.png}", "“alt” is missing"),
        ("{file: good.png, alt: {cy: Bryn}}", "“alt” has no text in the language “en”"),
        ("{file: good.png, alt: {en: A hill}, size: 3}", "“size” is not known here"),
        ("{file: good.png, alt: {en: A hill}, digest: x}", "“digest” is not known here"),
    ],
)
def test_what_is_wrong_with_a_logo_is_told_with_its_line(copied: Path, logo: str, says: str) -> None:
    (copied / "hill.png").write_bytes(b"GIF89a")
    (copied / "good.png").write_bytes(png())
    line = change(copied / "council.yaml", "brand: {colour:", f"brand:\n  logo: {logo}\n  colour:") + 1
    path = copied / "council.yaml"
    path.write_text(re.sub(r"(  colour: \"#[0-9a-f]{6}\")}", r"\1", path.read_text()))
    assert mistakes_of(copied) == [f"council.yaml:{line}: {says}"]
