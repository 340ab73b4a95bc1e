"""Moments in the emails about a report, in the reader's language: when it came, and until when an answer is wanted."""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_date, format_time

from portal.kernel import clock
from portal.kernel.language import words


def moment_words(moment: datetime, language: str) -> str:
    """A day and a time of day in the United Kingdom."""
    local = moment.astimezone(clock.LONDON)
    at = format_time(local, "HH:mm" if language == "cy" else "h:mma", locale=language)
    return words(language, "%(date)s at %(time)s") % {
        "date": format_date(local, "d MMMM y", locale=language),
        "time": at if language == "cy" else at.lower().replace("\u202f", ""),
    }


def until_words(answer_by: datetime | None, language: str) -> list[str]:
    """Until when somebody wants an answer, or that this is over; nothing where nobody said."""
    if answer_by is None:
        return []
    if answer_by <= clock.now():
        said = words(language, "We asked for your answer by %(when)s. Please answer as soon as you can.")
    else:
        said = words(language, "Please answer by %(when)s.")
    return [said % {"when": moment_words(answer_by, language)}]
