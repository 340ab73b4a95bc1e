"""Questions of the form that a message asks, as each side reads them, and as fields of one page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from portal.forms.queries import version
from portal.forms.questionnaire import Form, Question
from portal.forms.questionnaire import Section as FormSection
from portal.kernel.language import say
from portal.messaging.queries import Chosen, Said
from portal.referrals.paths import TRIAGE
from portal.referrals.places import Asked, Place, asked, place_of
from portal.referrals.presenting import Group, place_in
from portal.referrals.queries.record import Answers, Found

LATER = "q"


@dataclass(frozen=True)
class Option:
    """A question to choose: its place in one word, its label, and whether it was left empty."""

    value: str
    label: str
    empty: bool


@dataclass(frozen=True)
class Section:
    """The questions of one heading."""

    title: str
    options: tuple[Option, ...]

    @property
    def empty(self) -> int:
        """How many of them were left empty."""
        return sum(one.empty for one in self.options)


@dataclass(frozen=True)
class Field:
    """A question of the answer page: `key` is the name of its field, unlike any other of the page."""

    key: str
    place: str
    at: Asked

    @property
    def question(self) -> Any:
        """The form's question under the field's own name, which may stay unanswered."""
        return replace(self.at.question, key=self.key, required=False, show_when=None)


def sections(groups: Iterable[Group]) -> list[Section]:
    """The questions that a report's answers open, by heading."""
    found = []
    for group in groups:
        options = tuple(
            Option(place_in(group, row).text(), row.label, row.left or not (row.value or row.items))
            for row in group.rows
            if row.key
        )
        if options:
            found.append(Section(group.title, options))
    return found


def labels(found: Found, chosen: Sequence[Chosen], language: str) -> list[tuple[str, bool]]:
    """What a message asks in the reader's language, and whether each is answered; of a child or person, with which."""
    form = version(found.form_version_id).form
    return [(_label(form, found.kind, one.place, language), one.correction_id is not None) for one in chosen]


def _label(form: Form, kind: str, text: str, language: str) -> str:
    place = place_of(text)
    if place is None:
        return text
    question, section = _question(form, kind, place), _section(form, kind, place)
    label = say(question.label, language) if question else place.key
    number = place.number if place.item is None else place.item
    return label if number is None or section is None else f"{label} ({say(section.title, language)}, {number + 1})"


def question_of(found: Found, text: str) -> Question | None:
    """The form's question at a place, whether or not the answers open it; None where the form has none there."""
    place = place_of(text)
    return _question(version(found.form_version_id).form, found.kind, place) if place else None


def _question(form: Form, kind: str, place: Place) -> Question | None:
    section = _section(form, kind, place)
    questions = form.triage_questions() if place.section == TRIAGE else section.questions if section else ()
    if place.group:
        questions = next((one.questions for one in questions if one.key == place.group), ())
    return next((one for one in questions if one.key == place.key), None)


def _section(form: Form, kind: str, place: Place) -> FormSection | None:
    every = form.urgent if kind == "urgent" else form.sections
    return next((one for one in every if one.key == place.section), None)


def fields(found: Found, answers: Answers, chosen: Sequence[Chosen]) -> list[Field]:
    """The questions that are open, as fields; what was answered already is among them, to be changed."""
    return [
        Field(f"{LATER}{number}", one.place, at)
        for number, one in enumerate(chosen)
        if (at := _at(found, answers, one.place)) is not None
    ]


def answering(said: Iterable[Said]) -> frozenset[UUID]:
    """The corrections that answer what a message asked: the thread need not tell each of them by itself."""
    return frozenset(one.correction_id for message in said for one in message.chosen if one.correction_id)


def _at(found: Found, answers: Answers, text: str) -> Asked | None:
    place = place_of(text)
    if place is None:
        return None
    form = version(found.form_version_id).form
    return asked(form, found.kind, answers.triage, answers.sections, place)
