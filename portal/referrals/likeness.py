"""How likely it is that two children are one, or of one family or household, and why. Pure.

It helps people to look and decides nothing: whoever is compared is shown with the reasons, and a person says what is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from portal.referrals import spelling
from portal.referrals.spelling import Name

MOST_YEARS = 10
PARTS_OF_A_DATE = 3


class Strength(IntEnum):
    """From living at one postcode to being one child."""

    PLACE = 1
    FAMILY = 2
    POSSIBLE = 3
    STRONG = 4


@dataclass(frozen=True)
class Person:
    """What is compared of a child, "" and None for what is not known. `number` is the NHS number's mark, `place` the
    postcode's; `earlier` says that a correction has replaced this since."""

    first: str = ""
    last: str = ""
    born: date | None = None
    place: str = ""
    number: str = ""
    earlier: bool = False

    @property
    def name(self) -> Name:
        """The parts of the name."""
        return spelling.name_of(self.first, self.last)


@dataclass(frozen=True)
class Likeness:
    """How strong it is, the codes of what agrees, and of what speaks against it."""

    strength: Strength
    reasons: tuple[str, ...]
    against: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Traits:
    """What two children have in common; None where one of them leaves it open."""

    number: bool | None
    name: bool
    given: bool | None
    like_given: bool | None
    family: bool | None
    born: bool | None
    near: bool
    place: bool

    @property
    def apart(self) -> bool:
        """Whether something says that these are two children."""
        return self.number is False or (self.born is False and not self.near)


def likeness(one: Person, other: Person) -> Likeness | None:
    """What two children have in common, in the same words whichever comes first; None for nothing."""
    traits = _traits(one, other)
    found = _as_one(traits) or _as_family(traits)
    if found is None:
        return None
    strength, reasons = found
    if strength is Strength.STRONG and (one.earlier or other.earlier):
        strength = Strength.POSSIBLE
    if traits.place and not any(reason.endswith("place") for reason in reasons):
        reasons = (*reasons, "place")
    if one.earlier or other.earlier:
        reasons = (*reasons, "earlier")
    return Likeness(strength, reasons, _against(traits) if strength > Strength.PLACE else ())


def _traits(one: Person, other: Person) -> _Traits:
    here, there = one.name, other.name
    return _Traits(
        number=_agree(one.number, other.number),
        name=spelling.same(here, there),
        given=spelling.same_given(here.given, there.given),
        like_given=spelling.related_given(here.given, there.given),
        family=spelling.related_family(here.family, there.family),
        born=_agree(one.born, other.born),
        near=near(one.born, other.born),
        place=_agree(one.place, other.place) is True,
    )


def _agree(one: object, other: object) -> bool | None:
    return one == other if one and other else None


def near(one: date | None, other: date | None) -> bool:
    """Whether two different dates may be one that was mistyped: day and month changed places, or one part differs; a
    year only by so much that a parent is not taken for their child."""
    if one is None or other is None or one == other or abs(one.year - other.year) > MOST_YEARS:
        return False
    here, there = (one.year, one.month, one.day), (other.year, other.month, other.day)
    swapped = (other.year, other.day, other.month)
    equal = sum(mine == theirs for mine, theirs in zip(here, there, strict=True))
    return here == swapped or equal == PARTS_OF_A_DATE - 1


def _as_one(traits: _Traits) -> tuple[Strength, tuple[str, ...]] | None:
    """The ways in which these may be one child, the strongest first."""
    if traits.number:
        contradicted = traits.apart and not traits.like_given
        return (Strength.POSSIBLE if contradicted else Strength.STRONG), ("number",)
    if traits.apart:
        return None
    if traits.name and traits.born:
        return Strength.STRONG, ("name_born",)
    reason = _possible(traits)
    return (Strength.POSSIBLE, (reason,)) if reason else None


def _possible(traits: _Traits) -> str:
    """Why they may be one child, "" for no reason."""
    if traits.name:
        return "name_near" if traits.near else "name"
    if traits.born:
        return _born_alike(traits)
    return "given_place" if traits.given and traits.place else ""


def _born_alike(traits: _Traits) -> str:
    """Why two born on one day may be one child: twins have first names of their own."""
    if traits.like_given:
        if traits.family:
            return "similar_born"
        return "given_born" if traits.given else ""
    if traits.like_given is None and (traits.family or (traits.family is None and traits.place)):
        return "unnamed_born"
    return ""


def _as_family(traits: _Traits) -> tuple[Strength, tuple[str, ...]] | None:
    """The ways in which these may be of one family or household."""
    if traits.family and traits.born:
        return Strength.FAMILY, ("family_born",)
    if traits.family and traits.place:
        return Strength.FAMILY, ("family_place",)
    if traits.born and traits.place:
        return Strength.FAMILY, ("born_place",)
    return (Strength.PLACE, ("place",)) if traits.place else None


def _against(traits: _Traits) -> tuple[str, ...]:
    told = (
        ("number", traits.number is False),
        ("born", traits.born is False and not traits.near),
        ("name", traits.number is True and not traits.name),
    )
    return tuple(code for code, holds in told if holds)
