"""What a council tells the referrer with each outcome: words to begin from, what to do now, what the law asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from portal.kernel.gaps import misused
from portal.kernel.language import Text
from portal.tenants.reading import Found, Reader

LONGEST: Final = 4000
# Every name that a text may have in double brackets.
NAMES: Final = (
    "reference", "outcome", "next_steps", "threshold_guidance",
    "council", "hub", "hub_phone", "out_of_hours", "out_of_hours_phone", "hours",
)  # fmt: skip
WORDS, NOW, LEGAL = "words", "now", "legal"


@dataclass(frozen=True)
class Telling:
    """The texts of one outcome; each is in all of the council's languages or in none.

    `words` stand in for the outcome's own `tell`. `legal` stands below whatever the screener writes.
    """

    words: Text = field(default_factory=dict)
    now: Text = field(default_factory=dict)
    legal: Text = field(default_factory=dict)


def read_telling(top: Reader) -> Mapping[str, Telling]:
    """The group `telling` of a council.yaml, by the key of an outcome; any of it may be missing.

    Any key is let be: an outcome that the operator has taken away leaves its texts behind, and is no mistake.
    """
    if not top.has("telling"):
        top.value("telling", required=False)
        return {}
    group = top.group("telling")
    return {str(key): _telling(group.group(str(key))) for key in group.data}


def _telling(group: Reader) -> Telling:
    texts = {key: optional_text(group, key, NAMES) for key in (WORDS, NOW, LEGAL)}
    group.finish()
    return Telling(**texts)


def optional_text(group: Reader, key: str, names: tuple[str, ...], longest: int = LONGEST) -> Text:
    """A text in each of the council's languages with no other gaps than `names`, or {} where there is none at all."""
    said = group.value(key, required=False)
    if isinstance(said, Mapping):
        said = {code: words for code, words in said.items() if words not in ("", None)}
    if not said:
        return {}
    text = Reader({key: said}, group.place, group.mistakes, group.languages).text(key, longest)
    for code, words in text.items():
        for wrong in misused(words, names):
            says = f"“(({wrong}))” is no gap; these are: {', '.join(names)}"
            group.mistakes.append(Found((*group.place, key, code), says))
    return text
