"""Reads a council's questionnaire strictly from a document, reporting every mistake with its place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from portal.forms.conditions import Asked, Test, Words, read_condition
from portal.forms.facts import Facts
from portal.forms.mistakes import Checker, Mistake, Path, SchemaMistakes, Text
from portal.forms.questionnaire import (
    CHOICES,
    NOT_KNOWN,
    SENSITIVITIES,
    TYPES,
    Form,
    Level,
    Option,
    Page,
    Question,
    Repeat,
    Section,
    is_shown,
    prune,
    visible,
)

__all__ = [
    "NOT_KNOWN",
    "Form",
    "Level",
    "Mistake",
    "Option",
    "Page",
    "Path",
    "Question",
    "Repeat",
    "SchemaMistakes",
    "Section",
    "is_shown",
    "parse_form",
    "prune",
    "visible",
]

T = TypeVar("T")
MOST_PAGES = 60
MOST_QUESTIONS = 400
BOUNDS: Mapping[str, tuple[int, int]] = {
    "text": (1, 500),
    "textarea": (1, 20_000),
    "number": (-1_000_000, 1_000_000),
    "age": (0, 130),
}
"""Types that take `min` and `max`, and the widest values these may have."""


@dataclass
class Reading:
    """What has been read so far: the questions that conditions may speak of, and every key used."""

    checker: Checker
    asked: dict[str, Asked] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def words(self) -> Words:
        """Return the vocabulary of a condition at this place of the document."""
        return Words(self.checker, self.asked)


def parse_form(document: object, languages: Sequence[str] = ()) -> Form:
    """Read a form document; with `languages`, every text must be there in each of them.

    Raises SchemaMistakes with every mistake found.
    """
    reading = Reading(Checker(languages))
    check = reading.checker
    parts = check.mapping(document, (), must=["key", "title", "triage", "sections"], may=["urgent"])
    triage = check.mapping(parts.get("triage"), ("triage",), must=["pages"])
    pages = _each(triage.get("pages", []), ("triage", "pages"), reading, _read_page)
    after_triage = Reading(check, dict(reading.asked), set(reading.used))
    sections = _each(parts.get("sections", []), ("sections",), reading, _read_section)
    urgent: list[Section] = []
    if "urgent" in parts:
        short = check.mapping(parts["urgent"], ("urgent",), must=["sections"])
        urgent = _each(short.get("sections", []), ("urgent", "sections"), after_triage, _read_section)
    form = Form(
        key=check.key(parts.get("key"), ("key",)),
        title=check.text(parts.get("title"), ("title",)),
        triage=tuple(pages),
        sections=tuple(sections),
        urgent=tuple(urgent),
    )
    if len(form.questions()) > MOST_QUESTIONS:
        check.note((), f"more than {MOST_QUESTIONS} questions")
    _refuse_twice([page.key for page in form.triage], ("triage", "pages"), check)
    _refuse_twice([part.key for part in (*form.sections, *form.urgent)], ("sections",), check)
    check.finish()
    return form


def _each(nodes: object, path: Path, reading: Reading, read: Callable[[object, Path, Reading], T]) -> list[T]:
    items = reading.checker.sequence(nodes, path, least=1, most=MOST_PAGES)
    return [read(item, (*path, place), reading) for place, item in enumerate(items)]


def _refuse_twice(keys: Sequence[str], path: Path, check: Checker) -> None:
    for place, key in enumerate(keys):
        if key and key in keys[:place]:
            check.note((*path, place, "key"), f"{key} is there twice")


def _read_page(node: object, path: Path, reading: Reading) -> Page:
    check = reading.checker
    parts = check.mapping(node, path, must=["key", "title", "questions"], may=["intro", "show_when"])
    page_test = _condition(parts, "show_when", path, reading)
    questions = _questions(parts.get("questions"), (*path, "questions"), reading)
    if page_test is not None:
        questions = [replace(question, show_when=_both(page_test, question.show_when)) for question in questions]
    return Page(
        key=check.key(parts.get("key"), (*path, "key")),
        title=check.text(parts.get("title"), (*path, "title")),
        intro=_text(parts, "intro", path, check),
        questions=tuple(questions),
    )


def _both(first: Test, second: Test | None) -> Test:
    if second is None:
        return first

    def both(facts: Facts) -> bool:
        return first(facts) and second(facts)

    return both


def _read_section(node: object, path: Path, reading: Reading) -> Section:
    check = reading.checker
    optional = ["intro", "repeat", "show_when"]
    parts = check.mapping(node, path, must=["key", "title", "questions"], may=optional)
    show_when = _condition(parts, "show_when", path, reading)
    before = dict(reading.asked)
    questions = _questions(parts.get("questions"), (*path, "questions"), reading)
    repeat = None
    if "repeat" in parts:
        repeat = _read_repeat(parts["repeat"], (*path, "repeat"), check, {question.key for question in questions})
        reading.asked = before  # another section cannot speak of one child among several
    return Section(
        key=check.key(parts.get("key"), (*path, "key")),
        title=check.text(parts.get("title"), (*path, "title")),
        intro=_text(parts, "intro", path, check),
        questions=tuple(questions),
        repeat=repeat,
        show_when=show_when,
    )


def _read_repeat(node: object, path: Path, check: Checker, own: Collection[str]) -> Repeat:
    parts = check.mapping(node, path, must=["min", "max", "item", "title_from"])
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


def _questions(nodes: object, path: Path, reading: Reading) -> list[Question]:
    found = []
    for place, node in enumerate(reading.checker.sequence(nodes, path, least=1, most=MOST_QUESTIONS)):
        question = _read_question(node, (*path, place), reading)
        if question.key and question.key in reading.used:
            reading.checker.note((*path, place, "key"), f"{question.key} is asked twice")
        reading.used.add(question.key)
        reading.asked[question.key] = question.asked()
        found.append(question)
    return found


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
]


def _read_question(node: object, path: Path, reading: Reading) -> Question:
    check = reading.checker
    parts = check.mapping(node, path, must=["key", "type", "label"], may=OPTIONAL)
    kind = check.one_of(parts.get("type"), (*path, "type"), TYPES, "type")
    least, most = _bounds(parts, kind, path, check)
    return Question(
        key=check.key(parts.get("key"), (*path, "key")),
        type=kind,
        label=check.text(parts.get("label"), (*path, "label")),
        hint=_text(parts, "hint", path, check),
        required=_required(parts, path, reading),
        options=_options(parts, kind, path, check),
        levels=_levels(parts, kind, path, check),
        show_when=_condition(parts, "show_when", path, reading),
        min=least,
        max=most,
        fact=_fact(parts, path, check),
        sensitivity=check.one_of(parts.get("sensitivity", "P"), (*path, "sensitivity"), SENSITIVITIES, "sensitivity"),
        not_known=check.flag(parts["not_known"], (*path, "not_known")) if "not_known" in parts else False,
        flags=_flags(parts, kind, path, check),
    )


def _flags(parts: Mapping[str, Any], kind: str, path: Path, check: Checker) -> bool:
    if "flags" in parts and kind and (kind != "checkboxes" or path[0] != "triage"):
        check.note((*path, "flags"), "only checkboxes of triage can list signs of serious harm")
    return check.flag(parts["flags"], (*path, "flags")) if "flags" in parts else False


def _text(parts: Mapping[str, Any], name: str, path: Path, check: Checker) -> Text | None:
    return check.text(parts[name], (*path, name)) if name in parts else None


def _condition(parts: Mapping[str, Any], name: str, path: Path, reading: Reading) -> Test | None:
    return read_condition(parts[name], reading.words(), (*path, name)) if name in parts else None


def _required(parts: Mapping[str, Any], path: Path, reading: Reading) -> bool | Test:
    given = parts.get("required", False)
    return given if isinstance(given, bool) else read_condition(given, reading.words(), (*path, "required"))


def _fact(parts: Mapping[str, Any], path: Path, check: Checker) -> str | None:
    return check.plain(parts["fact"], (*path, "fact"), 80) if "fact" in parts else None


def _bounds(parts: Mapping[str, Any], kind: str, path: Path, check: Checker) -> tuple[int | None, int | None]:
    given: dict[str, int] = {}
    for name in ("min", "max"):
        if name in parts and kind in BOUNDS:
            given[name] = check.whole(parts[name], (*path, name), *BOUNDS[kind])
        elif name in parts and kind:
            check.note((*path, name), f"a question of type {kind} has no {name}")
    if given.get("min", 0) > given.get("max", max(0, given.get("min", 0))):
        check.note((*path, "min"), "min is larger than max")
    return given.get("min"), given.get("max")


def _options(parts: Mapping[str, Any], kind: str, path: Path, check: Checker) -> tuple[Option, ...]:
    if kind not in CHOICES:
        if "options" in parts and kind:
            check.note((*path, "options"), f"a question of type {kind} has no options")
        return ()
    where = (*path, "options")
    found = []
    for place, node in enumerate(check.sequence(parts.get("options"), where, least=1, most=200)):
        here = (*where, place)
        option = check.mapping(node, here, must=["value", "label"], may=["hint", "exclusive"])
        exclusive = check.flag(option["exclusive"], (*here, "exclusive")) if "exclusive" in option else False
        if exclusive and kind != "checkboxes":
            check.note((*here, "exclusive"), "only an option of checkboxes can be exclusive")
        value = check.key(option.get("value"), (*here, "value"))
        label = check.text(option.get("label"), (*here, "label"))
        found.append(Option(value, label, _text(option, "hint", here, check), exclusive))
    _refuse_twice([option.value for option in found], where, check)
    return tuple(found)


def _levels(parts: Mapping[str, Any], kind: str, path: Path, check: Checker) -> tuple[Level, ...]:
    if kind != "levels":
        if "levels" in parts and kind:
            check.note((*path, "levels"), f"a question of type {kind} has no levels")
        return ()
    where = (*path, "levels")
    found = []
    for place, node in enumerate(check.sequence(parts.get("levels"), where, least=2, most=9)):
        here = (*where, place)
        level = check.mapping(node, here, must=["value", "label"])
        value = check.whole(level.get("value"), (*here, "value"), 1, 9)
        found.append(Level(value, check.text(level.get("label"), (*here, "label"))))
    if len({level.value for level in found}) < len(found):
        check.note(where, "two levels have the same value")
    return tuple(found)
