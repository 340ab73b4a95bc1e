"""Puts items of one outline into another, in the order of where they come from. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from portal.forms import locks
from portal.forms.outline import Item, Outline, Slot


def moved(base: Outline, theirs: Outline) -> set[str]:
    """Items that both outlines have, and the second one elsewhere: inside another item, or in another order."""
    found = {name for name, item in theirs.items.items() if name in base.items and base.items[name].slot != item.slot}
    for slot, names in theirs.order.items():
        old = base.order.get(slot, [])
        here, place_of = set(names), {name: number for number, name in enumerate(old)}
        stayed = [name for name in names if name in place_of and name in here]
        rising = _longest_rising([place_of[name] for name in stayed])
        found.update(name for name in stayed if place_of[name] not in rising)
    return found


def _longest_rising(numbers: list[int]) -> set[int]:
    """The numbers of one longest rising run: all others have moved."""
    best: list[Sequence[int]] = []
    for number in numbers:
        before: Sequence[int] = max((run for run in best if run[-1] < number), key=len, default=[])
        best.append([*before, number])
    longest: Sequence[int] = max(best, key=len, default=[])
    return set(longest)


def drop(result: Outline, theirs: Outline, names: Collection[str]) -> None:
    """Take items out with all inside them, except what the other outline still has, and what that is inside of."""
    going = {each for name in names for each in (name, *result.inside(name)) if each not in theirs.items}
    kept = {item.slot[0] for name, item in result.items.items() if name not in going}
    while going & kept:
        back = going & kept
        going -= back
        kept |= {result.items[name].slot[0] for name in back}
    for name in going:
        _take_out(result, name)
        del result.items[name]


def add(result: Outline, theirs: Outline, name: str, known: Collection[str]) -> list[str]:
    """Add an item with all inside it, except what is `known` and there already; the names that must now be placed."""
    inside = (each for each in theirs.inside(name) if each not in result.items or each not in known)
    new = [name, *inside]
    for each in new:
        _take_over(result, theirs, each)
    return new + _owners(result, theirs, name)


def place(result: Outline, theirs: Outline, names: Iterable[str]) -> None:
    """Put items where the other outline has them: inside the same item, after the nearest one that comes before."""
    going = set(names)
    going.update(owner for name in list(going) for owner in _owners(result, theirs, name))
    for name in going:
        _take_out(result, name)
    for slot, order in theirs.order.items():
        for number, name in enumerate(order):
            if name in going:
                here = result.order.setdefault(slot, [])
                nearest = next((each for each in reversed(order[:number]) if each in here), None)
                before = {nearest, *(each for each in order[:number] if each in going)}
                here.insert(max((here.index(each) + 1 for each in before if each in here), default=0), name)
                result.items[name] = replace(result.items[name], slot=slot)


def force(result: Outline, theirs: Outline, locked: Collection[str], theirs_content: object) -> None:
    """Make every locked item of the result as the other outline has it."""
    for _round in range(3):  # again for what the first has put around an item, and for the order
        broken = locks.broken(locked, theirs_content, result.content())
        for name in broken:
            for item in locks.items(name, theirs):
                _force(item, result, theirs)
        place(result, theirs, [item.name for name in broken for item in locks.items(name, theirs)])


def _force(item: Item, result: Outline, theirs: Outline) -> None:
    if item.kind not in locks.AROUND:
        drop(result, theirs, list(result.inside(item.name)) if item.name in result.items else [])
        names = [item.name, *theirs.inside(item.name)]
    else:
        names = [item.name]
    for name in names:
        _take_over(result, theirs, name)
    place(result, theirs, names)
    owner = theirs.items.get(item.slot[0])
    while owner is not None:
        mine = result.items.get(owner.name)
        if mine is not None and isinstance(mine.own, dict) and isinstance(owner.own, dict):
            own = {key: value for key, value in mine.own.items() if key != "show_when"}
            shown = {"show_when": owner.own["show_when"]} if "show_when" in owner.own else {}
            result.items[owner.name] = replace(mine, own={**own, **shown})
        owner = theirs.items.get(owner.slot[0])


def _take_over(result: Outline, theirs: Outline, name: str) -> None:
    """What an item says, as the other outline has it; where it is already, it stays until it is placed."""
    old, item = result.items.get(name), theirs.items[name]
    result.items[name] = item if old is None else replace(item, slot=old.slot)


def _owners(result: Outline, theirs: Outline, name: str) -> list[str]:
    """Bring back what an item is inside of, where the result has it no more."""
    found = []
    owner = theirs.items[name].slot[0]
    while owner and owner not in result.items:
        result.items[owner] = theirs.items[owner]
        found.append(owner)
        owner = theirs.items[owner].slot[0]
    return found


def _take_out(result: Outline, name: str) -> None:
    slot: Slot = result.items[name].slot
    if name in result.order.get(slot, ()):
        result.order[slot].remove(name)
