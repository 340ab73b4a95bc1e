"""The stages that a council's work on a report goes through, with clocks and checklists: read with its settings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from portal.kernel.language import Text
from portal.tenants.outcome_settings import Reason, read_coded, read_pairs
from portal.tenants.reading import Found, Reader

ENTERED: Final = ("arrival", "claimed", "chosen", "decided")
MOST_STAGES: Final = 12
MOST_MINUTES: Final = 60 * 24 * 60
LENGTH_SAYS: Final = "must be a length of working time, such as 2 hours or 45 minutes"
_LENGTH = re.compile(r"([1-9][0-9]{0,4}) ?(hours?|minutes?|h|m|awr|oriau|munud|funud|munudau)?", re.IGNORECASE)
_HOURS = frozenset({"", "h", "hour", "hours", "awr", "oriau"})


@dataclass(frozen=True)
class Item:
    """A line of a checklist. One that is `required` is asked about when the stage is left without it."""

    key: str
    label: Text
    required: bool = False


@dataclass(frozen=True)
class Stage:
    """One stage: how a report comes to it (`ENTERED`), and within how many working minutes it is left (None: no
    clock)."""

    key: str
    name: Text
    entered: str = "chosen"
    minutes: int | None = None
    checklist: tuple[Item, ...] = ()


USUAL: Final = (
    Stage("contact", {"en": "Contact", "cy": "Cyswllt"}, "arrival"),
    Stage("screening", {"en": "Screening", "cy": "Sgrinio"}, "claimed"),
    Stage("multi_agency", {"en": "Multi-agency", "cy": "Amlasiantaeth"}),
    Stage("decision", {"en": "Decision", "cy": "Penderfyniad"}),
)


def minutes_of(said: object) -> int | None:
    """The minutes of a length as somebody writes it: "2 hours", "45 minutes", 3 (hours); None for what is none."""
    found = _LENGTH.fullmatch(str(said).strip())
    if found is None:
        return None
    minutes = int(found[1]) * (60 if (found[2] or "").lower() in _HOURS else 1)
    return minutes if minutes <= MOST_MINUTES else None


def read_stages(top: Reader) -> tuple[Stage, ...]:
    """The group `stages` of a council.yaml, which may be missing, as may each of its values.

    What it says of a stage that there is not is let be: a stage that was taken away leaves its parts behind.
    """
    if not top.has("stages"):
        top.value("stages", required=False)
        return USUAL
    group = top.group("stages")
    names = _names(group)
    entered = read_words(group, "entered", ENTERED)
    clocks = read_lengths(group, "clocks")
    lists = _checklists(group)
    group.finish()
    usual = {one.key: one for one in USUAL}
    return tuple(
        Stage(
            one.code, one.label,
            entered.get(one.code, usual[one.code].entered if one.code in usual and not entered else "chosen"),
            clocks.get(one.code), lists.get(one.code, ()),
        )
        for one in names
    )  # fmt: skip


def _names(group: Reader) -> Sequence[Reason]:
    if group.has("names"):
        found = read_coded(group.group("names"))
        if len(found) > MOST_STAGES:
            group.wrong("names", f"“names” must be {MOST_STAGES} stages or fewer")
        if found:
            return found
    group.value("names", required=False)
    return [Reason(one.key, one.name) for one in USUAL]


def read_words(group: Reader, key: str, allowed: Sequence[str]) -> dict[str, str]:
    """A list of codes with one of the words that are allowed, by code."""
    says = f"must be a code and one of: {', '.join(allowed)}"
    return {code: str(said) for code, said in read_pairs(group, key, allowed.__contains__, says).items()}


def read_lengths(group: Reader, key: str) -> dict[str, int | None]:
    """A list of codes with a length, in minutes and by code; None for what is none."""
    found = read_pairs(group, key, lambda said: minutes_of(said) is not None, LENGTH_SAYS)
    return {code: minutes_of(said) for code, said in found.items()}


def _checklists(group: Reader) -> dict[str, tuple[Item, ...]]:
    if not group.has("checklists"):
        group.value("checklists", required=False)
        return {}
    lists = group.group("checklists")
    return {str(key): _checklist(lists.group(str(key))) for key in lists.data}


def _checklist(group: Reader) -> tuple[Item, ...]:
    items = read_coded(group.group("items")) if group.has("items") else ()
    group.value("items", required=False)
    required = [str(one) for one in group.items("required", required=False)]
    known = {one.code for one in items}
    for place, one in enumerate(required):
        if one not in known:
            group.mistakes.append(Found((*group.place, "required", place), "must be a code of the checklist"))
    group.finish()
    return tuple(Item(one.code, one.label, one.code in required) for one in items)
