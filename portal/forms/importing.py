"""Reads a form that somebody uploads, a zip of files or one file: strictly, within bounds, in memory. Pure."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

from portal.forms.families import FAMILIES
from portal.forms.files import LAYOUTS, FormMistakes, missing, read_content
from portal.tenants import documents
from portal.tenants.documents import DEEPEST, Document, Mistake

MOST_BYTES: Final = 1_000_000
"""The largest file that is taken; everything of both fictional councils is a tenth of it."""
MOST_UNPACKED: Final = 3_000_000
MOST_FILES: Final = 20
ZIP: Final = b"PK"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SYSTEM_UNIX: Final = 3
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    struct.error,
)
_ENCRYPTED: Final = 0x1
_KNOWN: Final = frozenset(name for layout in LAYOUTS.values() for name in layout.names())
_OURS: Final = frozenset({"council.yaml", "agencies.yaml", "template.yaml"})
"""Other files of a council's folder: they may come along, and are not read."""
_PARTS: Final = ("form", "thresholds", "scenarios")


class Refused(Exception):
    """A file that is not read at all; `reason` is a stable code that a page has words for, `file` a name inside it."""

    def __init__(self, reason: str, file: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        # A name may hold marks that turn the sentence around it.
        self.file = "".join(sign if sign.isprintable() else "\ufffd" for sign in file[:100])


@dataclass(frozen=True)
class Imported:
    """What a file holds: a form of one family."""

    family: str
    content: dict[str, Any]


def read(name: str, data: bytes) -> Imported:
    """The form in an uploaded file. Raises Refused, and FormMistakes with each mistake's file and line."""
    if not data:
        raise Refused("empty")
    if len(data) > MOST_BYTES:
        raise Refused("too_large")
    if data[:2] == ZIP:
        return _from_files(_unpacked(data))
    if name.lower().endswith((".yaml", ".yml", ".json")):
        return _from_one("file.json" if name.lower().endswith(".json") else "file.yaml", data)
    raise Refused("kind")


def _unpacked(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _members(archive)
    except _BROKEN as trouble:
        raise Refused("broken") from trouble


def _members(archive: zipfile.ZipFile) -> dict[str, bytes]:
    members = [each for each in archive.infolist() if not each.is_dir()]
    if len(members) > MOST_FILES:
        raise Refused("many")
    found: dict[str, bytes] = {}
    left = MOST_UNPACKED
    top = _top([each.filename for each in members])
    for member in members:
        _refuse_unsafe(member)
        name = member.filename.removeprefix(top)
        if name in _OURS:
            continue
        if name not in _KNOWN:
            raise Refused("unknown", name)
        if name in found:
            raise Refused("twice", name)
        # What the directory says of its size is only said: no more than the limit is ever unpacked.
        with archive.open(member) as stream:
            found[name] = stream.read(min(documents.BIGGEST_BYTES, left) + 1)
        left -= len(found[name])
        if len(found[name]) > documents.BIGGEST_BYTES or left < 0:
            raise Refused("bomb", name)
    return found


def _refuse_unsafe(member: zipfile.ZipInfo) -> None:
    name = member.filename
    if name != member.orig_filename or name.startswith("/") or ".." in name.split("/") or "\\" in name or ":" in name:
        raise Refused("path")
    mode = member.external_attr >> 16
    if member.create_system == _SYSTEM_UNIX and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise Refused("link")
    if member.flag_bits & _ENCRYPTED:
        raise Refused("encrypted")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("broken")


def _top(names: Sequence[str]) -> str:
    """The one folder that everything is in, as when a folder was zipped; "" when there is none."""
    tops = {name.split("/", 1)[0] for name in names if name.split("/", 1)[0] not in ("", ".", "..")}
    inside = all("/" in name for name in names)
    return f"{tops.pop()}/" if inside and len(tops) == 1 and not set(names) <= _KNOWN else ""


def _from_files(found: Mapping[str, bytes]) -> Imported:
    families = [family for family in FAMILIES if LAYOUTS[family].form in found]
    if len(families) != 1:
        raise Refused("several" if families else "nothing")
    read_files = {name: _document(name, data) for name, data in found.items()}
    return Imported(families[0], read_content(read_files.get, families[0]))


def _from_one(name: str, data: bytes) -> Imported:
    """One file with everything in it: form, thresholds and scenarios under these three words."""
    whole = _document(name, data)
    if whole.mistakes:
        raise FormMistakes(whole.mistakes)
    parts = whole.data if isinstance(whole.data, dict) else {}
    unknown = [part for part in parts if part not in _PARTS]
    form = parts.get("form")
    family = form.get("key") if isinstance(form, dict) else None
    if unknown or not isinstance(family, str) or family not in FAMILIES:
        place = (unknown[0],) if unknown else ("form",)
        raise FormMistakes(
            [whole.mistake(place, "expected form (with its key), thresholds and scenarios, nothing else")]
        )
    layout = LAYOUTS[family]
    named = {layout.form: "form", layout.thresholds: "thresholds", layout.scenarios: "scenarios"}
    return Imported(family, read_content(lambda file: _part(whole, named.get(file, "")), family))


def _part(whole: Document, part: str) -> Document | None:
    """A part of a document as one of its own, which still knows the lines of the whole."""
    parts = whole.data
    if not part or not isinstance(parts, dict) or part not in parts:
        return missing(part) if part in ("form", "thresholds") else None
    lines = {place[1:]: line for place, line in whole.lines.items() if place[:1] == (part,)}
    return Document(whole.file, parts[part], lines)


def _document(name: str, data: bytes) -> Document:
    """One file; what would unfold or nest without end is refused before anything is built from it."""
    if not name.endswith(".json"):
        found = _refused_yaml(name, data)
        if found is not None:
            return found
    return documents.parse(name, data)


def _refused_yaml(name: str, data: bytes) -> Document | None:
    depth = 0
    document = Document(name)
    try:
        for event in yaml.parse(data.decode("utf-8-sig"), Loader=_LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            alias = isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None)
            if alias or depth > DEEPEST:
                message = "has an alias or an anchor: write each part out" if alias else "is nested too deeply"
                line = event.start_mark.line + 1 if event.start_mark else 1
                document.mistakes.append(Mistake(name, line, message))
                return document
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
        return None  # said with its line by the reader
    return None
