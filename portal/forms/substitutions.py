"""The few words in double brackets that a council's text may hold, and filling them in when a text is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from portal.kernel import gaps
from portal.kernel.gaps import fill

T = TypeVar("T")

NAMES = (
    "council",
    "hub",
    "hub_phone",
    "out_of_hours",
    "out_of_hours_phone",
    "hours",
    "draft_days",
    "statutory",
)
_LANGUAGES = frozenset({"en", "cy"})

__all__ = ["NAMES", "Words", "fill", "filled", "misused"]

Words = Mapping[str, Mapping[str, str]]
"""What stands for each name, by language: `{"en": {"council": "Avonmere Council"}, …}`."""


def misused(text: str) -> list[str]:
    """Return what stands in double brackets and is not one of the names, each shortened; [] when all is well."""
    return gaps.misused(text, NAMES)


def filled(thing: T, words: Words) -> T:
    """Return a form, thresholds, their documents or a part of them with every text by language filled in.

    What holds no gap is shared with what was given.
    """
    return _filled(thing, words)  # type: ignore[no-any-return]


def _filled(thing: Any, words: Words) -> Any:
    if is_dataclass(thing) and not isinstance(thing, type):
        old = {part.name: getattr(thing, part.name) for part in fields(thing)}
        new = {name: _filled(value, words) for name, value in old.items()}
        changed = {name: value for name, value in new.items() if value is not old[name]}
        return replace(thing, **changed) if changed else thing
    if isinstance(thing, tuple | list):
        parts = [_filled(item, words) for item in thing]
        return thing if all(new is old for new, old in zip(parts, thing, strict=True)) else type(thing)(parts)
    if isinstance(thing, Mapping):
        return _filled_mapping(thing, words)
    return thing


def _filled_mapping(thing: Mapping[Any, Any], words: Words) -> Mapping[Any, Any]:
    if thing and set(thing) <= _LANGUAGES and all(isinstance(text, str) for text in thing.values()):
        told = {language: fill(text, words.get(language, {})) for language, text in thing.items()}
        return thing if told == dict(thing) else told
    parts = {key: _filled(value, words) for key, value in thing.items()}
    return thing if all(parts[key] is thing[key] for key in parts) else parts
