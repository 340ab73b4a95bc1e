"""What two reports have in common, and what people said of them, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask_babel import gettext as _

from portal.referrals.likeness import Likeness, Person, Strength
from portal.screening.presenting import Badge
from portal.screening.queries.previous import Said
from portal.web.dates import date_words

_REASONS: Final[Mapping[str, Callable[[], str]]] = {
    "number": lambda: _("Same NHS number"),
    "name_born": lambda: _("Same name and date of birth"),
    "name": lambda: _("Same name, and a date of birth is not known"),
    "name_near": lambda: _("Same name, and dates of birth that differ in one part"),
    "similar_born": lambda: _("Similar name and same date of birth"),
    "given_born": lambda: _("Same first name and date of birth, another surname"),
    "unnamed_born": lambda: _("Same date of birth, and a first name is not known"),
    "given_place": lambda: _("Same first name and postcode"),
    "family_born": lambda: _("Same surname and date of birth, another first name"),
    "family_place": lambda: _("Same surname and postcode"),
    "born_place": lambda: _("Same date of birth and postcode"),
    "place": lambda: _("Same postcode"),
    "earlier": lambda: _("By what one report said before it was corrected"),
}
_AGAINST: Final[Mapping[str, Callable[[], str]]] = {
    "number": lambda: _("the NHS numbers differ"),
    "born": lambda: _("the dates of birth differ"),
    "name": lambda: _("the names differ"),
}
_STRENGTHS: Final[Mapping[Strength, tuple[Callable[[], str], str]]] = {
    Strength.STRONG: (lambda: _("Very likely the same child"), "orange"),
    Strength.POSSIBLE: (lambda: _("May be the same child"), "yellow"),
    Strength.FAMILY: (lambda: _("May be of the same family"), "blue"),
    Strength.PLACE: (lambda: _("Same postcode"), "grey"),
}


def reasons(like: Likeness) -> list[str]:
    """What agrees, one a line."""
    return [_REASONS[code]() for code in like.reasons]


def against(like: Likeness) -> str:
    """What speaks against it, "" for nothing."""
    told = ", ".join(_AGAINST[code]() for code in like.against)
    return _("But %(differences)s", differences=told) if told else ""


def strength_badge(like: Likeness) -> Badge:
    """How strong it is; the reasons beside it say why."""
    words, colour = _STRENGTHS[like.strength]
    return Badge(words(), colour)


def person_words(person: Person) -> str:
    """A child as the report spells it: "Siân Jones, born 27 March 2019"."""
    name = " ".join(part for part in (person.first, person.last) if part) or _("Name not given")
    if person.born is None:
        return str(_("%(name)s, date of birth not known", name=name))
    return str(_("%(name)s, born %(date)s", name=name, date=date_words(person.born)))


def verdicts() -> list[tuple[str, str]]:
    """What a person may say of the children of two reports."""
    return [
        ("same", _("Yes, the same child")),
        ("possible", _("Possibly: this cannot be told yet")),
        ("not_same", _("No, not the same child")),
    ]


def links() -> list[tuple[str, str]]:
    """How two reports may belong together, as the page of the first asks."""
    return [
        ("duplicate", _("This report is a duplicate of the other: both tell of one event")),
        ("incident", _("They are related: the same incident, reported by several")),
        ("sibling", _("They are related: brothers, sisters or one household")),
    ]


def verdict_badge(said: Said) -> Badge:
    """What somebody said of the children."""
    known = {
        "same": Badge(_("Confirmed: the same child"), "green"),
        "possible": Badge(_("Looked at: possibly the same child"), "yellow"),
        "not_same": Badge(_("Looked at: not the same child"), "grey"),
    }
    return known[said.kind]


def link_badge(said: Said) -> Badge:
    """How the other report belongs to this one."""
    if said.kind == "duplicate":
        return Badge(_("This is a duplicate of it") if said.forward else _("It is a duplicate of this"), "purple")
    return Badge(_("Same incident") if said.kind == "incident" else _("Sibling or household"), "purple")
