"""The files of the demonstration: a child's drawing and a page of notes, made when they are needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, BinaryIO, Final

import pikepdf
from PIL import Image, ImageDraw

from portal.referrals.commands.attaching import Paper, kind_of

_PAGE: Final = (595, 842)  # A4 in points
_LINE: Final = 18


def papers(told: Sequence[Mapping[str, Any]]) -> list[Paper]:
    """Each file that is told of: `name`, and `lines` for a page of notes; without lines it is a drawing."""
    return [_paper(one) for one in told]


def _paper(told: Mapping[str, Any]) -> Paper:
    name = str(told["name"])
    file: BinaryIO = _notes(told["lines"]) if "lines" in told else _drawing()
    declared = "application/pdf" if "lines" in told else "image/png"
    return Paper(name, declared, file, kind_of(name, declared, file))


def _drawing() -> BytesIO:
    """A house, a sun, somebody large at the door and somebody small beside it."""
    page = Image.new("RGB", (640, 480), "#fffdf2")
    pen = ImageDraw.Draw(page)
    pen.line((0, 400, 640, 392), fill="#4c8b3b", width=6)
    pen.ellipse((520, 30, 600, 110), outline="#e0a800", width=6)
    pen.rectangle((210, 210, 430, 400), outline="#333333", width=5)
    pen.line((200, 214, 320, 110, 440, 214), fill="#a03030", width=6)
    pen.rectangle((300, 310, 346, 400), outline="#333333", width=4)
    for x, top, colour in ((470, 200, "#222222"), (150, 320, "#2f5fa8")):
        tall = 400 - top
        pen.ellipse((x - tall // 8, top, x + tall // 8, top + tall // 4), outline=colour, width=4)
        pen.line((x, top + tall // 4, x, 400 - tall // 3), fill=colour, width=4)
        pen.line((x - tall // 5, top + tall // 2, x + tall // 5, top + tall // 2), fill=colour, width=4)
        pen.line((x - tall // 6, 400, x, 400 - tall // 3, x + tall // 6, 400), fill=colour, width=4)
    out = BytesIO()
    page.save(out, "PNG")
    return out


def _notes(lines: Sequence[str]) -> BytesIO:
    """A page with one line beneath the other, the first larger; letters as the standard fonts of PDF have them."""
    made, out = pikepdf.new(), BytesIO()
    page = made.add_blank_page(page_size=_PAGE)
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica,
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )  # fmt: skip
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    shown = [b"BT /F1 16 Tf 60 %d Td %d TL" % (_PAGE[1] - 80, _LINE)]
    for number, line in enumerate(lines):
        words = line.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        shown.append((b"(%s) Tj T* T*" if number == 0 else b"/F1 11 Tf (%s) Tj T*") % words)
    page.Contents = made.make_stream(b"\n".join([*shown, b"ET"]))
    made.save(out)
    return out
