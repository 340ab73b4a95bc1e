"""How an item of a list of settings would look in use: packages above draw it with make-believe facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from portal.tenants.list_stores import Said

_KEPT = "portal_settings_previews"


@dataclass(frozen=True)
class Preview:
    """One part for each language (`language`, `council`, `day`, `reference`, `title`, `blocks`), and all as PDF."""

    parts: Sequence[Mapping[str, Any]]
    pdf: Callable[[], bytes]


Draw = Callable[[Said], Preview]


def add(app: Flask, list_key: str, draw: Draw) -> None:
    """Draw the items of that list so, from what is typed on their page."""
    app.extensions.setdefault(_KEPT, {})[list_key] = draw


def of(list_key: str) -> Draw | None:
    """How an item of that list is drawn; None where it has no look of its own."""
    kept: dict[str, Draw] = current_app.extensions.get(_KEPT, {})
    return kept.get(list_key)
