"""What a file is called: a person's own name for it, made safe to keep and to send back, and its ending. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from portal.files.kinds import KINDS, RUNS, Kind

MOST_BYTES: Final = 255
_LONGEST_ENDING = 20
_NAMELESS = "file"
# Characters that show nothing or turn what follows around: controls, directions of writing, joiners, private use.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Names of devices: Windows cannot save a file that is called so, whatever its ending.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"|?*]')


def cleaned(name: str) -> str:
    r"""The name as it is kept: its last part (`C:\x\y.pdf` and `../y.pdf` are `y.pdf`), without what nobody sees,
    composed (NFC), at most 255 bytes of UTF-8 with its ending kept. Never empty; cleaning twice changes nothing."""
    last = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    seen = "".join(" " if unicodedata.category(one) == "Zs" else one for one in last if _seen(one))
    tidy = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", seen))
    tidy = " ".join(tidy.split()).strip(". ")
    if _DEVICES.match(tidy):
        tidy = f"_{tidy}"
    return _shortened(tidy) or _NAMELESS


def _seen(one: str) -> bool:
    return unicodedata.category(one) not in _UNSEEN


def _shortened(name: str) -> str:
    if len(name.encode()) <= MOST_BYTES:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or len(ending.encode()) > _LONGEST_ENDING:
        stem, dot, ending = name, "", ""
    room = MOST_BYTES - len(f"{dot}{ending}".encode())
    return f"{stem.encode()[:room].decode(errors='ignore').rstrip('. ')}{dot}{ending}"


def ending_of(name: str) -> str:
    """The ending of a cleaned name in small letters, without the dot; empty if it has none."""
    stem, dot, ending = name.rpartition(".")
    return ending.strip().casefold() if dot and stem else ""


def runs_inside(name: str) -> bool:
    """Whether a part in the middle of the name is the ending of something that runs (`letter.exe.pdf`)."""
    return any(part.strip().casefold() in RUNS for part in name.split(".")[1:-1])


def for_kind(name: str, code: str) -> str:
    """The name that a download gets: one whose kind was changed (a HEIC that became a JPEG) gets its kind's ending."""
    kind: Kind | None = KINDS.get(code)
    if kind is None or ending_of(name) in kind.endings:
        return name
    stem, dot, _ = name.rpartition(".")
    return _shortened(f"{stem if dot and stem else name}.{kind.ending}")
