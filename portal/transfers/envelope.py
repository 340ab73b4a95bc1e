"""What goes from one council to another, as one document that is read without the sender's form.

Pure. The words of the form version are in it, so that nothing of the other council's form has to be known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal.kernel import crypto
from portal.kernel.language import Text
from portal.referrals.projecting import ChildFacts


@dataclass(frozen=True)
class Part:
    """Answers or messages under one heading: (label, words) each."""

    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Child:
    """What a child is found again by."""

    facts: ChildFacts
    number: str


@dataclass(frozen=True)
class Coming:
    """A file that goes along: the sender's id of it, its name and its size in bytes."""

    id: UUID
    name: str
    size: int


@dataclass(frozen=True)
class Envelope:
    """A report as it was when it was offered. `parts` by language; `facts` are answers by their fact. `later`
    is how many things came in to the sender between its offer and the answer: they are not here.

    `restriction` is the sender's reason to restrict it, "" for what everybody there sees, with its words.
    `secret`: an address must be kept from somebody. `unnamed`: somebody who told something stays unnamed.
    """

    reference: str
    language: str
    sent_at: datetime
    agency: Text
    referrer: str
    phone: str
    secret: bool
    unnamed: bool
    route: str
    category: str
    initials: str
    children: tuple[Child, ...]
    facts: Mapping[str, str]
    parts: Mapping[str, tuple[Part, ...]]
    files: tuple[Coming, ...] = ()
    later: int = 0
    restriction: str = ""
    restriction_words: str = ""

    def text(self) -> str:
        """All of it as one text."""
        return json.dumps(asdict(self), ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def from_text(text: str) -> Envelope:
    """What `Envelope.text` made."""
    said = json.loads(text)
    return Envelope(
        **{
            **said,
            "sent_at": datetime.fromisoformat(said["sent_at"]),
            "children": tuple(Child(_facts(one["facts"]), one["number"]) for one in said["children"]),
            "parts": {language: tuple(_part(one) for one in parts) for language, parts in said["parts"].items()},
            "files": tuple(Coming(UUID(one["id"]), one["name"], one["size"]) for one in said["files"]),
        }
    )


def _facts(said: Mapping[str, Any]) -> ChildFacts:
    days = {name: date.fromisoformat(said[name]) if said[name] else None for name in ("born_on", "due_on")}
    return ChildFacts(**{**said, **days})


def _part(said: Mapping[str, Any]) -> Part:
    return Part(said["title"], tuple((label, value) for label, value in said["rows"]))


def sealed(key: bytes, transfer_id: UUID, envelope: Envelope) -> bytes:
    """The envelope closed with a key that is used for it alone."""
    return crypto.seal(key, envelope.text().encode(), crypto.place("transfer", transfer_id, "envelope"))


def opened(key: bytes, transfer_id: UUID, blob: bytes) -> Envelope:
    """What `sealed` closed; raises kernel.crypto.CannotOpen."""
    return from_text(crypto.unseal(key, blob, crypto.place("transfer", transfer_id, "envelope")).decode())
