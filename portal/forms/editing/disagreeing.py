"""The name under which “I disagree” is kept: changed in the rules and in the scenarios that speak of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.forms.editing.documents import list_at, look, put
from portal.forms.editing.keys import RESERVED, renamed, taken_keys

NAME = "override_answer"


def is_taken(content: object, name: str) -> bool:
    """Whether something else in the answers has this name: a question, or what the portal keeps there."""
    old = look(content, ("thresholds", NAME))
    return name != old and (name in RESERVED or name in taken_keys(look(content, ("form",))))


def with_rules(content: Any, rules: Mapping[str, Any]) -> Any:
    """A copy with these rules; where they keep “I disagree” under another name, whatever speaks of it follows."""
    old, new = look(content, ("thresholds", NAME)), rules.get(NAME)
    if not isinstance(old, str) or not isinstance(new, str) or not old or old == new:
        return put(content, ("thresholds",), rules)
    changed = put(content, ("thresholds",), renamed(rules, {old: new}))
    return put(changed, ("scenarios",), [_answering(one, old, new) for one in list_at(content, ("scenarios",))])


def _answering(scenario: Any, old: str, new: str) -> Any:
    given = scenario.get("answers") if isinstance(scenario, Mapping) else None
    if not isinstance(given, Mapping) or old not in given:
        return scenario
    return {**scenario, "answers": {new if key == old else key: value for key, value in given.items()}}
