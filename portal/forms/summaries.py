"""Stored answers as people read them, on the check page, in the report and to screeners."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from babel.dates import format_date

from portal.forms.answers.refilling import form_of
from portal.forms.facts import as_date, as_levels, is_empty
from portal.forms.formats import UNBORN
from portal.forms.questionnaire import NOT_KNOWN, Question
from portal.forms.showing import _
from portal.kernel.language import say

NHS_PARTS = (3, 6)
SEVERAL = frozenset({"checkboxes", "levels", "documents", "group"})
"""Types whose summary is a list, an item on each line; an address has lines too, but is one thing."""


def summary(question: Question, value: object, language: str) -> str:
    """Return a stored answer as people read it, one line for each item of several."""
    if value is None or value in ("", []) or value == {}:
        return _("Not answered")
    if question.not_known and value in (NOT_KNOWN, [NOT_KNOWN]):
        return _("Not known")
    told = TOLD.get(question.type, _plain)(question, value, language)
    return told or str(value)


def _labels(question: Question, language: str) -> Mapping[str, str]:
    return {option.value: say(option.label, language) for option in question.options}


def _plain(question: Question, value: object, language: str) -> str:
    text = str(value)
    if question.format == "percent":
        return f"{text}%"
    return _labels(question, language).get(text, text)


def _levels(question: Question, value: object, language: str) -> str:
    labels = _labels(question, language)
    return "\n".join(
        _("%(category)s: level %(level)s", category=labels.get(category, category), level=level)
        for category, level in as_levels(value).items()
    )


def _several(question: Question, value: object, language: str) -> str:
    labels = _labels(question, language)
    items = value if isinstance(value, list | tuple) else [value]
    return "\n".join(labels.get(str(item), str(item)) for item in items)


def _age(_question: Question, value: object, _language: str) -> str:
    return _("Not born yet") if value == UNBORN else str(value)


def _date(_question: Question, value: object, language: str) -> str:
    form, known = form_of(value)
    told = _known_date(known, language)
    if form == "estimated":
        return _("About %(date)s", date=told)
    return _("Not born yet: due on %(date)s", date=told) if form == "due" else told


def _known_date(known: str, language: str) -> str:
    day = as_date(known)
    if day is not None:
        return format_date(day, "d MMMM y", locale=language)
    month = as_date(f"{known}-01")
    return format_date(month, "MMMM y", locale=language) if month is not None else known


def _parts(value: object, *names: str) -> list[str]:
    parts = value if isinstance(value, Mapping) else {}
    return [text for name in names if isinstance(text := parts.get(name), str) and text]


def _name(_question: Question, value: object, _language: str) -> str:
    full = " ".join(_parts(value, "first", "middle", "last"))
    known_as = "".join(_parts(value, "known_as"))
    return _("%(name)s (known as %(known_as)s)", name=full, known_as=known_as) if known_as and full else full


def _address(_question: Question, value: object, _language: str) -> str:
    return "\n".join(_parts(value, "lines", "town", "postcode"))


def _place(_question: Question, value: object, _language: str) -> str:
    name, code = "".join(_parts(value, "name")), "".join(_parts(value, "code"))
    return _("%(name)s (number %(code)s)", name=name, code=code) if name and code else name


def _documents(question: Question, value: object, language: str) -> str:
    parts = value if isinstance(value, Mapping) else {}
    kinds = parts.get("kinds")
    return "\n".join([*filter(None, [_several(question, kinds or [], language)]), *_parts(value, "about")])


def _group(question: Question, value: object, language: str) -> str:
    people = [item for item in (value if isinstance(value, list | tuple) else ()) if isinstance(item, Mapping)]
    return "\n".join(person(question, item, place, language) for place, item in enumerate(people))


def person(group: Question, item: Mapping[str, object], place: int, language: str) -> str:
    """Return what one person of a group is called: the answers that name them, else "Person 2"."""
    titles = group.repeat.title_from if group.repeat else ()
    named = [question for key in titles for question in group.questions if question.key == key]
    told = [summary(one, item[one.key], language) for one in named if not is_empty(item.get(one.key))]
    item_words = say(group.repeat.item, language) if group.repeat else ""
    return " ".join(told).replace("\n", " ") or _("%(item)s %(number)s", item=item_words, number=place + 1)


def _nhs_number(_question: Question, value: object, _language: str) -> str:
    text, (first, second) = str(value), NHS_PARTS
    return f"{text[:first]} {text[first:second]} {text[second:]}"


TOLD: Mapping[str, Callable[[Question, object, str], str]] = {
    "levels": _levels,
    "checkboxes": _several,
    "age": _age,
    "date": _date,
    "name": _name,
    "address": _address,
    "school": _place,
    "practice": _place,
    "documents": _documents,
    "group": _group,
    "nhs_number": _nhs_number,
}
