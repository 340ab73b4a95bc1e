"""The designer's desk: one draft open for editing, what is locked in it, its mistakes, and saving a change of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import current_app, url_for

from portal.auth import guard
from portal.auth.policy import Permission, Reach, reach
from portal.forms.commands import drafting
from portal.forms.editing.form_parts import (
    Entry,
    Place,
    all_parts,
    all_questions,
    find,
    place_of,
    questions,
)
from portal.forms.editing.questions import details
from portal.forms.mistakes import Mistake, SchemaMistakes
from portal.forms.queries import library
from portal.forms.queries.drafts import Draft
from portal.forms.schema import parse_form
from portal.forms.statements import Labels, labels, question_statement
from portal.forms.views.blueprint import all_as_read, as_read, language, open_draft
from portal.forms.views.home import family_words
from portal.kernel import scope
from portal.kernel.errors import Conflict, Forbidden, NotFound
from portal.kernel.language import LANGUAGES, say

LONGEST_NAME = 120


@dataclass(frozen=True)
class Desk:
    """One draft as somebody works on it."""

    draft: Draft
    languages: tuple[str, ...]
    locked: frozenset[str]
    may_change: bool

    @cached_property
    def family(self) -> str:
        """What the form is called."""
        return family_words(self.draft.form_key)

    @cached_property
    def spoken(self) -> Labels:
        """The words of the draft for its statements, read once for a page."""
        return labels(all_as_read(self.draft.form), None, language())

    @cached_property
    def mistakes(self) -> Sequence[Mistake]:
        """What the strict reader refuses in the form, with places in the form document."""
        try:
            parse_form(self.draft.form, self.languages)
        except SchemaMistakes as wrong:
            return wrong.mistakes
        return ()

    def mistakes_at(self, entry: Entry) -> list[Mistake]:
        """Those of one page, section or question, without those of the questions inside it."""
        depth = len(entry.path)
        own = [one for one in self.mistakes if one.path[:depth] == entry.path]
        return [one for one in own if len(one.path) < depth + 2 or one.path[depth] != "questions"]

    def is_locked(self, entry: Entry) -> bool:
        """Whether the template keeps this as it is."""
        kind = "question" if entry.place.question else "page" if entry.place.kind == "page" else "section"
        return f"{kind}:{entry.key}" in self.locked

    def holds_locked(self, entry: Entry) -> bool:
        """Whether it, or anything in it, is locked: it may be neither removed nor moved elsewhere."""
        below = [each for one in questions(entry) for each in (one, *questions(one))]
        return any(self.is_locked(each) for each in (entry, *below))

    def entry(self, item: str) -> Entry:
        """What stands at an address's place; raises NotFound."""
        place = place_of(item)
        found = find(self.draft.form, place) if place else None
        if found is None:
            raise NotFound("no such part of the form")
        return found

    def question(self, item: str) -> Entry:
        """A question; raises NotFound for anything else."""
        return self._asked(item, question=True)

    def part(self, item: str) -> Entry:
        """A page or section; raises NotFound for anything else."""
        return self._asked(item, question=False)

    def _asked(self, item: str, *, question: bool) -> Entry:
        entry = self.entry(item)
        if bool(entry.place.question) is not question:
            raise NotFound("no such part of the form")
        return entry

    def may_save(self, entry: Entry | None = None) -> None:
        """Raise Conflict when the draft is not open any more, Forbidden for what is locked."""
        if self.draft.state != "open":
            raise Conflict("the draft is not open", state=self.draft.state)
        if entry is not None and self.is_locked(entry):
            raise Forbidden("the template has locked this")

    def keep(self, form: dict[str, Any], what: str, *, met: bool = False) -> None:
        """Save the draft with this form; raises Conflict when somebody saved at the same moment, or the page `met` a
        change already."""
        if met:
            raise Conflict("it was changed elsewhere")
        content = {**self.draft.content, "form": form}
        drafting.save(guard.actor(), self.draft, content, self.draft.version, what)


def desk(form_id: UUID) -> Desk:
    """The draft with that id on the desk of whoever asks; raises NotFound."""
    draft, actor = open_draft(form_id), guard.actor()
    may = reach(actor, Permission.DESIGN) is not Reach.NONE and draft.state == "open"
    return Desk(draft, languages(), library.locked(actor, draft), may)


def languages() -> tuple[str, ...]:
    """The council's languages, English first: it stands on the left everywhere."""
    return tuple(one for one in LANGUAGES if one in scope.council().languages) or LANGUAGES[:1]


def seen(node: object) -> str:
    """A mark of what a page showed, posted back with it: another one means that somebody changed it since."""
    return hashlib.sha256(json.dumps(node, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def name_of(entry: Entry) -> str:
    """What an entry is called on pages: its words, else its key, else its position."""
    node = entry.document
    for name in ("title", "label"):
        text = node.get(name)
        said = {key: value for key, value in text.items() if isinstance(value, str)} if isinstance(text, dict) else {}
        if any(said.values()):
            return shortened(as_read(say(said, language())))
    return entry.place.name


def shortened(words: str) -> str:
    """Words that fit a line of a list."""
    return words if len(words) <= LONGEST_NAME else f"{words[: LONGEST_NAME - 1].rstrip()}…"


def condition_of(entry: Entry, at: Desk, name: str = "show_when") -> str:
    """A condition in plain words, "" where there is none."""
    node = entry.document.get(name)
    if node is None or isinstance(node, bool):
        return ""
    return question_statement(node, at.spoken, language(), required=name == "required")


def condition_link(form_id: UUID, entry: Entry, name: str = "show_when") -> str:
    """Where the condition is changed, "" when it cannot be."""
    if "forms.condition" not in current_app.view_functions or not entry.key:
        return ""
    kind = "question" if entry.place.question else "page" if entry.place.kind == "page" else "section"
    return url_for("forms.condition", form_id=form_id, where=f"{kind}/{entry.key}/{name}")


def link_to(form_id: UUID, place: Place) -> str:
    """The page where a question, page or section is changed."""
    endpoint = "forms.question" if place.question else "forms.form_part"
    return url_for(endpoint, form_id=form_id, item=place.text)


def anchor_of(place: Place) -> str:
    """Its id in the list of all questions, to come back to."""
    return place.text.replace("/", "-").replace("~", "n")


def link_in_list(form_id: UUID, place: Place) -> str:
    """Where it stands in the list of all questions, with its page or section open."""
    part = f"{place.kind}/{place.part}"
    return url_for("forms.structure", form_id=form_id, open=part, _anchor=anchor_of(place))


def link_by_key(form_id: UUID, form: object, kind: str, key: str) -> str:
    """The page of the first question, page or section with a key; the draft's own page when there is none."""
    entries = all_questions(form) if kind == "question" else all_parts(form)
    place = next((entry.place for entry in entries if entry.key == key), None)
    return link_to(form_id, place) if place else url_for("forms.draft", form_id=form_id)


def holds_questions(entry: Entry) -> bool:
    """Whether questions can be added to it: pages, sections and groups."""
    return not entry.place.question or "questions" in details(entry.document.get("type"))
