"""A council's picture, made anew from what was uploaded: only its pixels are kept. Pure."""

from __future__ import annotations

import hashlib
import struct
import warnings
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS: Final = ("PNG", "JPEG")
MOST_BYTES: Final = 500_000
MOST_PIXELS: Final = 4_000_000
SMALLEST: Final = 16
"""Pixels: what has fewer on a side is no logo that anybody could make out."""
BOX: Final = (600, 120)
"""The most that is shown, in pixels of CSS."""
SHARP: Final = 2
"""Pixels of the picture for each one of CSS, where the bytes allow it."""
_HEAVY = 300_000
# A real progressive JPEG has about ten scans; each costs a walk over all of the picture.
_MOST_SCANS = 64
_SCAN = b"\xff\xda"
_DEEP = "I;16"
# Whatever a decoder may raise over bytes that somebody made up.
_TROUBLE = (
    OSError, ValueError, SyntaxError, TypeError, AttributeError, LookupError, ArithmeticError, EOFError, struct.error,
    zlib.error, Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip

# For the whole process: a filter set around one call would reach into the other threads' calls as well.
warnings.simplefilter("error", Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Picture:
    """A PNG that this program wrote; sizes in pixels."""

    content: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        """The SHA-256 of its bytes in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


class BadPicture(Exception):
    """A file that cannot be a logo; `code` is empty, too_large, kind, pixels, small, animated or broken."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def logo(content: bytes) -> Picture:
    """Read a PNG or JPEG, shrink it to what is shown, and write a PNG of its pixels alone. Raises BadPicture."""
    if not content:
        raise BadPicture("empty")
    if len(content) > MOST_BYTES:
        raise BadPicture("too_large")
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as opened:
            _look(opened, content)
            plain = _plain(opened)
    except UnidentifiedImageError:
        raise BadPicture("kind") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadPicture("pixels") from None
    except _TROUBLE:
        raise BadPicture("broken") from None
    made = _written(plain, SHARP)
    return made if len(made.content) <= _HEAVY else _written(plain, 1)


def _look(opened: Image.Image, content: bytes) -> None:
    """Refuse by what the head of the file says, before any pixel is decoded."""
    if opened.format not in FORMATS:
        raise BadPicture("kind")
    if opened.width * opened.height > MOST_PIXELS:
        raise BadPicture("pixels")
    if min(opened.size) < SMALLEST:
        raise BadPicture("small")
    if getattr(opened, "is_animated", False):
        raise BadPicture("animated")
    if opened.format == "JPEG" and content.count(_SCAN) > _MOST_SCANS:
        raise BadPicture("broken")


def _plain(opened: Image.Image) -> Image.Image:
    """Its pixels the right way up, in eight bits, with transparency where it had some."""
    opened.load()
    turned = ImageOps.exif_transpose(opened)
    if turned.mode.startswith(_DEEP):
        # Else all that is brighter than 255 of 65,535 would be white.
        turned = turned.convert("I").point(lambda value: value / 256).convert("L")
    return turned.convert("RGBA" if turned.has_transparency_data else "RGB")


def _written(plain: Image.Image, scale: int) -> Picture:
    shrunk = plain.copy()
    shrunk.thumbnail((BOX[0] * scale, BOX[1] * scale), Image.Resampling.LANCZOS)
    # From bare pixels: what else the file said has no way into the new one.
    bare = Image.frombytes(shrunk.mode, shrunk.size, shrunk.tobytes())
    target = BytesIO()
    bare.save(target, "PNG", optimize=True)
    return Picture(target.getvalue(), bare.width, bare.height)
