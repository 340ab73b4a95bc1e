"""Whether a scanner can be relied on: asked with files whose answers are known, as we cannot see how it is set up."""

from __future__ import annotations

import io
import tempfile
import zipfile
from datetime import timedelta
from typing import BinaryIO

from portal.adapters.clamd import MOST_BYTES
from portal.adapters.ports import Clean, Harmful, Scanner, Unknown
from portal.cli.private_clamd import EICAR
from portal.kernel import clock
from portal.kernel.errors import Unavailable

FRESH = timedelta(hours=24)
# Deeper than any daemon looks (MaxRecursion).
_DEEP = 120


def fault(scanner: Scanner) -> str:
    """What is wrong with a scanner, in words; "" when it can be relied on."""
    try:
        signatures = scanner.signatures()
    except Unavailable as error:
        return str(error)
    if not isinstance(scanner.scan(io.BytesIO(EICAR)), Harmful):
        return "does not find the test string of all scanners: it has no signatures"
    if isinstance(scanner.scan(io.BytesIO(_nested())), Clean):
        return "calls clean what it did not look at: set AlertExceedsMax yes in clamd.conf"
    if isinstance(_largest(scanner), Unknown):
        return "does not take the largest files: set StreamMaxLength and MaxFileSize to 100M, MaxScanSize to 400M"
    if signatures.made_at is not None and (age := clock.now() - signatures.made_at) > FRESH:
        return f"its signatures are {age.total_seconds() / 3600:.0f} hours old: is freshclam running?"
    return ""


def _nested() -> bytes:
    content, name = EICAR, "a.txt"
    for _ in range(_DEEP):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        content, name = out.getvalue(), "a.zip"
    return content


def _largest(scanner: Scanner) -> object:
    with tempfile.TemporaryFile() as file:
        file.truncate(MOST_BYTES)
        as_bytes: BinaryIO = file
        return scanner.scan(as_bytes)
