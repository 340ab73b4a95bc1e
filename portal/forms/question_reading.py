"""Reads the questions of a page, a section or a group strictly, each with the keys that its type may have."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from portal.forms.choice_reading import read_codes, read_levels, read_options
from portal.forms.conditions import Asked, Test, Words, read_condition
from portal.forms.mistakes import Checker, Path, shown
from portal.forms.question_details import bounds, date_forms, day_limit, decimals, guidance, named_format
from portal.forms.questionnaire import SENSITIVITIES, TYPES, Question, Repeat
from portal.forms.severity_reading import read_severity, read_strengths, read_unsure

MOST_QUESTIONS = 400
MOST_IN_GROUP = 40
FACT = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){0,4}")
OPTIONAL = [
    "hint",
    "required",
    "options",
    "levels",
    "show_when",
    "min",
    "max",
    "fact",
    "sensitivity",
    "not_known",
    "flags",
    "forms",
    "not_before",
    "not_after",
    "format",
    "decimals",
    "guidance",
    "codes",
    "severity",
    "unsure_of",
    "strengths",
]
OF_GROUPS = ["questions", "item", "title_from"]


@dataclass
class Reading:
    """What has been read so far: the questions that conditions may speak of, and every key used."""

    checker: Checker
    asked: dict[str, Asked] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def words(self) -> Words:
        """Return the vocabulary of a condition at this place of the document."""
        return Words(self.checker, self.asked)


def condition(parts: Mapping[str, Any], name: str, path: Path, reading: Reading) -> Test | None:
    """Return the condition of that name among the parts, or None when there is none."""
    return read_condition(parts[name], reading.words(), (*path, name)) if name in parts else None


def refuse_twice(keys: Sequence[str], path: Path, check: Checker) -> None:
    """Note every key that is there for the second time."""
    for place, key in enumerate(keys):
        if key and key in keys[:place]:
            check.note((*path, place, "key"), f"{key} is there twice")


def read_questions(
    nodes: object, path: Path, reading: Reading, most: int = MOST_QUESTIONS, *, inside: bool = False
) -> list[Question]:
    """Return the questions of a list in order; `inside` a group there may be no other group."""
    found = []
    for place, node in enumerate(reading.checker.sequence(nodes, path, least=1, most=most)):
        question = _read_question(node, (*path, place), reading, inside=inside)
        if question.key and question.key in reading.used:
            reading.checker.note((*path, place, "key"), f"{question.key} is asked twice")
        reading.used.add(question.key)
        reading.asked[question.key] = question.asked()
        found.append(question)
    return found


def _read_question(node: object, path: Path, reading: Reading, *, inside: bool) -> Question:
    check = reading.checker
    parts = check.mapping(node, path, must=["key", "type", "label"], may=[*OPTIONAL, *OF_GROUPS])
    kind = check.one_of(parts.get("type"), (*path, "type"), TYPES, "type")
    not_known = check.flag(parts["not_known"], (*path, "not_known")) if "not_known" in parts else False
    codes = read_codes(parts, path, check)
    options = read_options(parts, kind, codes, path, check)
    least, most = bounds(parts, kind, path, check)
    questions, repeat = _group(parts, kind, path, reading, inside=inside)
    question = Question(
        key=check.key(parts.get("key"), (*path, "key")),
        type=kind,
        label=check.text(parts.get("label"), (*path, "label")),
        hint=check.optional_text(parts, "hint", path),
        required=_required(parts, path, reading),
        options=options,
        levels=read_levels(parts, kind, path, check),
        show_when=condition(parts, "show_when", path, reading),
        min=least,
        max=most,
        fact=_fact(parts, path, check),
        sensitivity=check.one_of(parts.get("sensitivity", "P"), (*path, "sensitivity"), SENSITIVITIES, "sensitivity"),
        not_known=not_known,
        flags=_flags(parts, kind, path, check),
        questions=questions,
        repeat=repeat,
        codes=codes.reference if codes else None,
        **_details(parts, kind, path, reading),
    )
    return _compared(question, parts, path, reading)


def _details(parts: Mapping[str, Any], kind: str, path: Path, reading: Reading) -> dict[str, Any]:
    check = reading.checker
    return {
        "forms": date_forms(parts, kind, path, check),
        "not_before": day_limit(parts, "not_before", kind, path, check),
        "not_after": day_limit(parts, "not_after", kind, path, check),
        "format": named_format(parts, kind, path, check),
        "decimals": decimals(parts, kind, path, check),
        "guidance": guidance(parts, path, check),
    }


def _compared(question: Question, parts: Mapping[str, Any], path: Path, reading: Reading) -> Question:
    """Return the question with what is compared when a rule set is proved: severity, doubts and strengths."""
    check = reading.checker
    return replace(
        question,
        severity=read_severity(question, parts, path, check),
        unsure_of=read_unsure(question, parts, path, reading.asked, check),
        strengths=read_strengths(question, parts, path, check),
    )


def _required(parts: Mapping[str, Any], path: Path, reading: Reading) -> bool | Test:
    given = parts.get("required", False)
    return given if isinstance(given, bool) else read_condition(given, reading.words(), (*path, "required"))


def _fact(parts: Mapping[str, Any], path: Path, check: Checker) -> str | None:
    if "fact" not in parts:
        return None
    name = check.plain(parts["fact"], (*path, "fact"), 80)
    if name and not FACT.fullmatch(name):
        check.note((*path, "fact"), f"{shown(name)} is not a fact: small letters, like child.date_of_birth")
    return name


def _flags(parts: Mapping[str, Any], kind: str, path: Path, check: Checker) -> bool:
    if "flags" in parts and kind and (kind != "checkboxes" or path[0] != "triage"):
        check.note((*path, "flags"), "only checkboxes of triage can list signs of serious harm")
    return check.flag(parts["flags"], (*path, "flags")) if "flags" in parts else False


def _group(
    parts: Mapping[str, Any], kind: str, path: Path, reading: Reading, *, inside: bool
) -> tuple[tuple[Question, ...], Repeat | None]:
    check = reading.checker
    if kind != "group":
        for name in OF_GROUPS:
            if name in parts and kind:
                check.note((*path, name), f"a question of type {kind} has no {name}")
        return (), None
    if inside or path[0] == "triage":
        check.note((*path, "type"), "a group can be neither in triage nor inside another group")
        return (), None
    before = dict(reading.asked)
    questions = read_questions(parts.get("questions"), (*path, "questions"), reading, MOST_IN_GROUP, inside=True)
    reading.asked = before  # nothing outside can speak of one person among several
    needed = {name: parts[name] for name in ("min", "max", "item", "title_from") if name in parts}
    for name in {"min", "max", "item", "title_from"} - set(needed):
        check.note(path, f"{name} is missing")
    return tuple(questions), read_repeat(needed, path, check, {question.key for question in questions})


def read_repeat(parts: Mapping[str, Any], path: Path, check: Checker, own: Collection[str]) -> Repeat:
    """Return how often a section or group may be given; `own` are the keys of its questions."""
    least = check.whole(parts.get("min"), (*path, "min"), 0, 50)
    titles = check.keys(parts.get("title_from"), (*path, "title_from"), least=1)
    for place, key in enumerate(titles):
        check.one_of(key, (*path, "title_from", place), own, "question of this section")
    return Repeat(
        min=least,
        max=check.whole(parts.get("max"), (*path, "max"), max(1, least), 50),
        item=check.text(parts.get("item"), (*path, "item")),
        title_from=titles,
    )
