"""Two designers on one text: what the second typed beside what is saved, for the page on which they choose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from portal.web.fields import FieldView


@dataclass(frozen=True)
class Differing:
    """One field that differs, in words."""

    label: str
    typed: str
    saved: str


def differing(typed: Iterable[FieldView], saved: Iterable[FieldView]) -> list[Differing]:
    """The fields whose values differ between the same page filled twice; those of only one of them too."""
    yours, theirs = _by_name(typed), _by_name(saved)
    found = []
    for name in dict.fromkeys([*yours, *theirs]):
        mine, other = yours.get(name), theirs.get(name)
        one, two = said(mine), said(other)
        view = mine or other
        if one != two and view is not None and view.kind != "hidden":
            found.append(Differing(view.label or said_of_box(view), one, two))
    return found


def said_of_box(view: FieldView) -> str:
    """What the only box of a field without a label says."""
    return view.options[0].label if view.options else view.name


def said(view: FieldView | None) -> str:
    """What a field holds, in words."""
    if view is None:
        return ""
    labels = {option.value: option.label for option in view.options}
    if isinstance(view.value, Mapping):
        return " ".join(view.value.values())
    if isinstance(view.value, tuple):
        ticked = [labels.get(one, one) for one in view.value]
        return "\n".join(ticked) if view.label else _("Yes") if ticked else _("No")
    return labels.get(view.value, view.value).replace("\r\n", "\n").strip()


def _by_name(views: Iterable[FieldView]) -> dict[str, FieldView]:
    return {view.name: view for view in _all(views)}


def _all(views: Iterable[FieldView]) -> Iterator[FieldView]:
    for view in views:
        yield view
        for option in view.options:
            yield from _all(option.children)
