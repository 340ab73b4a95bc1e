"""What a council says itself after a report that it returned, by outcome; else our own advice stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from portal.kernel.language import LANGUAGES, Text
from portal.tenants.reading import Found, Reader

LONGEST: Final = 4000


def read_guidance(top: Reader) -> Mapping[str, Text]:
    """The group `guidance` of a council.yaml: a text in any of the languages for the key of an outcome.

    Any key is let be: an outcome that the operator has taken away leaves its text behind, and is no mistake.
    """
    if not top.has("guidance"):
        top.value("guidance", required=False)
        return {}
    group = top.group("guidance")
    told = {str(key): _text(group, str(key), group.value(str(key), required=False)) for key in group.data}
    return {key: text for key, text in told.items() if text}


def _text(group: Reader, key: str, said: Any) -> Text:
    found: dict[str, str] = {}
    if not isinstance(said, Mapping):
        group.wrong(key, f"“{key}” must have a text for a language, such as {{en: …}}")
        return found
    for code, words in said.items():
        if code not in LANGUAGES or not isinstance(words, str) or len(words) > LONGEST:
            group.mistakes.append(Found((*group.place, key, code), f"must be text, up to {LONGEST} characters"))
        elif words.strip():
            found[code] = words
    return found
