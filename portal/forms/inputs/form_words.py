"""The page of the form's own words: its title, what stands out, and what is said while the office is closed."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from portal.forms.inputs.paper import Paper, Row, put_or_drop

TEXTS = ("title", "inset", "out_of_hours")


def fill(paper: Paper, form: Mapping[str, Any]) -> None:
    """Fill the page from the form's document."""
    for name in TEXTS:
        paper.put_text(name, form.get(name))


def read(paper: Paper, form: Mapping[str, Any]) -> dict[str, Any]:
    """The form with what was typed; only its title must be there."""
    changed: dict[str, Any] = copy.deepcopy(dict(form))
    changed["title"] = paper.text("title", form.get("title"))
    if not changed["title"]:
        paper.note(f"title-{paper.languages[0]}", _("Enter the title"))
    for name in ("inset", "out_of_hours"):
        put_or_drop(changed, name, paper.text(name, form.get(name)))
    return changed


def word_rows(paper: Paper) -> list[Row]:
    """Every text of the form with its languages side by side."""
    return [
        paper.pair("title", _("Title of the form")),
        paper.pair(
            "inset",
            _("Text that stands out on the page where this form begins"),
            _("Shown with a line beside it"),
            kind="textarea",
        ),
        paper.pair(
            "out_of_hours",
            _("While the office is closed"),
            _("Shown on the page that says where it goes"),
            kind="textarea",
        ),
    ]
