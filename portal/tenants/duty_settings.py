"""Whom a council has told of an urgent report, and how long it may stay unacknowledged: read with its settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portal.tenants.reading import Found, Reader, is_mailbox

MOST_ADDRESSES: Final = 10


@dataclass(frozen=True)
class Duty:
    """The mailboxes that are told at once of an urgent report (none: the council's own one for questions), and after
    how many minutes the practice managers are, unless somebody has acknowledged it."""

    addresses: tuple[str, ...] = ()
    minutes: int = 30


def read_duty(top: Reader) -> Duty:
    """The group `duty` of a council.yaml, which may be missing, as may each of its values."""
    if not top.has("duty"):
        top.value("duty", required=False)
        return Duty()
    group = top.group("duty")
    found = Duty(addresses=read_addresses(group, "addresses"), minutes=group.number("minutes", 5, 240, Duty.minutes))
    group.finish()
    return found


def read_addresses(group: Reader, key: str) -> tuple[str, ...]:
    """A list of email addresses, which may be missing."""
    said = group.items(key, required=False)
    if len(said) > MOST_ADDRESSES:
        group.wrong(key, f"“{key}” must be at most {MOST_ADDRESSES}")
    for index, one in enumerate(said):
        if not isinstance(one, str) or not is_mailbox(one):
            group.mistakes.append(Found((*group.place, key, index), "must be an email address"))
    return tuple(dict.fromkeys(one for one in said if isinstance(one, str)))
