"""A council's own pages: paragraphs, "## " headings and "* " bullets, and nothing else; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

Kind = Literal["heading", "list", "text"]

_GAP = re.compile(r"\n[ \t]*\n")
_HEADING, _BULLET = "## ", "* "


@dataclass(frozen=True)
class Block:
    """One part of a page; the template escapes every line."""

    kind: Kind
    lines: tuple[str, ...]


def blocks(text: str) -> tuple[Block, ...]:
    """The parts of a text in their order; whatever is neither heading nor bullet is a paragraph as it was typed."""
    found: list[Block] = []
    for part in _GAP.split(text.replace("\r\n", "\n")):
        lines = [line.strip() for line in part.split("\n") if line.strip()]
        for kind, same in groupby(lines, _kind):
            words = tuple(line.removeprefix(_HEADING).removeprefix(_BULLET) for line in same)
            found.extend([Block(kind, (one,)) for one in words] if kind == "heading" else [Block(kind, words)])
    return tuple(found)


def _kind(line: str) -> Kind:
    if line.startswith(_HEADING):
        return "heading"
    return "list" if line.startswith(_BULLET) else "text"
