"""XML in documents: no document types and so no entities, and no encoding in which one could hide."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from portal.files.refusals import Refused

_OVERLAP: Final = 512
_DECLARES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"""\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
# In these every character of the markup is the byte of ASCII, so that searching bytes is searching text.
_PLAIN = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"})


def whole(document: bytes) -> bytes:
    """An XML document as it is; raises Refused at a document type, and for an encoding in which one could hide."""
    search([document])
    return document


def search(chunks: Iterable[bytes], forbidden: re.Pattern[bytes] | None = None, code: str = "broken") -> None:
    """Read an XML document to its end; raises Refused as `whole` does, and with `code` where a pattern is found (in at
    most 512 bytes of text)."""
    before = b""
    for number, chunk in enumerate(chunks):
        if number == 0:
            _encoding(chunk)
        piece = before + chunk
        if _DECLARES.search(piece):
            raise Refused("broken")
        if forbidden is not None and forbidden.search(piece):
            raise Refused(code)
        before = piece[-_OVERLAP:]


def _encoding(head: bytes) -> None:
    said = _ENCODING.match(head)
    if said is not None and said.group(1).lower() not in _PLAIN:
        raise Refused("broken")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text and not text.startswith(b"<"):
        raise Refused("broken")
    if b"\0" in head[:256]:
        raise Refused("broken")
