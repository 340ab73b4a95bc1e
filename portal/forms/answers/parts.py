"""Reads answers of several parts: a person's name and an address."""

from __future__ import annotations

from collections.abc import Mapping

from portal.forms import formats
from portal.forms.answers.posted import Answer, Typed

NAME_PARTS: Mapping[str, int] = {"first": 100, "middle": 100, "last": 100, "known_as": 100}
ADDRESS_PARTS: Mapping[str, int] = {"lines": 400, "town": 100, "postcode": 20}
"""The inputs of each, and how many characters they may have."""


def read_name(answer: Answer) -> tuple[object, Typed]:
    """Read a person's name, in any script: a first or a last name is enough."""
    typed = {part: answer.words(f"{answer.key}-{part}", most) for part, most in NAME_PARTS.items()}
    if not any(typed.values()):
        return None, typed
    if not (typed["first"] or typed["last"]):
        answer.refuse("name_missing", f"{answer.key}-first")
    return {part: text for part, text in typed.items() if text}, typed


def read_address(answer: Answer) -> tuple[object, Typed]:
    """Read an address; any part of it is better than none, and a postcode must be a whole one."""
    typed = {
        part: answer.words(f"{answer.key}-{part}", most, lines=part == "lines") for part, most in ADDRESS_PARTS.items()
    }
    stored = {part: text for part, text in typed.items() if text}
    if not stored:
        return None, typed
    postcode = stored.get("postcode")
    if postcode and not answer.errors:
        checked = formats.postcode(postcode)
        if checked is None:
            answer.refuse("postcode", f"{answer.key}-postcode")
        stored["postcode"] = checked or ""
    return stored, typed
