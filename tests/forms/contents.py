"""Contents of forms for tests of drafts: the shipped ones, small generated ones, and wrong ones."""

from __future__ import annotations

import copy
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

KEYS = st.sampled_from(["a", "b", "c", "d", "e", "f"])
WORDS = st.fixed_dictionaries({"en": st.sampled_from(["One", "Two", "Three"])}, optional={"cy": st.just("Un")})


def _list(item: Any, told_by: str) -> Any:
    return st.lists(item, max_size=4, unique_by=lambda each: each[told_by])


OPTION = st.fixed_dictionaries({"value": KEYS, "label": WORDS})
QUESTION = st.fixed_dictionaries(
    {"key": KEYS, "type": st.sampled_from(["text", "radios"]), "label": WORDS},
    optional={"hint": WORDS, "required": st.booleans(), "options": _list(OPTION, "value")},
)
PAGE = st.fixed_dictionaries({"key": KEYS, "title": WORDS, "questions": _list(QUESTION, "key")})
RULE = st.fixed_dictionaries(
    {"id": KEYS, "when": st.sampled_from([{"always": True}, {"met": "a"}]), "route": KEYS, "why": WORDS}
)
NAMED = st.dictionaries(KEYS, WORDS, max_size=4)


@st.composite
def contents(draw: st.DrawFn) -> dict[str, Any]:
    """A small content in which every key is used once in each part; conditions and routes may lead nowhere."""
    form: dict[str, Any] = {
        "key": "concern",
        "title": draw(WORDS),
        "triage": {"pages": _once(draw(_list(PAGE, "key")), set())},
    }
    form["sections"] = _once(draw(_list(PAGE, "key")), {each["key"] for each in _questions(form["triage"]["pages"])})
    if draw(st.booleans()):
        form["urgent"] = {"sections": _once(draw(_list(PAGE, "key")), set())}
    thresholds = {
        "routes": draw(st.dictionaries(KEYS, st.fixed_dictionaries({"rank": st.integers(1, 4)}), max_size=3)),
        "values": draw(st.dictionaries(KEYS, st.integers(0, 9), max_size=4)),
        "conditions": draw(st.dictionaries(KEYS, st.just({"always": True}), max_size=3)),
        "rules": draw(_list(RULE, "id")),
        "notices": draw(NAMED),
        "topics": draw(NAMED),
        "always": draw(st.lists(KEYS, max_size=2)),
    }
    scenarios = draw(_list(st.fixed_dictionaries({"id": KEYS, "title": st.sampled_from(["x", "y"])}), "id"))
    return {"form": form, "thresholds": thresholds, "scenarios": scenarios}


def _questions(pages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for page in pages for each in page["questions"]]


def _once(pages: list[dict[str, Any]], taken: set[str]) -> list[dict[str, Any]]:
    """The pages without questions whose key is taken already."""
    for page in pages:
        page["questions"] = [each for each in page["questions"] if each["key"] not in taken]
        taken.update(each["key"] for each in page["questions"])
    return pages


CONTENTS = contents()


@st.composite
def _wrong(draw: st.DrawFn) -> object:
    """A content in which one or several places hold something else, as an unfinished or broken draft may."""
    content: Any = draw(CONTENTS)
    for _time in range(draw(st.integers(1, 3))):
        node: Any = content
        while isinstance(node, dict | list) and node:
            step = draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
            if draw(st.booleans()) or not isinstance(node[step], dict | list):
                node[step] = draw(ANY_JSON)
                break
            node = node[step]
    return content


WRONG_CONTENTS = _wrong()


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
