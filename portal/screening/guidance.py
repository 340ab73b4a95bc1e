"""What would have helped a report that was returned: the telling questions that were left empty. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from portal.forms.questionnaire import Form, Question
from portal.referrals.presenting import Group

MOST = 8


def left_empty(form: Form, groups: Iterable[Group]) -> list[str]:
    """The questions that ask for words and that nobody had to answer, where they were left empty; each once."""
    telling = {one.key for one in _questions(form) if one.type == "textarea"}
    found = [row.label for group in groups for row in group.left if row.key in telling]
    return list(dict.fromkeys(found))[:MOST]


def _questions(form: Form) -> Iterable[Question]:
    for questions in (form.triage_questions(), *(one.questions for one in (*form.sections, *form.urgent))):
        for question in questions:
            yield question
            yield from question.questions
