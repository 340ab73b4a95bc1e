"""Reads posted text into answers, one question at a time: an answer or clear error codes, never an exception."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from portal.forms.answers.choices import read_choice, read_documents, read_levels, read_number, read_several
from portal.forms.answers.dates import read_date
from portal.forms.answers.parts import read_address, read_name
from portal.forms.answers.places import read_place
from portal.forms.answers.posted import (
    DATE_PARTS,
    NOWHERE,
    Answer,
    AnswerError,
    Around,
    Found,
    Posted,
    Reading,
    Typed,
    asks_known,
    first_input,
)
from portal.forms.answers.refilling import typed_from
from portal.forms.answers.texts import longest, read_text
from portal.forms.questionnaire import NOT_KNOWN, Question, is_shown

__all__ = [
    "DATE_PARTS",
    "AnswerError",
    "Around",
    "Found",
    "Posted",
    "Reading",
    "Typed",
    "longest",
    "read",
    "read_all",
    "read_item",
    "typed_from",
]

READERS: Mapping[str, Callable[[Answer], tuple[object, Typed]]] = {
    "text": read_text,
    "textarea": read_text,
    "tel": read_text,
    "email": read_text,
    "postcode": read_text,
    "nhs_number": read_text,
    "upn": read_text,
    "radios": read_choice,
    "select": read_choice,
    "search": read_choice,
    "yes_no": read_choice,
    "checkboxes": read_several,
    "levels": read_levels,
    "number": read_number,
    "age": read_number,
    "date": read_date,
    "name": read_name,
    "address": read_address,
    "school": read_place,
    "practice": read_place,
    "documents": read_documents,
}
"""Every type but `group`, whose people are read one at a time by `read_item`."""


def read(question: Question, posted: Posted, required: bool | None = None, around: Around = NOWHERE) -> Reading:
    """Read one question from posted inputs; `required` overrides a question that is required conditionally."""
    answer = Answer(question, posted, around)
    value, typed = _read_known(answer) if asks_known(question) else _read(answer)
    must = question.required is True if required is None else required
    if value is None and must and not answer.errors:
        answer.refuse("missing", first_input(question))
    return Reading(None if answer.errors else value, typed, tuple(answer.errors))


def _read(answer: Answer) -> tuple[object, Typed]:
    reader = READERS.get(answer.question.type)
    return reader(answer) if reader else (None, "")


def _read_known(answer: Answer) -> tuple[object, Typed]:
    question = answer.question
    value, typed = _read(answer)
    known = answer.single(f"{question.key}-known")
    if known not in {"", "yes", NOT_KNOWN}:
        answer.refuse("not_an_option", f"{question.key}-known")
    if known == NOT_KNOWN:
        answer.errors.clear()
        return NOT_KNOWN, {"known": NOT_KNOWN, "answer": typed}
    if known == "yes" and value is None and not answer.errors:
        answer.refuse("missing", first_input(question, inside=True))
    begun = known == "yes" or value is not None or bool(answer.errors)
    return value, {"known": "yes" if begun else "", "answer": typed}


def read_all(
    questions: Iterable[Question],
    posted: Posted,
    elsewhere: Mapping[str, object],
    prefix: str = "",
    around: Around = NOWHERE,
) -> tuple[dict[str, object], dict[str, Typed], tuple[AnswerError, ...]]:
    """Read the questions of one page in order: (answers, what was typed, errors).

    `elsewhere` are the answers given on other pages, for conditions, and the people of this page's groups, who are
    read on pages of their own and kept as they are. A question that does not apply gives no answer and no error.
    Input names are `prefix` + name; the names in errors are without the prefix.
    """
    asked = list(questions)
    own = {question.key for question in asked}
    inputs = {name.removeprefix(prefix): given for name, given in posted.items() if name.startswith(prefix)}
    known = {key: value for key, value in elsewhere.items() if key not in own}
    answers: dict[str, object] = {}
    typed: dict[str, Typed] = {}
    errors: list[AnswerError] = []
    for question in asked:
        shown = is_shown(question, known)
        if question.type == "group":
            reading = Reading(elsewhere.get(question.key), "")
        else:
            reading = read(question, inputs, required=shown and question.is_required(known), around=around)
        typed[question.key] = reading.typed
        if not shown:
            continue
        errors += reading.errors
        if reading.value is not None:
            answers[question.key] = known[question.key] = reading.value
    return answers, typed, tuple(errors)


def read_item(
    group: Question, posted: Posted, elsewhere: Mapping[str, object], around: Around = NOWHERE
) -> tuple[dict[str, object], dict[str, Typed], tuple[AnswerError, ...]]:
    """Read one person of a group, as `read_all` reads a page; `elsewhere` are the answers around the group."""
    return read_all(group.questions, posted, elsewhere, around=around)
