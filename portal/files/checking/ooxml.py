"""Word, Excel and PowerPoint documents of the new kind: parts, content types, relationships and fields."""

from __future__ import annotations

import re
import zipfile
from html import unescape
from typing import BinaryIO, Final

from portal.files.checking import container, first_bytes, xml
from portal.files.checking.container import Container
from portal.files.kinds import Kind
from portal.files.refusals import Refused

_MOST_LIST: Final = 5_000_000
_MOST_TEXT: Final = 30_000_000
_MAIN: Final = {
    "docx": b"wordprocessingml.document.main+xml",
    "xlsx": b"spreadsheetml.sheet.main+xml",
    "pptx": b"presentationml.presentation.main+xml",
}
_TYPES = "[Content_Types].xml"
_MACROS = re.compile(
    rb"macroenabled|vbaproject|vbadata|intlmacrosheet|macrosheet|ms-office\.activex|activex\+xml",
    re.IGNORECASE,
)
_MACRO_PARTS = re.compile(r"vbaproject|vbadata|(^|/)activex/|(^|/)(intl)?macrosheets?/", re.IGNORECASE)
_EMBEDDED_PARTS = re.compile(
    r"(^|/)embeddings?/|oleobject|(^|/)afchunk|\.(?:zip|docx?|xlsx?|pptx?|exe|js|html?|mht)$", re.IGNORECASE
)
_OUTSIDE_PARTS = re.compile(
    r"(^|/)externallinks/|(^|/)querytables/|(^|/)connections\.xml$|(^|/)websettings/frames", re.IGNORECASE
)

_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"""([A-Za-z]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_LINK = re.compile(r"\s*(?:https?://|mailto:|tel:|#)", re.IGNORECASE)
# Where a person's own Word keeps its templates: a letter names it and nothing is fetched from anywhere.
_OWN_DISK = re.compile(
    r"\s*(?:(?:file:/{0,3})?[A-Z](?::|%3A)[/\\]|(?:file://(?:localhost)?)?/(?:Users|Applications|Library)/|Normal\.dotm?\s*$)",
    re.IGNORECASE,
)
_INSTRUCTION = re.compile(
    rb"<(?:\w+:)?instrText\b[^>]*>([^<]*)<|<(?:\w+:)?fldSimple\b[^>]*?\binstr\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE
)
_FETCHES = re.compile(
    r"\bDDE(?:AUTO)?\b|\b(?:INCLUDEPICTURE|INCLUDETEXT|INCLUDE|IMPORT|RD|LINK)\s+\\*\s*\"?\s*(?:https?:|ftp:|file:|\\\\|[A-Z]:|[A-Z]\w*\.)",
    re.IGNORECASE,
)
# What a printer remembers is its own business, and often looks like anything.
_SETTINGS = ("printersettings1.bin", "printersettings2.bin", "printersettings3.bin")


def look(file: BinaryIO, kind: Kind) -> None:
    """Raise Refused unless the document is what it says and nothing in it runs, fetches or hides."""
    box = container.opened(file)
    types = _content_types(box)
    if _MACROS.search(types):
        raise Refused("macros")
    for name in box.names:
        _part(name)
    # A template, or another kind of document, has this ending only if somebody gave it that.
    if _MAIN[kind.code] not in types:
        raise Refused("content_differs")
    for member in box.members:
        name = member.filename.lower()
        if name.endswith(".rels"):
            _relations(xml.whole(box.read(member.filename, _MOST_LIST)))
        elif name.startswith("word/") and name.endswith(".xml"):
            _fields(xml.whole(box.read(member.filename, _MOST_TEXT)))
        elif name.endswith((".xml", ".vml")):
            xml.search(box.chunks(member))
        else:
            other(box, member)


def _content_types(box: Container) -> bytes:
    if _TYPES not in box.names:
        raise Refused("content_differs")
    return xml.whole(box.read(_TYPES, _MOST_LIST))


def _part(name: str) -> None:
    if _MACRO_PARTS.search(name):
        raise Refused("macros")
    if _EMBEDDED_PARTS.search(name):
        raise Refused("embedded")
    if _OUTSIDE_PARTS.search(name):
        raise Refused("outside")


def _relations(document: bytes) -> None:
    for found in _RELATION.finditer(document):
        said = {
            key.decode().lower(): unescape((one or other_).decode("utf-8", "replace"))
            for key, one, other_ in _ATTRIBUTE.findall(found.group())
        }
        kind, target = said.get("type", "").rpartition("/")[2].lower(), said.get("target", "")
        if "oleobject" in kind or kind in ("package", "afchunk"):
            raise Refused("embedded")
        if said.get("targetmode", "").lower() == "external" and not _harmless(kind, target):
            raise Refused("outside")


def _harmless(kind: str, target: str) -> bool:
    """Whether naming something outside fetches nothing: a link to follow, a template on one's own disk."""
    if kind == "hyperlink":
        return _LINK.match(target) is not None
    return kind == "attachedtemplate" and _OWN_DISK.match(target) is not None


def _fields(document: bytes) -> None:
    # One instruction may be split over many runs.
    said = b"".join(one or other_ for one, other_ in _INSTRUCTION.findall(document))
    if said and _FETCHES.search(unescape(said.decode("utf-8", "replace"))):
        raise Refused("outside")


def other(box: Container, member: zipfile.ZipInfo) -> None:
    """Read a part that is no XML to its end; raises Refused for a program or an archive, whatever it is called."""
    chunks = box.chunks(member)
    head = next(chunks, b"")
    if first_bytes.is_program(head) and not member.filename.lower().endswith(_SETTINGS):
        raise Refused("embedded")
    if first_bytes.is_archive(head):
        raise Refused("embedded")
    for _ in chunks:
        pass
