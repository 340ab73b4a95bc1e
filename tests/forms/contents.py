"""Contents of forms for tests of drafts: the shipped ones, small generated ones, and wrong ones."""

from __future__ import annotations

import copy
import random
from functools import cache
from typing import Any

from hypothesis import strategies as st

from portal.cli.folders import COUNCILS, slugs_in
from portal.forms.folder import load

JSON_LEAVES = st.none() | st.booleans() | st.integers(-9, 99) | st.text(max_size=6)
ANY_JSON = st.recursive(
    JSON_LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)

KEYS = "abcdef"


class _Author:
    """Writes small contents in which every key is used once in each part; conditions and routes may lead nowhere."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - any content will do

    def words(self) -> dict[str, str]:
        return {"en": self.dice.choice(["One", "Two", "Three"])} | ({"cy": "Un"} if self.dice.random() < 0.3 else {})

    def keys(self, most: int) -> list[str]:
        return self.dice.sample(KEYS, self.dice.randint(0, most))

    def question(self, key: str) -> dict[str, Any]:
        made: dict[str, Any] = {"key": key, "type": self.dice.choice(["text", "radios"]), "label": self.words()}
        if self.dice.random() < 0.4:
            made["options"] = [{"value": each, "label": self.words()} for each in self.keys(3)]
        if self.dice.random() < 0.3:
            made["hint"] = self.words()
        return made

    def pages(self, keys: list[str]) -> list[dict[str, Any]]:
        """Pages with the given questions among them."""
        made: list[dict[str, Any]] = [{"key": each, "title": self.words(), "questions": []} for each in self.keys(3)]
        for page in made:
            if self.dice.random() < 0.3:
                page["show_when"] = {"answer": self.dice.choice(KEYS), "is": "yes"}
        for key in keys if made else ():
            self.dice.choice(made)["questions"].append(self.question(key))
        return made

    def content(self) -> dict[str, Any]:
        asked = self.keys(6)
        half = self.dice.randint(0, len(asked))
        form: dict[str, Any] = {"key": "concern", "title": self.words(), "triage": {"pages": self.pages(asked[:half])}}
        form["sections"] = self.pages(asked[half:])
        if self.dice.random() < 0.5:
            form["urgent"] = {"sections": self.pages(self.keys(3))}
        return {"form": form, "thresholds": self.thresholds(), "scenarios": self.scenarios()}

    def thresholds(self) -> dict[str, Any]:
        return {
            "routes": {each: {"rank": self.dice.randint(1, 4)} for each in self.keys(3)},
            "values": {each: self.dice.randint(0, 3) for each in self.keys(4)},
            "conditions": {each: {"value": self.dice.choice(KEYS), "at_least": 1} for each in self.keys(3)},
            "rules": [self.rule(each) for each in self.keys(4)],
            "notices": {each: self.words() for each in self.keys(3)},
            "topics": {each: {"title": self.words()} for each in self.keys(2)},
            "always": self.keys(2),
        }

    def rule(self, key: str) -> dict[str, Any]:
        when = self.dice.choice([{"always": True}, {"met": self.dice.choice(KEYS)}])
        return {"id": key, "when": when, "route": self.dice.choice(KEYS), "why": self.words()}

    def scenarios(self) -> list[dict[str, Any]]:
        return [{"id": each, "title": self.dice.choice("xy")} for each in self.keys(2)]

    def wrong(self) -> Any:
        """A content in which several places hold something else, as an unfinished or broken draft may."""
        made: Any = self.content()
        for _time in range(self.dice.randint(1, 4)):
            node: Any = made
            while isinstance(node, dict | list) and node:
                step = self.dice.choice(sorted(node) if isinstance(node, dict) else range(len(node)))
                if self.dice.random() < 0.4 or not isinstance(node[step], dict | list):
                    node[step] = self.dice.choice([None, 5, "a", [], {}, [5, None], {"key": "a"}, [{"key": "a"}] * 2])
                    break
                node = node[step]
        return made


SEEDS = st.integers(0, 2**40)
CONTENTS = SEEDS.map(lambda seed: _Author(seed).content())
WRONG_CONTENTS = SEEDS.map(lambda seed: copy.deepcopy(_Author(seed).wrong()))


@cache
def _shipped() -> tuple[dict[str, Any], ...]:
    found = []
    for slug in slugs_in(COUNCILS):
        folder = load(COUNCILS / slug)
        found.append(
            {
                "form": dict(folder.form_document),
                "thresholds": dict(folder.thresholds_document),
                "scenarios": [dict(each) for each in folder.scenarios],
            }
        )
    return tuple(found)


def shipped_contents() -> list[dict[str, Any]]:
    """The contents of the shipped councils' forms; each call gives copies that may be changed."""
    return copy.deepcopy(list(_shipped()))
