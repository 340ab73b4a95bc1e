"""Dates and times in words, in the reader's language and in the time of the United Kingdom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from flask_babel import format_date, format_time, get_locale
from flask_babel import gettext as _

TIMEZONE = "Europe/London"


def date_words(moment: date | datetime | None) -> str:
    """Words such as "21 November 2026"; "" for None. A datetime is first brought to the time of the United Kingdom."""
    return str(format_date(moment, "d MMMM y")) if moment else ""


def day_words(moment: date | datetime | None) -> str:
    """Words such as "Saturday 21 November 2026"; "" for None."""
    return str(format_date(moment, "EEEE d MMMM y")) if moment else ""


def short_date_words(moment: date | datetime | None) -> str:
    """Words such as "21 Nov 2026", for narrow columns; "" for None."""
    return str(format_date(moment, "d MMM y")) if moment else ""


def time_words(moment: datetime | None) -> str:
    """Words such as "3:15pm" in English, "15:15" in Welsh; "" for None."""
    if not moment:
        return ""
    if str(get_locale()) == "cy":
        return str(format_time(moment, "HH:mm"))
    return str(format_time(moment, "h:mma")).lower().replace("\u202f", "")


def datetime_words(moment: datetime | None) -> str:
    """Words such as "21 November 2026 at 3:15pm"; "" for None."""
    if not moment:
        return ""
    return str(_("%(date)s at %(time)s", date=date_words(moment), time=time_words(moment)))


FILTERS: dict[str, Callable[..., object]] = {
    "date_words": date_words,
    "day_words": day_words,
    "short_date_words": short_date_words,
    "time_words": time_words,
    "datetime_words": datetime_words,
}
