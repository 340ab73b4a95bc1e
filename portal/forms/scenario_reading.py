"""Reads a file of scenarios strictly: whatever is kept of it can be shown, run and changed in the portal. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from portal.forms.mistakes import LONGEST_TEXT, Checker, Path, SchemaMistakes, printable, shown
from portal.tenants.documents import Document, Mistake

LONGEST_ID: Final = 60
MOST_SCENARIOS: Final = 500
MAPPINGS: Final = ("answers", "expected")


def read_scenarios(document: Document, mistakes: list[Mistake]) -> list[dict[str, Any]]:
    """The scenarios of a file, a list or a mapping with it under `vignettes`; what is wrong is added to the list."""
    mistakes.extend(document.mistakes)
    if document.mistakes:
        return []
    inside = isinstance(document.data, dict) and "vignettes" in document.data
    found = document.data["vignettes"] if inside and isinstance(document.data, dict) else document.data
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        mistakes.append(document.mistake((), "must be a list of scenarios"))
        return []
    checker = Checker()
    try:
        checker.size(found)
        _check(checker, found)
        checker.finish()
    except SchemaMistakes as trouble:
        start: Path = ("vignettes",) if inside else ()
        mistakes.extend(
            document.mistake((*start, *each.path), _said(each.path, each.message)) for each in trouble.mistakes
        )
        return []
    return found


def _said(path: Path, message: str) -> str:
    """JSON has no lines to point to, so the sentence says which scenario it is."""
    return f"scenario {path[0] + 1}: {message}" if path and isinstance(path[0], int) else message


def _check(checker: Checker, found: list[dict[str, Any]]) -> None:
    if len(found) > MOST_SCENARIOS:
        checker.note((), f"more than {MOST_SCENARIOS} scenarios")
    names: set[str] = set()
    for place, scenario in enumerate(found[:MOST_SCENARIOS]):
        name = checker.plain(scenario.get("id"), (place, "id"), LONGEST_ID)
        if name and name in names:
            checker.note((place, "id"), f"the id {name} is there twice")
        names.add(name)
        for part in MAPPINGS:
            if not isinstance(scenario.get(part, {}), Mapping):
                checker.note((place, part), f"{part}: expected keys and values, found {shown(scenario[part])}")
        for words in _texts(scenario):
            if len(words) > LONGEST_TEXT or not printable(words):
                checker.note((place,), f"expected words, at most {LONGEST_TEXT} characters, found {shown(words)}")


def _texts(thing: object) -> Iterator[str]:
    """Every text inside, keys too; the depth is known to be small."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, Mapping):
        for key, value in thing.items():
            yield from _texts(key)
            yield from _texts(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from _texts(value)
