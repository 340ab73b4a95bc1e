"""How a file travels: what its download says of itself; pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

_PLAIN: Final = re.compile(r"[^A-Za-z0-9 !#$&+.^_`{}~()\[\]@,='-]")
# Nothing in the file may run, fetch or be shown as a page of ours, whatever a browser makes of it.
SANDBOX: Final = "default-src 'none'; sandbox"


def disposition(name: str) -> str:
    """The Content-Disposition of a download (RFC 6266): always an attachment, a plain name for old browsers, and the
    whole name in UTF-8."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = _PLAIN.sub("_", ascii_only).strip()
    if not plain or plain.startswith("."):
        plain = f"file{plain}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='', errors='replace')}"
