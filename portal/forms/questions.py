"""Shows a council's questions as fields, in the reader's language: labels, errors in words, and answers read back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from babel.dates import format_date
from flask_babel import gettext

from portal.forms.answers import DATE_PARTS, AnswerError, Typed, longest
from portal.forms.facts import as_date, as_levels
from portal.forms.formats import EARLIEST, LATEST, UNBORN
from portal.forms.questionnaire import CHOICES, NOT_KNOWN, Question
from portal.kernel.language import Text, say
from portal.web.fields import FieldView, OptionView

WIDTHS: Mapping[str, int] = {"tel": 20, "postcode": 10, "number": 5, "age": 10}
KINDS: Mapping[str, str] = {"levels": "checkboxes", "age": "text"}


def _(text: str, **details: object) -> str:
    """Return a text in the reader's language with its details filled in."""
    return str(gettext(text, **details))


@dataclass(frozen=True)
class _Showing:
    """One question being shown: what was typed, the errors in words by input name, and the prefix of names."""

    question: Question
    language: str
    typed: Typed | None
    told: Mapping[str, str]
    prefix: str

    def say(self, text: Text | None) -> str:
        return say(text, self.language) if text else ""


def field(
    question: Question,
    language: str,
    typed: Typed | None = None,
    errors: Sequence[AnswerError] = (),
    prefix: str = "",
) -> FieldView:
    """Return a question as a field; `typed` as from `answers`, `errors` those of the page, `prefix` for names."""
    own = {error.field: error for error in reversed(errors) if error.field.split("-")[0] == question.key}
    told = {name: words(error, question, language) for name, error in own.items()}
    showing = _Showing(question, language, typed, told, prefix)
    if not question.not_known or question.type in CHOICES:
        return _field(showing)
    return _known_or_not(showing)


def _known_or_not(showing: _Showing) -> FieldView:
    question = showing.question
    both = showing.typed if isinstance(showing.typed, Mapping) else {}
    answer = both.get("answer")
    inner = answer if isinstance(answer, str | tuple | Mapping) else None
    child = replace(_field(replace(showing, typed=inner)), label=_("Your answer"), hint="")
    name = f"{question.key}-known"
    return FieldView(
        kind="radios",
        name=showing.prefix + name,
        label=showing.say(question.label),
        hint=showing.say(question.hint),
        value=str(both.get("known", "")),
        error=showing.told.get(name, ""),
        options=(
            OptionView("yes", _("I can answer this"), children=(child,)),
            OptionView(NOT_KNOWN, _("Not known")),
        ),
    )


def _field(showing: _Showing) -> FieldView:
    question = showing.question
    error, part = _first_error(question, showing.told)
    return FieldView(
        kind=KINDS.get(question.type, question.type),
        name=showing.prefix + question.key,
        label=showing.say(question.label),
        hint=showing.say(question.hint),
        value=_value(question, showing.typed),
        error=error,
        error_part=part,
        options=_options(showing),
        width=WIDTHS.get(question.type),
        max_length=longest(question) if question.type == "textarea" else None,
    )


def _first_error(question: Question, told: Mapping[str, str]) -> tuple[str, str]:
    if question.type != "date":
        return told.get(question.key, ""), ""
    for part in DATE_PARTS:
        if f"{question.key}-{part}" in told:
            return told[f"{question.key}-{part}"], part
    return "", ""


def _value(question: Question, typed: Typed | None) -> str | tuple[str, ...] | Mapping[str, str]:
    if question.type == "levels":
        return tuple(typed) if isinstance(typed, Mapping) else ()
    if question.type == "checkboxes":
        return typed if isinstance(typed, tuple) else ()
    if question.type == "date":
        parts = typed if isinstance(typed, Mapping) else {}
        return {part: str(parts.get(part, "")) for part in DATE_PARTS}
    return typed if isinstance(typed, str) else ""


def _options(showing: _Showing) -> tuple[OptionView, ...]:
    question = showing.question
    shown = [
        OptionView(
            option.value,
            showing.say(option.label),
            showing.say(option.hint),
            option.exclusive,
            (_level(showing, option.value),) if question.type == "levels" else (),
        )
        for option in question.options
    ]
    listed = {option.value for option in question.options}
    if question.not_known and question.type in CHOICES and NOT_KNOWN not in listed:
        shown.append(OptionView(NOT_KNOWN, _("Not known"), exclusive=question.type in {"checkboxes", "levels"}))
    return tuple(shown)


def _level(showing: _Showing, category: str) -> FieldView:
    name = f"{showing.question.key}-{category}"
    typed = showing.typed if isinstance(showing.typed, Mapping) else {}
    return FieldView(
        kind="radios",
        name=showing.prefix + name,
        label=_("Which description fits best?"),
        value=str(typed.get(category, "")),
        error=showing.told.get(name, ""),
        options=tuple(
            OptionView(str(level.value), f"{level.value}. {showing.say(level.label)}")
            for level in showing.question.levels
        ),
    )


def summary(question: Question, value: object, language: str) -> str:
    """Return a stored answer as people read it, one line for each item of several."""
    if value is None or value in ("", []) or value == {}:
        return _("Not answered")
    if value == NOT_KNOWN and question.not_known:
        return _("Not known")
    labels = {option.value: say(option.label, language) for option in question.options}
    if question.type == "levels":
        return "\n".join(
            _("%(category)s: level %(level)s", category=labels.get(category, category), level=level)
            for category, level in as_levels(value).items()
        )
    if question.type == "checkboxes" and isinstance(value, list | tuple):
        return "\n".join(labels.get(str(item), str(item)) for item in value)
    if question.type == "age":
        return _("Not born yet") if value == UNBORN else str(value)
    day = as_date(value) if question.type == "date" else None
    return format_date(day, "d MMMM y", locale=language) if day else labels.get(str(value), str(value))


def words(error: AnswerError, question: Question, language: str) -> str:
    """Return what is wrong with an answer, in words that say what to do."""
    label = say(question.label, language)
    if error.code == "level_missing":
        labels = {option.value: say(option.label, language) for option in question.options}
        return _("Choose a level for “%(category)s”", category=labels.get(str(error.params.get("category")), label))
    if error.code == "missing":
        chosen = question.type in CHOICES or error.field.endswith("-known")
        told = _("Choose an answer to “%(label)s”") if chosen else _("Enter an answer to “%(label)s”")
        return told % {"label": label}
    return WORDS.get(error.code, _not_readable)(error, label)


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
    "number": lambda _error, label: _("“%(label)s” must be a whole number, like 3", label=label),
    "age": lambda _error, label: _("“%(label)s” must be a whole number of years, like 0 or 7, or unborn", label=label),
    "too_small": lambda error, label: _(
        "“%(label)s” must be %(least)s or more", label=label, least=_limit(error, "min")
    ),
    "too_large": lambda error, label: _("“%(label)s” must be %(most)s or less", label=label, most=_limit(error, "max")),
    "email": lambda _error, _label: _("Enter an email address in the correct format, like name@example.com"),
    "tel": lambda _error, _label: _("Enter a telephone number, like 01632 960 001 or +44 808 157 0192"),
    "postcode": lambda _error, _label: _("Enter a full UK postcode, like AA3 1AB"),
}
