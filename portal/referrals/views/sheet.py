"""One page of a council's questions: shown from what is saved, read from what was posted, shown again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.forms.answers import read as read_one
from portal.forms.answers import read_all, typed_from
from portal.forms.questionnaire import Question, visible
from portal.forms.questions import field as field_view
from portal.forms.questions import summary
from portal.referrals.paths import remembered
from portal.referrals.views.around import around
from portal.referrals.views.blueprint import language, posted
from portal.web.fields import FieldView

SHOWN = "shown_key"
Form = Mapping[str, Sequence[str]]
"""What was posted, or typed: every field with all of its values."""
PEOPLE = "group"
"""The questions that are asked of each of several people, on pages of their own."""


@dataclass(frozen=True)
class Sheet:
    """The questions of one page; `elsewhere` are the answers of other pages, for conditions."""

    questions: Sequence[Question]
    elsewhere: Mapping[str, Any]


@dataclass(frozen=True)
class Read:
    """What was posted: the answers that count, the fields to show again, whether anything is wrong.

    `more` says that the answers bring up questions which were not on the page; `incomplete` that nothing
    is wrong apart from required answers still missing. `aside` are answers to questions of the page that the other
    answers close: they are kept in the draft and not sent.
    """

    answers: dict[str, Any]
    fields: list[FieldView]
    wrong: bool
    more: bool
    incomplete: bool
    shown: str
    aside: dict[str, Any] = field(default_factory=dict)


def sheet_of(questions: Sequence[Question], elsewhere: Mapping[str, Any], saved: Mapping[str, Any]) -> Sheet:
    """The page of some questions, without the groups of people among them, whose answers conditions still know."""
    own = {question.key for question in questions}
    apart = {one.key: saved[one.key] for one in questions if one.type == PEOPLE and one.key in saved}
    others = {key: value for key, value in elsewhere.items() if key not in own}
    return Sheet([question for question in questions if question.type != PEOPLE], {**others, **apart})


def fields_of(sheet: Sheet, saved: Mapping[str, Any]) -> list[FieldView]:
    """The page's fields as saved; a question whose condition does not hold is not shown."""
    return [
        field_view(question, language(), typed_from(question, saved.get(question.key)))
        for question in _asked(sheet, saved)
    ]


def shown_of(sheet: Sheet, saved: Mapping[str, Any]) -> str:
    """The keys of the questions on the page, posted back so that later ones are told from unanswered."""
    return _keys(_asked(sheet, saved))


def _keys(questions: Sequence[Question]) -> str:
    return " ".join(question.key for question in questions)


def _asked(sheet: Sheet, answers: Mapping[str, Any]) -> list[Question]:
    own = {question.key for question in sheet.questions}
    known = {key: value for key, value in sheet.elsewhere.items() if key not in own}
    return visible(sheet.questions, {**known, **{key: answers[key] for key in own if key in answers}})


def read(sheet: Sheet, form: Form | None = None, *, quiet: bool = False) -> Read:
    """Read the posted page (or these fields). Required answers to questions that were not on it are not errors yet.

    `quiet` shows the fields again without saying what is wrong with them.
    """
    form = posted() if form is None else form
    before = set(" ".join(form.get(SHOWN, ())).split())
    answers, typed, errors = read_all(sheet.questions, form, sheet.elsewhere, around=around())
    asked = _asked(sheet, answers)
    new = {question.key for question in asked} - before if before else set()
    told = [error for error in errors if error.field.split("-")[0] not in new]
    return Read(
        answers=answers,
        fields=[field_view(question, language(), typed.get(question.key), () if quiet else told) for question in asked],
        wrong=bool(told),
        more=bool(new),
        incomplete=all(error.code == "missing" for error in errors),
        shown=_keys(asked),
        aside=_aside(sheet, form, before - {question.key for question in asked}),
    )


def _aside(sheet: Sheet, form: Form, keys: Collection[str]) -> dict[str, Any]:
    """The answers typed to questions that were on the page and are not asked any more."""
    values = {
        question.key: read_one(question, form, required=False, around=around()).value
        for question in sheet.questions
        if question.key in keys
    }
    return {key: value for key, value in values.items() if value is not None}


def body_of(sheet: Sheet, read: Read, saved: Mapping[str, Any]) -> dict[str, Any]:
    """What the draft keeps of the page (see `paths.remembered`), the people of its groups among it."""
    own = {question.key for question in sheet.questions}
    apart = {key: value for key, value in saved.items() if key not in own}
    return {**apart, **remembered(sheet.questions, read.answers, {**saved, **read.aside}, sheet.elsewhere)}


@dataclass(frozen=True)
class Difference:
    """One question answered differently in two tabs."""

    label: str
    typed: str
    saved: str


def differing_texts(sheet: Sheet, mine: Mapping[str, Any], typed: Form, other: Form) -> list[Difference]:
    """The questions on which a form (its answers, and its fields as typed) differs from what was typed elsewhere, which
    need not be an answer."""
    theirs, found = read(sheet, other, quiet=True).answers, []
    for question in sheet.questions:
        here, there = mine.get(question.key), theirs.get(question.key)
        words, others = raw(question, typed), raw(question, other)
        if here != there or (here is None and words != others):
            label = field_view(question, language()).label
            found.append(
                Difference(
                    label,
                    summary(question, here, language()) if here is not None else words,
                    summary(question, there, language()) if there is not None else others,
                )
            )
    return found


def raw(question: Question, form: Form) -> str:
    """Everything that stands in the inputs of a question, as it was typed."""
    own = (question.key, f"{question.key}-")
    typed = [value for name, values in form.items() if name == own[0] or name.startswith(own[1]) for value in values]
    return " ".join(value for value in typed if value)


def differences(sheet: Sheet, typed: Mapping[str, Any], saved: Mapping[str, Any]) -> list[Difference]:
    """The questions on which the posted and the saved answers differ, both in words."""
    found = []
    asked = {question.key for question in _asked(sheet, saved)}
    for question in sheet.questions:
        mine, theirs = typed.get(question.key), saved.get(question.key) if question.key in asked else None
        if mine != theirs:
            label = field_view(question, language()).label
            found.append(
                Difference(
                    label,
                    summary(question, mine, language()),
                    summary(question, theirs, language()),
                )
            )
    return found
