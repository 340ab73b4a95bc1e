"""Reading and changing plain documents by their steps: a lenient look, and changes that copy what they touch."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from portal.kernel.errors import NotFound

Steps = tuple[str | int, ...]
MISSING: Any = object()
"""What `look` answers where a document has nothing."""


def look(document: object, steps: Steps) -> Any:
    """Return what is at these steps, or MISSING; never raises, whatever the document holds."""
    here: Any = document
    for step in steps:
        keyed = isinstance(step, str) and isinstance(here, Mapping) and step in here
        placed = isinstance(step, int) and isinstance(here, list) and 0 <= step < len(here)
        if not keyed and not placed:
            return MISSING
        here = here[step]
    return here


def mapping_at(document: object, steps: Steps) -> dict[str, Any]:
    """Return the mapping at these steps; anything else there counts as an empty one."""
    found = look(document, steps)
    return {str(key): item for key, item in found.items()} if isinstance(found, Mapping) else {}


def list_at(document: object, steps: Steps) -> list[Any]:
    """Return the list at these steps; anything else there counts as an empty one."""
    found = look(document, steps)
    return list(found) if isinstance(found, list) else []


def put(document: object, steps: Steps, value: object) -> Any:
    """Return a copy with `value` at these steps; mappings on the way are made, a list must be long enough.

    Raises NotFound when a step leads into nothing that could hold it.
    """
    if not steps:
        return copy.deepcopy(value)
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        if not isinstance(document, list) or not 0 <= step < len(document):
            raise NotFound("no such item")
        return [put(item, rest, value) if place == step else copy.deepcopy(item) for place, item in enumerate(document)]
    if document is not MISSING and document is not None and not isinstance(document, Mapping):
        raise NotFound("no such part")
    kept = copy.deepcopy(dict(document)) if isinstance(document, Mapping) else {}
    kept[step] = put(kept.get(step, MISSING), rest, value)
    return kept


def drop(document: object, steps: Steps) -> Any:
    """Return a copy without what is at these steps; raises NotFound when nothing is there."""
    if not steps or look(document, steps) is MISSING:
        raise NotFound("nothing there")
    kept = copy.deepcopy(document)
    parent = look(kept, steps[:-1])
    del parent[steps[-1]]
    return kept


def text_at(document: object, steps: Steps) -> dict[str, str]:
    """Return a text by language; what is no text counts as an empty one."""
    return {language: words for language, words in mapping_at(document, steps).items() if isinstance(words, str)}


def names_in(node: object) -> list[str]:
    """Return the words of a list, leaving out whatever is no word."""
    return [item for item in node if isinstance(item, str)] if isinstance(node, Sequence) else []
