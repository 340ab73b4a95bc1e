"""Pictures written anew: their pixels the right way up, and nothing else of what the file held. Pure; run it apart."""

from __future__ import annotations

from io import BytesIO
from typing import BinaryIO, Final

from PIL import Image, ImageCms, ImageOps

from portal.files.checking import picture
from portal.files.kinds import KINDS
from portal.files.refusals import Refused

_QUALITY: Final = 90
_DEEP: Final = "I;16"


def repaint(file: BinaryIO, code: str, out: BinaryIO) -> str:
    """Write the picture of kind `code` to `out` and return the code of the kind it is now (jpeg or png).

    Raises Refused when it cannot be decoded to its end.
    """
    becomes = KINDS[code].becomes
    with picture.opened(file, code) as opened:
        try:
            opened.load()
            plain = _plain(opened)
        except picture.TROUBLE:
            raise Refused("broken") from None
    if becomes == "jpeg" and plain.mode == "RGBA":
        becomes = "png"
    if becomes == "jpeg":
        plain.save(out, "JPEG", quality=_QUALITY, optimize=False)
    else:
        plain.save(out, "PNG", compress_level=6)
    return becomes


def _plain(opened: Image.Image) -> Image.Image:
    """Its pixels the right way up, in eight bits and the colours of a screen, with transparency where it had some."""
    turned = ImageOps.exif_transpose(opened)
    profile = turned.info.get("icc_profile")
    if turned.mode.startswith(_DEEP):
        # Else all that is brighter than 255 of 65,535 would be white.
        turned = turned.convert("I").point(lambda value: value / 256).convert("L")
    plain = turned.convert("RGBA" if turned.has_transparency_data else "RGB") if turned.mode != "L" else turned
    if isinstance(profile, bytes) and plain.mode in ("RGB", "RGBA") and turned.mode in ("RGB", "RGBA"):
        plain = _for_screens(plain, profile)
    bare = plain.copy()
    # What a writer would put back: profile, comment, EXIF, XMP.
    bare.info = {}
    return bare


def _for_screens(plain: Image.Image, profile: bytes) -> Image.Image:
    """The same colours without the profile; telephones have wider ones than sRGB, which would come out dull."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        done = ImageCms.profileToProfile(plain, source, ImageCms.createProfile("sRGB"), outputMode=plain.mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return plain
    return done or plain
