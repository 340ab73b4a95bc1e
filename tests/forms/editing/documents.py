"""Drafts of every shape: both councils' own, and documents that hypothesis makes wrong."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from portal.forms import folder

COUNCILS = Path(__file__).resolve().parents[3] / "config" / "councils"
_read: dict[str, dict[str, Any]] = {}


def content(slug: str) -> dict[str, Any]:
    """A council's own content of a draft, a copy of its own every time."""
    if slug not in _read:
        found = folder.load(COUNCILS / slug)
        _read[slug] = json.loads(
            json.dumps(
                {
                    "form": found.form_document,
                    "thresholds": found.thresholds_document,
                    "scenarios": list(found.scenarios),
                }
            )
        )
    return copy.deepcopy(_read[slug])


KEYS = st.sampled_from(["a", "b", "c", "a_2", "child", "~0", "", "no good"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4) | KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.just("questions"), inner, max_size=3),
    max_leaves=6,
)
TEXTS = st.fixed_dictionaries({}, optional={"en": st.text(max_size=5), "cy": st.text(max_size=5)})
CONDITIONS = st.fixed_dictionaries({"answer": KEYS, "is": st.sampled_from(["yes", "no"])}) | JSON


def questions(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One question, mostly of the right shape."""
    return st.fixed_dictionaries(
        {},
        optional={
            "key": KEYS | JSON,
            "type": st.sampled_from(["text", "radios", "group"]),
            "label": TEXTS,
            "fact": st.just("child.name"),
            "show_when": CONDITIONS,
            "questions": st.lists(inner, max_size=3) | JSON,
        },
    )


QUESTIONS = questions(questions(JSON)) | JSON
PARTS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={"key": KEYS, "title": TEXTS, "questions": st.lists(QUESTIONS, max_size=3), "show_when": CONDITIONS},
    )
    | JSON,
    max_size=3,
)
FORMS = (
    st.fixed_dictionaries(
        {},
        optional={
            "triage": st.fixed_dictionaries({}, optional={"pages": PARTS}) | JSON,
            "sections": PARTS | JSON,
            "urgent": st.fixed_dictionaries({"sections": PARTS}) | JSON,
            "key": JSON,
            "title": TEXTS,
        },
    )
    | JSON
)
