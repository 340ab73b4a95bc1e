"""Reads typed values out of a plain document and collects every mistake with its place, instead of stopping at one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time
from typing import Final

from portal.auth.addresses import is_domain
from portal.kernel.language import Text

Place = tuple[str | int, ...]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
KEY: Final = re.compile(r"[a-z][a-z0-9_-]{0,59}")
_MAILBOX = re.compile(r"[A-Za-z0-9][A-Za-z0-9._'-]{0,62}@[a-z0-9.-]{3,190}")
LINE_LONGEST: Final = 300
TEXT_LONGEST: Final = 30_000


@dataclass(frozen=True)
class Found:
    """One mistake: where in the document, and a sentence for whoever edits the file."""

    place: Place
    message: str


class Reader:
    """One mapping of the document: each value is asked for by name, and what nobody asked for is a mistake."""

    def __init__(self, data: object, place: Place, mistakes: list[Found], languages: Sequence[str] = ("en",)) -> None:
        self.place = place
        self.mistakes = mistakes
        self.languages = languages
        self.asked: set[str] = set()
        self.data: Mapping[str, object] = {}
        if isinstance(data, Mapping):
            self.data = data
        else:
            self.wrong("", "must be a group of named values")

    def wrong(self, key: str | int, message: str) -> None:
        """Record a mistake at a value of this mapping ("" for the mapping itself)."""
        place = self.place if key == "" else (*self.place, key)
        self.mistakes.append(Found(place, message))

    def value(self, key: str, required: bool = True) -> object:
        """The value as it is; a missing one is a mistake if it is required."""
        self.asked.add(key)
        found = self.data.get(key)
        if found is None and required:
            self.wrong("", f"“{key}” is missing")
        return found

    def finish(self) -> None:
        """Every value that was not asked for is unknown."""
        for key in self.data:
            if key not in self.asked:
                self.wrong(key, f"“{key}” is not known here")

    def words(self, key: str, pattern: re.Pattern[str] | None = None, says: str = "", required: bool = True) -> str:
        """A text in no language, such as a key or an address, which must match the whole pattern ("" if wrong)."""
        found = self.value(key, required)
        if found is None:
            return ""
        if not isinstance(found, str) or not found.strip() or len(found) > LINE_LONGEST:
            self.wrong(key, f"“{key}” must be text" + (" (put it in quotation marks)" if found != "" else ""))
            return ""
        if pattern is not None and not pattern.fullmatch(found):
            self.wrong(key, f"“{key}” {says}")
            return ""
        return found

    def key(self, key: str = "key") -> str:
        """A name that data refers to: lower-case letters, digits, hyphens and underscores."""
        return self.words(key, KEY, "must be lower-case letters, digits, - and _, and begin with a letter")

    def choice(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        """One of the allowed words (the first of them stands in for a wrong one)."""
        found = self.value(key, default is None)
        if found is None:
            return default or allowed[0]
        if not isinstance(found, str) or found not in allowed:
            self.wrong(key, f"“{key}” must be one of: {', '.join(allowed)}")
            return default or allowed[0]
        return found

    def number(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number from low to high."""
        found = self.value(key, default is None)
        if found is None:
            return low if default is None else default
        if isinstance(found, bool) or not isinstance(found, int) or not low <= found <= high:
            self.wrong(key, f"“{key}” must be a whole number from {low} to {high}")
            return low
        return found

    def flag(self, key: str) -> bool:
        """True or false."""
        found = self.value(key)
        if found is not None and not isinstance(found, bool):
            self.wrong(key, f"“{key}” must be true or false")
        return found is True

    def text(self, key: str, longest: int = TEXT_LONGEST) -> Text:
        """A text in each of the council's languages."""
        found = self.value(key)
        if found is None:
            return {}
        if not isinstance(found, Mapping):
            self.wrong(key, f"“{key}” must have a text for each language, such as {{en: …}}")
            return {}
        for language in self.languages:
            if language not in found:
                self.wrong(key, f"“{key}” has no text in the language “{language}”")
        return {code: self._said(key, code, said, longest) for code, said in found.items()}

    def _said(self, key: str, code: str, said: object, longest: int) -> str:
        place = (*self.place, key, code)
        if code not in ("en", "cy"):
            self.mistakes.append(Found(place, f"“{code}” is not a language of the portal (en, cy)"))
        elif not isinstance(said, str) or not said.strip():
            self.mistakes.append(Found(place, f"“{key}” has an empty text in “{code}”"))
        elif len(said) > longest:
            self.mistakes.append(Found(place, f"“{key}” is longer than {longest} characters"))
        else:
            return said
        return ""

    def group(self, key: str) -> Reader:
        """A mapping inside this one."""
        found = self.value(key)
        return Reader({} if found is None else found, (*self.place, key), self.mistakes, self.languages)

    def has(self, key: str) -> bool:
        """Say whether the value is there at all."""
        return self.data.get(key) is not None

    def items(self, key: str, required: bool = True) -> list[object]:
        """A list, as it is; an empty one is a mistake if it is required."""
        found = self.value(key, required)
        if found is None:
            return []
        if not isinstance(found, list) or (required and not found):
            self.wrong(key, f"“{key}” must be a list" + (" with something in it" if required else ""))
            return []
        return found

    def groups(self, key: str, required: bool = True) -> Iterator[Reader]:
        """A list of mappings, one reader for each."""
        for index, item in enumerate(self.items(key, required)):
            yield Reader(item, (*self.place, key, index), self.mistakes, self.languages)

    def day(self, key: str, index: int, found: object) -> date | None:
        """A date of a list, written 2026-12-24."""
        if isinstance(found, str) and _DAY.fullmatch(found):
            with suppress(ValueError):
                return date.fromisoformat(found)
        self.mistakes.append(Found((*self.place, key, index), "must be a date such as 2026-12-24"))
        return None

    def clock(self, key: str) -> time:
        """A time of day, written "08:30"."""
        found = self.words(key, re.compile(r"([01]\d|2[0-3]):[0-5]\d"), "must be a time such as 08:30")
        return time.fromisoformat(found) if found else time(0)


def is_mailbox(text: str) -> bool:
    """Whether it is an email address of somewhere, as the settings write one."""
    return bool(_MAILBOX.fullmatch(text)) and is_domain(text.partition("@")[2])


def twice(keys: Sequence[tuple[Place, str]], what: str) -> list[Found]:
    """A mistake for every key that was there before."""
    seen: set[str] = set()
    found = []
    for place, key in keys:
        if key and key in seen:
            found.append(Found(place, f"the {what} “{key}” is there twice"))
        seen.add(key)
    return found
