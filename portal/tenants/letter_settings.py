"""The letters to parents and carers that a council has: a title and a text for each, with gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from portal.kernel.language import Text
from portal.tenants.reading import KEY, Reader
from portal.tenants.telling_settings import optional_text

LONGEST_TITLE: Final = 120
LONGEST: Final = 4000
# Every name that a text may have in double brackets; nobody who reported anything is among them.
NAMES: Final = (
    "name", "children", "reference", "council", "hub", "hub_phone", "out_of_hours", "out_of_hours_phone", "hours",
)  # fmt: skip
TITLE, BODY, OUTCOMES, PLACE = "title", "body", "outcomes", "place"
LAST_PLACE: Final = 1000
MOST_LETTERS: Final = 40


@dataclass(frozen=True)
class LetterTemplate:
    """One letter; both texts are in all of the council's languages. `outcomes` are the keys of those after which it
    is offered (none: at any time); `place` is its place among the letters, which a stored document keeps in no order
    of its own."""

    title: Text
    body: Text
    outcomes: tuple[str, ...] = ()
    place: int = 0

    def goes_with(self, outcome: str) -> bool:
        """Whether it is a letter for a report with that outcome ("" while there is none)."""
        return not self.outcomes or outcome in self.outcomes


def read_letters(top: Reader) -> Mapping[str, LetterTemplate]:
    """The group `letters` of a council.yaml, by the key of a letter, in their order; it may be missing."""
    if not top.has("letters"):
        top.value("letters", required=False)
        return {}
    group = top.group("letters")
    found = {str(key): _letter(group.group(str(key))) for key in group.data}
    return dict(sorted(found.items(), key=lambda one: one[1].place))


def _letter(group: Reader) -> LetterTemplate:
    for key in (TITLE, BODY):
        if not group.has(key):
            group.value(key)
    title = optional_text(group, TITLE, NAMES, LONGEST_TITLE)
    body = optional_text(group, BODY, NAMES, LONGEST)
    for key, text in ((TITLE, title), (BODY, body)):
        if group.has(key) and not text:
            group.wrong(key, f"“{key}” has no text")
    place = group.number(PLACE, 0, LAST_PLACE, 0)
    outcomes = _outcomes(group)
    group.finish()
    return LetterTemplate(title, body, outcomes, place)


def _outcomes(group: Reader) -> tuple[str, ...]:
    """Any key is let be: an outcome that the operator has taken away leaves its letters behind, and is no mistake."""
    found = group.items(OUTCOMES, required=False)
    keys = tuple(key for key in found if isinstance(key, str) and KEY.fullmatch(key))
    if len(keys) != len(found) or len(set(keys)) != len(keys):
        group.wrong(OUTCOMES, f"“{OUTCOMES}” must be different keys of outcomes")
    return keys
