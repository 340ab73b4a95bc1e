"""Keys of new questions, pages, sections and options: made once from their words, unique, never changed afterwards."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

from portal.forms.editing.form_parts import all_parts, all_questions

LONGEST = 40
# Keys that answers use beside the questions' own.
RESERVED = frozenset({"override_answer", "not_known"})
_NOT_KEY = re.compile(r"[^a-z0-9]+")


def key_from(words: object, taken: Collection[str], otherwise: str = "question") -> str:
    """A free key from somebody's words in any language; `otherwise` when they have no letters of the alphabet."""
    text = unicodedata.normalize("NFKD", words) if isinstance(words, str) else ""
    plain = _NOT_KEY.sub("_", text[:400].encode("ascii", "ignore").decode().lower()).strip("_")
    if len(plain) > LONGEST:
        cut = plain[: LONGEST + 1].rsplit("_", 1)[0]
        plain = cut[:LONGEST].strip("_")
    return fresh(plain or otherwise, taken)


def fresh(base: str, taken: Collection[str]) -> str:
    """The base itself if it is free, else with the first number from 2 that makes it so."""
    if base not in taken and base not in RESERVED:
        return base
    stem = re.sub(r"_[0-9]{1,4}\Z", "", base)[:LONGEST] or base
    number = 2
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def taken_keys(form: object, thresholds: object = None) -> set[str]:
    """Every key of the form's parts and questions, and what the rules keep beside the answers."""
    found = {entry.key for entry in (*all_parts(form), *all_questions(form))}
    override = thresholds.get("override_answer") if isinstance(thresholds, Mapping) else None
    return (found | {override if isinstance(override, str) else ""}) - {""}


def renamed(node: Any, new: Mapping[str, str]) -> Any:
    """A copy of any piece of a document in which questions are spoken of by their new keys."""
    if isinstance(node, dict):
        return {key: _renamed_under(key, value, new) for key, value in node.items()}
    if isinstance(node, list):
        return [renamed(entry, new) for entry in node]
    return node


REFERRING = ("answer", "years_since", "days_since", "unsure_of")
"""Keys of a document beside which the key of a question stands."""


def _renamed_under(key: str, value: Any, new: Mapping[str, str]) -> Any:
    if key in REFERRING and isinstance(value, str):
        return new.get(value, value)
    if key == "title_from" and isinstance(value, list):
        return [new.get(one, one) if isinstance(one, str) else one for one in value]
    return renamed(value, new)
