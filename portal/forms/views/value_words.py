"""What a field of a question or rule holds, in words, where two versions are compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from portal.forms.facts import as_date
from portal.forms.inputs import question_words
from portal.forms.inputs.question_words import words_of
from portal.forms.rows.around import Around
from portal.forms.rows.listing import shown
from portal.forms.statements import labels, statement
from portal.forms.views.blueprint import language
from portal.forms.views.field_names import field_words
from portal.forms.views.scenario_words import expected_rows, name_of
from portal.forms.views.wording import Answers, route_label, text_of
from portal.kernel.language import LANGUAGES
from portal.web.dates import date_words

KEYS: Mapping[str, Mapping[str, Any]] = {
    "type": question_words.TYPE_WORDS,
    "fact": question_words.FACT_WORDS,
    "sensitivity": question_words.SENSITIVITY_WORDS,
    "format": question_words.FORMAT_WORDS,
    "forms": question_words.FORM_WORDS,
    "severity": question_words.ORDER_WORDS,
}


def _(text: str, **details: object) -> str:
    """Return a text in the reader's language with its details filled in."""
    return str(gettext(text, **details))


def listed(what: str, name: str, value: Any, content: Mapping[str, Any]) -> list[str] | None:
    """A line for each thing in a field that holds many, of which a page shows those that differ; None for others."""
    if what == "scenario" and name in ("expected", "answers"):
        return _scenario(name, value, content)
    if (what, name) in {("always", "always"), ("topic_rules", "topic_rules"), ("settings", "exceptions")}:
        return _entries(content, name)
    if (what, name) == ("settings", "names"):
        return [text_of(words) for words in value.values()] if isinstance(value, Mapping) else []
    if (what, name) == ("settings", "safety"):
        hub = value.get("hub") if isinstance(value, Mapping) else None
        return [f"{field_words('hub')}: {route_label(_rules(content), hub)}", *_entries(content, "exceptions")]
    return None


def _rules(content: Mapping[str, Any]) -> Mapping[str, Any]:
    rules = content.get("thresholds")
    return rules if isinstance(rules, Mapping) else {}


def _scenario(name: str, value: Any, content: Mapping[str, Any]) -> list[str]:
    if not isinstance(value, Mapping):
        return []
    spoken = Answers(content["form"], _rules(content))
    rows = spoken.rows(value) if name == "answers" else expected_rows(_rules(content), value)
    return [f"{row['key']}: {row['value']}" for row in rows]


def _entries(content: Mapping[str, Any], part: str) -> list[str]:
    found = shown(Around(dict(content), LANGUAGES, language()), part)
    return [
        ". ".join(
            [one.title, *(line.flat() for line in one.statements), *(f"{name}: {said}" for name, said in one.facts)]
        )
        for one in found
    ]


def value_words(name: str, value: Any, document: Any, content: Mapping[str, Any]) -> str:
    """What a field says in words; `document` is the question or rule that it belongs to."""
    thresholds = _rules(content)
    if name in ("notices", "topics") and isinstance(value, list):
        return "\n".join(_named(name, one, content) for one in value) or _("None")
    if name in ("route", "from", "hub"):
        return "\n".join(route_label(thresholds, one) for one in (value if isinstance(value, list) else [value]))
    if name == "unsure_of":
        return Answers(content["form"], thresholds).label(str(value))
    if name == "severity" and not isinstance(value, str):
        return _severity(value, document)
    if name in KEYS:
        return "\n".join(words_of(KEYS[name], one) for one in (value if isinstance(value, list) else [value]))
    return _plain(name, value)


def _named(name: str, one: Any, content: Mapping[str, Any]) -> str:
    """A notice or an advice page, with when it is shown."""
    thresholds = _rules(content)
    if not isinstance(one, Mapping):
        return name_of(thresholds, name, str(one))
    called = name_of(thresholds, name, str(one.get("notice", "")))
    spoken = labels(content.get("form"), thresholds, language())
    return f"{called} ({statement(one['when'], spoken, None, language())})" if "when" in one else called


def _severity(value: Any, document: Any) -> str:
    """How worrying each answer is: a number for each, or the answers from the least to the most worrying."""
    labels = {"yes": _("Yes"), "no": _("No"), "not_known": _("Not known")} | labels_of(document)
    if isinstance(value, Mapping):
        return "\n".join(f"{labels.get(str(key), key)}: {weight}" for key, weight in value.items())
    return "\n".join(labels.get(str(one), str(one)) for one in value) if isinstance(value, list) else str(value)


def labels_of(document: Any) -> dict[str, str]:
    """What the options of a question are called."""
    options = document.get("options") if isinstance(document, Mapping) else None
    found = [one for one in options if isinstance(one, Mapping)] if isinstance(options, list) else []
    return {str(one.get("value")): text_of(one.get("label")) for one in found}


def _plain(name: str, value: Any) -> str:
    """A value as people read it: a text, an option's label, a list of lines, names with what they hold."""
    if isinstance(value, Mapping):
        if "label" in value:
            return text_of(value["label"])
        if value and set(value) <= set(LANGUAGES):
            return text_of(value)
        return "\n".join(f"{field_words(str(key))}: {_plain(str(key), one)}" for key, one in value.items())
    if isinstance(value, list):
        return "\n".join(_plain(name, one) for one in value)
    day = as_date(value) if name == "reviewed" else None
    return date_words(day) if day else str(value)
