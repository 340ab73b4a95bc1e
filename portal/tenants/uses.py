"""What still has an item of a list of settings: packages above say so in words, and the page that removes it asks."""

from __future__ import annotations

from collections.abc import Callable, Collection

from flask import Flask, current_app

Use = Callable[[str, str], str]
"""Takes the name of a list and the code of its item; "" where nothing has it."""
Moved = Callable[[str, Collection[str]], str]
"""Takes the name of a list and the codes of the places of which the items were exchanged; "" where that changes
nothing."""
_KEPT = "portal_settings_uses"


def _unmoved(_list_key: str, _places: Collection[str]) -> str:
    return ""


def add(app: Flask, family: str, use: Use, moved: Moved = _unmoved) -> None:
    """Ask `use` about the items of the lists of that name, or whose names begin with it and a hyphen; and `moved`,
    where the code of an item is its place, about what was at two places that were exchanged."""
    app.extensions.setdefault(_KEPT, []).append((family, use, moved))


def of(list_key: str, item_key: str) -> list[str]:
    """What has that item, a sentence each."""
    return [words for use, _moved in _about(list_key) if (words := use(list_key, item_key))]


def of_move(list_key: str, places: Collection[str]) -> list[str]:
    """What follows from the exchange of the items at these places, a sentence each."""
    return [words for _use, moved in _about(list_key) if (words := moved(list_key, places))]


def _about(list_key: str) -> list[tuple[Use, Moved]]:
    kept: list[tuple[str, Use, Moved]] = current_app.extensions.get(_KEPT, [])
    return [(use, moved) for family, use, moved in kept if f"{list_key}-".startswith(f"{family}-")]
