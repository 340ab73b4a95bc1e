"""A content taken apart into items and put together again is the same content, in the same order, whatever it holds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.forms.outline import take_apart
from tests.forms.contents import ANY_JSON, WRONG_CONTENTS, shipped_contents


@pytest.mark.parametrize("content", shipped_contents(), ids=lambda content: content["form"]["title"]["en"])
def test_shipped_contents_come_back_in_the_same_order(content: dict[str, Any]) -> None:
    """Order counts: rules, values and conditions are worked out in it."""
    assert json.dumps(take_apart(content).content()) == json.dumps(content)


@given(content=st.one_of(ANY_JSON, WRONG_CONTENTS))
@settings(max_examples=150)
def test_any_json_comes_back(content: object) -> None:
    """Drafts may be wrong in any way: nothing is lost and nothing raises."""
    assert json.dumps(take_apart(content).content()) == json.dumps(content)


def test_taking_apart_changes_nothing_of_the_content() -> None:
    """The outline is a copy through and through."""
    content = shipped_contents()[0]
    before = json.dumps(content)
    outline = take_apart(content)
    for item in outline.items.values():
        if isinstance(item.own, dict):
            item.own.clear()
    assert json.dumps(content) == before
