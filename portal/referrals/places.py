"""Where one answer of a report is: its section, the child or person it is about, its question. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from portal.forms.questionnaire import Form, Question, visible
from portal.referrals.paths import TRIAGE, Walked, walk

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")
_NUMBER = re.compile(r"[0-9]{1,3}")
_NOTHING = "-"
_PARTS = 5


@dataclass(frozen=True)
class Place:
    """One answer; `item` is the child (or what else the section repeats), `group` and `number` a person of a group."""

    section: str
    key: str
    item: int | None = None
    group: str = ""
    number: int | None = None

    def text(self) -> str:
        """The place in one word, as an address and the database keep it: `children.0.-.-.child_name`."""
        number, item = (_NOTHING if one is None else str(one) for one in (self.number, self.item))
        return ".".join((self.section, item, self.group or _NOTHING, number, self.key))


@dataclass(frozen=True)
class Asked:
    """A question that the answers open, its answer (None without one), and the answers that its conditions read."""

    question: Question
    value: Any
    known: Mapping[str, Any]


def place_of(text: str) -> Place | None:
    """The place that `text()` wrote; None for anything else."""
    parts = text.split(".")
    if len(parts) != _PARTS:
        return None
    section, item, group, number, key = parts
    names = [one for one in (section, group, key) if one != _NOTHING]
    numbers = [one for one in (item, number) if one != _NOTHING]
    if _NOTHING in (section, key) or (group == _NOTHING) != (number == _NOTHING):
        return None
    if not all(map(_KEY.fullmatch, names)) or not all(map(_NUMBER.fullmatch, numbers)):
        return None
    return Place(section, key, _whole(item), "" if group == _NOTHING else group, _whole(number))


def _whole(text: str) -> int | None:
    return None if text == _NOTHING else int(text)


def asked(form: Form, kind: str, triage: Mapping[str, Any], sections: Mapping[str, Any], place: Place) -> Asked | None:
    """The question at that place; None where these answers do not open it."""
    walked = walk(form, kind, triage, sections)
    found = _around(form, walked, place)
    if found is None:
        return None
    questions, own, known = found
    if place.group:
        group = next((one for one in visible(questions, known) if one.key == place.group), None)
        people = own.get(place.group) or []
        if group is None or group.type != "group" or place.number is None or place.number >= len(people):
            return None
        questions, own = group.questions, people[place.number]
        known = {**known, **own}
    question = next((one for one in visible(questions, known) if one.key == place.key), None)
    if question is None or question.type == "group":
        return None
    return Asked(question, own.get(place.key), {key: value for key, value in known.items() if key != place.key})


def _around(
    form: Form, walked: Walked, place: Place
) -> tuple[Sequence[Question], Mapping[str, Any], dict[str, Any]] | None:
    """The questions of the page that the place is on, its own answers, and all that conditions know there."""
    if place.section == TRIAGE:
        single = place.item is None and not place.group
        return (form.triage_questions(), walked.triage, dict(walked.triage)) if single else None
    section = next((one for one in walked.shown if one.key == place.section), None)
    if section is None or (section.repeat is None) != (place.item is None):
        return None
    body = walked.sections[section.key]
    if place.item is not None:
        if place.item >= len(body):
            return None
        body = body[place.item]
    return section.questions, body, {**walked.known(), **body}


@dataclass(frozen=True)
class Change:
    """One answer that was corrected."""

    place: str
    new: Any


def changed(
    triage: Mapping[str, Any], sections: Mapping[str, Any], changes: Iterable[Change]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answers as they are after the changes, in their order; what was given stays as it is. A change whose place
    is not there any more changes nothing."""
    now: dict[str, Any] = {TRIAGE: deepcopy(dict(triage)), **deepcopy(dict(sections))}
    for change in changes:
        place = place_of(change.place)
        body = _body(now, place) if place else None
        if place is None or body is None:
            continue
        if change.new is None:
            body.pop(place.key, None)
        else:
            body[place.key] = deepcopy(change.new)
    return now.pop(TRIAGE), now


def _body(answers: dict[str, Any], place: Place) -> dict[str, Any] | None:
    body: Any = answers.setdefault(place.section, {}) if place.item is None else answers.get(place.section)
    if place.item is not None:
        body = body[place.item] if isinstance(body, list) and place.item < len(body) else None
    if place.group and isinstance(body, dict):
        people = body.get(place.group)
        number = place.number or 0
        body = people[number] if isinstance(people, list) and number < len(people) else None
    return body if isinstance(body, dict) else None
