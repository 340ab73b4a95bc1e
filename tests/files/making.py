"""Makes files of every kind by program, good ones and ones with one thing wrong: nothing is copied from anywhere."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Mapping
from email.message import EmailMessage
from io import BytesIO
from typing import Any

import pikepdf
import pillow_heif
from PIL import Image

from portal.cli.private_clamd import EICAR as EICAR
from tests.files.compound import compound

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAINS = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
}


def zipped(members: Mapping[str, bytes | str], *, packed: bool = True) -> bytes:
    """A zip of members by name."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def office(
    kind: str = "docx",
    *,
    text: str = "<w:p/>",
    types: str = "",
    relations: str = "",
    main: str = "",
    **more: bytes | str,
) -> bytes:
    """A Word, Excel or PowerPoint document; `more` are members whose names have `__` for `/` and `_dot_` for `.`."""
    place, media = _MAINS[kind]
    media = main or media
    root = {"docx": "w:document", "xlsx": "workbook", "pptx": "p:presentation"}[kind]
    folder, _, file = place.rpartition("/")
    members: dict[str, bytes | str] = {
        "[Content_Types].xml": f'{XML}<Types xmlns="{_TYPES}"><Override PartName="/{place}" '
        f'ContentType="application/vnd.openxmlformats-officedocument.{media}"/>{types}</Types>',
        "_rels/.rels": f'{XML}<Relationships><Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" '
        f'Target="{place}"/></Relationships>',
        place: f'{XML}<{root} xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{text}</{root}>',
        f"{folder}/_rels/{file}.rels": f"{XML}<Relationships>{relations}</Relationships>",
    }
    return zipped(members | {name.replace("__", "/").replace("_dot_", "."): data for name, data in more.items()})


def relation(kind: str, target: str, mode: str = "External") -> str:
    """One relationship of a part."""
    return f'<Relationship Id="rId9" Type="{_RELATIONS}/{kind}" Target="{target}" TargetMode="{mode}"/>'


def open_document(kind: str = "odt", *, content: str = "<text:p/>", manifest: str = "", **more: bytes | str) -> bytes:
    """A document of LibreOffice; `more` as in `office`."""
    media = {"odt": "text", "ods": "spreadsheet"}[kind]
    media_type = f"application/vnd.oasis.opendocument.{media}"
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", media_type, zipfile.ZIP_STORED)
        archive.writestr("content.xml", f"{XML}<office:document-content>{content}</office:document-content>")
        for name, data in more.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
        archive.writestr(
            "META-INF/manifest.xml",
            f'{XML}<manifest:manifest><manifest:file-entry manifest:full-path="/" manifest:media-type="{media_type}"/>'
            f"{manifest}</manifest:manifest>",
        )
    return out.getvalue()


def pdf(
    *, pages: int = 1, words: str = "", content: bytes = b"", root: Any = None, page: Any = None, **saving: Any
) -> bytes:
    """A PDF of blank pages, with `words` on each, or with `content` for what draws the first; `root` and `page` are
    keys that are added to the catalogue and to the first page."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(595, 842))
    for one in document.pages if words else ():
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )  # fmt: skip
        one.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        shown = words.encode("cp1252").hex()
        one.Contents = document.make_stream(f"BT /F1 24 Tf 60 760 Td <{shown}> Tj ET".encode())
    if content:
        document.pages[0].Contents = document.make_stream(content)
    for key, value in (root or {}).items():
        document.Root[key] = value
    for key, value in (page or {}).items():
        document.pages[0][key] = value
    out = BytesIO()
    document.save(out, **saving)
    return out.getvalue()


def action(kind: str, **keys: Any) -> pikepdf.Dictionary:
    """An action of a PDF."""
    return pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), **keys)


def link(action_: pikepdf.Dictionary) -> dict[str, Any]:
    """What a page needs for a link that does something."""
    link_ = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 99, 99], A=action_, Border=[0, 0, 0]
    )
    return {"/Annots": pikepdf.Array([link_])}


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **saving: Any) -> bytes:
    """A picture with a different colour in each corner, so that turning it shows."""
    made = Image.new("RGB", size, "white")
    made.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    made.paste("blue", (size[0] // 2, size[1] // 2, size[0], size[1]))
    out = BytesIO()
    made.save(out, kind, **saving)
    return out.getvalue()


def photograph(kind: str = "JPEG", *, turned: int = 6) -> bytes:
    """A picture as a telephone takes it: held sideways, with the place where it was taken and its own name."""
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x010F] = "CNRYphone"
    exif[0x8825] = {1: "N", 2: (53.0, 13.0, 35.2), 3: "W", 4: (4.0, 9.0, 50.8)}
    if kind == "HEIF":
        pillow_heif.register_heif_opener(thumbnails=False)
        return picture("HEIF", exif=exif.tobytes(), quality=50)
    return picture(kind, exif=exif.tobytes())


def large_png(width: int, height: int) -> bytes:
    """A PNG whose head promises many pixels and which holds none."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    )


def animated(kind: str) -> bytes:
    """A film of two pictures."""
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    out = BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def word(text: bytes = b"Some words", flags: int = 0, **more: bytes) -> bytes:
    """An old Word document; `more` are streams, with `__` for `/`."""
    head = struct.pack("<HH6xHH", 0xA5EC, 0xC1, flags, 0).ljust(1024, b"\0")
    streams = {"WordDocument": head + text, "1Table": b"\0" * 100}
    return compound(streams | {name.replace("__", "/"): data for name, data in more.items()})


def excel(*records: tuple[int, bytes], **more: bytes) -> bytes:
    """An old Excel workbook of records after its first."""
    found = [(0x0809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)), *records, (0x000A, b"")]
    book = b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in found)
    return compound({"Workbook": book} | {name.replace("__", "/"): data for name, data in more.items()})


def outlook(*attached: tuple[str, bytes], **more: bytes) -> bytes:
    """An email as Outlook saves it."""
    streams = {"__properties_version1.0": b"\0" * 32, "__substg1.0_1000001F": "Dear all".encode("utf-16-le")}
    for number, (name, data) in enumerate(attached):
        place = f"__attach_version1.0_#{number:08X}"
        streams |= {f"{place}/__substg1.0_3707001F": name.encode("utf-16-le"), f"{place}/__substg1.0_37010102": data}
    return compound(streams | more)


def email(*attached: tuple[str, bytes]) -> bytes:
    """An email as a file."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@school.example", "b@school.example", "Attendance"
    message["Date"] = "Thu, 26 Nov 2026 09:00:00 +0000"
    message.set_content("Please see attached.")
    message.add_alternative("<p>Please see attached.</p>", subtype="html")
    for name, data in attached:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return bytes(message)
