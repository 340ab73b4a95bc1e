"""Reads what a proof of the rules needs besides them: the hub, declared exceptions, and names in plain words."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from portal.forms.mistakes import Checker, Text
from portal.forms.thresholds import SAFETY_PROPERTIES, Exempt, Safety

MOST_EXCEPTIONS = 20


def read_safety(node: object, routes: Collection[str], rules: Collection[str], check: Checker) -> Safety:
    """Return the hub's route and the rules that are exceptions to a property, each with its reason."""
    parts = check.mapping(node, ("safety",), must=["hub"], may=["exceptions"])
    hub = check.one_of(parts.get("hub"), ("safety", "hub"), routes, "route")
    found = []
    items = check.sequence(parts.get("exceptions", []), ("safety", "exceptions"), most=MOST_EXCEPTIONS)
    for place, item in enumerate(items):
        here = ("safety", "exceptions", place)
        given = check.mapping(item, here, must=["rule", "properties", "reason"])
        names = check.keys(given.get("properties"), (*here, "properties"), least=1)
        found.append(
            Exempt(
                rule=check.one_of(given.get("rule"), (*here, "rule"), rules, "rule"),
                properties=tuple(
                    check.one_of(name, (*here, "properties", number), SAFETY_PROPERTIES, "property")
                    for number, name in enumerate(names)
                ),
                reason=check.text(given.get("reason"), (*here, "reason")),
            )
        )
    return Safety(hub, tuple(found))


def read_names(node: object, known: Collection[str], check: Checker) -> Mapping[str, Text]:
    """Return what derived values and named conditions are called in plain words."""
    names = check.named(node, ("names",), 200)
    for name in names:
        if name not in known:
            check.note(("names", name), f"{name} is neither a value nor a condition")
    return {name: check.text(text, ("names", name)) for name, text in names.items()}
