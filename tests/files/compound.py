"""Writes compound files (the container of old Word, Excel and Outlook files), small ones, for the corpus."""

from __future__ import annotations

import struct
from collections.abc import Mapping

SECTOR = 512
FREE, END, FAT_SECTOR, NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
STORAGE, STREAM, ROOT = 1, 2, 5
CUTOFF = 4096


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file of streams by path (`Macros/VBA/dir`), each padded so that no mini stream is needed."""
    padded = {path: data + b"\0" * max(0, CUTOFF - len(data)) for path, data in streams.items()}
    names, parents = _tree(list(padded))
    starts: dict[str, int] = {}
    body: list[bytes] = []
    fat: list[int] = []
    for path, data in padded.items():
        starts[path] = len(fat)
        _add(body, fat, data)
    directory_at = len(fat)
    _add(body, fat, _directory(names, parents, padded, starts))
    fat_at, count = len(fat), 1
    while count * (SECTOR // 4) < len(fat) + count:
        count += 1
    fat += [FAT_SECTOR] * count
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(count * SECTOR, b"\xff")
    head = struct.pack(
        "<8s16sHHHHH6sIIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b"", 0, count, directory_at, 0, CUTOFF,
        END, 0, END, 0, *(),
        fat_at,
    )  # fmt: skip
    sectors = [*range(fat_at + 1, fat_at + count)]
    head += struct.pack(f"<{len(sectors)}I", *sectors)
    return head.ljust(SECTOR, b"\xff") + b"".join(body) + table


def _add(body: list[bytes], fat: list[int], data: bytes) -> None:
    count = max(1, -(-len(data) // SECTOR))
    first = len(fat)
    fat += [first + number + 1 for number in range(count - 1)] + [END]
    body.append(data.ljust(count * SECTOR, b"\0"))


def _tree(paths: list[str]) -> tuple[list[str], dict[str, str]]:
    names: list[str] = [""]
    parents: dict[str, str] = {}
    for path in paths:
        parts = path.split("/")
        for depth in range(1, len(parts) + 1):
            here = "/".join(parts[:depth])
            if here not in parents:
                parents[here] = "/".join(parts[: depth - 1])
                names.append(here)
    return names, parents


def _directory(
    names: list[str], parents: Mapping[str, str], streams: Mapping[str, bytes], starts: Mapping[str, int]
) -> bytes:
    number = {name: at for at, name in enumerate(names)}
    made = b""
    for name in names:
        children = sorted((n for n in names[1:] if parents[n] == name), key=_order)
        siblings = sorted((n for n in names[1:] if name and parents[n] == parents[name]), key=_order) if name else []
        # The siblings hang on each other in a line to the right, which is a tree too.
        after = siblings[siblings.index(name) + 1] if name and siblings.index(name) + 1 < len(siblings) else ""
        kind = ROOT if not name else STREAM if name in streams else STORAGE
        label = "Root Entry" if not name else name.rpartition("/")[2]
        encoded = (label + "\0").encode("utf-16-le")
        made += struct.pack(
            "<64sHBBIII16sIQQIQ",
            encoded, len(encoded), kind, 1, NONE, number[after] if after else NONE,
            number[children[0]] if children else NONE, b"", 0, 0, 0,
            starts[name] if name in streams else (END if not name else 0),
            len(streams[name]) if name in streams else 0,
        )  # fmt: skip
    spare = -len(made) % SECTOR // 128
    return made + struct.pack("<64sHBBIII16sIQQIQ", b"", 0, 0, 0, NONE, NONE, NONE, b"", 0, 0, 0, 0, 0) * spare


def _order(path: str) -> tuple[int, str]:
    label = path.rpartition("/")[2]
    return len(label), label.upper()
