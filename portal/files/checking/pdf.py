"""PDFs: readable without a password, with nothing in them that runs, opens, sends or carries another file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import pikepdf

from portal.files.kinds import Kind
from portal.files.refusals import Refused

MOST_OBJECTS: Final = 200_000
_MOST_DEPTH: Final = 60
_TAIL: Final = 4096
_SLACK: Final = 1024
# Looked for in an object as qpdf writes it anew, with every name spelled plainly; found, the object is walked.
_ACTIONS: Final = (
    "JavaScript", "Launch", "SubmitForm", "ImportData", "Rendition", "Movie", "Sound", "RichMediaExecute", "GoToR",
    "GoToE", "GoTo3DView",
)  # fmt: skip
_MEDIA: Final = frozenset({"/RichMedia", "/Screen", "/Movie", "/Sound", "/3D", "/FileAttachment"})
# Looked for in an object as qpdf writes it anew, with every name spelled plainly; where one is found, the object is
# walked. What an action is may also be kept elsewhere (`/S 5 0 R`).
_SUSPECT = re.compile(
    rb"/(?:JS|JavaScript|EF|EmbeddedFiles?|XFA|RichMedia\w*|FileAttachment|Screen|Movie|Sound|3D)\b"
    rb"|/(?:S|Subtype|Type)\s*(?:/(?:URI|" + "|".join(_ACTIONS).encode() + rb")\b|[0-9]+ [0-9]+ R)"
)
_LINK = re.compile(rb"\s*(?:https?:|mailto:|tel:|www\.|#)", re.IGNORECASE)
_SCHEME = re.compile(rb"\s*[a-z][a-z0-9+.-]*:|\s*\\\\", re.IGNORECASE)


def look(file: BinaryIO, kind: Kind) -> None:
    """Raise Refused unless the PDF can be read and nothing in it is active."""
    del kind
    _end(file)
    file.seek(0)
    try:
        with pikepdf.open(file, suppress_warnings=True, attempt_recovery=True) as document:
            _pages(document)
            for thing in _objects(document):
                _walk(thing)
    except pikepdf.PasswordError:
        raise Refused("encrypted") from None
    # The library raises whatever comes of the bytes that somebody made up.
    except (pikepdf.PdfError, pikepdf.ForeignObjectError, OSError, ValueError, LookupError, TypeError, AttributeError,
            NotImplementedError, RuntimeError, OverflowError):  # fmt: skip
        raise Refused("broken") from None


def _end(file: BinaryIO) -> None:
    """What follows the end of a PDF is another file."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TAIL))
    tail = file.read()
    before, found, after = tail.rpartition(b"%%EOF")
    del before
    if b"PK\x05\x06" in tail:
        raise Refused("two_in_one")
    if not found:
        raise Refused("broken")
    if len(after.strip(b"\0 \t\r\n")) > _SLACK:
        raise Refused("two_in_one")


def _pages(document: pikepdf.Pdf) -> None:
    if len(document.objects) > MOST_OBJECTS:
        raise Refused("too_complex")
    if len(document.pages) == 0:
        raise Refused("broken")


def _objects(document: pikepdf.Pdf) -> Iterator[Any]:
    yield document.trailer
    for thing in document.objects:
        plain = thing.stream_dict if isinstance(thing, pikepdf.Stream) else thing
        if isinstance(plain, pikepdf.Dictionary | pikepdf.Array) and _SUSPECT.search(plain.unparse(resolved=True)):
            yield plain


def _walk(thing: Any, depth: int = 0) -> None:
    """Look at a dictionary or array and at what stands directly in it; what it refers to is an object of its own."""
    if depth > _MOST_DEPTH:
        raise Refused("too_complex")
    if isinstance(thing, pikepdf.Dictionary):
        _dictionary(thing)
        inside = [value for _, value in thing.items()]
    elif isinstance(thing, pikepdf.Array):
        inside = list(thing)
    else:
        return
    for value in inside:
        if isinstance(value, pikepdf.Object) and not value.is_indirect:
            _walk(value, depth + 1)


def _dictionary(found: pikepdf.Dictionary) -> None:
    keys = set(found.keys())
    if keys & {"/JS", "/JavaScript"}:
        raise Refused("active")
    if keys & {"/EF", "/EmbeddedFiles"} or _name(found, "/Type") in ("/EmbeddedFile", "/EmbeddedFiles"):
        raise Refused("embedded")
    if keys & {"/XFA", "/RichMediaContent", "/RichMediaSettings"}:
        raise Refused("active")
    kind = _name(found, "/S")
    if kind.removeprefix("/") in _ACTIONS:
        raise Refused("active")
    if kind == "/URI" and not _may_lead(found.get("/URI")):
        raise Refused("outside")
    subtype = _name(found, "/Subtype")
    if subtype in _MEDIA and ("/Rect" in keys or subtype == "/FileAttachment"):
        raise Refused("embedded" if subtype == "/FileAttachment" else "active")


def _name(found: pikepdf.Dictionary, key: str) -> str:
    value = found.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _may_lead(target: Any) -> bool:
    """Whether a link leads to a page, an address or a number. A relative one leads nowhere from a download."""
    said = bytes(target) if isinstance(target, pikepdf.String) else b""
    return _LINK.match(said) is not None or _SCHEME.match(said) is None
