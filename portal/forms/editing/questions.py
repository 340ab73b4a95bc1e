"""Types of questions and the details that each has: the table that the question page is made from."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from portal.forms.questionnaire import TYPES

CHOSEN = ("options", "codes", "not_known", "severity", "strengths")
DETAILS: Mapping[str, tuple[str, ...]] = {
    "text": ("min", "max", "format", "not_known"),
    "textarea": ("min", "max", "not_known"),
    "radios": CHOSEN,
    "checkboxes": ("options", "codes", "not_known", "flags", "unsure_of", "severity", "strengths"),
    "select": CHOSEN,
    "search": CHOSEN,
    "yes_no": ("not_known", "severity", "strengths"),
    "date": ("forms", "not_before", "not_after", "not_known"),
    "number": ("min", "max", "decimals", "not_known", "severity"),
    "age": ("min", "max", "not_known", "severity"),
    "name": ("not_known",),
    "address": ("not_known",),
    "postcode": ("not_known",),
    "tel": ("not_known",),
    "email": ("not_known",),
    "nhs_number": ("not_known",),
    "upn": ("not_known",),
    "school": ("not_known",),
    "practice": ("not_known",),
    "levels": ("options", "levels", "not_known", "severity", "strengths"),
    "documents": ("options",),
    "group": ("questions", "min", "max", "item", "title_from"),
}
"""Which keys of a question its type has; to add a type is to add its line."""
EVERY = ("key", "type", "label", "hint", "required", "show_when", "fact", "sensitivity", "guidance")
"""Keys that a question of any type may have."""
KNOWN = frozenset({*EVERY, *(name for names in DETAILS.values() for name in names)})
WEIGHED = frozenset({"radios", "select", "search", "yes_no"})
"""Types whose answers are put in order by weight; the others say the order in one word."""
ORDER_WORDS: Mapping[str, tuple[str, ...]] = {
    "checkboxes": ("more", "fewer"),
    "levels": ("more", "fewer"),
    "number": ("higher", "lower"),
    "age": ("higher", "lower"),
}
FACTS = (
    "child.first_name", "child.last_name", "child.name", "child.date_of_birth", "child.age", "child.unborn",
    "child.due_date", "child.postcode", "child.school", "now.danger", "now.place", "now.until", "now.reach",
    "now.visit", "now.visit_risk", "concern.happened", "concern.main_category", "consent.family", "consent.told",
    "consent.who", "consent.agreed", "consent.reasons", "consent.why", "referrer.phone", "referrer.until",
    "referrer.rang", "referrer.rang_when",
)  # fmt: skip
"""What an answer may be, whatever its question is called (docs/rules.md)."""


def types(*, inside: bool = False, triage: bool = False) -> list[str]:
    """The types that may be chosen, in the order of the table; no group inside a group or in triage."""
    return [name for name in DETAILS if name in TYPES and not (name == "group" and (inside or triage))]


def details(kind: object) -> tuple[str, ...]:
    """The keys that a type has beside those of every question; none for a type that is not known."""
    return DETAILS.get(kind, ()) if isinstance(kind, str) else ()


def with_type(node: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """A copy of a question as another type, without what that type does not have; unknown keys stay to be seen."""
    gone = KNOWN - {*EVERY, *details(kind)}
    changed = {name: copy.deepcopy(value) for name, value in node.items() if name not in gone}
    changed["type"] = kind
    if "severity" in changed and node.get("type") != kind and not {kind, node.get("type")} <= WEIGHED:
        del changed["severity"]
    return changed


def weights(severity: object) -> dict[str, int]:
    """The weight of each option from a severity order, from 0 for the least worrying."""
    found: dict[str, int] = {}
    for weight, step in enumerate(severity if isinstance(severity, list) else []):
        for value in step if isinstance(step, list) else [step]:
            if isinstance(value, str):
                found.setdefault(value, weight)
    return found


def severity_of(given: Mapping[str, int]) -> list[Any]:
    """The severity order from weights: options of the same weight stand together; the numbers may have gaps."""
    steps = [[value for value, weight in given.items() if weight == each] for each in sorted(set(given.values()))]
    return [step[0] if len(step) == 1 else step for step in steps]
