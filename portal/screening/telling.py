"""What the referrer is told with an outcome: the council's words to begin from, and what stands below them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.forms.council_words import words_for
from portal.kernel.gaps import fill
from portal.kernel.language import say
from portal.kernel.scope import Council
from portal.tenants.settings import Outcome
from portal.tenants.telling_settings import Telling

NEXT_STEPS = "next_steps"


def telling_of(council: Council, key: str) -> Telling:
    """The texts of that outcome, empty ones where the council has none of its own."""
    found: Mapping[str, Telling] = council.settings.telling
    return found.get(key) or Telling()


def standard(council: Council, outcome: Outcome, reference: str, language: str, guidance: str) -> str:
    """The words to begin from: the outcome's own with its gaps filled in, then what to do now unless a gap named it.

    `guidance` is the address of the council's levels of need.
    """
    told = telling_of(council, outcome.key)
    values = _values(council, outcome, reference, language, guidance)
    steps = fill(say(told.now, language), values) if told.now else ""
    words = say(told.words or outcome.tell, language)
    said = fill(words, values | {NEXT_STEPS: steps})
    parts = (said, "" if f"(({NEXT_STEPS}))" in words else steps)
    return "\n\n".join(part.strip() for part in parts if part.strip())


def required(council: Council, outcome: Outcome, reference: str, language: str, guidance: str) -> str:
    """What stands below the words whatever they are; "" where the council asks for nothing."""
    legal = telling_of(council, outcome.key).legal
    values = _values(council, outcome, reference, language, guidance) | {NEXT_STEPS: ""}
    return fill(say(legal, language), values).strip() if legal else ""


def _values(council: Council, outcome: Outcome, reference: str, language: str, guidance: str) -> dict[str, Any]:
    return {
        **words_for(council).get(language, {}),
        "reference": reference,
        "outcome": say(outcome.label, language),
        "threshold_guidance": guidance,
    }
