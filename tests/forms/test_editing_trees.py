"""Any changes of any tree: still JSON, within its caps, never an error but NotFound, and nothing else touched."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.forms.conditions import DEEPEST, MOST_NODES
from portal.forms.editing import entries, places, trees
from portal.forms.editing.documents import MISSING, Steps, look
from portal.forms.editing.trees import Kind
from portal.kernel.errors import Invalid, NotFound

LEAF = {"answer": "a", "is": "yes"}
GROUPS = st.sampled_from(["all", "any", "of", "not", "sum", "highest", "nonsense"])
STEPS = st.lists(
    st.one_of(st.integers(0, 3), st.sampled_from(["all", "any", "of", "not", "sum", "if", "then", "else", "how_many"])),
    max_size=5,
).map(tuple)


def nested(leaf: Any, depth: int) -> Any:
    for _ in range(depth):
        leaf = {"all": [leaf]}
    return leaf


Change = Callable[[Any, Kind], Any]
CHANGES: st.SearchStrategy[Change] = st.one_of(
    st.builds(lambda path: lambda root, kind: trees.replaced(root, kind, path, LEAF), STEPS),
    st.builds(lambda path: lambda root, kind: trees.added(root, kind, path, LEAF), STEPS),
    st.builds(lambda path: lambda root, kind: trees.added(root, kind, path, {"any": [LEAF]}), STEPS),
    st.builds(lambda path: lambda root, kind: trees.removed(root, kind, path), STEPS),
    st.builds(lambda path, group: lambda root, kind: trees.wrapped(root, kind, path, group), STEPS, GROUPS),
    st.builds(
        lambda path, group, n: lambda root, kind: trees.regrouped(root, kind, path, group, n),
        STEPS, GROUPS, st.integers(-2, 5),
    ),
    st.builds(lambda path, by: lambda root, kind: trees.moved(root, kind, path, by), STEPS, st.integers(-2, 2)),
)  # fmt: skip
ROOTS = st.sampled_from(
    [
        (LEAF, "condition"),
        ({"all": [LEAF, {"any": [LEAF, {"not": LEAF}]}]}, "condition"),
        ({"at_least": 2, "of": [LEAF, LEAF, {"met": "x"}]}, "condition"),
        ({"sum": [1, {"value": "x"}, {"if": LEAF, "then": 1, "else": 2}], "no_more_than": 9}, "value"),
        ({"how_many": [LEAF, {"all": [LEAF]}]}, "value"),
        ("wrong", "condition"), ({"all": "wrong"}, "condition"), ({"if": None}, "value"),
        (nested(LEAF, 12), "condition"),
    ]
)  # fmt: skip


@given(ROOTS, st.lists(CHANGES, max_size=8))
def test_any_changes_leave_a_document_within_its_caps(root: tuple[Any, Kind], changes: list[Change]) -> None:
    document, kind = root
    for change in changes:
        before = copy.deepcopy(document)
        try:
            after = change(document, kind)
        except (NotFound, Invalid):
            after = document
        assert document == before, "the draft itself was changed"
        if after is MISSING:
            break
        json.dumps(after)
        found = trees.branches(after, kind)
        assert len(found) <= MOST_NODES
        document = after


@given(st.lists(st.integers(0, 2), min_size=1, max_size=12))
def test_groups_within_groups_end_at_the_deepest(places_in_order: list[int]) -> None:
    root: Any = {"all": [LEAF, LEAF, LEAF]}
    path: Steps = ()
    for place in places_in_order:
        path = (*path, "all", place)
        try:
            root = trees.wrapped(root, "condition", path, "all")
        except Invalid:
            assert len(path) // 2 + 1 >= DEEPEST - 1
            break
        except NotFound:
            break
    assert max(one.depth for one in trees.branches(root, "condition")) <= DEEPEST


def test_each_change_in_turn() -> None:
    root: Any = {"all": [LEAF, {"any": [{"met": "x"}, {"met": "y"}]}]}
    assert trees.replaced(root, "condition", ("all", 1, "any", 0), LEAF)["all"][1]["any"][0] == LEAF
    assert trees.added(root, "condition", ("all", 1), LEAF)["all"][1]["any"][2] == LEAF
    assert trees.removed(root, "condition", ("all", 1)) == {"all": [LEAF]}
    assert trees.wrapped(root, "condition", ("all", 0), "not")["all"][0] == {"not": LEAF}
    assert trees.removed({"not": LEAF}, "condition", ("not",)) is MISSING
    assert trees.regrouped(root, "condition", (), "of", 2)["at_least"] == 2
    assert trees.regrouped(root, "condition", (), "not") == {"not": {"all": root["all"]}}
    assert trees.regrouped({"not": LEAF}, "condition", (), "any") == {"any": [LEAF]}
    assert trees.moved(root, "condition", ("all", 1), -1)["all"][1] == LEAF
    value = {"sum": [1, 2], "no_less_than": 0}
    assert trees.regrouped(value, "value", (), "highest") == {"highest": [1, 2], "no_less_than": 0}
    with pytest.raises(NotFound):
        trees.replaced(root, "condition", ("all", 7), LEAF)
    with pytest.raises(NotFound):
        trees.removed({"if": LEAF, "then": 1}, "value", ("then",))


@given(STEPS)
def test_a_path_is_read_as_it_is_written(steps: Steps) -> None:
    assert trees.parse(trees.dotted(steps)) == steps


CONTENT: dict[str, Any] = {
    "form": {
        "triage": {"pages": [{"key": "p", "questions": [{"key": "q", "type": "radios", "required": True}]}]},
        "sections": [{"key": "s", "questions": [{"key": "g", "questions": [{"key": "deep", "show_when": LEAF}]}]}],
    },
    "thresholds": {
        "rules": [
            {"id": "A", "when": LEAF, "level": [{"level": 2}], "notices": ["n", {"notice": "m", "when": LEAF}]},
            {"id": "Z", "when": {"always": True}},
        ],
        "overrides": [{"id": "O", "when": LEAF, "except": ["A"]}],
        "values": {"v": {"value": "w", "at_least": 1}},
        "conditions": {"c": LEAF},
        "topic_rules": [{"topics": [], "when": LEAF}],
        "always": [{"notice": "n"}],
        "safety": {"exceptions": [{"rule": "A"}]},
        "notices": {"n": {"en": "N"}, "m": {"en": "M"}},
    },
}


@pytest.mark.parametrize(
    "address",
    [
        "rule/A/when", "override/O/when", "topic_rule/1/when", "named/c", "value/v", "always/1/when",
        "rule/A/level/0/when", "rule/A/notices/n/when", "rule/A/notices/m/when",
        "question/q/show_when", "question/q/required", "question/deep/show_when", "page/p/show_when",
        "section/s/show_when",
    ],
)  # fmt: skip
def test_a_tree_is_put_where_its_address_says(address: str) -> None:
    place = places.where(CONTENT, address)
    new = {"met": "c"}
    after = places.kept(CONTENT, place, new)
    again = places.where(after, address)
    assert places.tree(after, again) == new
    if again.optional:
        gone = places.kept(after, again, MISSING)
        assert places.tree(gone, places.where(gone, address)) is MISSING
    else:
        with pytest.raises(NotFound):
            places.kept(after, again, MISSING)
    assert look(after, ("thresholds", "notices")) == CONTENT["thresholds"]["notices"]


@pytest.mark.parametrize("address", ["", "rule", "rule/B/when", "rule/A", "page/q/show_when", "x/y/z", "named/zz/a"])
def test_no_such_place(address: str) -> None:
    with pytest.raises(NotFound):
        places.where(CONTENT, address)


def test_a_notice_without_its_condition_is_a_plain_one_again() -> None:
    place = places.where(CONTENT, "rule/A/notices/m/when")
    assert look(places.kept(CONTENT, place, MISSING), ("thresholds", "rules", 0, "notices")) == ["n", "m"]


def test_entries_are_added_moved_copied_renamed_and_removed() -> None:
    more = entries.added(CONTENT, "rules", "B", {"id": "B"})
    assert [one.address for one in entries.entries(more, "rules")] == ["A", "B", "Z"]
    assert entries.added(more, "rules", "B", {"id": "B"}) == more
    with pytest.raises(Invalid):
        entries.added(more, "rules", "B", {"id": "B", "route": "X"})
    moved = entries.moved(more, "rules", "B", 0)
    assert [one.address for one in entries.entries(moved, "rules")] == ["B", "A", "Z"]
    assert [one.address for one in entries.entries(entries.copied(more, "rules", "A", "A_2"), "rules")][1] == "A_2"
    renamed = entries.changed(CONTENT, "rules", "A", {"id": "A1"})
    assert renamed["thresholds"]["overrides"][0]["except"] == ["A1"]
    assert renamed["thresholds"]["safety"]["exceptions"][0]["rule"] == "A1"
    assert [one.address for one in entries.entries(entries.removed(CONTENT, "notices", "n"), "notices")] == ["m"]
    assert list(entries.moved(CONTENT, "notices", "m", 0)["thresholds"]["notices"]) == ["m", "n"]
    assert entries.uses(CONTENT, "m") == ["rules"]


JUNK = st.recursive(
    st.one_of(st.none(), st.text(max_size=3), st.integers()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["id", "x", "rule"]), inner)),
    max_leaves=6,
)
ACTS = st.sampled_from(
    [entries.removed, lambda c, p, a: entries.moved(c, p, a, 1), lambda c, p, a: entries.copied(c, p, a, "N")]
)


@given(st.dictionaries(st.sampled_from([*entries.MAPPINGS, *entries.LISTS]), JUNK), st.data())
def test_wrong_drafts_are_changed_without_an_error(thresholds: dict[str, Any], data: st.DataObject) -> None:
    content = {"form": {}, "thresholds": thresholds, "scenarios": ["kept"]}
    for part in [*entries.MAPPINGS, *entries.LISTS]:
        for one in entries.entries(content, part):
            try:
                after = data.draw(ACTS)(content, part, one.address)
            except (NotFound, Invalid):
                continue
            json.dumps(after)
            assert after["scenarios"] == ["kept"]
            assert after["form"] == {}
