"""Pictures, by their head alone: format, pixels, frames. The pixels are decoded when it is written anew."""

from __future__ import annotations

import struct
import warnings
import zlib
from typing import BinaryIO, Final

from PIL import Image, UnidentifiedImageError

from portal.files.kinds import Kind
from portal.files.refusals import Refused

MOST_PIXELS: Final = 40_000_000
MOST_SIDE: Final = 30_000
_FORMATS: Final = {"jpeg": ("JPEG", "MPO"), "png": ("PNG",), "gif": ("GIF",), "webp": ("WEBP",), "heic": ("HEIF",)}
_ENDS: Final = {"jpeg": b"\xff\xd9", "png": b"IEND"}
# Whatever a decoder may raise over bytes that somebody made up.
TROUBLE: Final = (
    OSError, ValueError, SyntaxError, TypeError, AttributeError, LookupError, ArithmeticError, EOFError, struct.error,
    zlib.error, RuntimeError, MemoryError,
)  # fmt: skip
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def look(file: BinaryIO, kind: Kind) -> None:
    """Raise Refused unless the file is a picture of the kind, still, and not larger than may be decoded."""
    with opened(file, kind.code):
        pass
    _complete(file, kind.code)


def opened(file: BinaryIO, code: str) -> Image.Image:
    """The picture, its head read and found good, its pixels not yet decoded; close it. Raises Refused."""
    if code == "heic":
        _with_heif()
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            found = Image.open(file, formats=_FORMATS[code])
        _size(found)
    except _BOMBS:
        raise Refused("pixels") from None
    except UnidentifiedImageError:
        raise Refused("broken") from None
    except TROUBLE:
        raise Refused("broken") from None
    return found


def _size(found: Image.Image) -> None:
    if found.width * found.height > MOST_PIXELS or max(found.size) > MOST_SIDE:
        raise Refused("pixels")
    if min(found.size) < 1:
        raise Refused("broken")
    # Telephones put small copies (MPO, HEIF) beside a still picture; only a film plays its frames.
    if found.format in ("GIF", "WEBP", "PNG") and getattr(found, "is_animated", False):
        raise Refused("animated")


def _complete(file: BinaryIO, code: str) -> None:
    """The mark of the end must be in the file; a picture that is cut off is found without decoding it."""
    mark = _ENDS.get(code)
    if mark is None:
        return
    before = b""
    file.seek(0)
    while chunk := file.read(1_000_000):
        if mark in before + chunk:
            return
        before = chunk[-8:]
    raise Refused("broken")


def _with_heif() -> None:
    # Late: only pictures of telephones need the decoder.
    import pillow_heif  # noqa: PLC0415 - see above

    pillow_heif.register_heif_opener(thumbnails=False)
