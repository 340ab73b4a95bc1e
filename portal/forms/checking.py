"""Every mistake of a draft at once: its questions and its rules read as strictly as when they are published. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal.forms.editing.documents import list_at, mapping_at
from portal.forms.editing.vocabulary import TRIAGE, subject
from portal.forms.mistakes import Path, SchemaMistakes
from portal.forms.questionnaire import Form, Option, Page, Question
from portal.forms.rules import parse_thresholds
from portal.forms.schema import parse_form


def mistakes_of(content: object, languages: Sequence[str]) -> list[tuple[Path, str]]:
    """Return each mistake with its place, beginning with "form" or "thresholds"; none when both can be published.

    When the questions themselves have mistakes, the rules are read against the questions as far as they are there.
    """
    documents = mapping_at(content, ())
    found: list[tuple[Path, str]] = []
    try:
        form = parse_form(documents.get("form"), languages)
    except SchemaMistakes as wrong:
        found += [(("form", *one.path), one.message) for one in wrong.mistakes]
        form = _as_far_as_it_goes(content)
    try:
        parse_thresholds(documents.get("thresholds"), form, languages)
    except SchemaMistakes as wrong:
        found += [(("thresholds", *one.path), one.message) for one in wrong.mistakes]
    return found


def _as_far_as_it_goes(content: object) -> Form:
    """The triage questions of a form that has mistakes, so that its rules can be judged all the same."""
    pages = []
    for place, _page in enumerate(list_at(content, TRIAGE)):
        asked = list_at(content, (*TRIAGE, place, "questions"))
        questions = tuple(_question(mapping_at(one, ())) for one in asked)
        pages.append(Page(str(place), {}, None, questions))
    return Form("form", {}, tuple(pages), (), ())


def _question(document: dict[str, Any]) -> Question:
    known = subject(document)
    options = tuple(
        Option(value, label, exclusive=value in known.exclusive)
        for value, label in known.options
        if known.type != "age"
    )
    return Question(known.key, known.type, known.label, options=options, not_known=document.get("not_known") is True)
