"""What is wrong with an answer, in words that say what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from babel.dates import format_date

from portal.forms.answers import AnswerError
from portal.forms.formats import EARLIEST, LATEST
from portal.forms.questionnaire import CHOICES, Question
from portal.forms.showing import _
from portal.kernel.language import say

CHOSEN_INPUTS = ("-known", "-form", "-pick")


def words(error: AnswerError, question: Question, language: str) -> str:
    """Return what is wrong with an answer, in words that say what to do."""
    label = say(question.label, language)
    if error.code == "level_missing":
        labels = {option.value: say(option.label, language) for option in question.options}
        return _("Choose a level for “%(category)s”", category=labels.get(str(error.params.get("category")), label))
    if error.code == "missing":
        chosen = question.type in CHOICES | {"documents"} or error.field.endswith(CHOSEN_INPUTS)
        told = _("Choose an answer to “%(label)s”") if chosen else _("Enter an answer to “%(label)s”")
        return told % {"label": label}
    if error.code in {"too_early", "too_late"}:
        return _limit_words(error, label, language)
    return WORDS.get(error.code, _not_readable)(error, label)


def _limit_words(error: AnswerError, label: str, language: str) -> str:
    if error.params.get("today"):
        return _("“%(label)s” must be today or in the past", label=label)
    limit = error.params.get("day")
    day = format_date(limit, "d MMMM y", locale=language) if isinstance(limit, date) else ""
    if error.code == "too_early":
        return _("“%(label)s” must be %(day)s or later", label=label, day=day)
    return _("“%(label)s” must be %(day)s or earlier", label=label, day=day)


def _not_readable(_error: AnswerError, label: str) -> str:
    return _("Answer “%(label)s” again", label=label)


def _incomplete(error: AnswerError, label: str) -> str:
    # Whole sentences, because words change after other words in Welsh.
    sentences: Mapping[object, str] = {
        ("day",): _("“%(label)s” must include a day"),
        ("month",): _("“%(label)s” must include a month"),
        ("year",): _("“%(label)s” must include a year"),
        ("day", "month"): _("“%(label)s” must include a day and a month"),
        ("day", "year"): _("“%(label)s” must include a day and a year"),
        ("month", "year"): _("“%(label)s” must include a month and a year"),
    }
    told = sentences.get(error.params.get("parts"), _("“%(label)s” must include a day, a month and a year"))
    return told % {"label": label}


def _limit(error: AnswerError, name: str) -> object:
    return error.params.get(name, "")


Say = Callable[[AnswerError, str], str]

WORDS: Mapping[str, Say] = {
    "control": lambda _error, label: _("“%(label)s” must not include control characters", label=label),
    "too_long": lambda error, label: _(
        "“%(label)s” must be %(most)s characters or fewer", label=label, most=_limit(error, "max")
    ),
    "too_short": lambda error, label: _(
        "“%(label)s” must be %(least)s characters or more", label=label, least=_limit(error, "min")
    ),
    "not_an_option": lambda _error, label: _("Choose one of the answers offered to “%(label)s”", label=label),
    "exclusive": lambda _error, label: _(
        "“%(label)s”: choose either the last answer on its own or the others", label=label
    ),
    "repeated": lambda _error, label: _("Answer “%(label)s” once only", label=label),
    "date_incomplete": _incomplete,
    "date_not_real": lambda _error, label: _("“%(label)s” must be a real date", label=label),
    "date_year": lambda _error, label: _(
        "“%(label)s”: the year must be four numbers, from %(first)s to %(last)s",
        label=label,
        first=EARLIEST,
        last=LATEST,
    ),
    "due_range": lambda _error, label: _("“%(label)s”: the baby must be due within the next 9 months", label=label),
    "number": lambda _error, label: _("“%(label)s” must be a whole number, like 3", label=label),
    "decimal": lambda _error, label: _("“%(label)s” must be a number, like 93 or 93.5", label=label),
    "age": lambda _error, label: _("“%(label)s” must be a whole number of years, like 0 or 7, or unborn", label=label),
    "too_small": lambda error, label: _(
        "“%(label)s” must be %(least)s or more", label=label, least=_limit(error, "min")
    ),
    "too_large": lambda error, label: _("“%(label)s” must be %(most)s or less", label=label, most=_limit(error, "max")),
    "email": lambda _error, _label: _("Enter an email address in the correct format, like name@example.com"),
    "tel": lambda _error, _label: _("Enter a telephone number, like 01632 960 001 or +44 808 157 0192"),
    "postcode": lambda _error, _label: _("Enter a full UK postcode, like AA3 1AB"),
    "nhs_number": lambda _error, _label: _("Enter an NHS number with its 10 digits, like 999 100 0003"),
    "upn": lambda _error, _label: _("Enter a unique pupil number with its 13 characters, like W678123426001"),
    "name_missing": lambda _error, label: _("“%(label)s” must include a first name or a last name", label=label),
    "which_place": lambda _error, label: _("“%(label)s”: choose which one you mean", label=label),
    "police_reference": lambda _error, label: _("“%(label)s” must include a number, like 26/12345", label=label),
    "case_number": lambda _error, label: _("“%(label)s” must include a number, like CN 12345", label=label),
    "percent": lambda _error, label: _("“%(label)s” must be a number from 0 to 100", label=label),
    "time": lambda _error, label: _("“%(label)s” must be a time, like 15:40 or 3:40pm", label=label),
    "urn": lambda _error, label: _("“%(label)s” must be a school's URN of 5 to 7 digits", label=label),
    "laestab": lambda _error, label: _("“%(label)s” must be a school number of 7 digits, like 800/1234", label=label),
    "welsh_school": lambda _error, label: _("“%(label)s” must be a Welsh school number of 7 digits", label=label),
    "ods": lambda _error, label: _("“%(label)s” must be an NHS organisation code, like A12345", label=label),
    "ukprn": lambda _error, label: _("“%(label)s” must be a UKPRN of 8 digits that begins with 1", label=label),
    "uprn": lambda _error, label: _("“%(label)s” must be a UPRN of at most 12 digits", label=label),
}
