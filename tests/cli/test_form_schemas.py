"""The JSON Schemas agree with the strict reader, and `docs/` holds what `portal forms schema` prints."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from portal.cli import main
from portal.forms import grammar
from portal.forms.folder import load
from portal.forms.mistakes import SchemaMistakes
from portal.forms.rules import parse_thresholds
from portal.forms.schema import parse_form
from tests.forms import every_type, third_model

ROOT = Path(__file__).resolve().parents[2]
COUNCILS = ROOT / "config" / "councils"
DOCS = {"form": ROOT / "docs" / "form.schema.json", "rules": ROOT / "docs" / "rule-language.schema.json"}
MUTATIONS = 250

# What only the reader can know: names that must exist, each thing once, order, sizes of a whole, and dates.
SEMANTIC = re.compile(
    r"unknown (question|option|route|rule|notice|topic|value|condition|level|property) "
    r"|unknown (question|value|condition) \(|is there twice|is asked twice|is of type|^\w+ has no levels$"
    r"|deeper than|more than .* (levels deep|parts|questions)|nested more"
    r"|the last rule must|no rule after this one|may only go up|two routes have the same rank|two levels have the same"
    r"|is not an option of|is neither a value nor a condition|no such code list|is not in its code list"
    r"|names no code list"
    r"|min is larger than max"
    r"|^-?[0-9.]+ was read as a number"  # where an option may be a number too: `is` of number and age
    r"|unknown question of this section|cannot be filled in|expected a date in quotes|needs a question with several"
    r"|expected \"today\""
)

VALIDATORS = {what: Draft202012Validator(make()) for what, make in grammar.SCHEMAS.items()}


@cache
def documents() -> dict[str, tuple[str, Any]]:
    """Sound documents: of both councils, of the third model, and of a form with every type."""
    found: dict[str, tuple[str, Any]] = {
        "third form": ("form", third_model.form()),
        "third rules": ("rules", rich_rules()),
        "every type": ("form", every_type.form()),
    }
    for slug in ("avonmere", "glan-yr-afon"):
        council = load(COUNCILS / slug)
        found[f"{slug} form"] = ("form", council.form_document)
        found[f"{slug} rules"] = ("rules", council.thresholds_document)
    return found


def rich_rules() -> dict[str, Any]:
    """The third model's rules with the parts that it does without."""
    rules = third_model.thresholds()
    route = next(iter(rules["routes"]))
    rules["names"] = {next(iter(rules["values"])): {"en": "the pain"}}
    exception = {"rule": rules["rules"][0]["id"], "properties": ["override_open"], "reason": {"en": "Because"}}
    rules["safety"] = {"hub": route, "exceptions": [exception]}
    return rules


def accepts(what: str, document: Any) -> bool:
    return bool(VALIDATORS[what].is_valid(json.loads(json.dumps(document))))


def mistakes(what: str, document: Any) -> list[str]:
    """What the strict reader says."""
    try:
        if what == "form":
            parse_form(document)
        else:
            parse_thresholds(document, parse_form(third_model.form()))
    except SchemaMistakes as found:
        return [mistake.message for mistake in found.mistakes]
    return []


@pytest.mark.parametrize("what", sorted(DOCS))
def test_the_repository_holds_what_the_command_prints(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forms", "schema", what]) == 0
    printed = capsys.readouterr().out
    assert printed == DOCS[what].read_text("utf-8"), f"run: portal forms schema {what} > {DOCS[what]}"
    Draft202012Validator.check_schema(json.loads(printed))


@pytest.mark.parametrize("name", ["third form", "third rules", "every type"])
def test_sound_documents_are_sound_for_both(name: str) -> None:
    what, document = documents()[name]
    assert mistakes(what, document) == []
    assert accepts(what, document)


@pytest.mark.parametrize("name", [f"{slug} {what}" for slug in ("avonmere", "glan-yr-afon") for what in DOCS])
def test_the_shipped_councils_fit(name: str) -> None:
    what, document = documents()[name]
    found = [error.message for error in VALIDATORS[what].iter_errors(json.loads(json.dumps(document)))]
    assert found == []


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a document, the inner ones too."""
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inside:
        yield (*path, key)
        yield from places(value, (*path, key))


WRONG: tuple[Any, ...] = (
    None,
    True,
    0,
    -7,
    2.5,
    "",
    "a b",
    "yes",
    [],
    ["x", "x"],
    {},
    {"surprise": 1},
    {"en": ""},
    {"answer": "hurt"},
)


def mutated(document: Any, seed: int) -> Any:
    """The document with one thing removed, added, or replaced."""
    chance = random.Random(seed)  # noqa: S311 - the same corpus on every run
    changed = copy.deepcopy(document)
    place = chance.choice(list(places(document)))
    holder = changed
    for step in place[:-1]:
        holder = holder[step]
    match chance.randrange(4):
        case 0:
            del holder[place[-1]]
        case 1 if isinstance(holder[place[-1]], dict):
            holder[place[-1]]["surprise"] = chance.choice(WRONG)
        case 2 if isinstance(holder[place[-1]], list) and holder[place[-1]]:
            holder[place[-1]] = holder[place[-1]] * 2
        case _:
            holder[place[-1]] = copy.deepcopy(chance.choice(WRONG))
    return changed


@pytest.mark.parametrize("name", ["third form", "third rules", "every type"])
def test_schema_and_reader_agree_on_mutated_documents(name: str) -> None:
    what, document = documents()[name]
    refused = 0
    for seed in range(MUTATIONS):
        changed = mutated(document, seed)
        told, fits = mistakes(what, changed), accepts(what, changed)
        assert told or fits, f"{name} {seed}: only the schema refuses it"
        structural = [message for message in told if not SEMANTIC.search(message)]
        assert not (structural and fits), f"{name} {seed}: only the reader refuses it: {structural}"
        refused += not fits
    assert refused > MUTATIONS // 3


def question(**parts: Any) -> dict[str, Any]:
    """A form with one odd question in its first section."""
    form = third_model.form()
    form["sections"][-1]["questions"].append({"key": "odd", "label": {"en": "Odd?"}, **parts})
    return form


OPTIONS = [{"value": "a", "label": {"en": "A"}}, {"value": "b", "label": {"en": "B"}}]
ODD: dict[str, dict[str, Any]] = {
    "a type that does not exist": {"type": "slider"},
    "radios without options": {"type": "radios"},
    "a text with options": {"type": "text", "options": OPTIONS},
    "yes or no with options": {"type": "yes_no", "options": OPTIONS},
    "an exclusive radio": {"type": "radios", "options": [{**OPTIONS[0], "exclusive": True}]},
    "levels without levels": {"type": "levels", "options": OPTIONS},
    "radios with levels": {"type": "radios", "options": OPTIONS, "levels": [{"value": 1, "label": {"en": "One"}}] * 2},
    "a telephone number with a maximum": {"type": "tel", "max": 9},
    "a text too long": {"type": "text", "max": 501},
    "an age too high": {"type": "age", "max": 131},
    "signs outside triage": {"type": "checkboxes", "options": OPTIONS, "flags": True},
    "forms of a text": {"type": "text", "forms": ["exact"]},
    "a form of date that does not exist": {"type": "date", "forms": ["roughly"]},
    "a day that is none": {"type": "date", "not_before": "yesterday"},
    "a pattern of the council's own": {"type": "text", "format": "[a-z]+"},
    "three decimals": {"type": "number", "decimals": 3},
    "decimals of an age": {"type": "age", "decimals": 1},
    "guidance without words": {"type": "text", "guidance": {"title": {"en": "Help"}}},
    "a severity of a text": {"type": "text", "severity": "more"},
    "a severity of a number in steps": {"type": "number", "severity": ["a", "b"]},
    "a severity of radios in a word": {"type": "radios", "options": OPTIONS, "severity": "more"},
    "a severity of one step": {"type": "radios", "options": OPTIONS, "severity": ["a"]},
    "a severity of consent": {"type": "yes_no", "severity": ["yes", "no"], "fact": "consent.family"},
    "doubts of radios": {"type": "radios", "options": OPTIONS, "unsure_of": "signs"},
    "strengths of a text": {"type": "text", "strengths": True},
    "a group without questions": {"type": "group", "min": 0, "max": 2, "item": {"en": "One"}, "title_from": ["x"]},
    "questions in a text": {"type": "text", "questions": []},
    "a group in a group": {
        "type": "group", "min": 0, "max": 2, "item": {"en": "One"}, "title_from": ["in"],
        "questions": [{"key": "in", "type": "group", "label": {"en": "In"}}],
    },
    "a code list by another name": {"type": "search", "codes": "the census"},
    "a language that nobody promised": {"type": "text", "hint": {"fr": "Bonjour"}},
    "a sensitivity of its own": {"type": "text", "sensitivity": "X"},
    "required by a word": {"type": "text", "required": "yes"},
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_both_refuse_an_odd_question(name: str) -> None:
    form = question(**ODD[name])
    assert mistakes("form", form)
    assert not accepts("form", form)


ODD_NODES: list[Any] = [
    {"always": False},
    {"all": []},
    {"answer": "hurt"},
    {"answer": "hurt", "is": "yes", "in": ["no"]},
    {"answer": "hurt", "equals": "yes"},
    {"answer": "hurt", "in": []},
    {"answer": "hurt", "in": "yes"},
    {"answer": "signs", "has_any": ["thin", "thin"]},
    {"answer": "hurt", "empty": "yes"},
    {"answer": "moves", "at_least": 2_000_000},
    {"count": {"answer": "signs"}},
    {"count": {"answer": "signs"}, "at_least": 1, "below": 3},
    {"count": {"of": ["thin"]}, "at_least": 1},
    {"count": {"answer": "signs", "level_is": 10}, "at_least": 1},
    {"value": 5, "at_least": 1},
    {"at_least": 0, "of": [{"always": True}]},
    {"of": [{"always": True}]},
    {"not": [{"always": True}]},
    {"met": "x", "is": True},
    {"any": {"answer": "hurt", "is": "yes"}},
    "always",
    [{"always": True}],
]
ODD_VALUES: list[Any] = [
    "five", 2.5, True, {"sum": []}, {"sum": 3}, {"answer": "hurt", "points": {"yes": "2"}},
    {"answer": "hurt", "points": [1]},
    {"if": {"always": True}}, {"then": 1}, {"highest": [1], "no_more_than": "2"}, {"highest_level": "signs"},
    {"years_since": ["born"]}, {"count": "signs"}, {"lowest": [1], "cap": 2}, {"how_many": [5]}, {},
]  # fmt: skip


@pytest.mark.parametrize("node", ODD_NODES, ids=str)
def test_both_refuse_an_odd_condition(node: Any) -> None:
    rules = rich_rules()
    rules["rules"][0]["when"] = node
    assert mistakes("rules", rules)
    assert not accepts("rules", rules)


@pytest.mark.parametrize("node", ODD_VALUES, ids=str)
def test_both_refuse_an_odd_value(node: Any) -> None:
    rules = rich_rules()
    rules["values"]["odd"] = node
    assert mistakes("rules", rules)
    assert not accepts("rules", rules)


def test_the_schema_can_refuse() -> None:
    assert not accepts("rules", {})
    assert not accepts("form", {"key": "concern"})
