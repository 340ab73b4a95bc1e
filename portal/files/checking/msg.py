"""Emails as Outlook saves them: what hangs on one must be good by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from typing import BinaryIO, Final

import olefile

from portal.files.checking import enclosed, ole
from portal.files.kinds import Kind
from portal.files.refusals import Refused

_ATTACHED = re.compile(r"__attach_version1\.0_#[0-9a-f]{8}", re.IGNORECASE)
_PROPERTIES: Final = "__properties_version1.0"
_DATA, _OBJECT = "__substg1.0_37010102", "__substg1.0_3701000d"
# The long name, the one of eight letters, and the one that is shown.
_NAMES: Final = ("__substg1.0_3707", "__substg1.0_3704", "__substg1.0_3001")


def look(file: BinaryIO, kind: Kind) -> None:
    """Raise Refused unless the file is an email whose files could each be attached by themselves."""
    del kind
    box = ole.opened(file)
    entries = box.listdir(streams=True, storages=True)
    if [_PROPERTIES] not in [[part.lower() for part in entry] for entry in entries]:
        raise Refused("content_differs")
    attached = sorted({entry[0] for entry in entries if _ATTACHED.fullmatch(entry[0])})
    if len(attached) > enclosed.MOST:
        raise Refused("too_many_parts")
    for storage in attached:
        parts = {entry[1].lower(): entry[1] for entry in entries if entry[0] == storage and len(entry) > 1}
        if _OBJECT in parts:
            raise Refused("email_inside")
        if _DATA in parts:
            enclosed.enclosed(BytesIO(ole.stream(box, f"{storage}/{parts[_DATA]}")), _name(box, storage, parts))


def _name(box: olefile.OleFileIO, storage: str, parts: Mapping[str, str]) -> str:
    for wanted in _NAMES:
        for part, coding in ((f"{wanted}001f", "utf-16-le"), (f"{wanted}001e", "cp1252")):
            if part in parts:
                return ole.stream(box, f"{storage}/{parts[part]}").decode(coding, "replace").rstrip("\0")
    return ""
