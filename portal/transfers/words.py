"""Transfers in the reader's language: how they stand, how old, and whom to ring."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from portal.kernel.language import say
from portal.kernel.scope import Council
from portal.tenants.opening import numbers
from portal.transfers import across
from portal.transfers.queries.transfers import One
from portal.transfers.states import IN, PROPOSED
from portal.web.dates import datetime_words
from portal.web.shell import Phone

COLOURS = {
    "proposed": "purple", "offered": "yellow", "accepted": "green", "declined": "red", "sent_back": "orange",
}  # fmt: skip
Rows = list[dict[str, str]]


def state_words(state: str, side: str) -> str:
    """How it stands, as a tag says it."""
    words = {
        "proposed": _("Waits for a manager"),
        "offered": _("To answer") if side == IN else _("Waits for the other council"),
        "accepted": _("Accepted"),
        "declined": _("Declined"),
        "sent_back": _("Sent back"),
        "taken_back": _("Taken back"),
        "withdrawn": _("Taken back") if side != IN else _("Taken back by the other council"),
        "overtaken": _("Overtaken"),
    }
    return str(words[state])


def age_words(age: str) -> str:
    """The age of the youngest child."""
    words = {
        "unborn": _("not born yet"),
        "under_1": _("under 1 year old"),
        "1_to_4": _("1 to 4 years old"),
        "5_to_9": _("5 to 9 years old"),
        "10_to_15": _("10 to 15 years old"),
        "16_or_more": _("16 years or older"),
        "not_known": _("age not known"),
    }
    return str(words[age])


def whom_words(one: One) -> str:
    """How many children and how old, and not who."""
    age = age_words(one.age)
    if one.children == 0:
        return str(_("Nobody is named"))
    if one.children == 1:
        return str(_("One child, %(age)s", age=age))
    return str(ngettext("%(num)s child, the youngest %(age)s", "%(num)s children, the youngest %(age)s",
                        one.children, age=age))  # fmt: skip


def other_name(one: One) -> str:
    """The other council, by the name that it had then if it has left the instance."""
    name: Mapping[str, str] = one.words.get("name", {})
    council = other(one)
    return say(council.name if council else name, str(get_locale()))


def other(one: One) -> Council | None:
    """The other council; None once it has left the instance."""
    return across.other(one.other_id)


def phones(one: One) -> list[Phone]:
    """The other council's numbers."""
    council = other(one)
    if council is None:
        return []
    return [Phone(found.name, found.number, found.when) for found in numbers(council, str(get_locale()))]


def rows(one: One) -> Rows:
    """One transfer, for whoever sent it and whoever gets it."""
    # Whoever is offered it has read so above.
    hidden = one.restricted and one.side != IN and one.open
    found = [
        (_("From") if one.side == IN else _("To"), other_name(one)),
        (_("Why"), str(one.words.get("why", ""))),
        (_("Restricted"), _("Only people who may restrict reports see it there") if hidden else ""),
        (_("Files that go along"), str(one.files) if one.with_files else _("None")),
        (_("Messages with the referrer"), _("They go along, to read") if one.with_messages else _("They stay")),
        (_("Proposed"), _by(one.proposed_by, datetime_words(one.proposed_at)) if one.side != IN else ""),
        (_("Offered"), _by(one.confirmed_by, datetime_words(one.confirmed_at)) if one.confirmed_at else ""),
        (state_words(one.state, one.side), _by(one.settled_by, datetime_words(one.settled_at))),
        (_("Reason"), one.reason),
        (_("Their reference"), one.other_reference),
    ]  # fmt: skip
    return [{"key": str(key), "value": str(value)} for key, value in found if value]


def about(one: One) -> Rows:
    """What is told of the report before anybody has accepted it."""
    category, language = one.words.get("category") or {}, str(get_locale())
    # The other council's own words, which it may not have in the reader's language.
    elsewhere = "" if language in category else next(iter(category), "")
    found = [
        (_("About"), whom_words(one), ""),
        (_("Main concern"), say(category, language) if category else "", elsewhere),
    ]
    return [{"key": str(key), "value": str(value), "lang": lang} for key, value, lang in found if value]


def _by(name: str, when: str) -> str:
    """When, and by whom where that is known."""
    return str(_("%(when)s by %(name)s", when=when, name=name)) if name else when


def line_words(state: str) -> tuple[str, bool]:
    """The tag on a report's page, and whether somebody here must act."""
    return state_words(state, "out"), state in (PROPOSED, "declined", "sent_back")
