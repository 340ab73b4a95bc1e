"""What still has an item of a list of settings: packages above say so in words, and the pages that remove or move it
ask."""

from __future__ import annotations

from collections.abc import Callable, Collection

from flask import Flask, current_app

Use = Callable[[str, str], str]
"""Takes the name of a list and the code of its item; "" where nothing has it."""
Held = Callable[[str, Collection[str]], str]
"""Takes the name of a list and the codes of the items that would go or change places; "" where nothing is against it,
else why that cannot be done yet."""
_KEPT = "portal_settings_uses"


def _unused(_list_key: str, _item_key: str) -> str:
    return ""


def _free(_list_key: str, _item_keys: Collection[str]) -> str:
    return ""


def add(app: Flask, family: str, use: Use = _unused, held: Held = _free) -> None:
    """Ask `use` about the items of the lists of that name, or whose names begin with it and a hyphen; and `held`,
    where the code of an item is its place, before items go or change places."""
    app.extensions.setdefault(_KEPT, []).append((family, use, held))


def of(list_key: str, item_key: str) -> list[str]:
    """What has that item, a sentence each."""
    return [words for use, _held in _about(list_key) if (words := use(list_key, item_key))]


def holding(list_key: str, item_keys: Collection[str]) -> list[str]:
    """Why these items can neither go nor change places yet, a sentence each; nothing where they can."""
    return [words for _use, held in _about(list_key) if (words := held(list_key, item_keys))]


def _about(list_key: str) -> list[tuple[Use, Held]]:
    kept: list[tuple[str, Use, Held]] = current_app.extensions.get(_KEPT, [])
    return [(use, held) for family, use, held in kept if f"{list_key}-".startswith(f"{family}-")]
