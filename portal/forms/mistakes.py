"""Mistakes found in a council's configuration, collected so that all of them are reported at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from portal.forms.substitutions import NAMES, misused

Path = tuple[str | int, ...]
Text = Mapping[str, str]

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]{0,59}\Z")
# Control characters but for line ends and tabs, and halves of characters (Unicode categories Cc and Cs).
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
LANGUAGES = ("en", "cy")
LONGEST_TEXT = 6_000
"""Characters in one text of a council: enough for a page of advice, far from a giant form."""
MOST_PARTS = 60_000
DEEPEST_DOCUMENT = 60
MOST_CHARACTERS = 2_000_000
"""What one document may hold altogether; a condition may be eight deep, which is some twenty levels of the document."""


@dataclass(frozen=True)
class Mistake:
    """One mistake: where it is (keys and list positions from the top of the document) and what is wrong."""

    path: Path
    message: str


class SchemaMistakes(ValueError):
    """Raised with every mistake of one document; `mistakes` is never empty."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = list(mistakes)
        super().__init__("; ".join(f"{at(m.path)}: {m.message}" for m in self.mistakes))


def at(path: Path) -> str:
    """Return a path as people read it: `rules[2].when`."""
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return words.removeprefix(".") or "the document"


def shown(value: object) -> str:
    """Return a short form of a value for a message; never long, whatever the value is."""
    return (repr(value)[:60] if value is None or isinstance(value, str | bool | int) else type(value).__name__)[:60]


@dataclass
class Checker:
    """Reads pieces of a document strictly, noting each mistake and going on with a harmless stand-in."""

    languages: Sequence[str] = ()
    mistakes: list[Mistake] = field(default_factory=list)

    def note(self, path: Path, message: str) -> None:
        """Record one mistake."""
        self.mistakes.append(Mistake(path, message))

    def finish(self) -> None:
        """Raise SchemaMistakes when anything was noted."""
        if self.mistakes:
            raise SchemaMistakes(self.mistakes)

    def mapping(
        self, value: object, path: Path, *, must: Iterable[str] = (), may: Iterable[str] = ()
    ) -> dict[str, Any]:
        """Return a mapping that has every `must` key and otherwise only `may` keys."""
        if not isinstance(value, Mapping):
            self.note(path, f"expected keys and values, found {shown(value)}")
            return {}
        wanted, allowed = list(must), {*must, *may}
        for key in value:
            if key not in allowed:
                self.note((*path, str(key)[:60]), f"unknown key {shown(key)}; known: {', '.join(sorted(allowed))}")
        for key in wanted:
            if key not in value:
                self.note(path, f"{key} is missing")
        return {key: value[key] for key in value if key in allowed}

    def named(self, value: object, path: Path, most: int) -> dict[str, Any]:
        """Return a mapping whose keys are the council's own names (letters, digits, underscore)."""
        if not isinstance(value, Mapping):
            self.note(path, f"expected keys and values, found {shown(value)}")
            return {}
        if len(value) > most:
            self.note(path, f"more than {most} entries")
        kept = {}
        for key, item in list(value.items())[:most]:
            if not isinstance(key, str | int) or isinstance(key, bool) or not KEY.match(str(key)):
                self.note((*path, str(key)[:60]), f"{shown(key)} is not a name (letters, digits and _)")
                continue
            kept[str(key)] = item
        return kept

    def sequence(self, value: object, path: Path, *, least: int = 0, most: int = 400) -> list[Any]:
        """Return a list of between `least` and `most` items."""
        if not isinstance(value, list | tuple):
            self.note(path, f"expected a list, found {shown(value)}")
            return []
        if not least <= len(value) <= most:
            self.note(path, f"expected between {least} and {most} items, found {len(value)}")
        return list(value[:most])

    def key(self, value: object, path: Path) -> str:
        """Return a name; a number or yes/no that lost its quotes in YAML is a mistake that says so."""
        if isinstance(value, bool | int | float):
            self.note(path, f"{shown(value)} was read as a number or yes/no: put it in quotes")
            return ""
        if not isinstance(value, str) or not KEY.match(value):
            self.note(path, f"{shown(value)} is not a name (letters, digits and _)")
            return ""
        return value

    def keys(self, value: object, path: Path, *, least: int = 0) -> tuple[str, ...]:
        """Return a list of names, each once."""
        names = [self.key(item, (*path, place)) for place, item in enumerate(self.sequence(value, path, least=least))]
        for place, name in enumerate(names):
            if name and name in names[:place]:
                self.note((*path, place), f"{name} is there twice")
        return tuple(name for name in names if name)

    def one_of(self, value: object, path: Path, known: Iterable[str], what: str) -> str:
        """Return a name that must be one of those known."""
        name = self.key(value, path)
        if name and name not in set(known):
            self.note(path, f"unknown {what} {name}")
            return ""
        return name

    def whole(self, value: object, path: Path, least: int, most: int) -> int:
        """Return a whole number between two others."""
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.note(path, f"expected a whole number from {least} to {most}, found {shown(value)}")
            return least
        return value

    def flag(self, value: object, path: Path) -> bool:
        """Return true or false."""
        if not isinstance(value, bool):
            self.note(path, f"expected true or false, found {shown(value)}")
        return value is True

    def plain(self, value: object, path: Path, longest: int = 200) -> str:
        """Return one line of text in no particular language (a telephone number, an address)."""
        if not isinstance(value, str) or not value.strip() or len(value) > longest or not printable(value):
            self.note(path, f"expected one line of text of at most {longest} characters, found {shown(value)}")
            return ""
        return value

    def text(self, value: object, path: Path) -> Text:
        """Return a text by language; every language the council promises must be there."""
        if not isinstance(value, Mapping) or not value:
            self.note(path, f"expected a text by language, like {{en: …}}, found {shown(value)}")
            return MappingProxyType({})
        kept = {}
        for language, words in value.items():
            where = (*path, str(language)[:60])
            if language not in LANGUAGES:
                self.note(where, f"unknown language {shown(language)}; known: {', '.join(LANGUAGES)}")
            elif not isinstance(words, str) or not words.strip() or len(words) > LONGEST_TEXT or not printable(words):
                self.note(where, f"expected words, at most {LONGEST_TEXT} characters, found {shown(words)}")
            else:
                kept[str(language)] = words.strip()
                self.gaps(words, where)
        for language in self.languages:
            if language not in value:
                self.note(path, f"the {language} text is missing")
        return MappingProxyType(kept)

    def optional_text(self, parts: Mapping[str, Any], name: str, path: Path) -> Text | None:
        """Return a text by language that may be left out."""
        return self.text(parts[name], (*path, name)) if name in parts else None

    def gaps(self, words: str, path: Path) -> None:
        """Refuse anything in double brackets other than the names that the product fills in."""
        for wrong in misused(words):
            self.note(path, f"{shown(wrong)} cannot be filled in; double brackets may hold {', '.join(NAMES)}")

    def size(self, document: object) -> None:
        """Raise SchemaMistakes for a document that is too deep, has too many parts or too much text; quick and flat."""
        if not _too_large(document):
            return
        parts, characters = 0, 0
        waiting: list[tuple[object, Path]] = [(document, ())]
        while waiting:
            here, path = waiting.pop()
            parts += 1
            characters += len(here) if isinstance(here, str) else 0
            if len(path) > DEEPEST_DOCUMENT:
                self.note(path[:6], f"nested more than {DEEPEST_DOCUMENT} levels deep")
            elif parts + len(waiting) > MOST_PARTS or characters > MOST_CHARACTERS:
                self.note((), f"more than {MOST_PARTS} parts or {MOST_CHARACTERS} characters altogether")
            self.finish()
            waiting += _inside(here, path)


def _too_large(document: object) -> bool:
    """Whether any limit is passed, without the places, which almost no document is asked for."""
    parts, characters = 0, 0
    level: list[object] = [document]
    for _depth in range(DEEPEST_DOCUMENT + 1):
        parts += len(level)
        characters += sum(len(one) for one in level if isinstance(one, str))
        if parts > MOST_PARTS or characters > MOST_CHARACTERS:
            return True
        level = [
            below
            for one in level
            for below in (one.values() if isinstance(one, Mapping) else one if isinstance(one, list | tuple) else ())
        ]
        if not level:
            return False
    return True


def _inside(thing: object, path: Path) -> list[tuple[object, Path]]:
    if isinstance(thing, Mapping):
        return [(value, (*path, str(key)[:60])) for key, value in thing.items()]
    if isinstance(thing, list | tuple):
        return [(value, (*path, place)) for place, value in enumerate(thing)]
    return []


def printable(words: str) -> bool:
    """Tell whether a text has no control characters other than line ends and tabs."""
    return _UNPRINTABLE.search(words) is None
