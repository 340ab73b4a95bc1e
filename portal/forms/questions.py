"""Shows a council's questions as fields, in the reader's language: labels, errors in words, and answers read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from portal.forms.answers import AnswerError, Typed, longest
from portal.forms.compound import COMPOUND, documents
from portal.forms.question_words import WORDS, words
from portal.forms.questionnaire import CHOICES, NOT_KNOWN, Guidance, Question
from portal.forms.showing import Showing, _
from portal.forms.summaries import person, summary
from portal.kernel.language import say
from portal.web.fields import FieldView, GuidanceView, OptionView

__all__ = ["WORDS", "field", "guidance_view", "person", "summary", "words"]

WIDTHS: Mapping[str, int] = {"tel": 20, "postcode": 10, "number": 5, "age": 10, "nhs_number": 20, "upn": 20}
KINDS: Mapping[str, str] = {
    "levels": "checkboxes",
    "age": "text",
    "yes_no": "radios",
    "nhs_number": "digits",
    "upn": "reference",
}
FORMAT_KINDS: Mapping[str, str] = {"percent": "decimal", "time": "short", "urn": "digits", "laestab": "digits"}


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
    showing = Showing(question, language, typed, told, prefix)
    several_forms = question.type == "date" and len(question.forms) > 1
    known = question.not_known and question.type not in CHOICES | {"documents"} and not several_forms
    view = _known_or_not(showing) if known else _field(showing)
    return replace(view, guidance=guidance_view(question.guidance, language)) if question.guidance else view


def guidance_view(guidance: Guidance | None, language: str) -> GuidanceView | None:
    """Return the help beside a question in the reader's language: a title, paragraphs and examples."""
    if guidance is None:
        return None
    body = say(guidance.body, language).split("\n")
    return GuidanceView(
        title=say(guidance.title, language),
        paragraphs=tuple(line.strip() for line in body if line.strip()),
        examples=tuple(say(example, language) for example in guidance.examples),
    )


def _known_or_not(showing: Showing) -> FieldView:
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


def _field(showing: Showing) -> FieldView:
    question = showing.question
    if question.type in COMPOUND:
        return COMPOUND[question.type](showing)
    if question.type == "documents":
        return documents(showing, _options(showing))
    kind = FORMAT_KINDS.get(question.format or "", KINDS.get(question.type, question.type))
    return FieldView(
        kind="decimal" if question.decimals else kind,
        name=showing.prefix + question.key,
        label=showing.say(question.label),
        hint=showing.say(question.hint),
        value=_value(question, showing.typed),
        error=showing.told.get(question.key, ""),
        options=_options(showing),
        width=WIDTHS.get(question.type),
        max_length=longest(question) if question.type == "textarea" else None,
        suffix="%" if question.format == "percent" else "",
    )


def _value(question: Question, typed: Typed | None) -> str | tuple[str, ...]:
    if question.type == "levels":
        return tuple(typed) if isinstance(typed, Mapping) else ()
    if question.type == "checkboxes":
        return typed if isinstance(typed, tuple) else ()
    return typed if isinstance(typed, str) else ""


def _options(showing: Showing) -> tuple[OptionView, ...]:
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
    if question.not_known and question.type in CHOICES | {"documents"} and NOT_KNOWN not in listed:
        alone = question.type in {"checkboxes", "levels", "documents"}
        shown.append(OptionView(NOT_KNOWN, _("Not known"), exclusive=alone))
    return tuple(shown)


def _level(showing: Showing, category: str) -> FieldView:
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
