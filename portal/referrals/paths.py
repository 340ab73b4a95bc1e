"""The path through a form that some answers open: what is asked, what is kept, what is missing. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.forms.facts import is_empty
from portal.forms.fitting import fits
from portal.forms.questionnaire import NOT_KNOWN, Form, Page, Question, Section, is_shown, visible

TRIAGE = "triage"
"""The key under which a draft keeps its triage answers among its sections."""


@dataclass(frozen=True)
class Missing:
    """A required question without an answer; `item` is the place in a repeated section, from 0."""

    section: str
    question: str = ""
    item: int | None = None


@dataclass
class Walked:
    """What remains of the answers once only reachable questions count."""

    triage: dict[str, Any] = field(default_factory=dict)
    sections: dict[str, Any] = field(default_factory=dict)
    shown: list[Section] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)

    def known(self) -> dict[str, Any]:
        """Every answer outside the repeated sections, flat, as conditions read them."""
        known = dict(self.triage)
        for body in self.sections.values():
            if isinstance(body, Mapping):
                known.update(body)
        return known

    def gaps(self, section: str) -> list[Missing]:
        """What is missing in one section (or in TRIAGE)."""
        return [gap for gap in self.missing if gap.section == section]


def sections_of(form: Form, kind: str) -> Sequence[Section]:
    """The sections of the full or of the urgent form."""
    return form.urgent if kind == "urgent" else form.sections


def shown_pages(form: Form, triage: Mapping[str, Any]) -> list[Page]:
    """The triage pages that ask anything, given the answers so far."""
    asked = {question.key for question in visible(form.triage_questions(), triage)}
    return [page for page in form.triage if any(question.key in asked for question in page.questions)]


def walk(form: Form, kind: str, triage: Mapping[str, Any], sections: Mapping[str, Any], override: str = "") -> Walked:
    """Follow the form with these answers; `override` is the key of "I disagree", kept as it is.

    Answers that no question on the path could have given are left out; required questions of the path
    without an answer are in `missing`.
    """
    walked = Walked()
    if kind != "urgent":
        walked.triage, gaps = walk_triage(form, triage)
        walked.missing += [Missing(TRIAGE, gap) for gap in gaps]
        if override in triage:
            walked.triage[override] = triage[override]
    for section in sections_of(form, kind):
        if not is_shown(section, walked.known()):
            continue
        walked.shown.append(section)
        if section.repeat is not None:
            _walk_items(section, section.repeat.min, sections.get(section.key), walked)
        else:
            given = sections.get(section.key)
            body = given if isinstance(given, Mapping) else {}
            kept, gaps = _answered(section.questions, body, walked.known())
            walked.sections[section.key] = kept
            walked.missing += [Missing(section.key, gap) for gap in gaps]
    return walked


def walk_triage(form: Form, triage: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The triage answers that count, and the keys of required questions without one."""
    return _answered(form.triage_questions(), triage, {})


def _walk_items(section: Section, least: int, given: object, walked: Walked) -> None:
    known, kept_items = walked.known(), []
    items = [item for item in given if isinstance(item, Mapping)] if isinstance(given, list) else []
    for place, item in enumerate(items):
        kept, gaps = _answered(section.questions, item, known)
        kept_items.append(kept)
        walked.missing += [Missing(section.key, gap, place) for gap in gaps]
    if len(items) < least:
        walked.missing.append(Missing(section.key, "", len(items)))
    walked.sections[section.key] = kept_items


def _answered(
    questions: Sequence[Question], given: Mapping[str, Any], elsewhere: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """The answers to questions that are asked, and the keys of required ones without any."""
    own = {question.key for question in questions}
    known = {key: value for key, value in elsewhere.items() if key not in own}
    kept: dict[str, Any] = {}
    missing: list[str] = []
    for question in questions:
        if not is_shown(question, known):
            continue
        value, complete = _answer(question, given.get(question.key), known)
        if value is not None:
            kept[question.key] = known[question.key] = value
        if not complete:
            missing.append(question.key)
    return kept, missing


def _answer(question: Question, value: object, known: Mapping[str, Any]) -> tuple[Any, bool]:
    """The answer that counts (None if none does), and whether the question needs nothing more."""
    if question.type == "group":
        return _people(question, value, known)
    if not is_empty(value) and fits(question, value):
        return value, True
    return None, not question.is_required(known)


def _people(question: Question, value: object, known: Mapping[str, Any]) -> tuple[Any, bool]:
    """The people of a group that count: each one's answers along the path that these open."""
    items = [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
    walked = [_answered(question.questions, item, known) for item in items]
    least = max(question.repeat.min if question.repeat else 0, 1 if question.is_required(known) else 0)
    complete = len(items) >= least and not any(gaps for _kept, gaps in walked)
    return [kept for kept, _gaps in walked] or None, complete


def gaps_of(question: Question, item: Mapping[str, Any], known: Mapping[str, Any]) -> list[str]:
    """The keys of required questions of a group that one person's answers leave open."""
    return _answered(question.questions, item, known)[1]


def remembered(
    questions: Sequence[Question],
    answers: Mapping[str, Any],
    saved: Mapping[str, Any],
    elsewhere: Mapping[str, Any],
) -> dict[str, Any]:
    """What a draft keeps of a page: the answers given, and what is saved of questions that are not asked now.

    What is not asked never leaves the draft (`walk` sees to that), and is there again when the path comes back. The
    people of a group have pages of their own.
    """
    own = {question.key for question in questions}
    known = {key: value for key, value in elsewhere.items() if key not in own}
    asked = {question.key for question in visible(questions, {**known, **answers})}
    apart = [one.key for one in questions if one.key not in asked or one.type == "group"]
    return {**{key: saved[key] for key in apart if key in saved}, **answers}


def words_of(value: object) -> str:
    """An answer as a plain fact: text, or "" when it is missing or not known."""
    return value if isinstance(value, str) and value != NOT_KNOWN else ""
