"""The letters to parents and carers that a council has: a title and a text for each, with gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from portal.kernel.language import Text
from portal.tenants.reading import Reader
from portal.tenants.telling_settings import optional_text

LONGEST_TITLE: Final = 120
LONGEST: Final = 4000
# Every name that a text may have in double brackets; nobody who reported anything is among them.
NAMES: Final = (
    "name", "children", "reference", "council", "hub", "hub_phone", "out_of_hours", "out_of_hours_phone", "hours",
)  # fmt: skip
TITLE, BODY = "title", "body"


@dataclass(frozen=True)
class LetterTemplate:
    """One letter; both texts are in all of the council's languages."""

    title: Text
    body: Text


def read_letters(top: Reader) -> Mapping[str, LetterTemplate]:
    """The group `letters` of a council.yaml, by the key of a letter; it may be missing."""
    if not top.has("letters"):
        top.value("letters", required=False)
        return {}
    group = top.group("letters")
    return {str(key): _letter(group.group(str(key))) for key in group.data}


def _letter(group: Reader) -> LetterTemplate:
    for key in (TITLE, BODY):
        if not group.has(key):
            group.value(key)
    title = optional_text(group, TITLE, NAMES, LONGEST_TITLE)
    body = optional_text(group, BODY, NAMES, LONGEST)
    for key, text in ((TITLE, title), (BODY, body)):
        if group.has(key) and not text:
            group.wrong(key, f"“{key}” has no text")
    group.finish()
    return LetterTemplate(title, body)
