"""A draft for those who may read it and not change it: what stands in its fields, in words instead of fields."""

from __future__ import annotations

from collections.abc import Iterable

from portal.forms.views.both_texts import said, said_of_box
from portal.kernel.language import LANGUAGES
from portal.web.fields import FieldView


def facts(views: Iterable[FieldView]) -> list[dict[str, str]]:
    """The rows of a summary list: what each filled field is called and what it holds."""
    told = [(view, said(view)) for view in _all(views) if view.kind != "hidden"]
    return [
        {"key": view.label or said_of_box(view), "value": words, "lang": _language(view)}
        for view, words in told
        if words
    ]


def _language(view: FieldView) -> str:
    """The language of a text that is kept in each language, "" for anything else."""
    ending = view.name.rpartition("-")[2]
    return ending if ending in LANGUAGES else ""


def _all(views: Iterable[FieldView]) -> Iterable[FieldView]:
    for view in views:
        yield view
        for option in view.options:
            yield from _all(option.children)
