"""The schema of one question: the keys that every type has, and those that only some have."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from portal.forms.choice_reading import MOST_OPTIONS
from portal.forms.codes import REFERENCE
from portal.forms.formats import FORMATS
from portal.forms.grammar.parts import (
    TRUE_OR_FALSE,
    Schema,
    keyed,
    keys,
    line,
    one_word,
    ref,
    several,
    told,
    whole,
)
from portal.forms.question_details import BOUNDS, OWNERS
from portal.forms.question_reading import MOST_IN_GROUP, OF_GROUPS
from portal.forms.questionnaire import CHOICES, DATE_FORMS, ONE_CHOICE, SENSITIVITIES, TYPES
from portal.forms.severity_reading import CONSENT, WORDS

TEXT = ref("text")
LISTED = CHOICES - {"yes_no"}
"""Types of question with choices that the council writes, or takes from a code list."""
DAY = r"^(today([+-][0-9]{1,3}[dmy])?|[0-9]{4}-[0-9]{2}-[0-9]{2})$"
CODE_LIST = "^" + REFERENCE.pattern.replace("?P<nation>", "").replace("?P<list>", "").replace("?P<year>", "") + "$"
OPTION = keyed(
    {"value": ref("key"), "label": TEXT},
    {
        "hint": TEXT,
        "exclusive": told(TRUE_OR_FALSE, "Means “none of these”: it empties the others and counts as nothing."),
        "code": told(line(40), "What a statutory return calls this answer, in the question's code list."),
    },
)
STEP: Schema = {"anyOf": [ref("key"), keys(1)]}
PROPERTIES: Mapping[str, Schema] = {
    "hint": TEXT,
    "required": {"anyOf": [TRUE_OR_FALSE, ref("condition")]},
    "options": several(OPTION, 1, MOST_OPTIONS),
    "levels": several(keyed({"value": whole(1, 9), "label": TEXT}), 2, 9),
    "show_when": told(ref("condition"), "Asked only when this holds; it may speak only of questions asked earlier."),
    "min": told({"type": "integer"}, "Fewest characters, smallest number, or fewest items of a group."),
    "max": told({"type": "integer"}, "Most characters, largest number, or most items of a group."),
    "fact": told(line(80), "What the answer is, whatever the question is called, such as child.date_of_birth."),
    "sensitivity": one_word(SENSITIVITIES),
    "not_known": told(TRUE_OR_FALSE, "Adds “Not known”, stored as not_known."),
    "flags": told(TRUE_OR_FALSE, "The options are signs of serious harm (checkboxes of triage only)."),
    "forms": told({**several(one_word(DATE_FORMS), 1), "uniqueItems": True}, "How well a date may be known."),
    "not_before": told({"type": "string", "pattern": DAY}, "The earliest day: a date, today, or today-9m."),
    "not_after": told({"type": "string", "pattern": DAY}, "The latest day: a date, today, or today+2y."),
    "format": told(one_word(FORMATS), "A named format; a council writes no patterns of its own."),
    "decimals": whole(0, 2),
    "guidance": keyed({"title": TEXT, "body": TEXT}, {"examples": several(TEXT, 0, 10)}),
    "codes": told(line(80, CODE_LIST), "The code list of the options, with its census year: england/ethnicity@2026."),
    "severity": told({}, "From the least to the most worrying answer; or more, fewer, higher, lower."),
    "unsure_of": told(ref("key"), "The question whose signs these are, where the person is not sure."),
    "strengths": told(TRUE_OR_FALSE, "The answers are comforts: they may never lower a red flag."),
    "questions": told(several(ref("inner"), 1, MOST_IN_GROUP), "What a group asks of each of several people."),
    "item": told(TEXT, "What one item of a group is called."),
    "title_from": told(keys(1), "Which answers name an item of a group."),
}


def question(kinds: Collection[str], *, triage: bool) -> Schema:
    """A question of one of these types."""
    properties: dict[str, object] = dict(PROPERTIES)
    if not triage:
        properties["flags"] = False  # a schema that nothing fits
    must = {"key": ref("key"), "type": one_word(kinds), "label": TEXT}
    rules = [rule for rule in _rules() if _types(rule) & set(kinds)]
    return keyed(must, properties, allOf=rules)


def _types(rule: Schema) -> set[str]:
    return set(rule["if"]["properties"].get("type", {}).get("enum", TYPES))


def _rules() -> list[Schema]:
    """What holds for some types only."""
    rules = [_only(name, kinds) for name, kinds in ALLOWED.items()]
    rules.append(_when(LISTED - {"levels"}, {"anyOf": [{"required": ["options"]}, {"required": ["codes"]}]}))
    rules.append(_when({"levels", "documents"}, {"required": ["options"]}))
    rules.append(_when({"levels"}, {"required": ["levels"]}))
    rules.append(_when({"group"}, {"required": [*OF_GROUPS, "min", "max"], **_limits(0, 50)}))
    rules.extend(_when({kind}, _limits(*widest)) for kind, widest in BOUNDS.items())
    inclusive = {"properties": {"options": {"items": {"properties": {"exclusive": {"const": False}}}}}}
    rules.append(_when(TYPES - {"checkboxes"}, inclusive))
    rules.extend(_when({kind}, {"properties": {"severity": one_word(words)}}) for kind, words in WORDS.items())
    rules.append(_when(ONE_CHOICE, {"properties": {"severity": several(STEP, 2)}}))
    consent = {"properties": {"fact": {"const": CONSENT}}, "required": ["fact"]}
    rules.append({"if": consent, "then": {"properties": {"severity": False}}})
    return rules


def _when(kinds: Collection[str], then: Schema) -> Schema:
    return {"if": {"properties": {"type": one_word(kinds)}, "required": ["type"]}, "then": then}


def _only(name: str, kinds: Collection[str]) -> Schema:
    return _when(TYPES - set(kinds), {"properties": {name: False}})


def _limits(least: int, most: int) -> Schema:
    return {"properties": {"min": whole(least, most), "max": whole(least, most)}}


ALLOWED: Mapping[str, Collection[str]] = {
    "options": LISTED | {"documents"},
    "codes": LISTED | {"documents"},
    "levels": {"levels"},
    "min": {*BOUNDS, "group"},
    "max": {*BOUNDS, "group"},
    "flags": {"checkboxes"},
    "severity": {*WORDS, *ONE_CHOICE},
    "unsure_of": {"checkboxes"},
    "strengths": CHOICES,
    **{name: {kind} for name, kind in OWNERS.items()},
    **{name: {"group"} for name in OF_GROUPS},
}
"""Keys that only some types of question have."""
