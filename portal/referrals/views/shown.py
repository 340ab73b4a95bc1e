"""A page of a draft as its template shows it: the form, what its script needs, and what others wrote there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.referrals.views import sheet
from portal.web.fields import FieldView


@dataclass(frozen=True)
class Typing:
    """What a page's form carries so that its script can keep what is typed: where to, and which page it is.

    `at` is when the text in the form was typed that is not saved yet, None where the form shows what is saved.
    """

    href: str
    tab: UUID
    version: int = 0
    at: datetime | None = None
    saved_href: str = ""


@dataclass(frozen=True)
class Other:
    """Who saved other answers on a page, and when; the name is "" for the person themselves, in another tab."""

    name: str
    at: datetime


@dataclass(frozen=True)
class Beside:
    """Who else typed on a page and has not saved it, when, and where the page with their text is."""

    name: str
    at: datetime
    href: str


@dataclass(frozen=True)
class Shown:
    """A page's form: its fields, the keys of its questions, and what differs from what was saved elsewhere (or, with
    `tabs`, typed in another tab; or, with `beside`, typed by somebody else who has not saved it).

    `seen_of` are the texts of others (by row) that were shown with this form.
    """

    fields: list[FieldView]
    shown: str
    typing: Typing | None = None
    differing: Sequence[sheet.Difference] = ()
    tabs: bool = False
    other: Other | None = None
    beside: Beside | None = None
    seen_of: tuple[str, ...] = ()
