"""Pages drawn as pictures, so that nobody has to open a file to see what it says. Pure; run it apart."""

from __future__ import annotations

from typing import BinaryIO, Final

import pypdfium2
from PIL import Image

from portal.files.checking import picture
from portal.files.refusals import Refused

WIDTH: Final = 1240
"""Pixels: a sheet of A4 at 150 dots an inch, readable when a telephone enlarges it."""
_MOST_HEIGHT: Final = 3_000
_MOST_WORDS: Final = 20_000
_QUALITY: Final = 85


def look(file: BinaryIO, number: int) -> tuple[int, str]:
    """How many pages a PDF has, and the words on page `number` (from 1; "" for a page that it has not).

    Raises Refused when it cannot be read.
    """
    file.seek(0)
    try:
        document = pypdfium2.PdfDocument(file)
        pages = len(document)
        found = document[number - 1].get_textpage().get_text_range() if number <= pages else ""
    except (pypdfium2.PdfiumError, *picture.TROUBLE):
        raise Refused("broken") from None
    return pages, _tidy(found[:_MOST_WORDS])


def _tidy(found: str) -> str:
    """The words without characters that nobody sees, a line for a line."""
    lines = ("".join(one for one in line if one.isprintable()).strip() for line in found.splitlines())
    return "\n".join(line for line in lines if line)


def draw(file: BinaryIO, code: str, number: int, out: BinaryIO) -> None:
    """Write page `number` (from 1) of a PDF, or a picture, to `out` as a JPEG of WIDTH pixels at most, or Refused."""
    drawn = _page(file, number) if code == "pdf" else _picture(file, code)
    drawn.thumbnail((WIDTH, _MOST_HEIGHT))
    drawn.save(out, "JPEG", quality=_QUALITY)


def _page(file: BinaryIO, number: int) -> Image.Image:
    file.seek(0)
    try:
        document = pypdfium2.PdfDocument(file)
        page = document[number - 1]
        width, height = page.get_size()
        scale = min(WIDTH / max(width, 1), _MOST_HEIGHT / max(height, 1))
        drawn: Image.Image = page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    except (pypdfium2.PdfiumError, *picture.TROUBLE):
        raise Refused("broken") from None
    return drawn


def _picture(file: BinaryIO, code: str) -> Image.Image:
    with picture.opened(file, code) as opened:
        try:
            opened.draft("RGB", (WIDTH, _MOST_HEIGHT))
            opened.load()
            shown = opened.convert("RGBA")
        except picture.TROUBLE:
            raise Refused("broken") from None
    white = Image.new("RGBA", shown.size, "white")
    return Image.alpha_composite(white, shown).convert("RGB")
