"""Reads access.yaml: what each person is expected to get at each address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PLACE = Path(__file__).with_name("access.yaml")
GETS, DOOR = "gets", "door"
AGENCY, OTHER_AGENCY, OTHER_COUNCIL, MISSING = THINGS = (
    "of the agency", "of another agency", "of another council", "that do not exist",
)  # fmt: skip
RESTRICTED = "that are restricted"
LIKELY = (
    "author",
    "screener",
    "form designer",
    "council admin",
    "practice manager",
    "lead",
    "anonymous",
    "hub partner",
)


@dataclass(frozen=True)
class Access:
    """The file: people with their descriptions, groups resolved to people, pages by `METHOD /address`."""

    people: dict[str, str]
    groups: dict[str, frozenset[str]]
    pages: dict[str, dict[str, Any]]
    # Who has not accepted the terms of use, and whose doors they would pass else.
    before_terms: dict[str, str]

    def among(self, names: Iterable[str]) -> frozenset[str]:
        """People and groups as people; raises KeyError for a name that is neither."""
        found: frozenset[str] = frozenset()
        for name in names:
            found |= self.groups[name] if name in self.groups else {self._person(name)}
        return found

    def somebody(self, page: str) -> str:
        """One person who passes the page's door: of several, who is likely to get somewhere."""
        passing = self.among([self.pages[page][DOOR]])
        return next(name for name in LIKELY if name in passing)

    def _person(self, name: str) -> str:
        if name not in self.people:
            raise KeyError(name)
        return name

    def expected(self, page: str, whose: str, person: str) -> str:
        """What that person gets at `METHOD /address` for a thing of that owner."""
        entry = self.pages[page]
        if person not in self.among([entry[DOOR]]):
            led = page.startswith("GET ") and self.before_terms.get(person) in self.among([entry[DOOR]])
            return "sign-in" if person in self.groups["nobody"] else "terms" if led else "forbidden"
        gets = entry.get(GETS) or entry.get(whose) or {}
        if isinstance(gets, str):
            return gets
        for outcome, names in gets.items():
            if person in self.among(names):
                return str(outcome)
        return "not-found"


class _Once(yaml.SafeLoader):
    """Refuses an address that is listed twice: of two rows joined from two sides, YAML would keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping, each key once; raises ValueError."""
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise ValueError(f"listed twice: {sorted(twice)}")
        return super().construct_mapping(node, deep)


def read(text: str = "") -> Access:
    """The file (or such a text); raises ValueError for what it lists twice."""
    document = yaml.load(text or PLACE.read_text("utf-8"), _Once)  # noqa: S506 - a SafeLoader, stricter
    groups: dict[str, frozenset[str]] = {}
    given = document["groups"]

    def members(name: str) -> frozenset[str]:
        if name in given:
            return frozenset().union(*map(members, given[name]))
        if name not in document["people"]:
            raise KeyError(name)
        return frozenset({name})

    for name in given:
        groups[name] = members(name)
    return Access(document["people"], groups, document["pages"], document["before_terms"])
