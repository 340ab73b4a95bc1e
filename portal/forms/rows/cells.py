"""The simple fields of a part: words in each language, names, numbers, choices, dates, lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from flask_babel import gettext as _

from portal.forms.editing.documents import MISSING, Steps, names_in, text_at
from portal.forms.facts import as_date
from portal.forms.formats import real_date, whole
from portal.forms.mistakes import KEY, LONGEST_TEXT, printable
from portal.forms.rows.around import Group, Sheet
from portal.kernel.language import LANGUAGES
from portal.web.fields import DATE_PARTS, FieldView, OptionView

LONGEST_LINE = 200
Filled = dict[str, list[str]]


class Cell(Protocol):
    """One part of an entry's document as fields."""

    @property
    def steps(self) -> Steps:
        """Where in the entry's document it is."""

    def filled(self, value: object) -> Filled:
        """The fields as the document has them; never raises."""

    def drawn(self, sheet: Sheet) -> list[Group]:
        """The fields as a page shows them."""

    def read(self, sheet: Sheet, before: object) -> Any:
        """The document that was posted, or MISSING to leave it out; what is wrong is refused on the sheet."""


@dataclass(frozen=True)
class Words:
    """A text in each language of the council, side by side; what other languages have stays."""

    name: str
    label: Any
    hint: Any = ""
    long: bool = True
    needed: bool = True
    at: Steps = ()

    @property
    def steps(self) -> Steps:
        return self.at or (self.name,)

    def filled(self, value: object) -> Filled:
        return {f"{self.name}-{language}": [words] for language, words in text_at(value, ()).items()}

    def drawn(self, sheet: Sheet) -> list[Group]:
        languages, kind = sheet.around.languages, "textarea" if self.long else "text"
        if len(languages) == 1:
            return [Group((sheet.field(kind, f"{self.name}-{languages[0]}", str(self.label), str(self.hint)),))]
        views = (
            sheet.field(kind, f"{self.name}-{one}", _in(str(self.label), one), str(self.hint)) for one in languages
        )
        return [Group(tuple(views), str(self.label), pair=True)]

    def read(self, sheet: Sheet, before: object) -> Any:
        old = text_at(before, ())
        kept = {one: words for one, words in old.items() if one not in sheet.around.languages}
        for language in sheet.around.languages:
            name = f"{self.name}-{language}"
            words = sheet.one(name)
            if not printable(words):
                sheet.refuse(name, _("Remove characters that cannot be read, such as control characters"))
            elif len(words) > (LONGEST_TEXT if self.long else LONGEST_LINE):
                sheet.refuse(name, _("Shorten this: it is longer than we can keep"))
            elif words:
                kept[language] = words
        if self.needed and not kept:
            sheet.refuse(f"{self.name}-{sheet.around.languages[0]}", _("Enter words in at least one language"))
        # In the order of before, so that saving a page as it is changes nothing.
        ordered = {one: kept[one] for one in dict.fromkeys((*old, *LANGUAGES, *kept)) if one in kept}
        return ordered or MISSING


def _in(label: str, language: str) -> str:
    """The label of one language of a text: whole, because it is read out on its own."""
    said = {"en": _("%(what)s, in English", what=label), "cy": _("%(what)s, in Welsh", what=label)}
    return str(said.get(language, label))


@dataclass(frozen=True)
class _OneKey:
    """What the cells share that are one key of the entry, called as their field; text unless they say otherwise."""

    name: str
    label: Any

    @property
    def steps(self) -> Steps:
        return (self.name,)

    def filled(self, value: object) -> Filled:
        return {self.name: [value if isinstance(value, str) else ""]}


@dataclass(frozen=True)
class Name(_OneKey):
    """A short name of letters, digits and underscores: a rule's id."""

    hint: Any = ""

    def drawn(self, sheet: Sheet) -> list[Group]:
        return [Group((sheet.field("text", self.name, str(self.label), str(self.hint), width=10),))]

    def read(self, sheet: Sheet, before: object) -> Any:
        del before
        name = sheet.one(self.name)
        if not KEY.match(name):
            sheet.refuse(self.name, _("Enter a name of letters, digits and underscores, like A05"))
        return name


@dataclass(frozen=True)
class Whole(_OneKey):
    """A whole number between two others."""

    hint: Any
    least: int
    most: int

    def filled(self, value: object) -> Filled:
        return {self.name: [str(value) if isinstance(value, int) else ""]}

    def drawn(self, sheet: Sheet) -> list[Group]:
        return [Group((sheet.field("number", self.name, str(self.label), str(self.hint)),))]

    def read(self, sheet: Sheet, before: object) -> Any:
        del before
        number = whole(sheet.one(self.name))
        if number is None or not self.least <= number <= self.most:
            message = _("Enter a whole number from %(least)s to %(most)s", least=self.least, most=self.most)
            sheet.refuse(self.name, message)
        return number


@dataclass(frozen=True)
class Pick(_OneKey):
    """One of what a part of the draft has; what is no longer there can stay until it is changed."""

    of: str
    hint: Any = ""
    needed: bool = True
    kind: str = "radios"
    at: Steps = ()

    @property
    def steps(self) -> Steps:
        return self.at or (self.name,)

    def drawn(self, sheet: Sheet) -> list[Group]:
        first = _("Choose") if self.kind == "select" else ""
        options = sheet.options(self.of, self.name, first)
        return [Group((sheet.field(self.kind, self.name, str(self.label), str(self.hint), options=options),))]

    def read(self, sheet: Sheet, before: object) -> Any:
        chosen = sheet.one(self.name)
        if not chosen and not self.needed:
            return MISSING
        if chosen not in dict(sheet.around.choices(self.of)) and chosen != before:
            sheet.refuse(self.name, _("Choose one of those offered"))
        return chosen


@dataclass(frozen=True)
class Some(_OneKey):
    """Several of what a part of the draft has, in the order in which they stood before."""

    of: str
    hint: Any = ""
    needed: bool = False

    def filled(self, value: object) -> Filled:
        return {self.name: names_in(value)}

    def drawn(self, sheet: Sheet) -> list[Group]:
        options = sheet.options(self.of, self.name)
        return [Group((sheet.field("checkboxes", self.name, str(self.label), str(self.hint), options=options),))]

    def read(self, sheet: Sheet, before: object) -> Any:
        old, chosen = names_in(before), sheet.several(self.name)
        known = dict(sheet.around.choices(self.of))
        if any(one not in known and one not in old for one in chosen):
            sheet.refuse(self.name, _("Choose from those offered"))
        if self.needed and not chosen:
            sheet.refuse(self.name, _("Choose at least one"))
        kept = [one for one in old if one in chosen] + [one for one in chosen if one not in old]
        return kept if kept or self.needed or before is not MISSING else MISSING


@dataclass(frozen=True)
class Flag(_OneKey):
    """Yes, or left out."""

    hint: Any = ""

    def filled(self, value: object) -> Filled:
        return {self.name: ["y"] if value is True else []}

    def drawn(self, sheet: Sheet) -> list[Group]:
        option = OptionView("y", str(self.label), str(self.hint))
        return [Group((sheet.field("checkboxes", self.name, "", options=(option,)),))]

    def read(self, sheet: Sheet, before: object) -> Any:
        if "y" in sheet.several(self.name):
            return True
        return False if before is False else MISSING


@dataclass(frozen=True)
class Line(_OneKey):
    """One line in no particular language (a telephone number, an address), checked when it is given."""

    hint: Any
    check: Callable[[str], bool]
    message: Any

    def drawn(self, sheet: Sheet) -> list[Group]:
        return [Group((sheet.field("text", self.name, str(self.label), str(self.hint)),))]

    def read(self, sheet: Sheet, before: object) -> Any:
        del before
        line = sheet.one(self.name)
        if line and (not printable(line) or len(line) > LONGEST_LINE or not self.check(line)):
            sheet.refuse(self.name, str(self.message))
        return line or MISSING


@dataclass(frozen=True)
class Day(_OneKey):
    """A date, kept as ISO text."""

    hint: Any = ""

    def filled(self, value: object) -> Filled:
        day = as_date(value) if isinstance(value, str) else None
        parts = (day.day, day.month, day.year) if day else ("", "", "")
        return {f"{self.name}-{part}": [str(one)] for part, one in zip(DATE_PARTS, parts, strict=True)}

    def drawn(self, sheet: Sheet) -> list[Group]:
        typed = {part: sheet.one(f"{self.name}-{part}") for part in DATE_PARTS}
        wrong, _day = real_date(typed["day"], typed["month"], typed["year"])
        error = sheet.errors.get(self.name, "")
        part = wrong if error else ""
        return [Group((FieldView("date", self.name, str(self.label), str(self.hint), typed, error, part),))]

    def read(self, sheet: Sheet, before: object) -> Any:
        del before
        wrong, day = real_date(*(sheet.one(f"{self.name}-{part}") for part in DATE_PARTS))
        if wrong or day is None:
            sheet.refuse(self.name, _("Enter a real date, like 27 3 2026"))
        return day
