"""What questions, options, routes and names are called in one language, read leniently from a form and its rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.forms.questionnaire import NOT_KNOWN, Form
from portal.forms.questionnaire import Question as FormQuestion
from portal.kernel.language import N_, say, words

YES_NO = {"yes": N_("Yes"), "no": N_("No")}
LATER = {NOT_KNOWN: N_("Not known"), "unborn": N_("Unborn")}
"""Answers whose words are the product's own, where the form has no words for them."""


@dataclass(frozen=True)
class Named:
    """A question in words: its type, what it asks, and its options in the form's order."""

    type: str = ""
    label: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    exclusive: tuple[str, ...] = ()
    levels: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Labels:
    """The words of one form and one set of rules in a language; what is not there is called by its own key."""

    language: str
    questions: Mapping[str, Named]
    thresholds: Mapping[str, Any]

    def question(self, key: object) -> Named:
        """A question in words, whatever the key is."""
        named = self.questions.get(key) if isinstance(key, str) else None
        return named or Named(label=plain(key))

    def option(self, key: object, value: object) -> str:
        """What an option of a question is called."""
        named, wanted = self.question(key), plain(value)
        if wanted in named.options:
            return named.options[wanted]
        own = {**LATER, **YES_NO} if named.type in {"yes_no", "age", ""} else LATER
        return words(self.language, own[wanted]) if wanted in own else wanted

    def part(self, name: str) -> Mapping[str, Any]:
        """A part of the thresholds document that maps names, empty when it is missing or something else."""
        return mapping(self.thresholds.get(name))

    def name(self, key: object) -> str:
        """What the council calls a derived value or a named condition, "" if it does not say."""
        return self.said(self.part("names").get(key)) if isinstance(key, str) else ""

    def route(self, key: object) -> str:
        """What a route is called."""
        route = mapping(self.part("routes").get(key)) if isinstance(key, str) else {}
        return self.said(route.get("label")) or plain(key)

    def said(self, text: object) -> str:
        """A text by language in this one, "" when it is not such a text."""
        return spoken(text, self.language)


def labels(form: object, thresholds: object, language: str) -> Labels:
    """The words of a form (parsed, or its document, right or wrong) and of a thresholds document."""
    found = _parsed(form, language) if isinstance(form, Form) else _drafted(form, language)
    rules = mapping(thresholds)
    override = rules.get("override_answer")
    if isinstance(override, str):
        asked = spoken(rules.get("override_question"), language) or override
        found.setdefault(override, Named("yes_no", asked_words(asked)))
    return Labels(language, found, rules)


def mapping(value: object) -> Mapping[str, Any]:
    """The value when it maps, else nothing."""
    return value if isinstance(value, Mapping) else {}


def several(value: object) -> list[Any]:
    """The value when it is a list, else nothing."""
    return list(value) if isinstance(value, list | tuple) else []


def spoken(text: object, language: str) -> str:
    """A text by language, leniently: "" for anything that is not one."""
    kept = {key: one.strip() for key, one in mapping(text).items() if isinstance(one, str)}
    return say(kept, language)


def asked_words(label: str) -> str:
    """What a question asks, without the instruction that may follow the question mark."""
    question, mark, _rest = label.partition("?")
    return question + mark


def plain(value: object) -> str:
    """A key or value of a draft as it is written, never long."""
    return str(value)[:80] if isinstance(value, str | int | float) else "?"


def _parsed(form: Form, language: str) -> dict[str, Named]:
    urgent = (question for section in form.urgent for question in section.questions)
    found: dict[str, Named] = {}
    for question in _nested([*form.questions(), *urgent]):
        options = {option.value: spoken(option.label, language) or option.value for option in question.options}
        levels = {level.value: spoken(level.label, language) for level in question.levels}
        exclusive = tuple(option.value for option in question.options if option.exclusive)
        named = Named(
            question.type, asked_words(spoken(question.label, language)) or question.key, options, exclusive, levels
        )
        found.setdefault(question.key, named)
    return found


def _nested(questions: Iterable[FormQuestion]) -> Iterator[FormQuestion]:
    for question in questions:
        yield question
        yield from getattr(question, "questions", ())


def _drafted(form: object, language: str) -> dict[str, Named]:
    document = mapping(form)
    pages = several(mapping(document.get("triage")).get("pages"))
    sections = several(document.get("sections")) + several(mapping(document.get("urgent")).get("sections"))
    found: dict[str, Named] = {}
    for part in (*pages, *sections):
        for question in several(mapping(part).get("questions")):
            for one in (question, *several(mapping(question).get("questions"))):
                _add(found, mapping(one), language)
    return found


def _add(found: dict[str, Named], question: Mapping[str, Any], language: str) -> None:
    key = question.get("key")
    if not isinstance(key, str) or key in found:
        return
    items = [mapping(item) for item in several(question.get("options"))]
    options = {plain(item.get("value")): spoken(item.get("label"), language) for item in items}
    levels = [mapping(item) for item in several(question.get("levels"))]
    found[key] = Named(
        type=plain(question.get("type")),
        label=asked_words(spoken(question.get("label"), language)) or key,
        options={value: label or value for value, label in options.items()},
        exclusive=tuple(plain(item.get("value")) for item in items if item.get("exclusive") is True),
        levels={
            item["value"]: spoken(item.get("label"), language) for item in levels if isinstance(item.get("value"), int)
        },
    )
