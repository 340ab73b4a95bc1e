"""Every field of the shared field list is asked in each council's forms, as it should be; what is not says why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from portal.forms.folder import CouncilFolder, load
from portal.forms.question_reading import MOST_QUESTIONS
from portal.forms.questionnaire import Form, Question, Section, is_shown, visible
from portal.forms.schema import MOST_PAGES

HERE = Path(__file__).resolve().parent
COUNCILS = HERE.parents[1] / "config" / "councils"
LISTED = json.loads((HERE / "every_field.json").read_text())
FIELDS: Mapping[str, Mapping[str, str]] = LISTED["fields"]
"""Family, key: what kind of answer, when it must be given, and how sensitive it is."""
CATEGORIES: Mapping[str, str] = LISTED["categories"]
"""Category: the keys that only it opens, and after the bar the signs of serious harm that belong to it."""

ACCOUNT = "comes from the account of whoever is signed in"
STAFF = "the council's answer: a page of the council, in a later issue"
NOT_ASKED: Mapping[str, Mapping[str, str]] = {
    "concern": {
        "ref_name": ACCOUNT,
        "ref_role": ACCOUNT,
        "ref_agency": ACCOUNT,
        "ref_agency_type": "follows from the agency",
        "ref_email": ACCOUNT,
        "con_basis": "nothing to answer: the council's words at the head of the section on consent",
        "att_what": "part of the answer to att_file until files can be sent",
        "dec_copy": "nothing to answer: the receipt gives the reference number",
        "pb_edd": "asked once, as child_edd of the unborn child",
    },
    "information": {
        "rfi_org": ACCOUNT,
        "rfi_name": ACCOUNT,
        **dict.fromkeys(("res_known", "res_grounds", "res_info", "res_redactions", "res_checked_by"), STAFF),
    },
    "service": {"rfs_scores": "the level of each need is part of the answer to rfs_needs"},
}
SPLIT = {"rfi_period": ("rfi_period_from", "rfi_period_to")}
NATION_ONLY = {
    "wales": {"ref_feedback_lang", "child_welsh", "pp_by", "pp_how", "pp_marks", "pp_ooc_support"},
    "england": set[str](),
}
WELSH_CATEGORIES = {"physical_punishment"}
FITTING: Mapping[str, set[str]] = {
    "address": {"address", "textarea", "group"},
    "autocomplete": {"search", "school", "practice"},
    "checkbox": {"checkboxes"},
    "checkboxes": {"checkboxes", "levels"},
    "date": {"date", "text"},
    "datetime": {"text", "date"},
    "file": {"documents"},
    "number": {"number", "text"},
    "partial": {"date"},
    "radios": {"radios", "yes_no", "select"},
    "select": {"select", "search", "radios", "text"},
    "tel": {"tel"},
    "textarea": {"textarea"},
    "text": {"text", "textarea", "group", "name", "nhs_number", "upn", "select", "search", "radios"},
}
OWN_WAY_OUT = {"ref_feedback_lang", "child_welsh", "con_child", "chr_event"}
"""Required although the list says sometimes: of one nation, of one event, or with an answer for everybody else."""
GATES = {"child_focus", "child_unborn", "child_dob_known", "child_more", "child_other_home", "person_more"}
"""Questions about a child or person that open others; each of them can always be answered."""


@pytest.fixture(scope="module", params=["avonmere", "glan-yr-afon"])
def folder(request: pytest.FixtureRequest) -> CouncilFolder:
    return load(COUNCILS / request.param)


def form_of(folder: CouncilFolder, family: str) -> Form:
    return next(one.form for one in folder.families if one.key == family)


def by_key(form: Form) -> dict[str, Question]:
    """Every question of the full form by its key, those of triage and of groups among them."""
    return {one.key: one for question in form.questions() for one in (question, *question.questions)}


def wanted(folder: CouncilFolder, family: str) -> Iterator[tuple[str, str, str, str]]:
    """Key, kind, when it must be given, and sensitivity of each field that this council asks."""
    other = set().union(*(keys for nation, keys in NATION_ONLY.items() if nation != folder.settings.nation))
    for key, told in FIELDS[family].items():
        kind, must, sensitivity = told.split(" ")
        if key not in NOT_ASKED[family] and key not in other:
            for one in SPLIT.get(key, (key,)):
                yield one, kind, must, sensitivity


@pytest.mark.parametrize("family", FIELDS)
def test_every_field_is_asked(folder: CouncilFolder, family: str) -> None:
    asked = by_key(form_of(folder, family))
    assert [key for key, *_ in wanted(folder, family) if key not in asked] == []
    assert [key for key in NOT_ASKED[family] if key in asked] == []


@pytest.mark.parametrize("family", FIELDS)
def test_every_field_has_a_fitting_type_and_sensitivity(folder: CouncilFolder, family: str) -> None:
    asked = by_key(form_of(folder, family))
    wrong = []
    for key, kind, _must, sensitivity in wanted(folder, family):
        question = asked[key]
        if question.type not in FITTING[kind]:
            wrong.append((key, kind, question.type))
        if question.sensitivity not in sensitivity.split("/"):
            wrong.append((key, sensitivity, question.sensitivity))
    assert wrong == []


@pytest.mark.parametrize("family", FIELDS)
def test_every_field_is_required_when_it_should_be(folder: CouncilFolder, family: str) -> None:
    asked = by_key(form_of(folder, family))
    wrong = []
    for key, _kind, must, _sensitivity in wanted(folder, family):
        question = asked[key]
        fits = {
            "always": question.required is not False,
            "never": question.required is False,
            "sometimes": question.required is not True
            or question.not_known
            or question.show_when is not None
            or key in OWN_WAY_OUT,
        }
        if not fits[must]:
            wrong.append((key, must, question.required is True))
    assert wrong == []


def about(form: Form) -> dict[str, Section]:
    return {section.key.removeprefix("about_"): section for section in form.sections if section.key[:6] == "about_"}


def test_a_category_opens_its_section_and_no_other(folder: CouncilFolder) -> None:
    form, welsh = form_of(folder, "concern"), folder.settings.nation == "wales"
    opened = about(form)
    categories = [key for key in CATEGORIES if welsh or key not in WELSH_CATEGORIES]
    assert sorted(opened) == sorted(categories)
    for key in ("cc_categories", "cc_main"):
        assert sorted(option.value for option in by_key(form)[key].options) == sorted(categories)
    for category in categories:
        shown = [name for name, one in opened.items() if is_shown(one, {"cc_categories": [category]})]
        assert shown == [category]
    assert not [name for name, one in opened.items() if is_shown(one, {})]


def test_a_section_asks_the_fields_of_its_category(folder: CouncilFolder) -> None:
    for category, section in about(form_of(folder, "concern")).items():
        keys, _, signs = CATEGORIES[category].partition(" | ")
        asked = {question.key for question in section.questions}
        assert set(keys.split()) - set(NOT_ASKED["concern"]) <= asked, category
        if signs:
            assert any(question.guidance for question in section.questions), f"{category} says nothing of {signs}"


def test_images_and_induced_illness_come_with_a_warning(folder: CouncilFolder) -> None:
    opened = about(form_of(folder, "concern"))
    assert opened["sexual"].inset
    assert opened["fii"].inset
    told = visible(opened["fii"].questions, {"fii_told_family": "yes"})
    untold = visible(opened["fii"].questions, {"fii_told_family": "no"})
    assert {one.key for one in told} - {one.key for one in untold} == {"fii_phone_first"}


def test_nobody_must_know_who_people_are(folder: CouncilFolder) -> None:
    for family in ("concern", "service"):
        form = form_of(folder, family)
        for question in (*form.section("children").questions, *form.section("people").questions):
            offered = {option.value for option in question.options}
            fine = question.not_known or offered & {"not_known", "not_asked", "U"} or question.required is False
            assert fine or question.key in GATES or question.show_when is not None, question.key


def test_people_repeat_and_a_person_has_things_of_their_own(folder: CouncilFolder) -> None:
    concern, information = form_of(folder, "concern"), form_of(folder, "information")
    repeats = {section.key: (section.repeat.min, section.repeat.max) for section in concern.sections if section.repeat}
    assert repeats == {
        "children": (1, 10), "people": (0, 15), "professionals": (0, 15), "voice": (1, 10), "chronology": (0, 30),
    }  # fmt: skip
    groups = [question.key for question in by_key(concern).values() if question.type == "group"]
    assert "child_other_addresses" in groups
    assert by_key(information)["sub_addresses"].type == "group"


def test_answers_are_coded_by_the_lists_of_the_nation(folder: CouncilFolder) -> None:
    asked, nation = by_key(form_of(folder, "concern")), folder.settings.nation
    lists = {key: asked[key].codes for key in ("child_sex", "child_ethnicity", "child_language")}
    assert lists == {
        "child_sex": f"{nation}/sex@2026", "child_ethnicity": f"{nation}/ethnicity@2026",
        "child_language": "uk/language@2026",
    }  # fmt: skip


def test_forms_stay_within_their_caps(folder: CouncilFolder) -> None:
    for family in folder.families:
        assert len(family.form.fields()) <= MOST_QUESTIONS
        assert len(family.form.sections) <= MOST_PAGES
        assert len(family.scenarios) >= 8


def test_guidance_stands_where_an_example_helps(folder: CouncilFolder) -> None:
    asked = by_key(form_of(folder, "concern"))
    for key in ("sos_what_happened", "sos_impact", "voice_words", "con_told"):
        assert asked[key].guidance, key


def test_every_fact_has_a_name_that_the_guide_lists(folder: CouncilFolder) -> None:
    guide = (HERE.parents[1] / "docs" / "rules.md").read_text()
    named = set(re.findall(r"`([a-z]+\.[a-z_]+)`", guide))
    asked = {one.fact for family in folder.families for one in family.form.fields() if one.fact}
    assert asked - named == set()
