"""How long a council keeps what was sent to it, and how long before the end its managers see it coming."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portal.tenants.reading import Reader

LEAST_YEARS: Final = 6
MOST_YEARS: Final = 100
# A mistake in the years destroys nothing before somebody could have seen it on the list.
LEAST_WARNING: Final = 7
MOST_WARNING: Final = 365


@dataclass(frozen=True)
class Retention:
    """Years after a report (a request for information) was closed; days on the managers' list before it goes.

    Without a council's own word a report is kept until the youngest child in it is 25.
    """

    report_years: int = 25
    request_years: int = 6
    warn_days: int = 30


def read_retention(top: Reader) -> Retention:
    """The group `retention` of a council.yaml, which may be missing, as may each of its values."""
    usual = Retention()
    if not top.has("retention"):
        top.value("retention", required=False)
        return usual
    group = top.group("retention")
    found = Retention(
        report_years=group.number("report_years", LEAST_YEARS, MOST_YEARS, usual.report_years),
        request_years=group.number("request_years", LEAST_YEARS, MOST_YEARS, usual.request_years),
        warn_days=group.number("warn_days", LEAST_WARNING, MOST_WARNING, usual.warn_days),
    )
    group.finish()
    return found
