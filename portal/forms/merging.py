"""What a newer content proposes for a draft that came from an older one, and the draft with what was accepted. Pure.

Three contents meet: the template or version that the draft came from (base), the newer one (theirs) and the draft as it
stands (ours). They are compared item by item, see outline.py. Whatever a draft holds, nothing here raises.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from portal.forms import locks
from portal.forms.outline import Item, Outline, take_apart
from portal.forms.placing import add, drop, force, moved, place

ADDED: Final = "added"
CHANGED: Final = "changed"
REMOVED: Final = "removed"
MOVED: Final = "moved"

# What every item that is made of parts has one of; no condition and no formula has any.
_OF_ITEMS: Final = frozenset({"key", "label", "title", "route"})
_LANGUAGES: Final = frozenset({"en", "cy"})
_GONE: Final = object()


@dataclass(frozen=True)
class Proposal:
    """One difference that the newer template brings; `conflict` says that ours changed the same place otherwise.

    `old`, `ours` and `new` are the documents of the item in the three contents, None where it is not there; of a move
    they are the names of what the item is inside of.
    """

    change: str
    name: str
    kind: str
    old: Any
    ours: Any
    new: Any
    conflict: bool

    @property
    def id(self) -> str:
        """What a page posts to accept it."""
        return f"{self.change} {self.name}"


@dataclass(frozen=True)
class Merge:
    """What a newer content means for a draft: proposals, and locked items that are taken over in any case."""

    base: Outline
    theirs: Outline
    ours: Outline
    locked: frozenset[str]
    proposals: tuple[Proposal, ...]
    taken_over: tuple[str, ...]

    def content(self, accepted: Collection[str], *, kept: Collection[str] = (), take_over: bool = True) -> Any:
        """The draft's content with the accepted proposals (ids) and every locked item as the newer one has it.

        Of a proposal in `kept` comes only what we did not change too: where both did, ours stays. Without `take_over`
        locked items stay: while a draft still counts as made from the older number, the locks of that number hold.
        """
        result = self.ours.copy()
        chosen = [each for each in self.proposals if each.id in set(accepted)]
        placed: list[str] = []
        for proposal in (each for each in self.proposals if each.change == CHANGED and each.id in set(kept)):
            if proposal.name in result.items:
                result.items[proposal.name] = self._joined(proposal, result, keep=True)
        for proposal in chosen:
            if proposal.change == CHANGED and proposal.name in result.items:
                result.items[proposal.name] = self._joined(proposal, result)
            elif proposal.change in (ADDED, CHANGED):
                placed += add(result, self.theirs, proposal.name, known=self.base.items)
            elif proposal.change == MOVED and proposal.name in result.items:
                placed.append(proposal.name)
        place(result, self.theirs, placed)
        drop(result, self.theirs, {each.name for each in chosen if each.change == REMOVED} & set(result.items))
        if self.locked and take_over:
            force(result, self.theirs, self.locked, theirs_content=self.theirs.content())
        return result.content()

    def _joined(self, proposal: Proposal, result: Outline, *, keep: bool = False) -> Item:
        old, mine, new = (each.items.get(proposal.name) for each in (self.base, result, self.theirs))
        own = mine.own if mine else None
        joined = _three_way(old.own if old else None, own, new.own if new else None, keep=keep)
        return replace(result.items[proposal.name], own=joined)


def merge(base: object, theirs: object, ours: object, locked: Collection[str] = ()) -> Merge:
    """Compare the three contents; `locked` are the names that the newer template locks."""
    outlines = take_apart(base), take_apart(theirs), take_apart(ours)
    closed = locks.all_locked(locked, theirs)
    free = tuple(each for each in _proposals(*outlines) if not _is_locked(each, outlines[1], outlines[2], closed))
    return Merge(*outlines, closed, free, tuple(locks.broken(closed, theirs, ours)))


def _is_locked(proposal: Proposal, theirs: Outline, ours: Outline, locked: frozenset[str]) -> bool:
    item = theirs.items.get(proposal.name) or ours.items.get(proposal.name)
    return item is not None and locks.lock_of(item) in locked


def _proposals(base: Outline, theirs: Outline, ours: Outline) -> Iterator[Proposal]:
    going, ours_going = moved(base, theirs), moved(base, ours)
    for name, new in theirs.items.items():
        if name not in base.items:
            if new.slot[0] in base.items:  # else it comes with what it is inside of
                yield from _added(new, base, theirs, ours)
            continue
        yield from _changed(base.items[name], new, theirs, ours)
        if name in going and name in ours.items:
            homeless = _homeless(new, base, theirs, ours)
            yield from _moved(base.items[name], new, ours, clash=name in ours_going or homeless)
    for name, old in base.items.items():
        if name not in theirs.items and name in ours.items and old.slot[0] in theirs.items:
            old_whole, ours_whole = base.whole(name), ours.whole(name)
            yield Proposal(REMOVED, name, old.kind, old_whole, ours_whole, None, conflict=old_whole != ours_whole)


def _added(new: Item, base: Outline, theirs: Outline, ours: Outline) -> Iterator[Proposal]:
    whole = theirs.whole(new.name)
    mine = ours.whole(new.name) if new.name in ours.items else None
    if mine != whole or new.name not in ours.items:
        clash = mine is not None or _homeless(new, base, theirs, ours)
        yield Proposal(ADDED, new.name, new.kind, None, mine, whole, conflict=clash)


def _changed(old: Item, new: Item, theirs: Outline, ours: Outline) -> Iterator[Proposal]:
    if old.own == new.own:
        return
    mine = ours.items.get(new.name)
    if mine is None:
        yield Proposal(CHANGED, new.name, new.kind, old.own, None, theirs.whole(new.name), conflict=True)
    elif mine.own != _three_way(old.own, mine.own, new.own):
        clash = clashes(old.own, mine.own, new.own)
        yield Proposal(CHANGED, new.name, new.kind, old.own, mine.own, new.own, conflict=clash)


def _moved(old: Item, new: Item, ours: Outline, *, clash: bool) -> Iterator[Proposal]:
    mine = ours.items[new.name]
    if mine.slot == new.slot != old.slot:
        return
    was, here, there = (each.slot[0] for each in (old, mine, new))
    yield Proposal(MOVED, new.name, new.kind, was, here, there, conflict=clash)


def _homeless(item: Item, base: Outline, theirs: Outline, ours: Outline) -> bool:
    """Whether ours removed what an item would be put into, which would then come back with it."""
    owner = item.slot[0]
    while owner and owner not in ours.items:
        if owner in base.items:
            return True
        owner = theirs.items[owner].slot[0]
    return False


def _three_way(old: Any, mine: Any, new: Any, *, keep: bool = False) -> Any:
    """The new document with what only we changed: part by part and text by text, never half a condition.

    Where both changed the same part the new one stands, or ours when that is to be kept.
    """
    if mine in (old, new):
        return new
    if new == old:
        return mine
    if not _joinable(old, mine, new):
        return mine if keep else new
    keys = [*new, *(key for key in mine if key not in new)]
    found = {key: _three_way(*(each.get(key, _GONE) for each in (old, mine, new)), keep=keep) for key in keys}
    return {key: value for key, value in found.items() if value is not _GONE}


def clashes(old: Any, mine: Any, new: Any) -> bool:
    """Whether both changed the same part of a document, and not to the same."""
    if mine in (old, new) or new == old:
        return False
    if not _joinable(old, mine, new):
        return True
    return any(clashes(*(each.get(key, _GONE) for each in (old, mine, new))) for key in {*old, *mine, *new})


def _joinable(*documents: Any) -> bool:
    """Whether documents can be joined part by part: items and texts can, conditions and formulas only as a whole."""
    if not all(isinstance(each, dict) and each for each in documents):
        return False
    return all(_OF_ITEMS & set(each) for each in documents) or all(set(each) <= _LANGUAGES for each in documents)
