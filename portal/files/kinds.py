"""The closed list of what may be attached: endings, the type that we send, the types that browsers declare. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Family = Literal["picture", "pdf", "zip", "ole", "text", "email"]

UNSAID: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})
"""What a browser declares when the system it runs on does not know the ending."""


@dataclass(frozen=True)
class Kind:
    """One kind of file. `media_type` is what we send, whatever was declared; `becomes` is the code of the kind that it
    is written anew as (pictures; one with transparency becomes a PNG whatever this says)."""

    code: str
    endings: tuple[str, ...]
    media_type: str
    family: Family
    declared: frozenset[str]
    becomes: str = ""

    @property
    def pages(self) -> bool:
        """Whether pages of it can be drawn, for looking at it without opening it."""
        return self.family in ("picture", "pdf")

    @property
    def ending(self) -> str:
        """The ending that a download gets, without the dot."""
        return self.endings[0]


_MS = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_COMMAS = frozenset({"text/plain", "text/comma-separated-values", "application/csv"})
_WORD = frozenset({"application/msword", "application/vnd.ms-word"})
_EXCEL = frozenset({"application/vnd.ms-excel", "application/msexcel", "application/x-msexcel", "application/x-excel"})


def _kind(  # one row of the table below
    code: str, endings: str, media_type: str, family: Family, *declared: str, becomes: str = ""
) -> Kind:
    return Kind(code, tuple(endings.split()), media_type, family, frozenset({media_type, *declared}), becomes)


KINDS: Final[dict[str, Kind]] = {
    kind.code: kind
    for kind in (
        _kind("pdf", "pdf", "application/pdf", "pdf", "application/x-pdf", "application/acrobat"),
        _kind("docx", "docx", f"{_MS}wordprocessingml.document", "zip", *_WORD),
        _kind("xlsx", "xlsx", f"{_MS}spreadsheetml.sheet", "zip", *_EXCEL),
        _kind("pptx", "pptx", f"{_MS}presentationml.presentation", "zip", "application/vnd.ms-powerpoint"),
        _kind("odt", "odt", f"{_ODF}text", "zip", "application/x-vnd.oasis.opendocument.text"),
        _kind("ods", "ods", f"{_ODF}spreadsheet", "zip", "application/x-vnd.oasis.opendocument.spreadsheet"),
        _kind("doc", "doc", "application/msword", "ole", *_WORD),
        _kind("xls", "xls", "application/vnd.ms-excel", "ole", *_EXCEL),
        _kind("rtf", "rtf", "application/rtf", "text", "text/rtf", "text/richtext", *_WORD),
        _kind("txt", "txt text", "text/plain", "text"),
        _kind("csv", "csv", "text/csv", "text", *_COMMAS, *_EXCEL),
        _kind("eml", "eml", "message/rfc822", "email", "text/plain"),
        _kind("msg", "msg", "application/vnd.ms-outlook", "ole", "application/x-msg", "application/vnd.ms-office"),
        _kind("jpeg", "jpg jpeg jpe jfif", "image/jpeg", "picture", "image/jpg", "image/pjpeg", becomes="jpeg"),
        _kind("png", "png", "image/png", "picture", "image/x-png", becomes="png"),
        _kind("gif", "gif", "image/gif", "picture", becomes="png"),
        _kind("webp", "webp", "image/webp", "picture", becomes="jpeg"),
        _kind("heic", "heic heif", "image/heic", "picture", "image/heif", "image/heic-sequence", becomes="jpeg"),
    )
}  # fmt: skip

BY_ENDING: Final[dict[str, Kind]] = {ending: kind for kind in KINDS.values() for ending in kind.endings}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


REFUSED_ENDINGS: Final[dict[str, frozenset[str]]] = {
    "archive": _words("zip zipx rar 7z tar gz tgz bz2 xz cab iso img dmg jar war apk vhd vhdx ace arj lzh z zst"),
    "macros": _words("docm dotm xlsm xltm xlsb xlam xla xlm pptm potm ppam ppsm sldm dot xlt"),
    "program": _words(
        "exe com scr pif bat cmd ps1 psm1 vbs vbe js jse mjs wsf wsh hta msi msp msc lnk url website reg dll cpl ocx"
        " sys inf gadget settingcontent-ms appx msix application py pyc rb pl sh bash php phtml asp aspx jsp jspx cgi"
        " chm hlp sct wsc desktop app deb rpm elf bin one onepkg iqy slk xll library-ms search-ms diagcab"
    ),
    "web_page": _words("html htm xhtml xht mht mhtml shtml svg svgz xml xsl xslt swf webarchive"),
    "recording": _words("mp3 m4a wav aac ogg oga opus amr flac wma mp4 m4v mov avi mkv webm 3gp 3g2 mpg mpeg wmv"),
    "picture_kind": _words("tif tiff bmp avif jp2 jxl ico psd raw dng cr2 nef arw wmf emf eps ai"),
    "document_kind": _words(
        "ics vcf ppt pps odp odg odf fodt wps wpd pub vsd vsdx pages numbers key xps oxps ps djvu epub mdb accdb"
    ),
}
"""Endings that are not on the list and for which we know what to advise: code of the refusal -> endings."""

RUNS: Final = _words("exe scr pif bat cmd ps1 vbs vbe js jse wsf wsh hta msi lnk jar php phtml jsp asp aspx")
"""What no file may be called even in the middle of its name (`letter.exe.pdf`); not `com`, which ends addresses."""


def accept() -> str:
    """The list for a file field's `accept`: endings and types, so that a telephone offers its camera."""
    endings = [f".{ending}" for kind in KINDS.values() for ending in kind.endings]
    return ",".join([*endings, "image/jpeg", "image/png", "image/heic"])


def refused_ending(ending: str) -> str:
    """The code of the refusal for an ending that is not on the list."""
    if not ending:
        return "no_ending"
    for code, endings in REFUSED_ENDINGS.items():
        if ending in endings:
            return code
    return "unknown_kind"
