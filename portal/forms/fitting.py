"""Tells whether a stored answer has the shape its question gives, so that odd data is noticed and not trusted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from portal.forms import formats
from portal.forms.answers.parts import ADDRESS_PARTS, NAME_PARTS
from portal.forms.answers.refilling import form_of
from portal.forms.facts import DECIMAL, WHOLE, as_date, latest_date
from portal.forms.questionnaire import NOT_KNOWN, Question

UNBORN = "unborn"


def fits(question: Question, value: object) -> bool:
    """Tell whether a value is one that the question's page could have stored."""
    if question.not_known and (value == NOT_KNOWN or (question.type == "checkboxes" and value == [NOT_KNOWN])):
        return True
    return SHAPES.get(question.type, _fits_text)(question, value)


def _options(question: Question) -> set[str]:
    return {option.value for option in question.options}


def _fits_choice(question: Question, value: object) -> bool:
    return isinstance(value, str) and value in _options(question)


def _fits_several(question: Question, value: object) -> bool:
    options = _options(question)
    return isinstance(value, list) and all(isinstance(item, str) and item in options for item in value)


def _fits_levels(question: Question, value: object) -> bool:
    if not isinstance(value, dict):
        return False
    categories = _options(question)
    levels = {level.value for level in question.levels}
    return all(
        isinstance(category, str) and category in categories and isinstance(level, int) and level in levels
        for category, level in value.items()
    )


def _fits_number(question: Question, value: object) -> bool:
    if question.decimals:
        return isinstance(value, str) and bool(WHOLE.match(value) or DECIMAL.match(value))
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole or (question.type == "age" and value == UNBORN)


def _fits_date(question: Question, value: object) -> bool:
    form, known = form_of(value)
    if form not in question.forms:
        return False
    if form == "estimated":
        return _only(value, "about") and latest_date(known) is not None
    if form == "due":
        return _only(value, "due") and as_date(known) is not None
    return latest_date(known) is not None


def _only(value: object, key: str) -> bool:
    return isinstance(value, Mapping) and set(value) == {key}


def _fits_parts(value: object, names: Collection[str], least: Collection[str]) -> bool:
    """Tell whether a value has only these parts, all of them words, and at least one of `least`."""
    return (
        isinstance(value, dict)
        and set(value) <= set(names)
        and not set(least).isdisjoint(value)
        and all(isinstance(text, str) and text.strip() for text in value.values())
    )


def _fits_name(_question: Question, value: object) -> bool:
    return _fits_parts(value, NAME_PARTS, ("first", "last"))


def _fits_address(_question: Question, value: object) -> bool:
    return _fits_parts(value, ADDRESS_PARTS, ADDRESS_PARTS)


def _fits_place(_question: Question, value: object) -> bool:
    return _fits_parts(value, ("code", "name"), ("name",))


def _fits_documents(question: Question, value: object) -> bool:
    return (
        isinstance(value, dict)
        and set(value) <= {"kinds", "about"}
        and _fits_several(question, value.get("kinds"))
        and isinstance(value.get("about", ""), str)
    )


def _fits_group(question: Question, value: object) -> bool:
    asked = {inner.key: inner for inner in question.questions}
    return isinstance(value, list) and all(
        isinstance(item, dict) and all(key in asked and fits(asked[key], answer) for key, answer in item.items())
        for item in value
    )


def _fits_text(question: Question, value: object) -> bool:
    if not isinstance(value, str):
        return False
    check = formats.FORMATS.get(question.format or "") or STRICT.get(question.type)
    return check is None or check(value) is not None


STRICT: Mapping[str, Callable[[str], str | None]] = {"nhs_number": formats.nhs_number, "upn": formats.upn}
SHAPES: Mapping[str, Callable[[Question, object], bool]] = {
    "radios": _fits_choice,
    "select": _fits_choice,
    "search": _fits_choice,
    "yes_no": _fits_choice,
    "checkboxes": _fits_several,
    "levels": _fits_levels,
    "number": _fits_number,
    "age": _fits_number,
    "date": _fits_date,
    "name": _fits_name,
    "address": _fits_address,
    "school": _fits_place,
    "practice": _fits_place,
    "documents": _fits_documents,
    "group": _fits_group,
}
