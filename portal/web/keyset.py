"""Where a page of a long list begins, as its address says it: the moment and the id of the last line seen. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

Place = tuple[datetime, UUID]
_PLACE = re.compile(r"[0-9T:.+-]{20,40}~[0-9a-f-]{36}")


def spoken(place: Place | None) -> str:
    """A place for an address; "" for none."""
    return f"{place[0].isoformat()}~{place[1]}" if place else ""


def understood(text: str) -> Place | None:
    """What `spoken` said; None for the first page and for what is no place."""
    if not _PLACE.fullmatch(text):
        return None
    moment, _tilde, last = text.partition("~")
    try:
        at = datetime.fromisoformat(moment)
        return (at, UUID(last)) if at.tzinfo else None
    except ValueError:
        return None
