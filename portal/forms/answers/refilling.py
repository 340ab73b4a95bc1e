"""What to show in the inputs for a stored answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from portal.forms.answers.parts import ADDRESS_PARTS, NAME_PARTS
from portal.forms.answers.posted import PARTS_OF, Typed, asks_known
from portal.forms.facts import PARTIAL_DATE, as_date
from portal.forms.questionnaire import NOT_KNOWN, Question


def typed_from(question: Question, value: object) -> Typed:
    """Return what to show in the inputs for a stored answer."""
    if asks_known(question):
        known = "" if value is None else NOT_KNOWN if value == NOT_KNOWN else "yes"
        return {"known": known, "answer": _typed(question, None if value == NOT_KNOWN else value)}
    return _typed(question, value)


def _typed(question: Question, value: object) -> Typed:
    refill = REFILLS.get(question.type)
    return refill(question, value) if refill else _text(value)


def _parts_of(value: object) -> Mapping[object, object]:
    return value if isinstance(value, dict) else {}


def _levels(_question: Question, value: object) -> Typed:
    levels = _parts_of(value) or ({NOT_KNOWN: ""} if value == NOT_KNOWN else {})
    return {str(category): str(level) for category, level in levels.items()}


def _named_parts(question: Question, value: object) -> Typed:
    names = NAME_PARTS if question.type == "name" else ADDRESS_PARTS
    return {part: _text(_parts_of(value).get(part)) for part in names}


def _place(_question: Question, value: object) -> Typed:
    parts = _parts_of(value)
    return {"text": _text(parts.get("name")), "pick": "", "code": _text(parts.get("code")), "found": ()}


def _documents(_question: Question, value: object) -> Typed:
    kinds = (NOT_KNOWN,) if value == NOT_KNOWN else _several(_parts_of(value).get("kinds"))
    return {"kinds": kinds, "about": _text(_parts_of(value).get("about"))}


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) else ""


def _several(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()


def _date(question: Question, value: object) -> Typed:
    form, known = form_of(value)
    if len(question.forms) == 1:
        # A form that the question no longer asks for is shown as far as it goes.
        return _parts(PARTS_OF[question.forms[0]], known)
    typed: dict[str, object] = {"form": form if form in {*question.forms, NOT_KNOWN} else ""}
    return typed | {one: _parts(PARTS_OF[one], known if one == form else "") for one in question.forms}


def form_of(value: object) -> tuple[str, str]:
    """Return how well a stored date is known (a form of dates, "not_known" or "") and its ISO text, maybe partial."""
    if isinstance(value, Mapping):
        name = next((name for name in ("about", "due") if name in value), "")
        known = value.get(name)
        form = {"about": "estimated", "due": "due"}.get(name, "")
        return (form, known) if isinstance(known, str) else ("", "")
    if value == NOT_KNOWN:
        return NOT_KNOWN, ""
    day = as_date(value)
    if day is not None:
        return "exact", day.isoformat()
    partial = PARTIAL_DATE.match(value) if isinstance(value, str) else None
    return ("", "") if partial is None else ("month" if partial[2] else "year", partial[0])


def _parts(names: tuple[str, ...], known: str) -> Mapping[str, object]:
    numbers = dict(zip(("year", "month", "day"), known[:10].split("-"), strict=False)) if known else {}
    return {name: str(int(text)) if (text := numbers.get(name, "")).isdecimal() else "" for name in names}


REFILLS: Mapping[str, Callable[[Question, object], Typed]] = {
    "checkboxes": lambda _question, value: _several(value),
    "levels": _levels,
    "date": _date,
    "name": _named_parts,
    "address": _named_parts,
    "school": _place,
    "practice": _place,
    "documents": _documents,
    "group": lambda _question, _value: "",
}
