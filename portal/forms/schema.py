"""Reads a council's questionnaire strictly from a document, reporting every mistake with its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from portal.forms.conditions import Test
from portal.forms.facts import Facts
from portal.forms.mistakes import Checker, Mistake, Path, SchemaMistakes
from portal.forms.question_reading import MOST_QUESTIONS, Reading, condition, read_questions, read_repeat, refuse_twice
from portal.forms.questionnaire import (
    NOT_KNOWN,
    Form,
    Guidance,
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
    "Guidance",
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


def parse_form(document: object, languages: Sequence[str] = ()) -> Form:
    """Read a form document; with `languages`, every text must be there in each of them.

    Raises SchemaMistakes with every mistake found.
    """
    reading = Reading(Checker(languages))
    check = reading.checker
    check.size(document)
    optional = ["urgent", "inset", "out_of_hours"]
    parts = check.mapping(document, (), must=["key", "title", "triage", "sections"], may=optional)
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
        inset=check.optional_text(parts, "inset", ()),
        out_of_hours=check.optional_text(parts, "out_of_hours", ()),
    )
    if len(form.fields()) > MOST_QUESTIONS:
        check.note((), f"more than {MOST_QUESTIONS} questions")
    refuse_twice([page.key for page in form.triage], ("triage", "pages"), check)
    refuse_twice([part.key for part in (*form.sections, *form.urgent)], ("sections",), check)
    check.finish()
    return form


def _each(nodes: object, path: Path, reading: Reading, read: Callable[[object, Path, Reading], T]) -> list[T]:
    items = reading.checker.sequence(nodes, path, least=0 if path[0] == "triage" else 1, most=MOST_PAGES)
    return [read(item, (*path, place), reading) for place, item in enumerate(items)]


def _read_page(node: object, path: Path, reading: Reading) -> Page:
    check = reading.checker
    parts = check.mapping(node, path, must=["key", "title", "questions"], may=["intro", "inset", "show_when"])
    page_test = condition(parts, "show_when", path, reading)
    questions = read_questions(parts.get("questions"), (*path, "questions"), reading)
    if page_test is not None:
        questions = [replace(question, show_when=_both(page_test, question.show_when)) for question in questions]
    return Page(
        key=check.key(parts.get("key"), (*path, "key")),
        title=check.text(parts.get("title"), (*path, "title")),
        intro=check.optional_text(parts, "intro", path),
        questions=tuple(questions),
        inset=check.optional_text(parts, "inset", path),
    )


def _both(first: Test, second: Test | None) -> Test:
    if second is None:
        return first

    def both(facts: Facts) -> bool:
        return first(facts) and second(facts)

    return both


def _read_section(node: object, path: Path, reading: Reading) -> Section:
    check = reading.checker
    optional = ["intro", "inset", "repeat", "show_when"]
    parts = check.mapping(node, path, must=["key", "title", "questions"], may=optional)
    show_when = condition(parts, "show_when", path, reading)
    before = dict(reading.asked)
    questions = read_questions(parts.get("questions"), (*path, "questions"), reading)
    repeat = None
    if "repeat" in parts:
        own = {question.key for question in questions}
        node_path = (*path, "repeat")
        repeat_parts = check.mapping(parts["repeat"], node_path, must=["min", "max", "item", "title_from"])
        repeat = read_repeat(repeat_parts, node_path, check, own)
        reading.asked = before  # another section cannot speak of one child among several
    return Section(
        key=check.key(parts.get("key"), (*path, "key")),
        title=check.text(parts.get("title"), (*path, "title")),
        intro=check.optional_text(parts, "intro", path),
        questions=tuple(questions),
        repeat=repeat,
        show_when=show_when,
        inset=check.optional_text(parts, "inset", path),
    )
