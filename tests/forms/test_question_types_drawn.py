"""Every type of question is drawn from the least that it needs, and its page reads back what it shows."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from portal.forms.editing import questions as table
from portal.forms.inputs import question as inputs
from portal.forms.inputs.paper import Paper
from portal.forms.views.preview import shown_question

LABEL = {"en": "How?", "cy": "Sut?"}
OPTIONS = [{"value": "a", "label": LABEL}, {"value": "b", "label": LABEL}]
NEEDS: dict[str, dict[str, Any]] = {
    "levels": {"options": OPTIONS, "levels": [{"value": 1, "label": LABEL}, {"value": 2, "label": LABEL}]},
    "group": {
        "min": 0,
        "max": 4,
        "item": LABEL,
        "title_from": ["who"],
        "questions": [{"key": "who", "type": "text", "label": LABEL, "show_when": {"answer": "gone", "is": "yes"}}],
    },
}


def least(kind: str) -> dict[str, Any]:
    """A question of that type with only what it must have."""
    needed = NEEDS.get(kind, {"options": OPTIONS} if "options" in table.details(kind) else {})
    return {"key": "q", "type": kind, "label": LABEL, **needed}


@pytest.mark.parametrize("kind", table.types())
def test_every_type_is_drawn_in_both_languages(app: Flask, kind: str) -> None:
    with app.test_request_context():
        for language, word in LABEL.items():
            shown = shown_question(least(kind), "section", language)
            assert word in shown.html, kind


@pytest.mark.parametrize("kind", table.types())
def test_every_type_is_read_back_as_it_was_shown(app: Flask, kind: str) -> None:
    with app.test_request_context():
        paper = Paper(("en", "cy"))
        inputs.fill(paper, least(kind))
        assert inputs.read(paper, least(kind)) == least(kind)
        assert paper.errors == {}


def test_what_is_wrong_is_left_out_of_the_preview(app: Flask) -> None:
    wrong = least("radios") | {"hint": 5, "options": [{"value": "a", "label": {"en": "Kept"}}, 7], "nonsense": 1}
    with app.test_request_context():
        assert "Kept" in shown_question(wrong, "page", "en").html
        assert not shown_question({"key": "q"}, "page", "en").html
        assert not shown_question("words", "urgent", "en").html
