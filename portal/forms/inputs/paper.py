"""A page of the designer while it is shown or read: what was typed by the names of its inputs, and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from portal.forms.editing.texts import is_text, text_of
from portal.forms.mistakes import LONGEST_TEXT, printable
from portal.web.fields import FieldView, OptionView

Row = tuple[FieldView, ...]
"""Fields that stand side by side."""
WHOLE = re.compile(r"-?[0-9]{1,9}")
MOST_ROWS = 60
"""Rows of options on one page; a longer list is shown in parts."""


@dataclass
class Paper:
    """One page: the council's languages, what stands in each input, and the errors by input name."""

    languages: Sequence[str]
    typed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """The one text of an input."""
        given = self.typed.get(name, ())
        return given[0].replace("\r\n", "\n").replace("\r", "\n").strip() if given else ""

    def several(self, name: str) -> tuple[str, ...]:
        """Every value of an input with several."""
        return self.typed.get(name, ())

    def put(self, name: str, *values: object) -> None:
        """Fill an input, as from the document."""
        self.typed[name] = tuple(str(value) for value in values if value is not None)

    def put_text(self, name: str, text: object) -> None:
        """Fill the inputs of a text, one for each language."""
        for language in self.languages:
            said = text.get(language) if is_text(text) and isinstance(text, dict) else ""
            self.put(f"{name}-{language}", said if isinstance(said, str) else "")

    def note(self, name: str, message: str) -> None:
        """Say what is wrong with an input; the first thing said stays."""
        self.errors.setdefault(name, message)

    def words(self, name: str) -> str:
        """A text as typed; what no text may hold is refused, never removed."""
        said = self.one(name)
        if not printable(said):
            self.note(name, _("Remove characters that cannot be read, such as control characters"))
        elif len(said) > LONGEST_TEXT:
            self.note(name, _("Shorten this: it is longer than we can keep"))
        return said

    def line(self, name: str) -> str:
        """A text of one line."""
        said = self.words(name)
        if "\n" in said:
            self.note(name, _("Write this on one line"))
        return said

    def text(self, name: str, before: object = None) -> dict[str, Any]:
        """The text of the inputs `name-en`, `name-cy`; other languages stay as they were."""
        return text_of({language: self.words(f"{name}-{language}") for language in self.languages}, before)

    def whole(self, name: str) -> int | None:
        """A whole number, or None when nothing was typed."""
        said = self.one(name)
        if said and not WHOLE.fullmatch(said):
            self.note(name, _("Enter a whole number, like 10"))
            return None
        return int(said) if said else None

    def input(self, name: str, label: str, hint: str = "", kind: str = "text", width: int | None = None) -> FieldView:
        """One input as it is shown."""
        return FieldView(kind, name, label, hint, self.one_as_typed(name), self.errors.get(name, ""), width=width)

    def one_as_typed(self, name: str) -> str:
        """What stands in an input, its spaces kept."""
        return (self.typed.get(name) or ("",))[0]

    def pair(self, name: str, label: str, hint: str = "", kind: str = "text") -> Row:
        """A text's inputs side by side."""
        return tuple(
            self.input(f"{name}-{language}", in_language(label, language, self.languages), hint, kind)
            for language in self.languages
        )

    def choice(
        self, name: str, label: str, choices: Iterable[tuple[str, str]], hint: str = "", kind: str = "select"
    ) -> FieldView:
        """One choice of several; a value that is not offered is offered as well, so that it is not lost unseen."""
        offered = list(choices)
        value = self.one(name)
        if value and value not in {one for one, _words in offered}:
            offered.append((value, value[:80]))
        options = tuple(OptionView(one, said) for one, said in offered)
        return FieldView(kind, name, label, hint, value, self.errors.get(name, ""), options=options)

    def flag(self, name: str, label: str, hint: str = "") -> FieldView:
        """One box to tick."""
        return FieldView(
            "checkboxes",
            name,
            "",
            value=self.several(name),
            error=self.errors.get(name, ""),
            options=(OptionView("yes", label, hint),),
        )

    def many(self, name: str, label: str, choices: Iterable[tuple[str, str]], hint: str = "") -> FieldView:
        """Several boxes to tick."""
        options = tuple(OptionView(one, said) for one, said in choices)
        return FieldView(
            "checkboxes", name, label, hint, self.several(name), self.errors.get(name, ""), options=options
        )

    def count(self, name: str) -> int:
        """How many rows the page had."""
        said = self.one(name)
        return min(int(said), MOST_ROWS * 2) if WHOLE.fullmatch(said) and int(said) > 0 else 0


def in_language(label: str, language: str, languages: Sequence[str]) -> str:
    """A label that says in which language the words are; a council of one language needs no saying."""
    if len(languages) < 2:  # noqa: PLR2004 - two languages side by side
        return label
    return str(_("%(what)s (Welsh)", what=label) if language == "cy" else _("%(what)s (English)", what=label))


def posted(form: Any) -> dict[str, tuple[str, ...]]:
    """What a page posted, by input name."""
    return {name: tuple(form.getlist(name)) for name in form}


def put_or_drop(node: dict[str, Any], name: str, value: object) -> None:
    """Set a key of a document, or leave it out when there is nothing to say."""
    if not value:
        node.pop(name, None)
    else:
        node[name] = value


def text_in(node: Mapping[str, Any], *path: str) -> object:
    """A text within a question of any shape."""
    found: object = node
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found
