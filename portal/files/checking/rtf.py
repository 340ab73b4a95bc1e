"""Rich text: no objects, no fields that fetch, no template from elsewhere, nothing after its end."""

from __future__ import annotations

import re
from typing import BinaryIO, Final

from portal.files.kinds import Kind
from portal.files.refusals import Refused

_CHUNK: Final = 1_000_000
_OVERLAP: Final = 4_000
_OBJECTS = re.compile(
    rb"\\(?:object|objdata|objemb|objlink|objautlink|objupdate|objocx|objhtml|objclass|bin-?[0-9]|fontemb)",
    re.IGNORECASE,
)
_FETCHES = re.compile(
    rb"\\fldinst[\s\S]{0,300}?\b(?:DDE|DDEAUTO|INCLUDEPICTURE|INCLUDETEXT)\b"
    rb"|\\fldinst[\s{]*(?:\\[a-z*]+-?[0-9]*[\s{]*)*(?:LINK|IMPORT|RD)\b"
    rb"|\\template[^}]{0,400}?(?:https?:|ftp:|\\\\\\\\|file:)",
    re.IGNORECASE,
)


def look(file: BinaryIO, kind: Kind) -> None:
    """Raise Refused unless the file is rich text of words and pictures alone."""
    del kind
    before, end = b"", b""
    while chunk := file.read(_CHUNK):
        # Line ends mean nothing in rich text, and may stand in the middle of a word.
        piece = before + chunk.replace(b"\r", b"").replace(b"\n", b"")
        if _OBJECTS.search(piece):
            raise Refused("embedded")
        if _FETCHES.search(piece):
            raise Refused("outside")
        before, end = piece[-_OVERLAP:], piece
    if not end.rstrip(b"\0 \t\x1a").endswith(b"}"):
        raise Refused("two_in_one" if b"}" in end else "broken")
