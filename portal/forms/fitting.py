"""Tells whether a stored answer has the shape its question gives, so that odd data is noticed and not trusted."""

from __future__ import annotations

from dataclasses import replace

from portal.forms.facts import as_date
from portal.forms.questionnaire import NOT_KNOWN, Question

UNBORN = "unborn"


def fits(question: Question, value: object) -> bool:
    """Tell whether a value is one that the question's page could have stored."""
    options = {option.value for option in question.options}
    if question.not_known and value == NOT_KNOWN:
        question = replace(question, type="text")
    match question.type:
        case "radios" | "select":
            return isinstance(value, str) and value in options
        case "checkboxes":
            return isinstance(value, list) and all(isinstance(item, str) and item in options for item in value)
        case "levels":
            return _fits_levels(question, value)
        case "number" | "age":
            whole = isinstance(value, int) and not isinstance(value, bool)
            return whole or (question.type == "age" and value == UNBORN)
        case _:
            return isinstance(value, str) and (question.type != "date" or as_date(value) is not None)


def _fits_levels(question: Question, value: object) -> bool:
    if not isinstance(value, dict):
        return False
    categories = {option.value for option in question.options}
    levels = {level.value for level in question.levels}
    return all(
        isinstance(category, str) and category in categories and isinstance(level, int) and level in levels
        for category, level in value.items()
    )
