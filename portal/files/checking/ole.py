"""Word and Excel documents of the old kind (compound files): nothing in them may run, be embedded or be locked."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

import olefile

from portal.files.kinds import Kind
from portal.files.refusals import Refused

_MOST_ENTRIES: Final = 1000
_MOST_STREAM: Final = 30_000_000
_MACROS = re.compile(
    r"(?:^|/)(?:macros|vba|_vba_project(?:_cur)?|_vba_project|ursrproject|projectwm)(?:/|$)", re.IGNORECASE
)
_EMBEDDED = re.compile(
    r"(?:^|/)(?:objectpool/.|mbd[0-9a-f]{8}|\x01ole10native|\x01ole(?:/|$)|package|embedding )", re.IGNORECASE
)
_OCX = re.compile(r"(?:^|/)(?:\x03ocxname|contents|ctls)(?:/|$)", re.IGNORECASE)
# Text of a document is kept as one or as two bytes a letter.
_FETCHES = tuple(
    re.compile(b"\x13[^\x14\x15]{0,40}?" + re.escape(word.encode(coding)), re.IGNORECASE)
    for word in ("DDE", "INCLUDEPICTURE", "INCLUDETEXT", "IMPORT ")
    for coding in ("ascii", "utf-16-le")
)
_FILEPASS, _SHEET, _BOOK, _MACRO_SHEET = 0x2F, 0x85, 0x1AE, 0x01
_OWN_BOOK: Final = (0x0401, 0x3A01)
_WORD_HEAD, _WORD_MAGIC, _WORD_LOCKED = 32, 0xA5EC, 0x0100


def look(file: BinaryIO, kind: Kind) -> None:
    """Raise Refused unless the document is what it says and nothing in it runs, fetches or hides."""
    box = opened(file)
    entries = ["/".join(entry) for entry in box.listdir(streams=True, storages=True)]
    if any(name.split("/")[0].lower() in ("encryptedpackage", "encryptioninfo", "\x06dataspaces") for name in entries):
        raise Refused("encrypted")
    for pattern, code in ((_MACROS, "macros"), (_EMBEDDED, "embedded"), (_OCX, "active")):
        if any(pattern.search(name) for name in entries):
            raise Refused(code)
    if kind.code == "doc":
        _word(stream(box, "WordDocument"))
    else:
        _excel(stream(box, "Workbook") or stream(box, "Book"))


def opened(file: BinaryIO) -> olefile.OleFileIO:
    """The compound file; raises Refused when it cannot be read or has too many parts."""
    try:
        box = olefile.OleFileIO(file, raise_defects=olefile.DEFECT_INCORRECT)
        count = len(box.listdir(streams=True, storages=True))
    # The reader raises whatever comes of the bytes that somebody made up.
    except (OSError, ValueError, LookupError, TypeError, AttributeError, struct.error, RecursionError, MemoryError):
        raise Refused("broken") from None
    if count > _MOST_ENTRIES:
        raise Refused("too_many_parts")
    return box


def stream(box: olefile.OleFileIO, name: str) -> bytes:
    """One stream, empty if there is none; raises Refused when it cannot be read or is too large."""
    try:
        if not box.exists(name) or box.get_type(name) != olefile.STGTY_STREAM:
            return b""
        if box.get_size(name) > _MOST_STREAM:
            raise Refused("expands")
        found: bytes = box.openstream(name).read()
    except (OSError, ValueError, LookupError, TypeError, struct.error):
        raise Refused("broken") from None
    return found


def _word(text: bytes) -> None:
    if len(text) < _WORD_HEAD or struct.unpack_from("<H", text)[0] != _WORD_MAGIC:
        raise Refused("content_differs")
    if struct.unpack_from("<H", text, 0x0A)[0] & _WORD_LOCKED:
        raise Refused("encrypted")
    if any(pattern.search(text) for pattern in _FETCHES):
        raise Refused("outside")


def _excel(book: bytes) -> None:
    if not book:
        raise Refused("content_differs")
    first = True
    for kind, body in _records(book):
        if first and kind not in (0x0809, 0x0409, 0x0209, 0x0009):
            raise Refused("content_differs")
        first = False
        if kind == _FILEPASS:
            raise Refused("encrypted")
        if kind == _SHEET and body[5:6] and body[5] & 0x0F == _MACRO_SHEET:
            raise Refused("macros")
        if kind == _BOOK and body[3:4] and struct.unpack_from("<H", body, 2)[0] not in _OWN_BOOK:
            raise Refused("outside")


def _records(book: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        if kind == 0 and length == 0:
            return
        yield kind, book[at + 4 : at + 4 + length]
        at += 4 + length
