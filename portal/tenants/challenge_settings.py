"""For how long a decision may be challenged, and who answers how soon: read with a council's settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from portal.kernel.language import Text
from portal.tenants.duty_settings import read_addresses
from portal.tenants.reading import Reader

LONGEST_NAME: Final = 120
MOST_DAYS: Final = 365
MOST_WORKING_DAYS: Final = 40


@dataclass(frozen=True)
class Level:
    """Who answers, and within how many working days. `people` are the email addresses of those of the council whose
    answer it is; without any, everybody's who approves decisions."""

    name: Text
    working_days: int
    people: tuple[str, ...] = ()


# The usual steps of a safeguarding partnership's policy on professional disagreement.
USUAL_LEVELS: Final = {
    "first": Level({"en": "A manager of the screening team", "cy": "Rheolwr yn y tîm sgrinio"}, 1),
    "second": Level({"en": "The service manager", "cy": "Rheolwr y gwasanaeth"}, 2),
    "third": Level(
        {"en": "The safeguarding partnership’s lead", "cy": "Arweinydd y bartneriaeth ddiogelu"}, 5
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Challenging:
    """Days after a decision, or an answer, in which somebody may go on; the levels in their order, at least one."""

    days: int = 28
    levels: tuple[Level, ...] = tuple(USUAL_LEVELS.values())


def displaced(before: Sequence[Level], after: Sequence[Level]) -> list[str]:
    """The codes of the levels `before` that are gone `after`, or elsewhere. One that is only called otherwise stays: as
    many levels as there were, and neither of its names at another place."""
    were, are = [one.name for one in before], [one.name for one in after]

    def stays(place: int) -> bool:
        if place >= len(are):
            return False
        renamed = len(were) == len(are) and were[place] not in are and are[place] not in were
        return were[place] == are[place] or renamed

    return [key for place, key in zip(range(len(were)), USUAL_LEVELS, strict=False) if not stays(place)]


def read_challenging(top: Reader) -> Challenging:
    """The group `challenging` of a council.yaml, which may be missing, as may each of its values.

    A level with 0 working days is none, and neither is any after it; the first always is one.
    """
    if not top.has("challenging"):
        top.value("challenging", required=False)
        return Challenging()
    group = top.group("challenging")
    found = Challenging(group.number("days", 1, MOST_DAYS, Challenging.days), _levels(group))
    group.finish()
    return found


def _levels(group: Reader) -> tuple[Level, ...]:
    if not group.has("levels"):
        group.value("levels", required=False)
        return Challenging.levels
    inside = group.group("levels")
    told = [_level(inside, key, usual, first=key == "first") for key, usual in USUAL_LEVELS.items()]
    inside.finish()
    ends = next((place for place, one in enumerate(told) if not one.working_days), len(told))
    return tuple(told[:ends])


def _level(inside: Reader, key: str, usual: Level, *, first: bool) -> Level:
    if not inside.has(key):
        inside.value(key, required=False)
        return usual
    group = inside.group(key)
    days = group.number("working_days", 1 if first else 0, MOST_WORKING_DAYS, usual.working_days)
    if group.has("name"):
        name = group.text("name", LONGEST_NAME)
    else:
        group.value("name", required=False)
        name = usual.name
    people = read_addresses(group, "people")
    group.finish()
    return Level(name, days, people)
