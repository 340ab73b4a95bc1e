"""What is still to be translated in a draft: texts that lack a language of the council, or say the same in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.forms.editing.form_parts import Place, all_parts, all_questions
from portal.forms.editing.texts import texts
from portal.forms.mistakes import Path


@dataclass(frozen=True)
class Untranslated:
    """One text: its path (form or thresholds first), what it says, the languages it lacks; `same` when it lacks none.

    `place` is the page, section or question of the form that it belongs to, if any.
    """

    path: Path
    text: dict[str, Any]
    lacks: tuple[str, ...]
    place: Place | None

    @property
    def same(self) -> bool:
        """Whether it says the same in every language, which a name may."""
        return not self.lacks


def untranslated(content: object, languages: Sequence[str]) -> list[Untranslated]:
    """Every such text of the form and the rules (topics among them), in the order in which they stand.

    Works on drafts of any shape. A council of one language has nothing to translate, but may lack words.
    """
    content = content if isinstance(content, dict) else {}
    places = _places(content.get("form"))
    found = []
    for name in ("form", "thresholds"):
        for path, text in texts(content.get(name), (name,)):
            lacks = tuple(language for language in languages if not _said(text.get(language)))
            if lacks or _same(text, languages):
                found.append(Untranslated(path, text, lacks, _place(path, places)))
    return found


def place_at(content: object, path: Path) -> Place | None:
    """The page, section or question of the form that a path leads into, if any."""
    return _place(path, _places(content.get("form") if isinstance(content, dict) else None))


def _said(words: object) -> bool:
    return isinstance(words, str) and bool(words.strip())


def _same(text: dict[str, Any], languages: Sequence[str]) -> bool:
    said = {str(text.get(language)).strip().casefold() for language in languages}
    return len(languages) > 1 and len(said) == 1 and any(letter.isalpha() for letter in said.pop())


def _places(form: object) -> dict[Path, Place]:
    return {("form", *entry.path): entry.place for entry in (*all_parts(form), *all_questions(form))}


def _place(path: Path, places: dict[Path, Place]) -> Place | None:
    for length in range(len(path), 0, -1):
        if path[:length] in places:
            return places[path[:length]]
    return None
