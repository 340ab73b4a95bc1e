"""Reads posted text into answers, one question at a time: an answer or clear error codes, never an exception."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as part
from types import MappingProxyType

from portal.forms import formats
from portal.forms.facts import as_date
from portal.forms.questionnaire import NOT_KNOWN, Question, is_shown

Posted = Mapping[str, Sequence[str]]
Typed = str | tuple[str, ...] | Mapping[str, object]

DATE_PARTS = ("day", "month", "year")
LONGEST: Mapping[str, int] = {"text": 200, "textarea": 8_000, "email": 254, "tel": 40, "postcode": 10}
"""Characters allowed where a question gives no `max`."""
LONGEST_OTHER = 40


@dataclass(frozen=True)
class AnswerError:
    """What is wrong with an answer: the input's name, a code that `questions.words` puts in words, and details."""

    field: str
    code: str
    params: Mapping[str, object] = part(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """One question read: the value to store (None if none), what was typed to show again, and the errors."""

    value: object
    typed: Typed
    errors: tuple[AnswerError, ...] = ()


@dataclass
class _Answer:
    """An answer being read: where errors go and what inputs are called."""

    question: Question
    posted: Posted
    errors: list[AnswerError] = part(default_factory=list)

    def refuse(self, code: str, name: str = "", **params: object) -> None:
        self.errors.append(AnswerError(name or self.question.key, code, MappingProxyType(params)))

    def single(self, name: str) -> str:
        """Return the one posted text of an input, its line ends made alike and its outer blanks removed."""
        given = self.posted.get(name, ())
        if len(given) > 1:
            self.refuse("repeated", name)
        return given[0].replace("\r\n", "\n").replace("\r", "\n").strip() if given else ""


def longest(question: Question) -> int:
    """Return how many characters a question's text may have."""
    lengths = question.type in {"text", "textarea"} and question.max
    return lengths or LONGEST.get(question.type, LONGEST_OTHER)


def read(question: Question, posted: Posted, required: bool | None = None) -> Reading:
    """Read one question from posted inputs; `required` overrides a question that is required conditionally."""
    answer = _Answer(question, posted)
    value, typed = _read_known(answer) if _asks_known(question) else READERS[question.type](answer)
    must = question.required is True if required is None else required
    if value is None and must and not answer.errors:
        answer.refuse("missing", _first_input(question))
    return Reading(None if answer.errors else value, typed, tuple(answer.errors))


def _asks_known(question: Question) -> bool:
    """Tell whether "not known" is asked beside the answer; questions with choices have it as an option."""
    return question.not_known and question.type not in {"radios", "select", "checkboxes", "levels"}


def _first_input(question: Question) -> str:
    if _asks_known(question):
        return f"{question.key}-known"
    return f"{question.key}-day" if question.type == "date" else question.key


def _read_known(answer: _Answer) -> tuple[object, Typed]:
    value, typed = READERS[answer.question.type](answer)
    known = answer.single(f"{answer.question.key}-known")
    if known not in {"", "yes", NOT_KNOWN}:
        answer.refuse("not_an_option", f"{answer.question.key}-known")
    if known == NOT_KNOWN:
        answer.errors.clear()
        return NOT_KNOWN, {"known": NOT_KNOWN, "answer": typed}
    if known == "yes" and value is None and not answer.errors:
        answer.refuse("missing", f"{answer.question.key}-day" if answer.question.type == "date" else "")
    begun = known == "yes" or value is not None or bool(answer.errors)
    return value, {"known": "yes" if begun else "", "answer": typed}


def _read_text(answer: _Answer) -> tuple[object, Typed]:
    text, question = answer.single(answer.question.key), answer.question
    if not text:
        return None, ""
    most = longest(question)
    if len(text) > most:
        answer.refuse("too_long", max=most, over=len(text) - most)
    elif not _is_clean(text, lines=question.type == "textarea"):
        answer.refuse("control")
    elif question.type == "textarea" and question.min and len(text) < question.min:
        answer.refuse("too_short", min=question.min)
    elif question.type in formats.CHECKS:
        checked = formats.CHECKS[question.type](text)
        if checked is None:
            answer.refuse(question.type)
        return checked, text
    return text, text


def _is_clean(text: str, *, lines: bool) -> bool:
    allowed = "\n\t" if lines else "\t"
    return all(character in allowed or unicodedata.category(character) not in {"Cc", "Cs"} for character in text)


def _read_choice(answer: _Answer) -> tuple[object, Typed]:
    chosen = answer.single(answer.question.key)
    if not chosen:
        return None, ""
    if chosen not in _choices(answer.question):
        answer.refuse("not_an_option")
        return None, ""
    return chosen, chosen


def _choices(question: Question) -> set[str]:
    return {option.value for option in question.options} | ({NOT_KNOWN} if question.not_known else set())


def _read_several(answer: _Answer) -> tuple[object, Typed]:
    question, given = answer.question, dict.fromkeys(answer.posted.get(answer.question.key, ()))
    known = _choices(question)
    chosen = [item for item in given if item in known]
    if any(item and item not in known for item in given):
        answer.refuse("not_an_option")
    alone = {option.value for option in question.options if option.exclusive}
    alone |= {NOT_KNOWN} if question.not_known else set()
    if len(chosen) > 1 and alone & set(chosen):
        answer.refuse("exclusive")
    return chosen or None, tuple(chosen)


def _read_levels(answer: _Answer) -> tuple[object, Typed]:
    question, known = answer.question, {str(level.value) for level in answer.question.levels}
    chosen, typed = _read_several(answer)
    if chosen == [NOT_KNOWN]:
        return NOT_KNOWN, {NOT_KNOWN: ""}
    levels, shown = {}, {}
    for category in typed:
        name = f"{question.key}-{category}"
        level = answer.single(name)
        shown[str(category)] = level if level in known else ""
        if level in known:
            levels[str(category)] = int(level)
        else:
            answer.refuse("not_an_option" if level else "level_missing", name, category=str(category))
    return levels or None, shown


def _read_number(answer: _Answer) -> tuple[object, Typed]:
    text, question = answer.single(answer.question.key), answer.question
    if not text:
        return None, ""
    if question.type == "age" and formats.is_unborn(text):
        return formats.UNBORN, text
    number = formats.whole(text)
    least = question.min if question.min is not None else (0 if question.type == "age" else None)
    most = question.max if question.max is not None else (130 if question.type == "age" else None)
    if number is None:
        answer.refuse(question.type)
    elif least is not None and number < least:
        answer.refuse("too_small", min=least)
    elif most is not None and number > most:
        answer.refuse("too_large", max=most)
    return number, text[:LONGEST_OTHER]


def _read_date(answer: _Answer) -> tuple[object, Typed]:
    key = answer.question.key
    parts = {part: answer.single(f"{key}-{part}") for part in DATE_PARTS}
    typed = {part: text[:LONGEST_OTHER] for part, text in parts.items()}
    if not any(parts.values()):
        return None, typed
    missing = [part for part in DATE_PARTS if not parts[part]]
    if missing:
        answer.refuse("date_incomplete", f"{key}-{missing[0]}", parts=tuple(missing))
        return None, typed
    wrong, value = formats.real_date(parts["day"], parts["month"], parts["year"])
    if wrong:
        answer.refuse("date_year" if wrong == "year" else "date_not_real", f"{key}-{wrong}")
    return value, typed


READERS: Mapping[str, Callable[[_Answer], tuple[object, Typed]]] = {
    "text": _read_text,
    "textarea": _read_text,
    "tel": _read_text,
    "email": _read_text,
    "postcode": _read_text,
    "radios": _read_choice,
    "select": _read_choice,
    "checkboxes": _read_several,
    "levels": _read_levels,
    "number": _read_number,
    "age": _read_number,
    "date": _read_date,
}


def read_all(
    questions: Iterable[Question], posted: Posted, elsewhere: Mapping[str, object], prefix: str = ""
) -> tuple[dict[str, object], dict[str, Typed], tuple[AnswerError, ...]]:
    """Read the questions of one page in order: (answers, what was typed, errors).

    `elsewhere` are the answers given on other pages, for conditions. A question that does not apply gives no
    answer and no error. Input names are `prefix` + name; the names in errors are without the prefix.
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
        reading = read(question, inputs, required=shown and question.is_required(known))
        typed[question.key] = reading.typed
        if not shown:
            continue
        errors += reading.errors
        if reading.value is not None:
            answers[question.key] = known[question.key] = reading.value
    return answers, typed, tuple(errors)


def typed_from(question: Question, value: object) -> Typed:
    """Return what to show in the inputs for a stored answer."""
    if _asks_known(question):
        known = "" if value is None else NOT_KNOWN if value == NOT_KNOWN else "yes"
        return {"known": known, "answer": _typed(question, None if value == NOT_KNOWN else value)}
    return _typed(question, value)


def _typed(question: Question, value: object) -> Typed:
    match question.type:
        case "checkboxes":
            return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()
        case "levels":
            levels = value if isinstance(value, dict) else {NOT_KNOWN: ""} if value == NOT_KNOWN else {}
            return {str(category): str(level) for category, level in levels.items()}
        case "date":
            day = as_date(value)
            parts = (day.day, day.month, day.year) if day else ("", "", "")
            return {name: str(part) for name, part in zip(DATE_PARTS, parts, strict=True)}
        case _:
            return "" if value is None else str(value)
