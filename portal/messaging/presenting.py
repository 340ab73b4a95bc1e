"""Corrections in the reader's words, and what is carried from a draft into a report as added information."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.forms.queries import version
from portal.forms.questionnaire import Form, Question
from portal.forms.questions import summary
from portal.kernel.language import say
from portal.messaging.queries import Said
from portal.referrals.paths import TRIAGE
from portal.referrals.places import Change, Place, asked, changed, place_of
from portal.referrals.presenting import Group, item_title
from portal.referrals.queries.corrections import Corrected
from portal.referrals.queries.record import Answers, Found


@dataclass(frozen=True)
class CorrectionView:
    """One correction; `about` is the section, child or person, "" for the first questions; "" answers are none."""

    label: str
    about: str
    old: str
    new: str
    why: str
    who: str
    at: datetime


def corrections_told(
    found: Found, answers: Answers, made: tuple[Corrected, ...], said: Mapping[UUID, Said], language: str
) -> list[CorrectionView]:
    """The corrections, oldest first. Each is read with the answers of its own moment: a later one may close its
    question."""
    form, kind = version(found.form_version_id).form, found.kind
    triage, sections = answers.triage, answers.sections
    told = []
    for one in made:
        place = place_of(one.place)
        at = asked(form, kind, triage, sections, place) if place else None
        message = said.get(one.id)
        if place is not None and at is not None:
            told.append(
                CorrectionView(
                    label=say(at.question.label, language),
                    about=_about(form, kind, sections, place, language),
                    old=_words(at.question, one.old, language),
                    new=_words(at.question, one.new, language),
                    why=message.text if message else "",
                    who=message.author_name if message else "",
                    at=one.at,
                )
            )
        triage, sections = changed(triage, sections, [Change(one.place, one.new)])
    return told


def _words(question: Question, value: Any, language: str) -> str:
    return summary(question, value, language) if value is not None else ""


def _about(form: Form, kind: str, sections: Mapping[str, Any], place: Place, language: str) -> str:
    if place.section == TRIAGE:
        return ""
    section = next(one for one in (form.urgent if kind == "urgent" else form.sections) if one.key == place.section)
    if place.item is None:
        return say(section.title, language)
    return item_title(section, sections[section.key][place.item], place.item, language)


def _line(label: str, value: str) -> str:
    return f"{label} {value}" if label.endswith("?") else f"{label}: {value}"


def carried_text(groups: Iterable[Group]) -> str:
    """The answers of a report that is not sent, in words, as a message holds them."""
    parts = []
    for group in groups:
        lines = [_line(row.label, row.value) for row in group.given if row.key and row.value]
        if lines:
            parts.append("\n".join([group.title.upper(), *lines]))
    return "\n\n".join(parts)
