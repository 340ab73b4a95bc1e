"""The page of one page or section: its words, and how often a section is given."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from portal.forms.editing.form_parts import rows
from portal.forms.inputs.paper import Paper, Row, put_or_drop, text_in

TEXTS = ("title", "intro", "inset")


def fill(paper: Paper, node: Mapping[str, Any]) -> None:
    """Fill the page from the document."""
    for name in TEXTS:
        paper.put_text(name, node.get(name))
    repeat = node.get("repeat")
    paper.put("repeat", "yes" if "repeat" in node else "no")
    own = repeat if isinstance(repeat, Mapping) else {}
    for name in ("min", "max"):
        paper.put(name, own.get(name) if isinstance(own.get(name), int) else "")
    paper.put_text("item", own.get("item"))
    paper.put("title_from", *(one for one in rows(own.get("title_from")) if isinstance(one, str)))


def read(paper: Paper, node: Mapping[str, Any], *, repeats: bool) -> dict[str, Any]:
    """The page or section with what was typed; `repeats` says that it may be given several times."""
    changed: dict[str, Any] = copy.deepcopy(dict(node))
    changed["title"] = paper.text("title", node.get("title"))
    if not changed["title"]:
        paper.note(f"title-{paper.languages[0]}", _("Enter the title"))
    for name in ("intro", "inset"):
        put_or_drop(changed, name, paper.text(name, node.get(name)))
    if repeats:
        if paper.one("repeat") not in ("yes", "no"):
            paper.note("repeat", _("Choose one of those that are offered"))
        put_or_drop(changed, "repeat", _repeat(paper, node) if paper.one("repeat") == "yes" else None)
    return changed


def _repeat(paper: Paper, node: Mapping[str, Any]) -> dict[str, Any]:
    numbers = {name: paper.whole(name) for name in ("min", "max")}
    for name, value in numbers.items():
        if value is None:
            paper.note(name, _("Enter a whole number, like 10"))
    item = paper.text("item", text_in(node, "repeat", "item"))
    if not item:
        paper.note(f"item-{paper.languages[0]}", _("Enter what one of them is called"))
    titles = list(dict.fromkeys(filter(None, paper.several("title_from"))))
    asked = [one.get("key") for one in rows(node.get("questions")) if isinstance(one, Mapping)]
    if not titles:
        paper.note("title_from", _("Choose at least one question"))
    elif not set(titles) <= set(asked):
        paper.note("title_from", _("Choose one of those that are offered"))
    return {**numbers, "item": item, "title_from": titles}


def word_rows(paper: Paper) -> list[Row]:
    """Title, introduction and inset."""
    return [
        paper.pair("title", _("Title")),
        paper.pair("intro", _("Introduction"), kind="textarea"),
        paper.pair("inset", _("Text that stands out"), _("Shown with a line beside it"), kind="textarea"),
    ]


def repeat_rows(paper: Paper, inside: Sequence[tuple[str, str]]) -> list[Row]:
    """How often a section is given, and what one of them is called."""
    return [
        (paper.choice("repeat", _("Is it filled in for each of several people?"), _yes_no(), kind="radios"),),
        (paper.input("min", _("Fewest"), kind="number"), paper.input("max", _("Most"), kind="number")),
        paper.pair("item", _("What one of them is called"), _("For example: child")),
        (paper.many("title_from", _("Which answers name one of them?"), inside),),
    ]


def _yes_no() -> list[tuple[str, str]]:
    return [("yes", _("Yes")), ("no", _("No"))]
