"""When a contact reached the council, as somebody types it: a day and a time of the clock. Pure but for the words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from flask_babel import gettext as _

from portal.kernel import clock
from portal.kernel.digits import whole
from portal.referrals.elsewhere import MOST_DAYS_AGO
from portal.web.fields import DATE_PARTS, FieldView, OptionView

DAY, TIME, SURE = "received", "received_time", "received_sure"
_TIME = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))? ?(am|pm)?", re.IGNORECASE)
_NOON: Final = 12


@dataclass(frozen=True)
class Typed:
    """What stood in the fields; `sure` once somebody said that it really was that long ago."""

    parts: Mapping[str, str]
    time: str
    sure: bool = False

    @property
    def moment(self) -> datetime | None:
        """The moment in UTC; None for what is no day or no time."""
        day, at = self.day, time_of(self.time)
        if day is None or at is None:
            return None
        return datetime.combine(day, at, clock.LONDON).astimezone(UTC)

    @property
    def day(self) -> date | None:
        """The day; None for what is none."""
        numbers = [whole(self.parts.get(part, "")) for part in reversed(DATE_PARTS)]
        try:
            return date(*(0 if one is None else one for one in numbers))
        except (ValueError, OverflowError):
            return None


def now() -> Typed:
    """The fields as a new page has them."""
    local = clock.now().astimezone(clock.LONDON)
    return Typed({"day": str(local.day), "month": str(local.month), "year": str(local.year)}, f"{local:%H:%M}")


def read(form: Mapping[str, str]) -> Typed:
    """What was posted; a page from before these fields says the present."""
    if f"{DAY}-day" not in form:
        return now()
    parts = {part: form.get(f"{DAY}-{part}", "").strip() for part in DATE_PARTS}
    return Typed(parts, form.get(TIME, "").strip(), bool(form.get(SURE)))


def time_of(typed: str) -> time | None:
    """14:05, 9.05, 2pm or 2:05 pm; None for what is no time."""
    found = _TIME.fullmatch(typed)
    if found is None or not (found[2] or found[3]):
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if found[3].lower() == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        return None


def views(typed: Typed, wrong: str = "") -> list[FieldView]:
    """The two fields, and the question whether it was that long ago where `wrong` asks for it: `wrong` is "" or what
    was wrong (day, time, future, too_old, old)."""
    says = {
        "day": _("Enter the day on which it reached you, such as 24 12 2026"),
        "future": _("It cannot have reached you in the future"),
        "too_old": _("Enter a day within the last %(days)s days", days=MOST_DAYS_AGO),
        "old": _("This is some days ago. Check the day, and say below that it is right"),
    }
    hint = _("Change this if it came before you write it down: its clock begins when it reached you.")
    day = FieldView("date", DAY, _("When did it reach you?"), hint, typed.parts, says.get(wrong, ""))
    told = _("Enter the time at which it reached you, such as 14:05") if wrong == "time" else ""
    made = [day, FieldView("text", TIME, _("At what time?"), _("For example, 14:05"), typed.time, told, width=5)]
    if wrong == "old" or typed.sure:
        sure = (OptionView("yes", str(_("It really reached the council on that day"))),)
        made.append(FieldView("checkboxes", SURE, "", value=("yes",) if typed.sure else (), options=sure))
    return made
