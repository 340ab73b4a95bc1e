"""A field as a template sees it, whatever asked for it: a council's question or a form of our own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.fields import (
    BooleanField,
    EmailField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the published types

DATE_PARTS = ("day", "month", "year")


@dataclass(frozen=True)
class OptionView:
    """One choice; `children` are the fields shown beneath it once it is chosen."""

    value: str
    label: str
    hint: str = ""
    exclusive: bool = False
    children: tuple[FieldView, ...] = ()


@dataclass(frozen=True)
class GuidanceView:
    """Help beside a field, opened by those who want it."""

    title: str
    paragraphs: tuple[str, ...]
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class FieldView:
    """One field.

    `kind` is text, textarea, radios, checkboxes, select, search, date, number, decimal, digits, reference, short, tel,
    email, password, code, postcode, file, parts or hidden. `value` is what was typed: a tuple of values for checkboxes,
    {"day", "month", "year"} for a date. `error` is in the reader's language; `error_part` names the first wrong part
    of a date, whose inputs are `parts`. `heading` makes the label the page's h1. `max_length` counts code points and
    shows a character count. `children` are drawn inside a fieldset of kind parts, and below any other field.
    """

    kind: str
    name: str
    label: str
    hint: str = ""
    value: str | tuple[str, ...] | Mapping[str, str] = ""
    error: str = ""
    error_part: str = ""
    options: tuple[OptionView, ...] = ()
    heading: bool = False
    autocomplete: str = ""
    width: int | None = None
    max_length: int | None = None
    parts: tuple[str, ...] = DATE_PARTS
    children: tuple[FieldView, ...] = ()
    guidance: GuidanceView | None = None
    suffix: str = ""

    @property
    def target(self) -> str:
        """The id of the first input, to which the error summary links."""
        return f"{self.name}-{self.error_part or self.parts[0]}" if self.kind == "date" else self.name


@dataclass(frozen=True)
class ErrorTarget:
    """A line of the error summary: the words and the input it leads to."""

    text: str
    href: str


class _Kind(NamedTuple):
    """How a class of WTForms field is shown."""

    field: type[Field]
    kind: str
    extras: Mapping[str, Any] = MappingProxyType({})


# The most particular first: an EmailField is a StringField too.
_KINDS = (
    _Kind(HiddenField, "hidden"),
    _Kind(PasswordField, "password", {"autocomplete": "current-password"}),
    _Kind(EmailField, "email", {"autocomplete": "email"}),
    _Kind(TelField, "tel", {"autocomplete": "tel", "width": 20}),
    _Kind(TextAreaField, "textarea"),
    _Kind(BooleanField, "checkboxes"),
    _Kind(RadioField, "radios"),
    _Kind(SelectMultipleField, "checkboxes"),
    _Kind(SelectField, "select"),
    _Kind(IntegerField, "number", {"width": 5}),
    _Kind(StringField, "text"),
)
_RENDER_KEYS = ("kind", "autocomplete", "width", "max_length")


def error_targets(views: Iterable[FieldView]) -> list[ErrorTarget]:
    """The wrong fields among `views` and beneath their options, in the order of the page."""
    found: list[ErrorTarget] = []
    for view in views:
        if view.error:
            found.append(ErrorTarget(view.error, f"#{view.target}"))
        for option in view.options:
            found.extend(error_targets(option.children))
        found.extend(error_targets(view.children))
    return found


def choices(pairs: Iterable[tuple[str, str]]) -> list[Any]:
    """(value, label) pairs as the `choices` of a RadioField, SelectField or SelectMultipleField."""
    return [SelectChoice(value=value, label=label) for value, label in pairs]


def from_form(form: FlaskForm, heading: str = "") -> dict[str, FieldView]:
    """A WTForms form's fields by name, without the CSRF field (the form macro writes it).

    `description` is the hint; `render_kw` may give kind, autocomplete, width and max_length. `heading` names the
    field whose label is the page's h1.
    """
    return {
        item.name: from_field(item, heading=item.name == heading)
        for item in form
        if item.short_name != form.meta.csrf_field_name
    }


def from_field(item: Field, *, heading: bool = False) -> FieldView:
    """One WTForms field as a FieldView; errors and labels are already in the reader's language."""
    known = next((kind for kind in _KINDS if isinstance(item, kind.field)), _KINDS[-1])
    asked = {key: value for key, value in (item.render_kw or {}).items() if key in _RENDER_KEYS}
    settings: dict[str, Any] = {"kind": known.kind, **known.extras, **asked}
    label = str(item.label.text)
    single = isinstance(item, BooleanField)
    return FieldView(
        name=item.name,
        label="" if single else label,
        hint=str(item.description or ""),
        value=_typed(item, settings["kind"]),
        error=str(item.errors[0]) if item.errors else "",
        options=(OptionView("y", label),) if single else _options(item),
        heading=heading,
        **settings,
    )


def _options(item: Field) -> tuple[OptionView, ...]:
    choices = getattr(item, "choices", None) or ()
    return tuple(OptionView(str(value), str(label)) for value, label, *_more in choices)


def _typed(item: Field, kind: str) -> str | tuple[str, ...]:
    if kind in ("password", "code"):
        return ""
    if isinstance(item, BooleanField):
        return ("y",) if item.data else ()
    if isinstance(item, SelectMultipleField):
        return tuple(str(value) for value in item.data or ())
    if isinstance(item, IntegerField) and item.raw_data:
        # What was typed even when it could not be read as a number.
        return str(item.raw_data[0])
    return "" if item.data is None else str(item.data)
