"""Plain text: that it is text and nothing that a program would run; the words themselves are nobody's business here."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from portal.files.kinds import Kind
from portal.files.refusals import Refused

_CHUNK: Final = 65_536
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x19\x1c-\x1f\x7f]")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# A page or a script may be kept in text of two bytes a letter, where its first bytes look like nothing.
_RUNS = re.compile(
    r"\s*(?:<(?:!doctype|html|head|script|svg|iframe|\?xml|\?php|hta|job|package)|#!|\[InternetShortcut\]"
    r"|\[Desktop Entry\]|MIME-Version:|From:.*\nSubject:)",
    re.IGNORECASE,
)


def look(file: BinaryIO, kind: Kind) -> None:
    """Raise Refused unless the file is text."""
    del kind
    for number, piece in enumerate(letters(file)):
        if _CONTROLS.search(piece) or (number == 0 and _RUNS.match(piece)):
            raise Refused("content_differs")


def letters(file: BinaryIO) -> Iterator[str]:
    """The text of a file, piece by piece: UTF-8, UTF-16 with its mark, or what old programs write; raises Refused."""
    coding = _coding(file)
    decoder = codecs.getincrementaldecoder(coding)(errors="strict" if coding.startswith("utf") else "replace")
    try:
        while chunk := file.read(_CHUNK):
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Refused("content_differs") from None


def _coding(file: BinaryIO) -> str:
    file.seek(0)
    head = file.read(4)
    for mark, coding in _BOMS:
        if head.startswith(mark):
            file.seek(0)
            return coding
    coding = "utf-8" if _is_utf8(file) else "cp1252"
    file.seek(0)
    return coding


def _is_utf8(file: BinaryIO) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
