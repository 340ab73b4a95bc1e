"""What a file's first bytes say it is: our own list, because only what we take has to be told apart."""

from __future__ import annotations

import re
from typing import BinaryIO, Final

from portal.files.kinds import Kind
from portal.files.refusals import Refused

HEAD: Final = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
# The brands of files whose pictures are HEVC (ISO/IEC 23008-12); AVIF and films have others.
_HEIF = re.compile(rb"\A.{4}ftyp(?:heic|heix|heim|heis|hevc|hevx|mif1|msf1)", re.DOTALL)

_MAGIC: Final[dict[str, re.Pattern[bytes]]] = {
    "pdf": re.compile(rb"\A%PDF-[12]\.[0-9]"),
    "jpeg": re.compile(rb"\A\xff\xd8\xff"),
    "png": re.compile(rb"\A\x89PNG\r\n\x1a\n"),
    "gif": re.compile(rb"\AGIF8[79]a"),
    "webp": re.compile(rb"\ARIFF.{4}WEBP", re.DOTALL),
    "heic": _HEIF,
    "rtf": re.compile(rb"\A\{\\rtf1?(?=[\\{\s])"),
}

# Beginnings of what would be read as a page, a script or a program by something that ignores our type.
_RUNS = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<(?:!doctype|html|head|body|script|svg|iframe|meta|x?ml|\?xml|\?php|\?=|!--|hta|job|package|xsl)"
    rb"|#!|MZ|\x7fELF|L\x00{3}\x01\x14\x02|\[InternetShortcut\]|\[Desktop Entry\]|ITSF|CWS|FWS|ZWS|dex\n|!<arch>)",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    rb"\A(?:Rar!|7z\xbc\xaf|\x1f\x8b|BZh|\xfd7zXZ|MSCF|PK\x03\x04|PK\x05\x06|%PDF|\{\\rtf|\xd0\xcf\x11\xe0|\x89PNG|\xff\xd8\xff|GIF8"
    rb"|ID3|OggS|RIFF|fLaC|II\*\x00|MM\x00\*)"
)
# A second kind in the first bytes of one that allows anything to stand there (comments of PDF, GIF and JPEG).
_SECOND = re.compile(
    rb"<\s*(?:!doctype\s+html|html|script|svg|iframe|body|\?php|\?=)|\bMZ\x90\x00|PK\x03\x04", re.IGNORECASE
)


def agree(file: BinaryIO, kind: Kind) -> None:
    """Raise Refused unless the first bytes are those of the kind; the position in the file is left anywhere."""
    file.seek(0)
    head = file.read(HEAD)
    if kind.family == "zip":
        _zip(head)
    elif kind.family == "ole":
        _require(head.startswith(_OLE), head)
    elif kind.code in _MAGIC:
        _require(_MAGIC[kind.code].search(head) is not None, head)
    elif _RUNS.search(head) or _OTHERS.search(head):
        raise Refused("content_differs")
    if kind.code == "pdf" and _SECOND.search(head[:1024]):
        raise Refused("two_in_one")


def _zip(head: bytes) -> None:
    # What Office saves with a password is a container of the old kind, whatever its ending.
    if head.startswith(_OLE):
        raise Refused("encrypted")
    _require(head.startswith(_ZIP), head)


def _require(good: bool, head: bytes) -> None:
    if not good:
        raise Refused("content_differs" if head.strip(b"\0") else "broken")


def is_archive(head: bytes) -> bool:
    """Whether bytes begin like an archive or a document that is one."""
    return bool(re.match(rb"PK\x03\x04|PK\x05\x06|Rar!|7z\xbc\xaf|\x1f\x8b\x08|BZh[1-9]|\xfd7zXZ|MSCF", head))


def is_program(head: bytes) -> bool:
    """Whether bytes begin like a program."""
    return bool(re.match(rb"MZ|\x7fELF|L\x00{3}\x01\x14\x02|\xca\xfe\xba\xbe|\xd0\xcf\x11\xe0", head))
