"""Every line of the rule language as the fields of a form, and back: the same line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.forms import folder
from portal.forms.editing.lines import Line, comparisons, in_order, read, write
from portal.forms.editing.trees import Kind, branches
from portal.forms.editing.vocabulary import Subject
from tests.fixtures.councils import FOLDERS

NAMES = st.sampled_from(["a_consent", "b_age", "score"])
WORDS = st.sampled_from(["yes", "no", "1_4", "RF01", "not_known"])
LISTS = st.lists(WORDS, min_size=1, max_size=4, unique=True)
NUMBERS = st.integers(-1_000_000, 1_000_000)
LEVELS = st.integers(1, 9)


def made(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(parts)


BOUNDS = st.one_of(made(at_least=NUMBERS), made(below=NUMBERS), st.builds(lambda n: {"is": n}, NUMBERS))
COUNTS = st.one_of(
    made(answer=NAMES), made(answer=NAMES, of=LISTS), made(answer=NAMES, level_at_least=LEVELS),
    made(answer=NAMES, of=LISTS, level_is=LEVELS),
)  # fmt: skip
CONDITIONS = st.one_of(
    st.just({"always": True}),
    st.builds(lambda name, word: {"answer": name, "is": word}, NAMES, st.one_of(WORDS, NUMBERS)),
    st.builds(lambda name, word, some: {"answer": name, word: some}, NAMES, st.sampled_from(["in", "not_in"]), LISTS),
    made(answer=NAMES, at_least=NUMBERS), made(answer=NAMES, below=NUMBERS), made(answer=NAMES, has=WORDS),
    made(answer=NAMES, has_any=LISTS), made(answer=NAMES, empty=st.booleans()), made(met=NAMES),
    st.builds(lambda count, bound: {"count": count} | bound, COUNTS, BOUNDS),
    st.builds(lambda name, bound: {"value": name} | bound, NAMES, BOUNDS),
)  # fmt: skip
CAPS = st.fixed_dictionaries({}, optional={"no_more_than": NUMBERS, "no_less_than": NUMBERS})
VALUES = st.one_of(
    NUMBERS,
    st.builds(
        lambda node, caps: node | caps,
        st.one_of(
            made(answer=NAMES), made(answer=NAMES, points=st.dictionaries(WORDS, NUMBERS)), made(count=COUNTS),
            made(highest_level=st.one_of(made(answer=NAMES), made(answer=NAMES, of=LISTS))), made(value=NAMES),
            made(years_since=NAMES), made(days_since=NAMES),
        ),
        CAPS,
    ),
)  # fmt: skip


@given(CONDITIONS)
def test_a_condition_comes_back_the_same(node: dict[str, Any]) -> None:
    line = read(node, "condition")
    assert line is not None
    assert write(line, "condition") == node


@given(VALUES)
def test_a_value_comes_back_the_same(node: Any) -> None:
    line = read(node, "value")
    assert line is not None
    assert write(line, "value") == node


def trees(document: Mapping[str, Any]) -> Iterator[tuple[Any, Kind]]:
    for rule in (*document["rules"], *document["overrides"], *document["topic_rules"], *document["always"]):
        if "when" in rule:
            yield rule["when"], "condition"
    yield from ((node, "condition") for node in document["conditions"].values())
    yield from ((node, "value") for node in document["values"].values())


@pytest.mark.parametrize("slug", ["avonmere", "glan-yr-afon"])
def test_every_line_of_a_council_can_be_shown_as_a_form(slug: str) -> None:
    document = folder.load(FOLDERS / slug).thresholds_document
    leaves = [one for root, kind in trees(document) for one in branches(root, kind) if not one.group]
    assert len(leaves) > 60
    assert [one.node for one in leaves if read(one.node, one.kind) is None] == []


JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["answer", "is", "in", "has", "count", "of", "value", "met", "points", "empty", "all"]),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=8,
)


@given(JUNK, st.sampled_from(["condition", "value"]))
def test_what_is_wrong_is_never_an_error_and_never_rewritten(node: object, kind: Kind) -> None:
    line = read(node, kind)
    assert line is None or write(line, kind) == node


def test_options_keep_the_order_in_which_they_were_written() -> None:
    assert in_order(("a", "b", "c"), ["c", "a", "x"]) == ("c", "a", "b")
    assert in_order(("a", "b"), None) == ("a", "b")


@pytest.mark.parametrize(
    ("kind", "options", "expected"),
    [
        ("radios", ("yes", "no"), ["is", "in", "not_in", "filled", "empty"]),
        ("radios", ("0", "1"), ["is", "in", "not_in", "at_least", "below", "filled", "empty"]),
        ("checkboxes", ("a", "b"), ["has_any", "has", "filled", "empty"]),
        ("levels", ("a", "b"), ["has_any", "has", "filled", "empty"]),
        ("number", (), ["at_least", "below", "equals", "filled", "empty"]),
        ("age", ("unborn",), ["is", "in", "not_in", "at_least", "below", "equals", "filled", "empty"]),
        ("text", (), ["filled", "empty"]),
    ],
)
def test_only_what_fits_the_question_is_offered(kind: str, options: tuple[str, ...], expected: list[str]) -> None:
    subject = Subject("q", kind, {"en": "Q"}, tuple((value, {"en": value}) for value in options))
    assert comparisons(subject) == expected


def test_a_line_that_says_nothing_else() -> None:
    assert write(Line("answer", "q", "is", ("yes",)), "condition") == {"answer": "q", "is": "yes"}
