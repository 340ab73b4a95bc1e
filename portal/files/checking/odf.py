"""Documents of LibreOffice (OpenDocument): manifest, scripts, events and what they name outside themselves."""

from __future__ import annotations

import re
from typing import BinaryIO, Final

from portal.files.checking import container, ooxml, xml
from portal.files.kinds import Kind
from portal.files.refusals import Refused

_MOST_LIST: Final = 5_000_000
_MIMETYPE, _MANIFEST = "mimetype", "META-INF/manifest.xml"
_SCRIPT_PARTS = re.compile(r"^(?:basic|scripts|dialogs)/|\.(?:xlb|xba|xdl|py|bsh|js|class|jar)$", re.IGNORECASE)
_EVENTS = re.compile(
    rb"<script:event-listener\b|<(?:\w+:)?script-data\b|vnd\.sun\.star\.(?:script|expand)|macro:/{2}", re.IGNORECASE
)
_EMBEDDED = re.compile(
    rb"sun\.star\.oleobject|application/(?:zip|x-msdownload|vnd\.ms-|msword|java)|vnd\.oasis\.opendocument\.(?:text|spreadsheet|presentation)\"[^>]*full-path=\"Object",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(
    rb"<(?:office:dde-source|text:dde-connection|table:cell-range-source|text:section-source|table:database-source|draw:applet"
    rb"|draw:plugin|draw:floating-frame|form:connection-resource|table:table-source|db:data-source)\b"
    rb"|<(?:draw:(?:image|object|object-ole|fill-image)|style:background-image|svg:font-face-uri)\b[^>]*xlink:href\s*=\s*[\"'](?:[a-z][a-z+.-]*:|//|\\\\|\.\./\.\.)",
    re.IGNORECASE,
)
_LINK = re.compile(
    rb"<(?:text:a|draw:a|form:[a-z-]+)\b[^>]*xlink:href\s*=\s*[\"'](?!https?:|mailto:|tel:|#|[\"'])[a-z][a-z+.-]*:",
    re.IGNORECASE,
)
_XML = re.compile(r"\.(?:xml|rdf)$", re.IGNORECASE)


def look(file: BinaryIO, kind: Kind) -> None:
    """Raise Refused unless the document is what it says and nothing in it runs, fetches or hides."""
    box = container.opened(file)
    if _MIMETYPE not in box.names or _MANIFEST not in box.names:
        raise Refused("content_differs")
    if box.read(_MIMETYPE, 200).strip() != kind.media_type.encode():
        raise Refused("content_differs")
    manifest = xml.whole(box.read(_MANIFEST, _MOST_LIST))
    if b"encryption-data" in manifest:
        raise Refused("encrypted")
    if _EMBEDDED.search(manifest):
        raise Refused("embedded")
    if any(_SCRIPT_PARTS.search(name) for name in box.names):
        raise Refused("macros")
    for member in box.members:
        if _XML.search(member.filename):
            xml.search(box.chunks(member), _EVENTS, "macros")
            xml.search(box.chunks(member), _OUTSIDE, "outside")
            xml.search(box.chunks(member), _LINK, "outside")
        else:
            ooxml.other(box, member)
