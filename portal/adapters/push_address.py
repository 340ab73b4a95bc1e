"""Where a council's case system may be told: an https address with nothing in it that hides where it leads. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import SplitResult, urlsplit

PORTS: Final = (443, 8443)
LONGEST: Final = 500


def read(where: str, ports: Sequence[int] = PORTS) -> SplitResult | None:
    """The address in its parts; None for one that we do not speak to. Where its name leads is looked at when we do."""
    try:
        parts = urlsplit(where)
        port = parts.port or PORTS[0]
    except ValueError:
        return None
    odd = parts.username is not None or parts.fragment or not parts.hostname or not where.isascii()
    blank = any(one.isspace() or not one.isprintable() for one in where)
    if parts.scheme != "https" or port not in ports or odd or blank or len(where) > LONGEST:
        return None
    return parts
