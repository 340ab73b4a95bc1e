"""What still has an item of a list of settings: packages above say so in words, and the page that removes it asks."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app

Use = Callable[[str, str], str]
"""Takes the name of a list and the code of its item; "" where nothing has it."""
_KEPT = "portal_settings_uses"


def add(app: Flask, family: str, use: Use) -> None:
    """Ask `use` about the items of the lists of that name, or whose names begin with it and a hyphen."""
    app.extensions.setdefault(_KEPT, []).append((family, use))


def of(list_key: str, item_key: str) -> list[str]:
    """What has that item, a sentence each."""
    uses: list[tuple[str, Use]] = current_app.extensions.get(_KEPT, [])
    told = (use(list_key, item_key) for family, use in uses if f"{list_key}-".startswith(f"{family}-"))
    return [words for words in told if words]
