"""The rows of a draft's page: each module of pages adds its own, so that none has to know the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from flask import url_for
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.policy import Permission, Reach, reach
from portal.forms.queries.drafts import Draft


class Place(IntEnum):
    """Where a row stands: tens are groups, and each row has a place of its own within one."""

    QUESTIONS = 10
    RULES = 11
    TRANSLATIONS = 12
    LIBRARY = 13
    NEWER = 14
    SCENARIOS = 20
    PROOF = 21
    WHAT_IF = 22
    TRY = 23
    DIFFERENCES = 30
    COMMENTS = 31
    PUBLISH = 32


@dataclass(frozen=True)
class Row:
    """One task of a draft: where it leads and how it stands; without a colour its status is plain, calm text."""

    title: str
    href: str
    status: str = ""
    colour: str = ""
    hint: str = ""


RowOf = Callable[[Draft], Row | None]
_rows: dict[Place, RowOf] = {}


def row(place: Place) -> Callable[[RowOf], RowOf]:
    """Add a row to every draft's page: `@hub.row(Place.PROOF)` on a function of the draft; None leaves it out."""

    def register(function: RowOf) -> RowOf:
        _rows[place] = function
        return function

    return register


Steps = Callable[[Draft], list[tuple[str, str]]]
_remaining: list[Steps] = []


def remaining(function: Steps) -> Steps:
    """Register what says what is left to do before a draft can be published: words and address of each step."""
    _remaining.append(function)
    return function


def steps(draft: Draft) -> list[tuple[str, str]]:
    """What is left to do before a draft can be published."""
    return [step for function in _remaining for step in function(draft)]


def designers_link(endpoint: str, draft: Draft) -> str:
    """Where a row leads that only designers may open, "" for everybody else: they see how it stands."""
    return url_for(endpoint, form_id=draft.id) if reach(guard.actor(), Permission.DESIGN) is not Reach.NONE else ""


def groups(draft: Draft) -> list[tuple[str, list[Row]]]:
    """The rows of a draft under the headings of its page, in the order of their places."""
    headings = {1: _("Write"), 2: _("Try and prove"), 3: _("Agree and publish")}
    found: dict[int, list[Row]] = {group: [] for group in headings}
    for place in sorted(_rows):
        made = _rows[place](draft)
        if made is not None:
            found[place // 10].append(made)
    return [(headings[group], rows) for group, rows in found.items() if rows]
