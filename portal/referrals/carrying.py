"""Carries the answers of a draft over to a newer version of its form: what fits comes along, what does not is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.forms.facts import is_empty
from portal.forms.fitting import fits
from portal.forms.questionnaire import Form, Question, Section
from portal.kernel.language import Text


@dataclass(frozen=True)
class Carried:
    """The answers that fit the newer form, and the questions (in the words of the older) whose answers do not."""

    triage: dict[str, Any]
    sections: dict[str, Any]
    lost: tuple[Text, ...]


def carry(old: Form, new: Form, triage: Mapping[str, Any], sections: Mapping[str, Any]) -> Carried:
    """What of a full draft's answers the newer form can hold; pure, and the same again on what it gave.

    An answer comes along when the newer form asks a question of the same key and type, which could have stored it:
    from one page to another too, but into or out of what is asked of each of several people only as a whole.
    """
    single = dict(triage)
    for section in old.sections:
        body = sections.get(section.key)
        if section.repeat is None and isinstance(body, Mapping):
            single.update(body)
    lost: list[Text] = []
    known = _single(old)
    fitting = _fitting(known, _single(new), single, lost)
    kept = {
        section.key: _own(section, fitting)
        for section in new.sections
        if section.repeat is None and _own(section, fitting)
    }
    kept.update(_repeated(old, new, sections, lost))
    return Carried(
        triage={one.key: fitting[one.key] for one in new.triage_questions() if one.key in fitting},
        sections=kept,
        lost=tuple(lost),
    )


def _single(form: Form) -> dict[str, Question]:
    """The questions that are asked once, by key."""
    once = [question for section in form.sections if section.repeat is None for question in section.questions]
    return {question.key: question for question in (*form.triage_questions(), *once)}


def _own(section: Section, answers: Mapping[str, Any]) -> dict[str, Any]:
    return {one.key: answers[one.key] for one in section.questions if one.key in answers}


def _fitting(
    old: Mapping[str, Question], new: Mapping[str, Question], answers: Mapping[str, Any], lost: list[Text]
) -> dict[str, Any]:
    """The answers that the new questions could have stored; the others' questions are added to `lost`, each once."""
    kept: dict[str, Any] = {}
    for key, value in answers.items():
        before, after = old.get(key), new.get(key)
        if before is None or is_empty(value):
            continue
        if after is not None and after.type == before.type:
            found = _people(before, after, value, lost) if after.type == "group" else value
            if after.type == "group" or fits(after, found):
                kept[key] = found
                continue
        if before.label not in lost:
            lost.append(before.label)
    return kept


def _people(before: Question, after: Question, value: object, lost: list[Text]) -> list[dict[str, Any]]:
    return _items(before.questions, after.questions, value, lost)


def _items(old: Sequence[Question], new: Sequence[Question], items: object, lost: list[Text]) -> list[dict[str, Any]]:
    known, wanted = {one.key: one for one in old}, {one.key: one for one in new}
    given = items if isinstance(items, list) else []
    return [_fitting(known, wanted, item, lost) for item in given if isinstance(item, Mapping)]


def _repeated(old: Form, new: Form, sections: Mapping[str, Any], lost: list[Text]) -> dict[str, Any]:
    """The items of repeated sections that are there, and repeated, in both forms."""
    wanted = {section.key: section for section in new.sections if section.repeat is not None}
    kept: dict[str, Any] = {}
    for section in old.sections:
        body = sections.get(section.key)
        if section.repeat is None or not body:
            continue
        if section.key in wanted:
            kept[section.key] = _items(section.questions, wanted[section.key].questions, body, lost)
        elif section.title not in lost:
            lost.append(section.title)
    return kept
