"""Texts of a draft in several languages: found wherever they stand, and set in a changed copy."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from portal.forms.editing.form_parts import at
from portal.forms.mistakes import LANGUAGES, Path

DEEPEST = 40


def is_text(node: object) -> bool:
    """Whether a piece of a document is a text by language, perhaps an unfinished one."""
    return isinstance(node, dict) and bool(node) and all(language in LANGUAGES for language in node)


def texts(node: object, path: Path = ()) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every text of a document with its path, in the order in which they stand."""
    if len(path) > DEEPEST:
        return
    if is_text(node):
        assert isinstance(node, dict)  # noqa: S101 - is_text has just said so
        yield path, node
    elif isinstance(node, dict):
        for name, value in node.items():
            if isinstance(name, str):
                yield from texts(value, (*path, name))
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from texts(value, (*path, position))


def with_text(document: Any, path: Path, words: Mapping[str, str]) -> Any:
    """A copy of a document with other words at a path; a language without words is left out. Unchanged when there is
    no text at the path."""
    changed = copy.deepcopy(document)
    found = at(changed, path)
    if is_text(found):
        for language, said in words.items():
            found[language] = said
            if not said:
                del found[language]
    return changed


def text_of(words: Mapping[str, str], before: object = None) -> dict[str, Any]:
    """A text from the words typed in the council's languages; languages that were not asked about stay as they were."""
    kept = dict(before) if is_text(before) and isinstance(before, dict) else {}
    for language, said in words.items():
        if said:
            kept[language] = said
        else:
            kept.pop(language, None)
    return kept
