"""What of a form can be tried: in which length, in which language, and what must be mended first. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.forms.mistakes import SchemaMistakes, at
from portal.forms.rules import parse_thresholds
from portal.forms.schema import parse_form

KINDS = ("full", "urgent")
MOST_TOLD = 10


@dataclass(frozen=True)
class Choice:
    """One way to try a form."""

    kind: str
    language: str

    @property
    def key(self) -> str:
        """What the page posts: "full-en"."""
        return f"{self.kind}-{self.language}"


def mistakes_in(content: Mapping[str, Any]) -> tuple[str, ...]:
    """What keeps these documents from being tried: the first mistakes with their places, none when they can be."""
    try:
        form = parse_form(content["form"])
        parse_thresholds(content["thresholds"], form)
    except SchemaMistakes as found:
        return tuple(f"{at(one.path)}: {one.message}" for one in found.mistakes[:MOST_TOLD])
    return ()


def choices(content: Mapping[str, Any], languages: Sequence[str]) -> tuple[Choice, ...]:
    """Every way to try a form that can be read: the short form only where the council has one."""
    kinds = [kind for kind in KINDS if kind == "full" or content["form"].get("urgent")]
    return tuple(Choice(kind, language) for kind in kinds for language in languages)
