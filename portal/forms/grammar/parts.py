"""The small pieces that both schemas are made of: names, texts by language, lists, whole numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from portal.forms.mistakes import KEY, LANGUAGES, LONGEST_TEXT

Schema = dict[str, Any]
DRAFT = "https://json-schema.org/draft/2020-12/schema"
NAME = "^" + KEY.pattern.removesuffix(r"\Z") + "$"
MOST_ITEMS = 400


def ref(name: str) -> Schema:
    """A part that is described once, under `$defs`."""
    return {"$ref": f"#/$defs/{name}"}


def told(schema: Schema, description: str) -> Schema:
    """The schema with a description for people."""
    return {"description": description, **schema}


def keyed(must: Mapping[str, Any], may: Mapping[str, Any] | None = None, **more: Any) -> Schema:
    """Keys and values: every `must` key, otherwise only `may` keys."""
    properties = {**must, **(may or {})}
    return {"type": "object", "properties": properties, "required": list(must), "additionalProperties": False, **more}


def named(item: Schema, most: int, pattern: str = NAME, *, least: int = 0) -> Schema:
    """Keys that are the council's own names, each with the same kind of value."""
    return {
        "type": "object",
        "patternProperties": {pattern: item},
        "additionalProperties": False,
        "minProperties": least,
        "maxProperties": most,
    }


def several(item: Schema, least: int = 0, most: int = MOST_ITEMS) -> Schema:
    """A list of so many."""
    return {"type": "array", "items": item, "minItems": least, "maxItems": most}


def keys(least: int = 0) -> Schema:
    """A list of names, each once."""
    return {**several(ref("key"), least), "uniqueItems": True}


def whole(least: int, most: int) -> Schema:
    """A whole number between two others."""
    return {"type": "integer", "minimum": least, "maximum": most}


def one_word(words: Collection[str]) -> Schema:
    """One of a closed list of words."""
    return {"enum": sorted(words)}


def line(longest: int, pattern: str | None = None) -> Schema:
    """One line of text in no particular language."""
    return {"type": "string", "maxLength": longest, "pattern": pattern or r"^[^\n]*\S[^\n]*$"}


TRUE_OR_FALSE: Schema = {"type": "boolean"}
COMMON: Mapping[str, Schema] = {
    "key": told({"type": "string", "pattern": NAME}, 'A name: letters, digits and _; "yes", "no" and "1" in quotes.'),
    "text": told(
        {
            "type": "object",
            "properties": {
                language: {"type": "string", "maxLength": LONGEST_TEXT, "pattern": r"\S"} for language in LANGUAGES
            },
            "additionalProperties": False,
            "minProperties": 1,
        },
        "Words by language. Double brackets may hold only the names that the product fills in, such as ((hub)).",
    ),
}
