"""Both councils' rules in plain words: correct, short, and naming every question and option they depend on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from portal.forms import statements
from portal.forms.folder import CouncilFolder, load
from portal.forms.statements.labels import asked_words

COUNCILS = Path(__file__).resolve().parents[2] / "config" / "councils"
LANGUAGES = {"avonmere": ("en",), "glan-yr-afon": ("en", "cy")}
RULES = [
    (slug, language, place)
    for slug, languages in LANGUAGES.items()
    for language in languages
    for place in range(19 if slug == "avonmere" else 18)
]


@cache
def council(slug: str) -> CouncilFolder:
    return load(COUNCILS / slug)


def rules_of(slug: str) -> list[Any]:
    document = council(slug).thresholds_document
    return [*document["rules"], *document["overrides"]]


def told(slug: str, rule: Any, language: str) -> str:
    found = council(slug)
    lines = statements.rule_lines(rule, found.form_document, found.thresholds_document, language)
    return "\n".join(line.flat() for line in lines)


def whole(statement: statements.Statement) -> Iterator[str]:
    """Every line of a statement, the meaning of named conditions too."""
    yield statement.text
    for child in statement.children:
        yield from whole(child)


def answers_in(node: Any) -> Iterator[tuple[str, list[str]]]:
    """Each question that a node speaks of directly, with the options it names."""
    if isinstance(node, list):
        for item in node:
            yield from answers_in(item)
    elif isinstance(node, dict):
        if isinstance(node.get("answer"), str):
            named = [node[form] for form in ("is", "has") if isinstance(node.get(form), str)]
            listed = [option for form in ("in", "not_in", "has_any", "of") for option in node.get(form, [])]
            yield node["answer"], [*named, *listed]
        for part in node.values():
            yield from answers_in(part)


@pytest.mark.parametrize(("slug", "language", "place"), RULES)
def test_a_rule_names_each_question_and_option_that_it_depends_on(slug: str, language: str, place: int) -> None:
    found, rule = council(slug), rules_of(slug)[place]
    lines = statements.rule_lines(rule, found.form_document, found.thresholds_document, language)
    text = "\n".join(line for statement in lines for line in whole(statement)).casefold()
    questions = {question.key: question for question in found.form.triage_questions()}
    for key, options in answers_in(rule["when"]):
        if key not in questions:  # the override's own question
            continue
        assert asked_words(questions[key].label[language]).casefold() in text
        labels = {option.value: option.label[language] for option in questions[key].options}
        for option in options:
            assert labels.get(option, {"en": "Unborn", "cy": "Heb ei eni"}[language]).casefold() in text, option


@pytest.mark.parametrize(("slug", "language", "place"), RULES)
def test_no_key_or_sign_of_the_machine_is_left(slug: str, language: str, place: int) -> None:
    rule = rules_of(slug)[place]
    text = told(slug, rule, language)
    assert "_" not in text
    assert "%(" not in text
    assert "cannot be read" not in text
    head = statements.rule_lines(rule, council(slug).form_document, council(slug).thresholds_document, language)[0].text
    assert len(head) < 250


@pytest.mark.parametrize(
    ("slug", "rule", "language", "words"),
    [
        (
            "glan-yr-afon", "A12", "en",
            ("If two or more parts of the child's life are a serious worry,"
            " it goes to “MASSH report (duty to report)” (level 4)"),
        ),
        (
            "glan-yr-afon", "A12", "cy",
            ("Mae’n mynd i “Adroddiad MASSH (dyletswydd i adrodd)” (lefel 4) os yw hyn yn wir –"
            " rhannau o fywyd y plentyn sy'n bryder difrifol: dau neu fwy"),
        ),
        (
            "glan-yr-afon", "A13", "en",
            ("If the score for all parts of the child's life together is 14 or more,"
            " it goes to “MASSH report (duty to report)” (level 4)"),
        ),
        (
            "glan-yr-afon", "A15", "en",
            ("It goes to “Advice and local services” if all of these hold: Families First could help;"
            " “Have you talked to the family and do they agree?” is “They do not agree”"),
        ),
        ("glan-yr-afon", "A16", "en", "It goes to “Families First” if Families First could help"),
        ("glan-yr-afon", "A17", "en", "Otherwise it goes to “Advice and local services” (level 1)"),
        (
            "avonmere", "B05", "en",
            ("If anything but “None of these” is chosen in “Does the concern involve any of these?”,"
            " it goes to “MASH referral” (level 4)"),
        ),
        (
            "avonmere", "B10", "en",
            "If two or more kinds of worry are at level 3, it goes to “MASH referral” (level 4)",
        ),
        (
            "avonmere", "B02", "en",
            "If “How old is the child?” is 18 or over, it goes to “Advice and community services”",
        ),
        (
            "avonmere", "B14", "en",
            ("It goes to “MASH referral” (level 4) if all of these hold: one or more kinds of worry"
            " are at level 3; “Has early help been tried?” is “Yes, and it is not helping”"),
        ),
        (
            "avonmere", "B13", "en",
            ("It goes to “MASH referral” (level 4) if all of these hold: “Sexual harm” is at level 2"
            " or above in “What are you worried about?”; (any of these holds: “How old is the child?” is under 13;"
            " “How old is the child?” is “Unborn”)"),
        ),
    ],
)  # fmt: skip
def test_rules_as_an_officer_reads_them(slug: str, rule: str, language: str, words: str) -> None:
    found = council(slug)
    (document,) = [one for one in rules_of(slug) if one["id"] == rule]
    assert statements.rule_statement(document, found.form_document, found.thresholds_document, language) == words


def test_the_cases_are_all_the_rules() -> None:
    for slug in LANGUAGES:
        assert len({place for one, _language, place in RULES if one == slug}) == len(rules_of(slug))
