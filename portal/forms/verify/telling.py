"""A finding's answers in the words of the form: question by question, as labels. Pure and lenient."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.forms.verify.findings import Finding
from portal.forms.verify.phrases import N_
from portal.kernel.language import say, words

NOTHING_ELSE, NOTHING = N_("nothing else"), N_("nothing")
UNBORN, NOT_KNOWN = N_("Not born yet"), N_("Not known")
YES_NO = {"yes": N_("Yes"), "no": N_("No")}
LEVEL = N_("%(category)s: level %(level)s")
ANYTHING = N_("(anything)")
PLAIN = {"unborn": UNBORN, "not_known": NOT_KNOWN, "…": ANYTHING}

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """One question of a counterexample and what is answered; `enough` says that it belongs to the smallest set."""

    question: str
    answers: tuple[str, ...]
    key: str = ""
    enough: bool = False


def complete(finding: Finding, form_document: Document, language: str) -> list[Line]:
    """The whole set of answers, in the order of the form; those that are enough are marked."""
    return [
        Line(_label(node, language), tuple(_said(finding.answers[key], node, language)), key, key in finding.matters)
        for key, node in _questions(form_document).items()
        if key in finding.answers
    ]


def smallest(finding: Finding, form_document: Document, language: str) -> list[Line]:
    """The smallest set of answers that is enough, whatever else is answered; without the question that changes.

    A question of which only "not chosen" matters says "nothing else".
    """
    found = []
    for key, node in _questions(form_document).items():
        if key in finding.matters and key != finding.changed:
            said = tuple(text for one in finding.matters[key] for text in _said(one, node, language))
            found.append(Line(_label(node, language), said or (words(language, NOTHING_ELSE),), key, enough=True))
    return found


def change(finding: Finding, form_document: Document, language: str) -> tuple[Line, Line] | None:
    """The question that changes, as it is answered before and after; None for a finding about one set of answers."""
    node = _questions(form_document).get(finding.changed)
    if node is None or finding.after is None:
        return None

    def line(answers: Document) -> Line:
        said = tuple(_said(answers[finding.changed], node, language)) if finding.changed in answers else ()
        return Line(_label(node, language), said or (words(language, NOTHING),), finding.changed, enough=True)

    return line(finding.answers), line(finding.after)


def _questions(form_document: Document) -> dict[str, Document]:
    pages = (form_document.get("triage") or {}).get("pages") or ()
    return {str(node.get("key")): node for page in pages for node in page.get("questions") or ()}


def _label(node: Document, language: str) -> str:
    return say(node.get("label") or {}, language) or str(node.get("key"))


def _said(answer: Any, node: Document, language: str) -> Iterator[str]:
    labels = {str(o.get("value")): o.get("label") or {} for o in node.get("options") or () if isinstance(o, Mapping)}

    def word(value: Any) -> str:
        if str(value) in labels:
            return say(labels[str(value)], language) or str(value)
        if node.get("type") == "yes_no" and str(value) in YES_NO:
            return words(language, YES_NO[str(value)])
        return words(language, PLAIN[str(value)]) if str(value) in PLAIN else str(value)

    if isinstance(answer, Mapping):
        for category, level in answer.items():
            yield words(language, LEVEL) % {"category": word(category), "level": level}
    elif isinstance(answer, list) and node.get("type") == "levels":
        yield words(language, LEVEL) % {"category": word(answer[0]), "level": answer[1]}
    elif isinstance(answer, Sequence) and not isinstance(answer, str):
        yield from (word(one) for one in answer)
    else:
        yield word(answer)
