"""Where an answer is: every question of every council's form is found again, and what was sent never changes."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.forms import folder
from portal.forms.questionnaire import Form
from portal.referrals.places import Change, Place, asked, changed, place_of
from portal.referrals.presenting import groups, place_in
from tests.fixtures.councils import FOLDERS
from tests.referrals.making import complete

KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
PEOPLE = st.one_of(st.just(("", None)), st.tuples(KEYS, st.integers(0, 99)))


@given(KEYS, KEYS, st.one_of(st.none(), st.integers(0, 99)), PEOPLE)
def test_a_place_is_read_as_it_was_written(section: str, key: str, item: int | None, people: Any) -> None:
    place = Place(section, key, item, *people)
    assert place_of(place.text()) == place


@given(st.text(max_size=60))
def test_anything_else_is_no_place(text: str) -> None:
    found = place_of(text)
    assert found is None or found.text() == text or text.split(".")[1].isdigit()


@pytest.fixture(scope="module", params=["avonmere", "glan-yr-afon"])
def form(request: pytest.FixtureRequest) -> Form:
    return folder.load(FOLDERS / request.param).form


@pytest.fixture(scope="module")
def answers(form: Form) -> tuple[dict[str, Any], dict[str, Any]]:
    return complete(form)


def rows(form: Form, answers: tuple[dict[str, Any], dict[str, Any]]) -> Iterator[Place]:
    for group in groups(form, "full", *answers, "en"):
        yield from (place_in(group, row) for row in group.rows if row.key)


def test_every_answer_on_the_page_is_found_by_its_place(
    app: object, form: Form, answers: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    with app.test_request_context():  # type: ignore[attr-defined]
        places = list(rows(form, answers))
    assert len(places) > 20
    assert len({place.text() for place in places}) == len(places)
    for place in places:
        found = asked(form, "full", *answers, place)
        assert found is not None, place
        assert found.question.key == place.key


def test_a_change_reaches_its_answer_and_nothing_else(answers: tuple[dict[str, Any], dict[str, Any]]) -> None:
    before = deepcopy(answers)
    place = Place("children", "child_last_name", item=0)
    _triage, sections = changed(*answers, [Change(place.text(), "O’Brien")])
    assert sections["children"][0]["child_last_name"] == "O’Brien"
    assert {key: body for key, body in sections.items() if key != "children"} == {
        key: body for key, body in before[1].items() if key != "children"
    }
    assert answers == before
    assert "child_last_name" not in changed(*answers, [Change(place.text(), None)])[1]["children"][0]


@given(st.lists(st.tuples(st.one_of(KEYS, st.just("children")), KEYS, st.integers(0, 3)), max_size=5))
def test_a_change_without_its_place_changes_nothing(made: list[tuple[str, str, int]]) -> None:
    changes = [Change(Place(section, key, item).text(), "x") for section, key, item in made]
    assert changed({}, {"children": []}, changes) == ({}, {"children": []})
