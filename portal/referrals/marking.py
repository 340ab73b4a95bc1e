"""By what a child is found again in other reports of the council: marks of the NHS number, the name and the postcode.

A mark tells nothing to whoever has not the council's key (tenants/vault.py), and equal values have equal marks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from portal.forms.formats import nhs_number
from portal.referrals import spelling
from portal.referrals.connecting import surname_mark
from portal.referrals.projecting import ChildFacts, Projected
from portal.tenants import vault

# Of the way in which marks are made; another number has every report marked again (commands/marks.py).
VERSION: Final = 1


@dataclass(frozen=True)
class Known:
    """A child's facts, and what else it is found by. `findable` says whether its address may be: one that must be kept
    from somebody leads nowhere."""

    child: ChildFacts
    number: str = ""
    findable: bool = True


def known(projected: Projected, *, secret: bool) -> list[Known]:
    """The children of a report; `secret` as withholding.keeps_places says."""
    return [
        Known(child, number, findable=not secret)
        for child, number in zip(projected.children, projected.numbers, strict=True)
    ]


def marks(one: Known) -> dict[str, Any]:
    """The columns by which the child is found."""
    child = one.child
    return {
        "surname_mark": surname_mark(child),
        "nhs_mark": _mark("nhs", nhs_number(one.number) or ""),
        "name_mark": _mark("name", spelling.key(child.first_name, child.last_name)),
        "home_mark": _mark("home", spelling.letters(child.postcode) if one.findable else ""),
        "marks_version": VERSION,
    }


def columns(children: Iterable[Known]) -> dict[int, dict[str, Any]]:
    """The facts and marks of each child, by its place in the report."""
    return {one.child.position: {**vars(one.child), **marks(one)} for one in children}


def _mark(kind: str, text: str) -> str:
    return vault.mark(kind, text) if text else ""
