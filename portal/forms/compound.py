"""Questions whose answer has several parts, as fields: names, addresses, dates, places, documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from portal.forms.answers.places import AS_TYPED
from portal.forms.answers.posted import PARTS_OF
from portal.forms.questionnaire import NOT_KNOWN
from portal.forms.showing import Showing, _
from portal.web.fields import FieldView, OptionView


def several_parts(showing: Showing, children: tuple[FieldView, ...]) -> FieldView:
    """Return a fieldset with a field for each part."""
    question = showing.question
    return FieldView(
        kind="parts",
        name=showing.prefix + question.key,
        label=showing.say(question.label),
        hint=showing.say(question.hint),
        children=children,
    )


def name(showing: Showing) -> FieldView:
    """Return the fields of a person's name; people have names of many shapes, so no part is insisted on."""
    labels = {
        "first": _("First name"),
        "middle": _("Middle names (optional)"),
        "last": _("Last name"),
        "known_as": _("Known as, if different (optional)"),
    }
    fields = [showing.input("text", part, label, showing.part(part)) for part, label in labels.items()]
    return several_parts(showing, tuple(fields))


def address(showing: Showing) -> FieldView:
    """Return the fields of an address."""
    return several_parts(
        showing,
        (
            showing.input("textarea", "lines", _("House number or name, and street"), showing.part("lines")),
            showing.input("text", "town", _("Town or city"), showing.part("town")),
            showing.input("postcode", "postcode", _("Postcode (if you know it)"), showing.part("postcode")),
        ),
    )


def date(showing: Showing) -> FieldView:
    """Return a date: its inputs, or the ways in which it may be known, each with its inputs beneath."""
    question = showing.question
    if len(question.forms) == 1:
        typed = showing.typed if isinstance(showing.typed, Mapping) else {}
        only = _date_inputs(showing, question.forms[0], question.key, typed)
        return replace(only, label=showing.say(question.label), hint=showing.say(question.hint))
    typed = showing.typed if isinstance(showing.typed, Mapping) else {}
    options = [_date_form(showing, form, typed.get(form)) for form in question.forms]
    if question.not_known:
        options.append(OptionView(NOT_KNOWN, _("Not known")))
    chosen = f"{question.key}-form"
    return FieldView(
        kind="radios",
        name=showing.prefix + chosen,
        label=showing.say(question.label),
        hint=showing.say(question.hint),
        value=showing.part("form"),
        error=showing.told.get(chosen, ""),
        options=tuple(options),
    )


def _date_form(showing: Showing, form: str, typed: object) -> OptionView:
    labels = {
        "exact": _("I know the exact date"),
        "month": _("I know the month and year"),
        "year": _("I only know the year"),
        "estimated": _("I can only estimate it"),
        "due": _("Not born yet: I know when the baby is due"),
    }
    asked = {
        "exact": _("Date"),
        "month": _("Month and year"),
        "year": _("Year"),
        "estimated": _("About when? A year is enough"),
        "due": _("Date when the baby is due"),
    }
    parts = typed if isinstance(typed, Mapping) else {}
    inputs = _date_inputs(showing, form, f"{showing.question.key}-{form}", parts)
    return OptionView(form, labels[form], children=(replace(inputs, label=asked[form]),))


def _date_inputs(showing: Showing, form: str, name: str, typed: Mapping[str, object]) -> FieldView:
    parts = PARTS_OF[form]
    wrong = next((part for part in parts if f"{name}-{part}" in showing.told), "")
    return FieldView(
        kind="date",
        name=showing.prefix + name,
        label="",
        value={part: str(typed.get(part, "")) for part in parts},
        error=showing.told.get(f"{name}-{wrong}", ""),
        error_part=wrong,
        parts=parts,
    )


def place(showing: Showing) -> FieldView:
    """Return the field of a school or practice: its name or number and, when several fit, which one is meant."""
    question, typed = showing.question, showing.typed if isinstance(showing.typed, Mapping) else {}
    found = typed.get("found")
    code = showing.part("code")
    children = [FieldView("hidden", f"{showing.prefix}{question.key}-code", "", value=code)]
    if isinstance(found, tuple) and found:
        children.append(_which(showing, found))
    hints = [showing.say(question.hint), _("On our list as number %(code)s.", code=code) if code else ""]
    return FieldView(
        kind="text",
        name=showing.prefix + question.key,
        label=showing.say(question.label),
        hint=" ".join(filter(None, hints)) or _("Type its name or its number."),
        value=showing.part("text"),
        error=showing.told.get(question.key, ""),
        children=tuple(children),
    )


def _which(showing: Showing, found: tuple[tuple[str, str], ...]) -> FieldView:
    options = [OptionView(code, _("%(name)s (number %(code)s)", name=name, code=code)) for code, name in found]
    options.append(OptionView(AS_TYPED, _("None of these: keep what I typed")))
    view = showing.input("radios", "pick", _("Which one do you mean?"), "")
    return replace(view, options=tuple(options))


def documents(showing: Showing, options: tuple[OptionView, ...]) -> FieldView:
    """Return the fields for documents that someone has; nothing is sent yet, and the page says so."""
    question, typed = showing.question, showing.typed if isinstance(showing.typed, Mapping) else {}
    kinds = typed.get("kinds")
    about = showing.input("textarea", "about", _("Tell us about them (optional)"), showing.part("about"))
    said = _("You cannot attach documents here. The council will ask you for what it needs.")
    return FieldView(
        kind="checkboxes",
        name=showing.prefix + question.key,
        label=showing.say(question.label),
        hint=" ".join(filter(None, (showing.say(question.hint), said))),
        value=kinds if isinstance(kinds, tuple) else (),
        error=showing.told.get(question.key, ""),
        options=options,
        children=(about,),
    )


def group(showing: Showing) -> FieldView:
    """Return the heading of a group of people, who are added on pages of their own."""
    return several_parts(showing, ())


COMPOUND: Mapping[str, Callable[[Showing], FieldView]] = {
    "name": name,
    "address": address,
    "date": date,
    "school": place,
    "practice": place,
    "group": group,
}
"""Every type with a field of its own; `documents` needs its options too."""
