"""The triage questions of a draft on one page: what is asked so far, and what was answered. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.forms.answers import AnswerError, Posted, Typed, read_all
from portal.forms.questionnaire import Form, Question, visible


@dataclass(frozen=True)
class Asked:
    """Questions read from one page: the answers that count, what was typed, the errors, and whether more came up."""

    questions: tuple[Question, ...]
    answers: dict[str, Any]
    typed: Mapping[str, Typed]
    errors: tuple[AnswerError, ...]
    more: bool


def read_triage(form: Form, posted: Posted, before: frozenset[str], prefix: str = "") -> Asked:
    """Read every triage question at once; a question that was not on the page (`before`) is no error yet."""
    every = form.triage_questions()
    answers, typed, errors = read_all(every, posted, {}, prefix)
    shown = visible(every, answers)
    new = {question.key for question in shown} - before
    told = tuple(error for error in errors if error.field.split("-")[0] not in new)
    return Asked(tuple(shown), answers, typed, told, more=bool(new))
