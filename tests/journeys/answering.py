"""Answering a council's questions at a browser by their labels, with wanted answers and else with ordinary ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from playwright.sync_api import Locator, Page

from portal.forms.questionnaire import CHOICES, NOT_KNOWN, Form, Question, Section
from portal.kernel.language import say
from tests.journeys.walking import Walker

Answers = Mapping[str, Any]
MOST_ROUNDS = 6


def answer_page(walker: Walker, questions: Iterable[Question], wanted: Answers, button: str) -> None:
    """Answer what the page asks and press the button, again while the answers bring up more on the same page.

    `wanted` holds stored values by the question's key (`None` leaves one unanswered).
    """
    known = {question.key: question for question in questions}
    place, done = walker.page.url, set[str]()
    for _ in range(MOST_ROUNDS):
        for key in _asked(walker.page):
            if key not in done:
                answer(walker, known[key], wanted.get(key, _ordinary(known[key])))
                done.add(key)
        walker.press(button)
        errors = walker.page.get_by_role("alert").all_inner_texts()
        assert not errors or walker.page.url != place, errors
        if walker.page.url != place or set(_asked(walker.page)) <= done:
            return
    raise AssertionError(f"{place} asks more and more")


def _asked(page: Page) -> list[str]:
    shown = page.locator("main input[name=shown_key]")
    return (shown.first.input_value() or "").split() if shown.count() else []


def answer(walker: Walker, question: Question, value: Any) -> None:
    """Give one answer by the question's label."""
    if value is None:
        return
    label = say(question.label, walker.language)
    if question.not_known and question.type not in CHOICES:
        group = walker.page.get_by_role("group", name=label, exact=True)
        group.get_by_label(walker.say("Not known" if value == NOT_KNOWN else "I can answer this"), exact=True).check()
        if value != NOT_KNOWN:
            _type(walker, group, question, value, walker.say("Your answer"))
    elif question.type in CHOICES:
        _choose(walker, question, value, label)
    else:
        _type(walker, walker.page.get_by_role("main"), question, value, label)


def _type(walker: Walker, where: Locator, question: Question, value: Any, label: str) -> None:
    if question.type == "date":
        group = where.get_by_role("group", name=label, exact=True)
        for name, text in zip(("Day", "Month", "Year"), value, strict=True):
            group.get_by_label(walker.say(name), exact=True).fill(str(text))
    elif question.type == "name":
        for name, words in (("first", "First name"), ("last", "Last name")):
            where.get_by_label(walker.say(words), exact=True).first.fill(value[name])
    elif question.type == "address":
        where.get_by_label(walker.say("House number or name, and street"), exact=True).first.fill(str(value))
    else:
        where.get_by_label(label, exact=True).fill(str(value))


def _choose(walker: Walker, question: Question, value: Any, label: str) -> None:
    names = {option.value: say(option.label, walker.language) for option in question.options}
    if question.type in {"select", "search"}:
        told = names.get(value) or walker.say("Not known")
        walker.page.get_by_label(label, exact=True).select_option(label=told)
        return
    group = walker.page.get_by_role("group", name=label, exact=True)
    if question.type == "levels":
        _choose_levels(walker, group, question, value)
        return
    for one in value if isinstance(value, Sequence) and not isinstance(value, str) else [value]:
        group.get_by_label(names.get(one) or walker.say("Not known"), exact=True).check()


def _choose_levels(walker: Walker, group: Locator, question: Question, value: Mapping[str, int]) -> None:
    names = {option.value: say(option.label, walker.language) for option in question.options}
    levels = {level.value: f"{level.value}. {say(level.label, walker.language)}" for level in question.levels}
    for category, level in value.items():
        group.get_by_label(names[category], exact=True).check()
        # Its levels come right after the category: the next group of the page.
        mine = group.locator(f"fieldset:has(input[name='{question.key}-{category}'])")
        mine.get_by_label(levels[level], exact=True).check()


def _ordinary(question: Question) -> Any:
    """An answer that the question accepts; nothing where it may be left out."""
    if question.required is False:
        return None
    if question.not_known:
        return NOT_KNOWN
    first = question.options[0].value if question.options else ""
    ordinary: dict[str, Any] = {
        "radios": first, "select": first, "checkboxes": [first], "date": (27, 3, 2019),
        "yes_no": first, "search": first, "documents": [first],
        "levels": {first: question.levels[0].value} if question.levels else None,
        "number": 7, "age": 7, "tel": "01632 960555", "postcode": "AA3 1AB", "email": "somebody@example.org.uk",
    }  # fmt: skip
    return ordinary.get(question.type, "Siân told us at 9am. Her brother Llŷr was there too.")


def answer_triage(walker: Walker, form: Form, wanted: Answers) -> None:
    """Answer the first questions page by page, up to the route."""
    for _ in range(20):
        if walker.page.url.endswith("/route"):
            return
        wanted_or_none = {question.key: _triage_value(question, wanted) for question in form.triage_questions()}
        answer_page(walker, form.triage_questions(), wanted_or_none, "Continue")
    raise AssertionError("the first questions never end")


def _triage_value(question: Question, wanted: Answers) -> Any:
    """The wanted answer; an empty list of choices is "none of these" where the question offers it."""
    value = wanted.get(question.key)
    if value == [] and question.type == "checkboxes":
        return [option.value for option in question.options if option.exclusive] or None
    return value or (None if value in ([], {}) else value)


def answer_section(walker: Walker, section: Section, wanted: Answers, button: str = "Save and continue") -> None:
    """Answer one section (or one item of several) that is on the screen."""
    answer_page(walker, section.questions, wanted, button)
