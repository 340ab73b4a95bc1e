"""Every mistake of a draft at once: its questions and its rules read as strictly as when they are published. Pure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Any, Final

from portal.forms.digests import digest
from portal.forms.editing.documents import list_at, mapping_at
from portal.forms.editing.vocabulary import TRIAGE, subject
from portal.forms.mistakes import Path, SchemaMistakes
from portal.forms.questionnaire import Form, Option, Page, Question
from portal.forms.rules import parse_thresholds
from portal.forms.schema import parse_form

MOST_REMEMBERED: Final = 64
_Found = tuple[tuple[Path, str], ...]
# Every page of the designer asks, and reading the largest draft takes most of a second. What is found depends on
# nothing but the words and the languages, both in the key: whoever finds an entry has the very same words.
_remembered: OrderedDict[tuple[str, tuple[str, ...]], _Found] = OrderedDict()
_lock = Lock()


def mistakes_of(content: object, languages: Sequence[str]) -> list[tuple[Path, str]]:
    """Return each mistake with its place, beginning with "form" or "thresholds"; none when both can be published.

    When the questions themselves have mistakes, the rules are read against the questions as far as they are there.
    The same content in the same languages is read once; scenarios do not count.
    """
    documents = mapping_at(content, ())
    key = digest([documents.get("form"), documents.get("thresholds")]), tuple(languages)
    with _lock:
        known = _remembered.get(key)
        if known is not None:
            _remembered.move_to_end(key)
    if known is None:
        known = tuple(_read(content, languages))
        with _lock:
            _remembered[key] = known
            while len(_remembered) > MOST_REMEMBERED:
                _remembered.popitem(last=False)
    return list(known)


def _read(content: object, languages: Sequence[str]) -> list[tuple[Path, str]]:
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
