"""The two shipped councils' forms and thresholds, read once, and answers drawn from their questions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import combinations, product
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from portal.forms.questionnaire import Question
from portal.forms.rules import Thresholds, parse_thresholds
from portal.forms.schema import Form, parse_form

FOLDERS = Path(__file__).resolve().parents[2] / "config" / "councils"
NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
LANGUAGES = {"glan-yr-afon": ("cy", "en"), "avonmere": ("en",)}


def document(slug: str, name: str) -> Any:
    """Return one file of a council's folder, as plain data."""
    text = (FOLDERS / slug / name).read_text(encoding="utf-8")
    return json.loads(text) if name.endswith(".json") else yaml.safe_load(text)


@cache
def council(slug: str) -> tuple[Form, Thresholds]:
    """Return a shipped council's form and thresholds."""
    form = parse_form(document(slug, "forms/concern.yaml") | {"triage": document(slug, "forms/triage.yaml")})
    topics = {"topics": document(slug, "topics.yaml")}
    return form, parse_thresholds(document(slug, "thresholds.yaml") | topics, form, LANGUAGES[slug])


def councils() -> dict[str, tuple[Form, Thresholds]]:
    """Return every shipped council by slug."""
    return {slug: council(slug) for slug in LANGUAGES}


def answers_to(questions: list[Question]) -> st.SearchStrategy[dict[str, Any]]:
    """Return answers that the questions' pages could store; any of them may be missing."""
    return st.fixed_dictionaries({}, optional={question.key: answer_to(question) for question in questions})


def answer_to(question: Question) -> st.SearchStrategy[Any]:
    """Return one answer that a question's page could store."""
    options = [option.value for option in question.options if not option.exclusive]
    if question.type in {"radios", "select"}:
        return st.sampled_from(options)
    if question.type == "checkboxes":
        none = st.sampled_from([[], ["none"]])
        return none | none | st.lists(st.sampled_from(options), min_size=1, max_size=3, unique=True)
    if question.type == "levels":
        levels = st.sampled_from([level.value for level in question.levels])
        return st.dictionaries(st.sampled_from(options), levels, min_size=1, max_size=5)
    if question.type == "number":
        return st.integers(question.min or 0, question.max or 0)
    if question.type == "textarea":
        return st.sampled_from(["Some words.", "O'Brien, Siân, 李"])
    assert question.type == "age"
    return st.integers(0, 20) | st.just("unborn")


def near(base: dict[str, Any], questions: list[Question]) -> Iterator[dict[str, Any]]:
    """Return complete answers that differ from `base` in one or two questions, in every way these can be answered."""
    for first, second in combinations(questions, 2):
        for one, two in product(ways_to_answer(first), ways_to_answer(second)):
            yield {**base, first.key: one, second.key: two}


def ways_to_answer(question: Question) -> list[Any]:
    """Return every single answer of a question; one or two options of checkboxes, one or two categories."""
    options = [option.value for option in question.options if not option.exclusive]
    if question.type == "checkboxes":
        few = options[:4]
        return [[], *([option] for option in options), *(list(pair) for pair in combinations(few, 2))]
    if question.type == "levels":
        levels = [level.value for level in question.levels]
        alone = [{option: level} for option in options for level in levels]
        return alone + [{"domestic_abuse": level, "parental_substance": 2, "missing": 2} for level in levels]
    return ["unborn", *range(20)] if question.type == "age" else options
