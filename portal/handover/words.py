"""Parcels in the reader's language: where they are, why they did not arrive, how each try ended."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.handover.queries.parcels import Seen
from portal.handover.states import COPIED, DELIVERED, FAILED, FILES, GIVEN_UP, REFUSED, SENDING, SUPERSEDED, WAITING
from portal.web.dates import datetime_words

COLOURS = {WAITING: "yellow", SENDING: "blue", DELIVERED: "green", REFUSED: "red", GIVEN_UP: "red", SUPERSEDED: "grey"}


def state_words(state: str) -> str:
    """A state as its tag says it."""
    words = {
        WAITING: _("Waiting"),
        SENDING: _("Being sent"),
        DELIVERED: _("Delivered"),
        REFUSED: _("Refused"),
        GIVEN_UP: _("Given up"),
        SUPERSEDED: _("Overtaken"),
    }
    return str(words[state])


def event_words(event: str) -> str:
    """What the case system is told of."""
    words = {"corrected": _("A correction"), FILES: _("Files that came or were checked later")}
    return str(words.get(event) or _("The decision"))


def way_words(way: str) -> str:
    """How it arrived."""
    words = {COPIED: _("Copied by hand"), "push": _("Collected by the case system"), "sftp": _("Put into its folder")}
    return str(words[way])


def reason_words(reason: str) -> str:
    """Why a parcel has not arrived, and what would help; "" for no reason."""
    words = {
        "unauthorised": _("The case system does not accept our key. Check the keys on both sides."),
        "not_found": _("There is nothing at its address. Check the address or the folder."),
        "too_large": _("It is larger than the case system takes."),
        "bad_request": _("The case system does not understand it."),
        "host_key": _("Another server answers than was agreed. Find out why before you change anything."),
        "no_space": _("There is no room in its folder."),
        "no_secret": _(
            "There is no secret yet by which the portal and the case system know each other. A council administrator "
            "makes one in the settings."
        ),
        "other": _("The case system gave another reason."),
        "unavailable": _("The case system did not answer."),
        "broken": _("A part of it could not be made. Whoever runs the portal can find out why."),
        "not_collected": _("The case system was told and has not collected all of it."),
    }
    return str(words.get(reason, ""))


def try_words(outcome: str) -> str:
    """How one try ended."""
    if outcome == DELIVERED:
        return str(_("Delivered"))
    if outcome == "told":
        return str(_("The case system was told"))
    return reason_words(outcome)


def files_words(one: Seen) -> tuple[str, ...]:
    """What became of files that were still being checked when a parcel went; none where there were none."""
    if one.awaited:
        said = _("Files that were still being checked when it went: %(number)s.", number=one.awaited)
        return (said, _("Once all of them are checked, those that pass are handed over too."))
    if one.checked_at is None:
        return ()
    when = datetime_words(one.checked_at)
    passed = _("%(when)s: all files are checked. Those that passed are handed over too.", when=when)
    if not one.lost:
        return (passed,)
    lost = _("%(when)s: all files are checked. Not passed, and never sent: %(number)s.", when=when, number=one.lost)
    return (lost,)


def line_words(state: str) -> tuple[str, bool]:
    """The tag on a report's page, and whether somebody must act."""
    return state_words(state), state in FAILED
