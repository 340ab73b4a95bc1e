"""A council's questions as HTML, drawn once and remembered; what people typed is put in afterwards, never kept.

The Design System's macros cost more than everything else on a page of questions together (benchmarks/README.md),
and the questions of a published form never change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from flask import current_app
from flask_babel import get_locale
from markupsafe import Markup, escape

from portal.web.fields import FieldView, OptionView
from portal.web.govuk import textarea_text

MOST_REMEMBERED = 2_000  # a few kilobytes each: every question of some ten versions of a form
# Stands where somebody's words belong. Characters for private use: no label or keyboard has them, and only the
# remembered HTML is searched, so words that hold them stay as they are.
_PLACE = re.compile("\ue000([0-9]+)\ue001")

Value = str | tuple[str, ...] | Mapping[str, str]


class _Parts(dict[str, str]):
    """The parts of a date as part of a key; never changed once made."""

    def __hash__(self) -> int:  # type: ignore[override] # a dict has none, because most dicts change
        return hash(tuple(self.items()))


def drawn(views: Iterable[FieldView]) -> Markup:
    """The HTML of questions, the same as the macro `fields` makes of them."""
    return Markup("").join(_one(view) for view in views)


def _one(view: FieldView) -> Markup:
    if wrong(view):
        return _draw(view)
    words: list[Markup] = []
    html = _remembered(emptied(view, words), str(get_locale()))
    return filled(html, words)


@lru_cache(maxsize=MOST_REMEMBERED)
def _remembered(view: FieldView, language: str) -> str:
    del language  # part of the key: the macros say "or", "Day", "You can enter up to …" in it
    return str(_draw(view))


def _draw(view: FieldView) -> Markup:
    return macro_html("macros/fields.html", "field", view)


def macro_html(template: str, name: str, *values: object) -> Markup:
    """What a macro of a template makes of the values; it knows nothing of the page."""
    macro = getattr(current_app.jinja_env.get_template(template).module, name)
    return Markup(macro(*values))  # noqa: S704 - a macro's own output, which has escaped the values


def wrong(view: FieldView) -> bool:
    """Whether the field or one beneath its options shows an error; such a field is drawn each time."""
    return bool(view.error) or any(wrong(child) for option in view.options for child in option.children)


def emptied(view: FieldView, words: list[Markup]) -> FieldView:
    """The field with a numbered place for all that was typed, which is added to `words`, escaped.

    What is chosen stays: it is one of the council's own options.
    """
    options = tuple(_emptied_option(option, words) if option.children else option for option in view.options)
    return replace(view, value=_value(view, words), options=options)


def _emptied_option(option: OptionView, words: list[Markup]) -> OptionView:
    return replace(option, children=tuple(emptied(child, words) for child in option.children))


def _value(view: FieldView, words: list[Markup]) -> Value:
    offered = [option.value for option in view.options]
    if view.kind in ("radios", "select"):
        return str(view.value) if view.value in offered else ""
    if view.kind == "checkboxes":
        chosen = (view.value,) if isinstance(view.value, str) else tuple(view.value)
        return tuple(value for value in offered if value in chosen)
    if isinstance(view.value, Mapping):
        return _Parts({part: _place(escape(text), words) for part, text in view.value.items()})
    text = str(view.value)
    return _place(textarea_text(text) if view.kind == "textarea" else escape(text), words)


def _place(text: Markup, words: list[Markup]) -> str:
    """The place of some words; nothing for no words, because an empty value is another HTML."""
    if not text:
        return ""
    words.append(text)
    return place(len(words) - 1)


def place(number: int) -> str:
    """What stands in remembered HTML where the words of that number belong."""
    return f"\ue000{number}\ue001"


def filled(html: str, words: Sequence[Markup]) -> Markup:
    """Remembered HTML with the words put in their places; each is escaped already, as its type says."""
    return Markup(_PLACE.sub(lambda found: words[int(found[1])], html))  # noqa: S704 - see the docstring


@lru_cache(maxsize=512)
def badge_html(text: str, colour: str) -> Markup:
    """A tag as the macro draws it. A list draws a hundred, each of them one of a few."""
    return Markup('<strong class="govuk-tag govuk-tag--{}">{}</strong>').format(colour, text)
