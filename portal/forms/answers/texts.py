"""Reads texts: short and long ones, and those of a known shape such as a telephone or NHS number."""

from __future__ import annotations

from collections.abc import Mapping

from portal.forms import formats
from portal.forms.answers.posted import Answer, Typed
from portal.forms.questionnaire import Question

LONGEST: Mapping[str, int] = {"text": 200, "textarea": 8_000, "email": 254, "tel": 40, "postcode": 10}
"""Characters allowed where a question gives no `max`."""
LONGEST_OTHER = 40


def longest(question: Question) -> int:
    """Return how many characters a question's text may have."""
    lengths = question.type in {"text", "textarea"} and question.max
    return lengths or LONGEST.get(question.type, LONGEST_OTHER)


def read_text(answer: Answer) -> tuple[object, Typed]:
    """Read a text as it was typed, or as its type or named format writes it."""
    question = answer.question
    text = answer.words(question.key, longest(question), lines=question.type == "textarea")
    if not text or answer.errors:
        return text or None, text
    if question.type == "textarea" and question.min and len(text) < question.min:
        answer.refuse("too_short", min=question.min)
    check = formats.FORMATS.get(question.format or "") or formats.CHECKS.get(question.type)
    if check is None:
        return text, text
    checked = check(text)
    if checked is None:
        answer.refuse(question.format or question.type)
    return checked, text
