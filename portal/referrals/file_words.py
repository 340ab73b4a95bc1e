"""Attached files in words: how large, how far, and what is wrong with one and what to do instead."""

from __future__ import annotations

import flask_babel
from babel.numbers import format_decimal

from portal.files import states
from portal.files.refusals import CODES
from portal.files.wording import refusal_words
from portal.referrals.commands.attaching import MOST_FILES
from portal.tenants.file_settings import MEGABYTE, Files

KILOBYTE = 1024


def _(text: str, **details: object) -> str:
    return str(flask_babel.gettext(text, **details))


def size_words(size: int) -> str:
    """Bytes as people say them, which every language writes alike: 830 kB, 2.4 MB."""
    if size < MEGABYTE:
        return f"{max(1, round(size / KILOBYTE))} kB"
    number = format_decimal(round(size / MEGABYTE, 1), locale=str(flask_babel.get_locale() or "en"))
    return f"{number} MB"


def state_badge(state: str) -> tuple[str, str]:
    """How far a file is, in words, and the colour of its tag."""
    words = {
        states.ARRIVING: (_("Not finished"), "yellow"),
        states.CHECKING: (_("Being checked"), "blue"),
        states.READY: (_("Ready"), "green"),
        states.HARMFUL: (_("Removed: harmful"), "red"),
        states.REFUSED: (_("Removed: not accepted"), "red"),
        states.UNREADABLE: (_("Cannot be opened"), "red"),
    }
    return words[state]


def about_state(state: str, reason: str) -> str:
    """What a state means for whoever reads it, "" where its tag says enough."""
    if state == states.REFUSED and reason in CODES:
        return refusal_words(reason)
    if state == states.HARMFUL and reason == states.FOUND_LATER:
        return _(
            "Something harmful was found in this file some time after it was checked. Nobody can open it any more. If "
            "you have opened it or kept a copy, delete the copy and tell the people who look after your computer."
        )
    words = {
        states.ARRIVING: _("The connection broke off. Choose the same file again to go on, or remove it."),
        states.HARMFUL: _(
            "Something harmful was found in this file, so nobody can open it. Tell whoever it came from."
        ),
        states.REFUSED: _("This file could not be accepted. Save it as a PDF and attach that."),
        states.UNREADABLE: _("Something went wrong with this file. Attach it again."),
    }
    return words.get(state, "")


def too_large_words(most: Files) -> str:
    """What is wrong with files of which none was taken, because together they are too large."""
    return _(
        "What you chose is larger than %(most)s MB altogether. Attach fewer files at a time.",
        most=most.report_megabytes,
    )


def limit_words(most: Files) -> str:
    """How large files may be."""
    return _(
        "Each file may have up to %(file)s MB, and all of them together up to %(all)s MB.",
        file=most.megabytes, all=most.report_megabytes,
    )  # fmt: skip


def error_words(code: str, most: Files) -> str:
    """What is wrong with a file that was not attached, and what to do."""
    if code in CODES:
        return refusal_words(code)
    words = {
        "too_large": _(
            "This file is larger than %(most)s MB. Attach a smaller copy, or split it.", most=most.megabytes
        ),
        "report_full": _(
            "There is no room for this file: all files together may have %(most)s MB.", most=most.report_megabytes
        ),
        "too_many": _("There are %(most)s files already, and there cannot be more.", most=MOST_FILES),
        "part": _("Something went wrong while this file was sent. Attach it again."),
        "away": _("The file was not attached: try again. You can send your report without it."),
        "away_later": _("The file was not attached: try again in a few minutes."),
    }
    return words[code]
