"""What a letter says in each of its languages, from a template of the council. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from babel.dates import format_date

from portal.forms.council_words import words_for
from portal.kernel.gaps import fill
from portal.kernel.language import say, words
from portal.kernel.scope import Council
from portal.tenants.letter_settings import LetterTemplate
from portal.tenants.prose import blocks


@dataclass(frozen=True)
class About:
    """What the gaps of a template stand for beside the council's own words."""

    reference: str
    name: str
    address: tuple[str, ...]
    children: tuple[str, ...]
    day: date


@dataclass(frozen=True)
class Written:
    """A whole letter: one part in each language, and what was answered before it was made."""

    name: str
    address: tuple[str, ...]
    parts: tuple[dict[str, Any], ...]
    checked: tuple[str, ...] = ()

    def text(self) -> str:
        """All of it as one text to seal."""
        return json.dumps(asdict(self), ensure_ascii=False)


def from_text(text: str) -> Written:
    """What `Written.text` made."""
    said = json.loads(text)
    return Written(said["name"], tuple(said["address"]), tuple(said["parts"]), tuple(said["checked"]))


def compose(council: Council, template: LetterTemplate, languages: Sequence[str], about: About) -> Written:
    """The letter in those languages, one after the other."""
    parts = tuple(_part(council, template, language, about) for language in languages)
    return Written(about.name, about.address, parts)


def _part(council: Council, template: LetterTemplate, language: str, about: About) -> dict[str, Any]:
    values = {
        **words_for(council).get(language, {}),
        "name": about.name,
        "children": ", ".join(about.children),
        "reference": about.reference,
    }
    text = fill(say(template.body, language), values)
    return {
        "language": language,
        "council": say(council.name, language),
        "day": format_date(about.day, "d MMMM y", locale=language),
        "title": fill(say(template.title, language), values),
        "blocks": [asdict(one) for one in blocks(text)],
        "reference": words(language, "Our reference: %(reference)s") % {"reference": about.reference},
    }
