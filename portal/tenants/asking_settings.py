"""How a council asks: how long a referrer usually has to answer, and whether they read names; of its settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portal.tenants.reading import Reader

MOST_DAYS: Final = 20


@dataclass(frozen=True)
class Asking:
    """Working days until an answer is due, where whoever asks says nothing else; and whether a referrer reads the names
    of those who read and deal with what they sent, or of a team."""

    answer_working_days: int = 2
    show_names: bool = False


def read_asking(top: Reader) -> Asking:
    """The group `asking` of a council.yaml, which may be missing."""
    if not top.has("asking"):
        top.value("asking", required=False)
        return Asking()
    group = top.group("asking")
    found = Asking(
        group.number("answer_working_days", 1, MOST_DAYS, Asking.answer_working_days),
        group.has("show_names") and group.flag("show_names"),
    )
    group.finish()
    return found
