"""Adding, changing, moving, copying and removing: total on wrong drafts, and nothing else is touched."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.forms.editing import structure
from portal.forms.editing.form_parts import Entry, Place, all_parts, all_questions, find, place_of, questions
from portal.forms.editing.keys import key_from, taken_keys
from portal.forms.mistakes import KEY
from portal.forms.schema import parse_form
from tests.forms.editing.documents import FORMS, content

SLUGS = ("avonmere", "glan-yr-afon")
STEPS = ("add", "change", "move", "copy", "remove", "move_to")


def entries(form: object) -> list[Entry]:
    return [*all_parts(form), *all_questions(form)]


def keys(form: object) -> list[str]:
    return [key for entry in entries(form) if isinstance(key := entry.document.get("key"), str)]


def step(form: Any, name: str, entry: Entry, other: Entry, number: int) -> Any:
    place = entry.place
    new = {"key": key_from(f"New {number}", taken_keys(form)), "label": {"en": "New"}}
    match name:
        case "add":
            return structure.add(form, place, new)[0]
        case "change":
            return structure.change(form, place, {**entry.document, "hint": {"en": "x"}})
        case "move":
            return structure.move(form, place, number)
        case "copy":
            return structure.copy(form, place)[0]
        case "remove":
            return structure.remove(form, place)
        case _:
            return structure.move_to(form, place, other.place)[0]


@settings(deadline=None, max_examples=12)
@given(st.data(), st.sampled_from(SLUGS))
def test_any_sequence_of_changes_of_a_real_form_keeps_json_and_unique_keys(data: st.DataObject, slug: str) -> None:
    form = content(slug)["form"]
    outside = {name: form[name] for name in ("key", "title")}
    twice = {key for key in keys(form) if keys(form).count(key) > 1}  # the urgent form asks some questions again
    for number in range(data.draw(st.integers(1, 5))):
        found = entries(form)
        if not found:
            break
        one, other = (found[data.draw(st.integers(0, len(found) - 1))] for _ in range(2))
        before = copy.deepcopy(form)
        changed = step(form, data.draw(st.sampled_from(STEPS)), one, other, number)
        assert form == before, "the form that was given must not change"
        form = changed
    assert json.loads(json.dumps(form)) == form
    assert {name: form[name] for name in outside} == outside
    assert {key for key in keys(form) if keys(form).count(key) > 1} <= twice
    assert all(KEY.match(key) for key in keys(form))


@settings(deadline=None, max_examples=60)
@given(FORMS, st.data())
def test_wrong_drafts_never_raise_and_a_copy_removed_is_as_before(form: Any, data: st.DataObject) -> None:
    before = copy.deepcopy(form)
    for entry in entries(form):
        assert place_of(entry.place.text) == entry.place
        assert find(form, entry.place) == entry
        copied, place = structure.copy(form, entry.place)
        assert place is not None
        assert place != entry.place
        assert structure.remove(copied, place) == form
        moved = structure.move(form, entry.place, data.draw(st.integers(-2, 5)))
        assert sorted(map(repr, keys(moved))) == sorted(map(repr, keys(form)))
        for target in structure.targets(form, entry.place):
            held, there = structure.move_to(form, entry.place, target.place)
            assert there is not None
            found = find(held, there)
            assert found is not None
            assert found.node == entry.node
            assert len(entries(held)) >= len(entries(form))  # what was hidden in a group too deep may show
    assert form == before


@settings(deadline=None)
@given(FORMS, st.sampled_from(["page/a", "section/b/c", "urgent/~0/a/b", "section/a/b/c"]))
def test_a_place_that_is_gone_changes_nothing(form: Any, text: str) -> None:
    place = place_of(text)
    assert place is not None
    if find(form, place) is None:
        as_it_was = form if isinstance(form, dict) else {}
        assert structure.remove(form, place) == as_it_was
        assert structure.change(form, place, {"key": "x"}) == as_it_was
        assert structure.copy(form, place) == (as_it_was, None)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_copied_section_is_still_a_good_form(slug: str) -> None:
    form = content(slug)["form"]
    for part in all_parts(form):
        copied, place = structure.copy(form, part.place)
        assert place is not None
        parse_form(copied)


def test_what_is_added_to_an_empty_document_is_there() -> None:
    for kind in ("page", "section", "urgent"):
        form, place = structure.add({}, Place(kind, "new"), {"key": "one", "title": {"en": "One"}})
        assert place == Place(kind, "one")
        assert find(form, place)
        asked, there = structure.add(form, place.below("new"), {"key": "q"})
        assert there == Place(kind, "one", "q")
        assert structure.remove(asked, there)[{"page": "triage"}.get(kind, kind if kind == "urgent" else "sections")]


def test_moving_takes_the_question_along_and_refuses_a_key_that_is_asked_there() -> None:
    form = content("avonmere")["form"]
    first, second = form["sections"][0], form["sections"][2]
    place, target = Place("section", first["key"], first["questions"][0]["key"]), Place("section", second["key"])
    moved, there = structure.move_to(form, place, target)
    assert there == target.below(place.question)
    holder = find(moved, target)
    assert holder is not None
    assert [entry.place.name for entry in questions(holder)][-1] == place.question
    assert find(moved, place) is None
    twin = {"sections": [{"key": "a", "questions": [{"key": "q"}]}, {"key": "b", "questions": [{"key": "q"}]}]}
    assert structure.move_to(twin, Place("section", "a", "q"), Place("section", "b")) == (twin, None)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("How old is the child?", "how_old_is_the_child"),
        ("Ydych chi’n siŵr?", "ydych_chin_siwr"),
        ("", "question"),
        ("你好", "question"),
        (None, "question"),
        ("x" * 500, "x" * 40),
        ("Not known", "not_known_2"),
    ],
)
def test_keys_are_made_from_words(words: object, key: str) -> None:
    assert key_from(words, set()) == key
    assert KEY.match(key_from(words, {key}))
    assert key_from(words, {key}) != key


@given(st.text(max_size=200), st.sets(st.sampled_from(["a", "a_2", "question"])))
def test_every_key_is_good_and_new(words: str, taken: set[str]) -> None:
    key = key_from(words, taken)
    assert KEY.match(key)
    assert key not in taken
