"""What a condition of a draft may speak of: questions asked before it, derived values and named conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.forms.codes import codes_for
from portal.forms.editing.documents import Steps, list_at, look, mapping_at, text_at
from portal.kernel.language import LANGUAGES, Text, words

TRIAGE: Steps = ("form", "triage", "pages")
SECTIONS: Steps = ("form", "sections")
URGENT: Steps = ("form", "urgent", "sections")
HOLDERS = (TRIAGE, SECTIONS, URGENT)
MANY = frozenset({"checkboxes", "levels"})
NUMBERS = frozenset({"number", "age"})


@dataclass(frozen=True)
class Subject:
    """One question as conditions see it; options and levels with their labels, in the form's order."""

    key: str
    type: str
    label: Text
    options: tuple[tuple[str, Text], ...] = ()
    exclusive: frozenset[str] = frozenset()
    levels: tuple[tuple[int, Text], ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """The subjects that one condition may use, and what derived values and named conditions are called."""

    subjects: Mapping[str, Subject] = field(default_factory=dict)
    values: Mapping[str, Text] = field(default_factory=dict)
    named: Mapping[str, Text] = field(default_factory=dict)


def question_steps(content: object) -> Iterator[tuple[Steps, dict[str, Any]]]:
    """Every question of a draft with its steps, in the order in which it is asked; those of groups too."""
    for holder in HOLDERS:
        for place in range(len(list_at(content, holder))):
            yield from _of((*holder, place), content)


def _of(steps: Steps, content: object) -> Iterator[tuple[Steps, dict[str, Any]]]:
    for place in range(len(list_at(content, (*steps, "questions")))):
        here = (*steps, "questions", place)
        yield here, mapping_at(content, here)
        if isinstance(look(content, (*here, "questions")), list):
            yield from _of(here, content)


def subject(question: Mapping[str, Any]) -> Subject:
    """One question of a document, read leniently."""
    kind = str(question.get("type", ""))
    options: list[tuple[str, Text]] = [
        (str(one.get("value", "")), text_at(one, ("label",))) for one in _mappings(question.get("options"))
    ]
    if kind == "yes_no":
        options = [("yes", _both("Yes")), ("no", _both("No"))]
    if not options and isinstance(question.get("codes"), str):
        codes = codes_for(question["codes"])
        options = [(one.code, one.label) for one in codes.entries] if codes else []
    if kind == "age":
        options = [("unborn", _both("Unborn"))]
    if question.get("not_known") is True and "not_known" not in dict(options):
        options.append(("not_known", _both("Not known")))
    levels = [(one.get("value"), text_at(one, ("label",))) for one in _mappings(question.get("levels"))]
    return Subject(
        key=str(question.get("key", "")),
        type=kind,
        label=text_at(question, ("label",)),
        options=tuple(options),
        exclusive=frozenset(
            str(one.get("value", "")) for one in _mappings(question.get("options")) if one.get("exclusive") is True
        ),
        levels=tuple((value, label) for value, label in levels if isinstance(value, int)),
    )


def vocabulary(content: object, before: Steps = ()) -> Vocabulary:
    """What a condition at the steps `before` may use; without steps, what every rule may use."""
    called = mapping_at(content, ("thresholds", "names"))
    names: dict[str, dict[str, Text]] = {}
    for part in ("values", "conditions"):
        known = list(mapping_at(content, ("thresholds", part)))
        if before[:2] == ("thresholds", part):
            known = known[: known.index(str(before[2]))] if str(before[2]) in known else known
        names[part] = {key: text_at(called, (key,)) or {"en": key} for key in known}
    if before[:1] == ("form",):
        # The form's own conditions know no derived values: they decide before anything is scored.
        return Vocabulary({one.key: one for one in _earlier(content, before)})
    found = {one.key: one for one in map(subject, _triage(content))}
    if before[:2] == ("thresholds", "overrides"):
        found |= _override(content)
    conditions = {} if before[:2] == ("thresholds", "values") else names["conditions"]
    return Vocabulary(found, names["values"], conditions)


def _triage(content: object) -> list[dict[str, Any]]:
    return [question for steps, question in question_steps(content) if steps[:3] == TRIAGE]


def _earlier(content: object, before: Steps) -> Iterator[Subject]:
    owner = before[:-1]
    for steps, question in question_steps(content):
        if steps[: len(owner)] == owner:
            return
        if _seen_from(content, steps, owner):
            yield subject(question)


def _seen_from(content: object, steps: Steps, owner: Steps) -> bool:
    """Tell whether a question asked earlier may be spoken of: never one child among several from outside."""
    if owner[:3] == URGENT and steps[:2] == SECTIONS:
        return False  # the short form follows triage, not the sections
    holder = steps[: _depth(steps)]
    repeated = bool(mapping_at(content, (*holder, "repeat"))) and owner[: len(holder)] != holder
    group = steps[:-2] if steps.count("questions") > 1 else ()
    return not repeated and owner[: len(group)] == group


def _depth(steps: Steps) -> int:
    """How many steps lead to the page or section that a question stands in."""
    return len(SECTIONS) + 1 if steps[:2] == SECTIONS else len(TRIAGE) + 1


def _override(content: object) -> dict[str, Subject]:
    key = look(content, ("thresholds", "override_answer"))
    if not isinstance(key, str):
        return {}
    label = text_at(content, ("thresholds", "override_question"))
    return {key: Subject(key, "radios", label, (("yes", _both("Yes")), ("no", _both("No"))))}


def _both(text: str) -> Text:
    return {language: words(language, text) for language in LANGUAGES}


def _mappings(node: object) -> list[Mapping[str, Any]]:
    return [one for one in node if isinstance(one, Mapping)] if isinstance(node, list) else []
