"""Pictures as people might upload them, and as somebody hostile would."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw


def drawn(size: tuple[int, int] = (300, 100), mode: str = "RGB", colour: Any = None) -> Image.Image:
    """A picture with a shape in it."""
    made = Image.new(mode, size, colour if colour is not None else 0)
    ImageDraw.Draw(made).rectangle((2, 2, size[0] // 2, size[1] // 2), fill=1 if mode in "1PL" else None, outline=1)
    return made


def saved(picture: Image.Image, kind: str = "PNG", **more: Any) -> bytes:
    """The bytes of a file of that kind."""
    target = BytesIO()
    picture.save(target, kind, **more)
    return target.getvalue()


def png(colour: str = "#336699", size: tuple[int, int] = (300, 100)) -> bytes:
    """A sound logo."""
    return saved(Image.new("RGB", size, colour))


def chunk(kind: bytes, content: bytes) -> bytes:
    """A part of a PNG, with its checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb(width: int, height: int, rows: bytes = b"") -> bytes:
    """A PNG whose head promises that size, over pixels that are not there."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
    return start + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
