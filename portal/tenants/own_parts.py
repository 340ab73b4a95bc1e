"""Which parts of a council's settings are its own to change in the portal, and how they get into a document; pure."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any, Final

from portal.tenants.reading import Place

# Slug, nation, languages, host names, sender, outcomes and priorities stay the operator's.
ON_PAGES: Final = (
    "name", "brand", "phones", "email", "security_contact", "draft_days", "draft_warning_days", "duplicate_weeks",
    "clock",
    "duty", "asking", "hand_over", "retention", "files", "service_times", "statutory", "guidance", "deciding",
    "telling", "challenging", "stages", "own_clocks", "letters", "early_help", "question_templates",
    "pages.privacy", "pages.cookies", "pages.accessibility", "pages.terms", "pages.thresholds",
)  # fmt: skip
# Changed step by step on pages of its own, and never brought back as a whole: an identity provider that was switched
# off must not come back with an older state.
SIGN_ON: Final = "sign_on"
PARTS: Final = (*ON_PAGES, SIGN_ON)


def part_of(place: Place) -> str:
    """The part that a place of the document belongs to: `phones`, `pages.privacy`."""
    return ".".join(str(one) for one in place[:2]) if place[0] == "pages" else str(place[0])


def with_values(document: Mapping[str, Any], values: Mapping[Place, object]) -> dict[str, Any]:
    """The document with these values at their places; whatever else it says stays."""
    made = copy.deepcopy(dict(document))
    for place, value in values.items():
        node: Any = made
        for step in place[:-1]:
            node = node.setdefault(step, {})
        node[place[-1]] = value
    return made


def with_parts(document: Mapping[str, Any], source: Mapping[str, Any], parts: Iterable[str]) -> dict[str, Any]:
    """The document with whole parts as another has them; what that leaves to the usual value, this does too."""
    places = [tuple(part.split(".")) for part in parts]
    told = {place: copy.deepcopy(at(source, place)) for place in places}
    made = with_values(document, {place: value for place, value in told.items() if value is not None})
    for place in (place for place, value in told.items() if value is None):
        around = at(made, place[:-1]) if place[:-1] else made
        if isinstance(around, dict):
            around.pop(place[-1], None)
    return made


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The council's own parts that two documents have differently."""
    return [part for part in PARTS if at(one, tuple(part.split("."))) != at(other, tuple(part.split(".")))]


def at(document: Mapping[str, Any], place: Place) -> Any:
    """What a document says at a place; None when it says nothing there."""
    node: Any = document
    for step in place:
        node = node.get(step) if isinstance(node, Mapping) else None
    return node
