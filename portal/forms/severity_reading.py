"""Reads what a proof compares: which answers are worse, which signs are in doubt, which answers are strengths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.forms.conditions import Asked
from portal.forms.mistakes import Checker, Path, shown
from portal.forms.questionnaire import CHOICES, NOT_KNOWN, ONE_CHOICE, Question, Severity

CONSENT = "consent.family"
WORDS: Mapping[str, tuple[str, ...]] = {
    "checkboxes": ("more", "fewer"),
    "levels": ("more", "fewer"),
    "number": ("higher", "lower"),
    "age": ("higher", "lower"),
}


def read_severity(question: Question, parts: Mapping[str, Any], path: Path, check: Checker) -> Severity | None:
    """Return the order of a question's answers from the least to the most worrying, or the word that says it."""
    if "severity" not in parts or not question.type:
        return None
    where = (*path, "severity")
    if question.fact == CONSENT:
        check.note(where, "a family's agreement is no measure of worry: it can have no severity")
        return None
    if question.type in WORDS:
        known = WORDS[question.type]
        if parts["severity"] not in known:
            check.note(where, f"expected {' or '.join(known)}, found {shown(parts['severity'])}")
            return None
        return str(parts["severity"])
    if question.type not in ONE_CHOICE:
        check.note(where, f"a question of type {question.type} has no severity")
        return None
    return _steps(question, parts["severity"], where, check)


def _steps(question: Question, node: object, where: Path, check: Checker) -> Severity:
    known = {option.value for option in question.options} | ({NOT_KNOWN} if question.not_known else set())
    steps: list[tuple[str, ...]] = []
    for place, item in enumerate(check.sequence(node, where, least=2)):
        here = (*where, place)
        names = check.keys(item, here, least=1) if isinstance(item, list | tuple) else (check.key(item, here),)
        steps.append(tuple(check.one_of(name, here, known, "option") for name in names if name))
    flat = [name for step in steps for name in step if name]
    for name in {name for name in flat if flat.count(name) > 1}:
        check.note(where, f"{name} is there twice")
    return tuple(steps)


def read_unsure(
    question: Question, parts: Mapping[str, Any], path: Path, asked: Mapping[str, Asked], check: Checker
) -> str | None:
    """Return the key of the checkboxes whose signs are in doubt here; each option must be one of that question."""
    if "unsure_of" not in parts or not question.type:
        return None
    where = (*path, "unsure_of")
    if question.type != "checkboxes":
        check.note(where, "only checkboxes can list signs that someone is not sure about")
        return None
    name = check.one_of(parts["unsure_of"], where, asked, "question (or one asked later)")
    if not name:
        return None
    if asked[name].type != "checkboxes":
        check.note(where, f"{name} is of type {asked[name].type}; checkboxes are needed here")
    for option in question.options:
        if not option.exclusive and option.value and option.value not in asked[name].options:
            check.note(where, f"{option.value} is not an option of {name}")
    return name


def read_strengths(question: Question, parts: Mapping[str, Any], path: Path, check: Checker) -> bool:
    """Tell whether the question is about strengths; only questions with choices can be."""
    if "strengths" not in parts:
        return False
    if question.type and question.type not in CHOICES:
        check.note((*path, "strengths"), f"a question of type {question.type} cannot be about strengths")
    return check.flag(parts["strengths"], (*path, "strengths"))
