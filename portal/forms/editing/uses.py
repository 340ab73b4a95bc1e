"""Where a question is spoken of: in conditions of the form, in the rules, values and notices, and in scenarios."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.forms.editing.form_parts import Entry, all_parts, all_questions, questions
from portal.forms.editing.keys import REFERRING
from portal.forms.mistakes import Path

MOST = 200
# Lists and mappings of the rules document, and what one of their entries is to a person.
RULES: Mapping[str, str] = {
    "values": "value",
    "conditions": "condition",
    "rules": "rule",
    "overrides": "override",
    "always": "notice",
    "notices": "notice",
    "topic_rules": "topics",
}


@dataclass(frozen=True)
class Use:
    """One place that speaks of a question: what it is (question, page, rule, value …), its name, and its path.

    `path` begins with form, thresholds or scenarios.
    """

    kind: str
    name: str
    path: Path


def uses(content: object, keys: frozenset[str], but: Entry | None = None) -> list[Use]:
    """Every place that speaks of one of these questions, each once; `but` and what is in it are left out."""
    content = content if isinstance(content, dict) else {}
    found = [
        *_in_form(content.get("form"), keys, but),
        *_in_rules(content.get("thresholds"), keys),
        *_in_scenarios(content.get("scenarios"), keys),
    ]
    return list(dict.fromkeys(found))[:MOST]


def keys_of(entry: Entry) -> frozenset[str]:
    """The keys of a question, or of every question of a page, section or group."""
    below = [each for one in questions(entry) for each in (one, *questions(one))]
    asked = [entry, *below] if entry.place.question else below
    return frozenset(each.key for each in asked if each.key)


def _in_form(form: object, keys: frozenset[str], but: Entry | None) -> Iterator[Use]:
    for entry in (*all_parts(form), *all_questions(form)):
        if but is not None and entry.path[: len(but.path)] == but.path:
            continue
        own = {name: value for name, value in entry.document.items() if name != "questions"}
        if speaks_of(own, keys):
            kind = "question" if entry.place.question else entry.place.kind
            yield Use(kind, entry.place.text, ("form", *entry.path))


def _in_rules(document: object, keys: frozenset[str]) -> Iterator[Use]:
    for name, node in document.items() if isinstance(document, dict) else ():
        kind = RULES.get(name, "")
        if kind and isinstance(node, dict):
            entries: list[tuple[str | int, Any]] = list(node.items())
        elif kind and isinstance(node, list):
            entries = list(enumerate(node))
        else:
            entries = [("", node)]
        for key, entry in entries:
            if speaks_of(entry, keys):
                yield Use(kind or "rules", _name(key, entry), ("thresholds", name, *((key,) if key != "" else ())))


def _name(key: str | int, entry: object) -> str:
    given = (entry.get("id") or entry.get("notice")) if isinstance(entry, dict) else None
    if isinstance(given, str):
        return given
    return str(key + 1) if isinstance(key, int) else key


def _in_scenarios(scenarios: object, keys: frozenset[str]) -> Iterator[Use]:
    for position, scenario in enumerate(scenarios if isinstance(scenarios, list) else []):
        if isinstance(scenario, dict) and _names_one(scenario.get("answers"), keys):
            given = scenario.get("name") or scenario.get("id")
            name = given if isinstance(given, str) else str(position + 1)
            yield Use("scenario", name, ("scenarios", position))


def _names_one(answers: object, keys: frozenset[str]) -> bool:
    if isinstance(answers, dict):
        return any(key in keys or _names_one(value, keys) for key, value in answers.items())
    return any(_names_one(value, keys) for value in answers) if isinstance(answers, list) else False


def speaks_of(node: object, keys: frozenset[str]) -> bool:
    """Whether a piece of a document speaks of one of the questions."""
    if isinstance(node, dict):
        return any(_is_one(name, value, keys) or speaks_of(value, keys) for name, value in node.items())
    return any(speaks_of(value, keys) for value in node) if isinstance(node, list) else False


def _is_one(name: object, value: object, keys: frozenset[str]) -> bool:
    if name in REFERRING or name == "override_answer":
        return isinstance(value, str) and value in keys
    return (
        name == "title_from" and isinstance(value, list) and any(isinstance(one, str) and one in keys for one in value)
    )


def options_used(content: object, key: str, values: frozenset[str]) -> list[Use]:
    """Every place that speaks of these options of one question, each once."""
    content = content if isinstance(content, dict) else {}
    inside = [use for use in uses(content, frozenset({key})) if use.kind != "scenario"]
    return [use for use in inside if _speaks_of_option(_node(content, use.path), key, values)]


def _node(content: Any, path: Path) -> Any:
    found = content
    for step in path:
        found = found[step]
    return found


def _speaks_of_option(node: object, key: str, values: frozenset[str]) -> bool:
    if isinstance(node, dict):
        if node.get("answer") == key and _words_in(node) & values:
            return True
        return any(_speaks_of_option(value, key, values) for name, value in node.items() if name != "questions")
    return any(_speaks_of_option(value, key, values) for value in node) if isinstance(node, list) else False


def _words_in(node: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    for name in ("is", "in", "not_in", "has", "has_any", "of", "points"):
        given = node.get(name)
        if isinstance(given, str):
            found.add(given)
        elif isinstance(given, list | dict):
            found |= {one for one in given if isinstance(one, str)}
    return found
