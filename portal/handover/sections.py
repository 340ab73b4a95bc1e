"""A package in sections that a person copies, one value after the other, in the order of the council's form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from portal.files.states import ARRIVING, CHECKING, READY
from portal.handover.package import Contents
from portal.kernel.language import say
from portal.screening.channel_words import channel_words
from portal.screening.grounds_words import returned, told
from portal.screening.presenting import route_label
from portal.tenants.settings import Council
from portal.web.dates import datetime_words


@dataclass(frozen=True)
class Value:
    """One value under its label; `id` is where a script finds it."""

    id: str
    label: str
    text: str


@dataclass(frozen=True)
class Section:
    """Values under a heading."""

    title: str
    values: tuple[Value, ...]


def sections(of: Contents, document: Mapping[str, Any], council: Council, language: str) -> list[Section]:
    """Everything that a person copies; what was not answered is left out."""
    parts: list[tuple[str, Iterable[tuple[str, str]]]] = [
        (_("The contact"), _contact(of, document, language)),
        (_("Decision"), _decision(of, document, council, language)),
    ]
    for part in document["answers"]:
        asked = ((say(one["label"], language), say(one["words"], language)) for one in part["questions"])
        parts.append((say(part["title"], language), asked))
    files = ((str(_("File")), _file(one)) for one in document["attachments"])
    parts.append((_("Files"), files))
    found = []
    for number, (title, rows) in enumerate(parts):
        values = tuple(
            Value(f"value-{number}-{place}", label, text) for place, (label, text) in enumerate(rows) if text
        )  # fmt: skip
        if values:
            found.append(Section(title, values))
    return found


def _file(one: Mapping[str, Any]) -> str:
    """A file by its own name, and why it is not in the parcel."""
    if one["scanned"] == READY:
        return str(one["original_name"])
    why = _("still being checked") if one["scanned"] in (ARRIVING, CHECKING) else _("not passed on")
    return f"{one['original_name']} ({why})"


def _contact(of: Contents, document: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    sent, referrer, found = document["submission"], document["referrer"], of.found
    confidential = any(one["confidential"] for who in document["subjects"] for one in who["addresses"])
    return [
        (_("Reference"), sent["reference"]),
        (_("Received"), datetime_words(found.came_at)),
        (_("How it came"), channel_words(found.channel)),
        (_("Route"), route_label(of.published, found.route, language)),
        (_("Referrer"), ", ".join(filter(None, (referrer["name"], referrer["role"])))),
        (_("Agency"), say(referrer["agency"]["name"], language)),
        (_("Telephone"), referrer["phone"] or ""),
        (_("The referrer asks to stay unnamed"), _("Yes") if referrer["anonymity_requested"] else ""),
        (_("The address must be kept confidential"), _("Yes") if confidential else ""),
    ]


def _decision(of: Contents, document: Mapping[str, Any], council: Council, language: str) -> list[tuple[str, str]]:
    made, grounds = of.decided, of.decided.grounds
    rows = told(grounds, council, made.outcome, language) if grounds else []
    return [
        (_("Outcome"), say(document["decision"]["label"], language)),
        (_("Decided"), datetime_words(made.decided_at)),
        (_("Decided by"), made.decided_by),
        (_("Approved by"), made.approved_by),
        (_("Reasons (council only)"), made.rationale),
        *((row["key"], row["value"]) for row in (*rows, *returned(made.codes, language))),
        (_("What the referrer was told"), made.told),
        (_("What changed, and why"), made.why),
    ]
