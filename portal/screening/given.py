"""A decision as somebody gives it, and as one text while it waits for a second person. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from uuid import UUID

from portal.screening.grounds import Grounds, in_words, plain, with_words


@dataclass(frozen=True)
class Given:
    """What a screener records. `rationale` stays in the council; `told` is what the referrer reads.

    `seen` is how many of the agency's messages the screener had read when the form was made, `read_new` the
    number they confirmed having read since (None: nothing confirmed). `once` is minted with the form. `grounds` are
    what stands beside the rationale: what is not asked for an outcome is not kept. `confirmed` is the mark of words in
    `told` that the report keeps secret (`messaging.protecting.mark`).
    """

    outcome: str
    route: str
    rationale: str
    told: str
    seen: int
    once: UUID
    read_new: int | None = None
    grounds: Grounds = field(default_factory=Grounds)
    confirmed: str = ""


class Change(NamedTuple):
    """What a correction adds: the decision that it corrects, and why."""

    decision_id: UUID
    why: str


def as_text(given: Given, change: Change | None) -> str:
    """All of it but who had read what, as one text to seal."""
    grounds = given.grounds
    document = {
        "outcome": given.outcome,
        "route": given.route,
        "rationale": given.rationale,
        "told": given.told,
        "reasons": list(grounds.reasons),
        "need": grounds.need,
        "consent": grounds.consent,
        "consent_reason": grounds.consent_reason,
        "words": in_words(grounds),
        "corrects": str(change.decision_id) if change else "",
        "why": change.why if change else "",
        "confirmed": given.confirmed,
    }
    return json.dumps(document, ensure_ascii=False)


def from_text(text: str, seen: int, once: UUID) -> tuple[Given, Change | None]:
    """What `as_text` made."""
    said = json.loads(text)
    codes = Grounds(tuple(said["reasons"]), said["need"], (), "", said["consent"], said["consent_reason"])
    given = Given(
        said["outcome"], said["route"], said["rationale"], said["told"], seen, once,
        grounds=with_words(codes, said["words"]), confirmed=said.get("confirmed", ""),
    )  # fmt: skip
    return given, Change(UUID(said["corrects"]), said["why"]) if said["corrects"] else None


def with_plain_words(given: Given, grounds: Grounds) -> Given:
    """The decision as it is stored: one kind of line break, outer space gone."""
    return replace(given, rationale=plain(given.rationale), told=plain(given.told), grounds=grounds)
