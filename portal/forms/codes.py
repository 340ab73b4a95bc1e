"""Statutory code lists kept in the repository, each by nation, name and census year: england/ethnicity@2026."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from portal.forms.mistakes import Checker, Text
from portal.tenants.documents import read

FOLDER = Path(__file__).resolve().parent.parent.parent / "config" / "codes"
REFERENCE = re.compile(r"(?P<nation>england|wales|uk)/(?P<list>[a-z_]{1,40})@(?P<year>20[0-9]{2})")
MOST_CODES = 400


@dataclass(frozen=True)
class Code:
    """One entry of a list; an exclusive one ("no disability") leaves out the others.

    `sent` is what returns say for it where the sector's list has words and no codes, "" where it is the code.
    """

    code: str
    label: Text
    exclusive: bool = False
    sent: str = ""


@dataclass(frozen=True)
class CodeList:
    """One list of one census year; `reference` is what a form calls it."""

    reference: str
    entries: tuple[Code, ...]

    def __contains__(self, code: object) -> bool:
        """Tell whether the list has a code."""
        return any(entry.code == code for entry in self.entries)

    def label(self, code: str) -> Text | None:
        """Return what a code means, or None when the list does not have it."""
        return next((entry.label for entry in self.entries if entry.code == code), None)


def codes_for(reference: str) -> CodeList | None:
    """Return the list that a form names, or None when there is no such nation, list or year."""
    found = REFERENCE.fullmatch(reference)
    return _list(found["nation"], found["list"], found["year"], FOLDER) if found else None


@lru_cache(maxsize=128)
def _list(nation: str, name: str, year: str, folder: Path) -> CodeList | None:
    file = f"{nation}/{name}.yaml"
    if not (folder / file).is_file():
        return None
    document = read(folder, file)
    entries = parse_codes(document.data).get(year) if not document.mistakes else None
    return CodeList(f"{nation}/{name}@{year}", entries) if entries else None


def parse_codes(document: object) -> dict[str, tuple[Code, ...]]:
    """Return the codes of each census year in a list's file; raises SchemaMistakes with every mistake found."""
    check = Checker(("en", "cy"))
    parts = check.mapping(document, (), must=["years"], may=["source"])
    years: dict[str, tuple[Code, ...]] = {}
    for year, node in check.named(parts.get("years", {}), ("years",), 30).items():
        found = []
        for place, item in enumerate(check.sequence(node, ("years", year), least=1, most=MOST_CODES)):
            here = ("years", year, place)
            entry = check.mapping(item, here, must=["code", "label"], may=["exclusive", "sent"])
            code = check.key(entry.get("code"), (*here, "code"))
            label = check.text(entry.get("label"), (*here, "label"))
            exclusive = check.flag(entry.get("exclusive", False), (*here, "exclusive"))
            sent = check.plain(entry["sent"], (*here, "sent"), 80) if "sent" in entry else ""
            found.append(Code(code, label, exclusive, sent))
        if len({entry.code for entry in found}) < len(found):
            check.note(("years", year), "a code is there twice")
        years[year] = tuple(found)
    check.finish()
    return years
