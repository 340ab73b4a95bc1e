"""The facts of a report as columns: each child, the main category, initials, from the questions' `fact`. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.forms.facts import as_date, as_number
from portal.forms.questionnaire import Form, Section
from portal.referrals.paths import sections_of, words_of

MOST_NAME = 200
WHOM = ("child.", "subject.")
"""How the facts of those begin whom a report or a request is about."""


@dataclass(frozen=True)
class ChildFacts:
    """One child's facts in the clear; `age_years` as estimated by the referrer, None when unknown."""

    position: int
    first_name: str
    last_name: str
    born_on: date | None
    age_years: int | None
    unborn: bool
    due_on: date | None
    postcode: str


@dataclass(frozen=True)
class Projected:
    """What a queue shows of a report without opening its answers, and each child's NHS number ("": not given)."""

    children: tuple[ChildFacts, ...]
    category: str
    initials: str
    numbers: tuple[str, ...] = ()


def project(form: Form, kind: str, sections: Mapping[str, Any]) -> Projected:
    """The facts of the answers that were kept; questions say with `fact` which one they answer."""
    children: list[ChildFacts] = []
    numbers: list[str] = []
    single: dict[str, Any] = {}
    for section, answers in _answered(form, kind, sections):
        facts = _facts(section, answers)
        if any(name.startswith("child.") for name in facts):
            children.append(_child(len(children), facts))
            numbers.append(_nhs_number(section, answers))
        single.update(facts)
    category = words_of(single.get("concern.main_category"))
    return Projected(tuple(children), category, _first_initials(form, kind, sections), tuple(numbers))


def _first_initials(form: Form, kind: str, sections: Mapping[str, Any]) -> str:
    """The initials of the first whom it is about: a child, or the person about whom information is asked for."""
    for section, answers in _answered(form, kind, sections):
        facts = _facts(section, answers)
        if any(name.startswith(WHOM) for name in facts):
            return _initials(facts)
    return ""


def _answered(form: Form, kind: str, sections: Mapping[str, Any]) -> Iterator[tuple[Section, Mapping[str, Any]]]:
    for section in sections_of(form, kind):
        body = sections.get(section.key)
        for answers in body if isinstance(body, list) else [body]:
            if isinstance(answers, Mapping):
                yield section, answers


def _facts(section: Section, answers: Mapping[str, Any]) -> dict[str, Any]:
    return {
        question.fact: answers[question.key]
        for question in section.questions
        if question.fact and question.key in answers
    }


def _child(position: int, facts: Mapping[str, Any]) -> ChildFacts:
    age, born = facts.get("child.age"), facts.get("child.date_of_birth")
    first, last = _name(facts, "child.")
    due = as_date(born.get("due")) if isinstance(born, Mapping) else None
    return ChildFacts(
        position=position,
        first_name=first[:MOST_NAME],
        last_name=last[:MOST_NAME],
        born_on=as_date(born),
        age_years=as_number(age),
        unborn=facts.get("child.unborn") == "yes" or age == "unborn" or due is not None,
        due_on=due or as_date(facts.get("child.due_date")),
        postcode=words_of(facts.get("child.postcode")) or _part(facts.get("child.address"), "postcode"),
    )


def _nhs_number(section: Section, answers: Mapping[str, Any]) -> str:
    """What a question for an NHS number was answered where a child is told of, whatever fact the council calls it."""
    asked = (question.key for question in section.questions if question.type == "nhs_number")
    return next((number for key in asked if (number := words_of(answers.get(key)))), "")


def _part(answer: object, name: str) -> str:
    """One part of an answer that has several, "" when it has not."""
    return words_of(answer.get(name)) if isinstance(answer, Mapping) else ""


def _name(facts: Mapping[str, Any], whom: str) -> tuple[str, str]:
    """First and last name, from one answer or from two. Of a name in one text, all but the first word is the surname:
    by it a family is found, and hidden from those who must not see it."""
    whole = facts.get(f"{whom}name")
    if isinstance(whole, Mapping):
        return _part(whole, "first"), _part(whole, "last")
    first, last = words_of(facts.get(f"{whom}first_name")), words_of(facts.get(f"{whom}last_name"))
    if first or last:
        return first, last
    one, *others = words_of(whole).split() or [""]
    return one, " ".join(others)


def _initials(facts: Mapping[str, Any]) -> str:
    """The first letters of the first and the last word of the name, accents kept."""
    whom = next((begin for begin in WHOM if any(name.startswith(begin) for name in facts)), WHOM[0])
    names = " ".join(_name(facts, whom)).split()
    ends = names[:1] + names[-1:] if len(names) > 1 else names
    return "".join(unicodedata.normalize("NFC", name)[0].upper() for name in ends)


def initials_of(section: Section, body: object) -> str:
    """The initials of the first child of one section, "" when the section is about nobody."""
    items = body if isinstance(body, list) else [body]
    for answers in items:
        facts = _facts(section, answers) if isinstance(answers, Mapping) else {}
        if any(name.startswith(WHOM) for name in facts):
            return _initials(facts)
    return ""
