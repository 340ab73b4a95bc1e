"""A FieldView as the parameters of the Design System macro that draws it; keys without a value are left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from markupsafe import Markup, escape

from portal.web.fields import FieldView, OptionView

Params = dict[str, Any]

# What a browser needs to know of each kind; a field's own settings win.
_INPUTS: Mapping[str, Params] = {
    "text": {"type": "text"},
    "number": {"type": "text", "inputmode": "numeric", "spellcheck": False, "width": 5},
    "tel": {"type": "tel", "autocomplete": "tel", "spellcheck": False, "width": 20},
    "email": {"type": "email", "autocomplete": "email", "spellcheck": False},
    "decimal": {"type": "text", "inputmode": "decimal", "spellcheck": False, "width": 5},
    "digits": {"type": "text", "inputmode": "numeric", "spellcheck": False, "width": 20},
    "reference": {"type": "text", "spellcheck": False, "width": 20},
    "short": {"type": "text", "spellcheck": False, "width": 5},
    "postcode": {"type": "text", "spellcheck": False, "width": 10},
    "code": {
        "type": "text",
        "inputmode": "numeric",
        "autocomplete": "one-time-code",
        "spellcheck": False,
        "width": 10,
        "classes": "govuk-input--extra-letter-spacing",
    },
}
_LONG_TEXT = 500
_LETTERS, _MOST_ROWS = 70, 20
_COUNT = "%{count}"
# One number of each plural category of Welsh and English, to ask the catalogue for each form.
_PLURALS = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 6, "other": 10}


def textarea_text(value: object) -> Markup:
    """Text for inside a <textarea> that comes back exactly as it went in.

    The macros indent nested HTML, which would add spaces after every line break a person typed, so line breaks
    are written as character references; a leading one is doubled because HTML drops the first.
    """
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    if text.startswith("\n"):
        text = "\n" + text
    return Markup(str(escape(text)).replace("\n", "&#10;"))  # noqa: S704 - escaped on this line


def typed(value: object) -> Markup:
    """Words a person typed, for inside `class="app-typed"`: the macros' indenting cannot reach its lines."""
    return Markup(str(escape(value)).replace("\r\n", "\n").replace("\n", "&#10;"))  # noqa: S704 - escaped here


def field_params(view: FieldView, *, nested: bool = False, reveals: Mapping[str, Markup] | None = None) -> Params:
    """The macro parameters of a field.

    `nested` fields (beneath an option) have quieter labels; `reveals` is the HTML beneath an option, by its value.
    """
    params = _BUILDERS.get(view.kind, _input)(view, nested)
    for item in params.get("items", ()):
        if reveals and item.get("value") in reveals:
            item["conditional"] = {"html": reveals[item["value"]]}
    return params


def _present(params: Mapping[str, Any]) -> Params:
    return {key: value for key, value in params.items() if value is not None and value != ""}


def _messages(view: FieldView) -> Params:
    error = {"text": view.error, "visuallyHiddenText": _("Error")} if view.error else None
    return _present({"hint": {"text": view.hint} if view.hint else None, "errorMessage": error})


def _heading(view: FieldView, nested: bool, block: str) -> Params:
    size = "" if nested else f"{block}--{'l' if view.heading else 's'}"
    return _present({"text": view.label, "classes": size, "isPageHeading": view.heading or None})


def _labelled(view: FieldView, nested: bool) -> Params:
    return {
        "id": view.name,
        "name": view.name,
        "label": _heading(view, nested, "govuk-label"),
        **_messages(view),
    }


def _grouped(view: FieldView, nested: bool) -> Params:
    legend = _heading(view, nested, "govuk-fieldset__legend")
    return {**({"fieldset": {"legend": legend}} if view.label else {}), **_messages(view)}


def _input(view: FieldView, nested: bool) -> Params:
    known = dict(_INPUTS.get(view.kind, _INPUTS["text"]))
    width = view.width or known.pop("width", None)
    classes = [known.pop("classes", ""), f"govuk-input--width-{width}" if width else ""]
    known.pop("width", None)
    own = {
        "value": view.value,
        "autocomplete": view.autocomplete or known.pop("autocomplete", ""),
        "classes": " ".join(filter(None, classes)),
        "suffix": {"text": view.suffix} if view.suffix else "",
    }
    return {**_labelled(view, nested), **known, **_present(own)}


def _rows(view: FieldView) -> int:
    """How many lines of a text are seen at once: all of what is there already, up to a screenful."""
    there = sum(1 + len(line) // _LETTERS for line in str(view.value).split("\n"))
    return max(8 if (view.max_length or 0) > _LONG_TEXT else 5, min(there, _MOST_ROWS))


def _textarea(view: FieldView, nested: bool) -> Params:
    params = {
        **_labelled(view, nested),
        "value": textarea_text(view.value),
        "rows": str(_rows(view)),
        **_present({"autocomplete": view.autocomplete}),
    }
    return {**params, **_character_count(view.max_length)} if view.max_length else params


def _character_count(limit: int) -> Params:
    return {
        "maxlength": limit,
        "textareaDescriptionText": _("You can enter up to %(limit)s characters", limit=_COUNT),
        "charactersUnderLimitText": _plurals(_remaining),
        "charactersAtLimitText": _("You have 0 characters remaining"),
        "charactersOverLimitText": _plurals(_too_many),
    }


def _remaining(number: int) -> str:
    words = ngettext(
        "You have %(count)s character remaining", "You have %(count)s characters remaining", number, count=_COUNT
    )
    return str(words)


def _too_many(number: int) -> str:
    words = ngettext(
        "You have %(count)s character too many", "You have %(count)s characters too many", number, count=_COUNT
    )
    return str(words)


def _plurals(words: Callable[[int], str]) -> dict[str, str]:
    """The forms of a sentence by plural category; Welsh has six, English two."""
    wanted = _PLURALS if str(get_locale()) == "cy" else {"one": 1, "other": 10}
    return {category: words(number) for category, number in wanted.items()}


def _item(view: FieldView, option: OptionView) -> Params:
    return _present(
        {
            "value": option.value,
            "text": option.label,
            "hint": {"text": option.hint} if option.hint else None,
            "behaviour": "exclusive" if option.exclusive and view.kind == "checkboxes" else None,
        }
    )


def _choices(view: FieldView, nested: bool) -> Params:
    items: list[Params] = []
    for option in view.options:
        if option.exclusive and items:
            items.append({"divider": _("or")})
        items.append(_item(view, option))
    chosen = {"value": view.value} if view.kind == "radios" else {"values": list(_many(view.value))}
    small = f"govuk-{view.kind}--small" if nested else ""
    return {
        **_grouped(view, nested),
        "name": view.name,
        "idPrefix": view.name,
        "items": items,
        **chosen,
        **_present({"classes": small}),
    }


def _many(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(value) if isinstance(value, tuple | list) else ()


def _select(view: FieldView, nested: bool) -> Params:
    items = [{"value": option.value, "text": option.label} for option in view.options]
    if all(option.value for option in view.options):
        items.insert(0, {"value": "", "text": _("Choose one")})
    return {**_labelled(view, nested), "items": items, **_present({"value": view.value})}


def _search(view: FieldView, nested: bool) -> Params:
    """A select that the script of that name turns into a box to type in; without the script it stays a select."""
    return {
        **_select(view, nested),
        "attributes": {
            "data-module": "app-search-select",
            "data-none": _("No match in the list"),
            "data-some": _("%(count)s in the list", count=_COUNT),
        },
    }


def _parts(view: FieldView, nested: bool) -> Params:
    """A fieldset around the fields of an answer of several parts."""
    return {"legend": _heading(view, nested, "govuk-fieldset__legend"), "hint": view.hint, "error": view.error}


def _date(view: FieldView, nested: bool) -> Params:
    typed = view.value if isinstance(view.value, Mapping) else {}
    labels = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
    items = [
        _present(
            {
                "name": part,
                "label": labels[part],
                "classes": _part_classes(view, part),
                "value": str(typed.get(part, "")),
                "autocomplete": f"bday-{part}" if view.autocomplete == "bday" else None,
            }
        )
        for part in view.parts
    ]
    return {**_grouped(view, nested), "id": view.name, "namePrefix": view.name, "items": items}


def _part_classes(view: FieldView, part: str) -> str:
    wrong = bool(view.error) and view.error_part in ("", part)
    width = "govuk-input--width-4" if part == "year" else "govuk-input--width-2"
    return f"{width} govuk-input--error" if wrong else width


def _password(view: FieldView, nested: bool) -> Params:
    return {
        **_labelled(view, nested),
        "autocomplete": view.autocomplete or "current-password",
        "showPasswordText": _("Show"),
        "hidePasswordText": _("Hide"),
        "showPasswordAriaLabelText": _("Show password"),
        "hidePasswordAriaLabelText": _("Hide password"),
        "passwordShownAnnouncementText": _("Your password is visible"),
        "passwordHiddenAnnouncementText": _("Your password is hidden"),
    }


_BUILDERS: Mapping[str, Callable[[FieldView, bool], Params]] = {
    "textarea": _textarea,
    "radios": _choices,
    "checkboxes": _choices,
    "select": _select,
    "search": _search,
    "parts": _parts,
    "date": _date,
    "password": _password,
    "file": _labelled,
}
