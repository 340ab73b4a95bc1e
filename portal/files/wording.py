"""What people read about kinds of files and about why one is not taken: what is wrong, then what to do instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import flask_babel

from portal.adapters import ports


def _(text: str, **details: object) -> str:
    return str(flask_babel.gettext(text, **details))


KINDS: Final[Mapping[str, Callable[[], str]]] = {
    "pdf": lambda: _("PDF document"),
    "docx": lambda: _("Word document"),
    "xlsx": lambda: _("Excel workbook"),
    "pptx": lambda: _("PowerPoint presentation"),
    "odt": lambda: _("LibreOffice document"),
    "ods": lambda: _("LibreOffice spreadsheet"),
    "doc": lambda: _("Word document"),
    "xls": lambda: _("Excel workbook"),
    "rtf": lambda: _("Rich text"),
    "txt": lambda: _("Plain text"),
    "csv": lambda: _("Table as plain text (CSV)"),
    "eml": lambda: _("Email"),
    "msg": lambda: _("Email"),
    "jpeg": lambda: _("Picture"),
    "png": lambda: _("Picture"),
    "gif": lambda: _("Picture"),
    "webp": lambda: _("Picture"),
    "heic": lambda: _("Picture"),
}


def kind_words(code: str) -> str:
    """A kind of file in words; for one that is not on the list (kept from an older version) just "File"."""
    words = KINDS.get(code)
    return words() if words else _("File")


def allowed() -> str:
    """Which kinds of files are taken, in one sentence."""
    return _(
        "You can attach PDFs, Word, Excel, PowerPoint and LibreOffice documents, plain and rich text, CSV, "
        "emails (EML, MSG) and pictures (JPEG, PNG, HEIC, WEBP, GIF)."
    )


def waiting(*, draft: bool = False) -> str:
    """What it means that files are being checked; where nothing can check them, that is said. On a `draft`, that nobody
    has to wait for it."""
    if not ports.scanner().there:
        return _(
            "Nothing can check files for anything harmful here at the moment, so nobody can open them yet. "
            "Reports are sent all the same."
        )
    if draft:
        return _("We check every file for anything harmful. You can send without waiting.")
    return _("Files are checked for anything harmful before anybody can open them.")


REFUSALS: Final[Mapping[str, Callable[[], str]]] = {
    "no_ending": lambda: _(
        "The name of this file has no ending such as .pdf or .jpg, so we cannot tell what it is. "
        "Give it the right ending, or save it again as a PDF."
    ),
    "unknown_kind": lambda: _("We do not take this kind of file. Save it as a PDF and attach that."),
    "two_endings": lambda: _(
        "The name of this file has the ending of a program in it. "
        "If it is a document, save it under a name with one ending, for example letter.pdf."
    ),
    "type_differs": lambda: _(
        "Your computer says that this file is something else than its name does. "
        "Open it, save it again as a PDF, and attach that."
    ),
    "archive": lambda: _(
        "We do not take ZIP and other archives, because nobody can see what is inside before opening them. "
        "Attach the files inside it one by one."
    ),
    "program": lambda: _(
        "This kind of file can start a program, so we do not take it. "
        "If you need to show what it contains, save that as a PDF or take a picture of it."
    ),
    "web_page": lambda: _(
        "We do not take web pages and drawings for the web. Print the page to a PDF and attach that."
    ),
    "recording": lambda: _(
        "We do not take sound or video here. Write down what is said or seen, when it was recorded and who has it. "
        "Keep the recording as it is, do not edit it or send it on, and ask the council how to hand it over."
    ),
    "picture_kind": lambda: _("We do not take this kind of picture. Save it as a JPEG, PNG or PDF and attach that."),
    "document_kind": lambda: _("We do not take this kind of document. Save it as a PDF and attach that."),
    "empty": lambda: _("This file is empty. Check that you chose the right one."),
    "content_differs": lambda: _(
        "What is in this file is not what its name says. "
        "Open it in the program that made it, save it as a PDF, and attach that."
    ),
    "broken": lambda: _(
        "This file is damaged or not complete. Open it to check, save it again, preferably as a PDF, and attach that."
    ),
    "two_in_one": lambda: _(
        "There is something else in this file besides what its name says. Save it again as a PDF and attach that."
    ),
    "encrypted": lambda: _(
        "This file is protected by a password, so we cannot check that it is safe. "
        "Save it without the password and attach that: the portal keeps it encrypted."
    ),
    "macros": lambda: _(
        "This file has macros in it, which can harm a computer. Save it as a PDF, or without macros, and attach that."
    ),
    "active": lambda: _(
        "This file has parts in it that do something by themselves, such as scripts or video. "
        "Print it to a PDF and attach that."
    ),
    "embedded": lambda: _(
        "This file has other files inside it. Save it as a PDF, and attach the files inside it one by one."
    ),
    "outside": lambda: _(
        "This file fetches parts of itself from somewhere else, such as another document or a template. "
        "Save it as a PDF and attach that."
    ),
    "formulas": lambda: _("This table has formulas in it. Save it with the values only, or as a PDF, and attach that."),
    "email_inside": lambda: _("This email has another email attached to it. Save both, and attach them one by one."),
    "inside_email": lambda: _(
        "Something attached to this email is a file that we do not take. "
        "Save the email without it, or as a PDF, and attach that."
    ),
    "expands": lambda: _("This file unpacks to far more than it seems to hold. Save it as a PDF and attach that."),
    "too_many_parts": lambda: _("This file is made of too many parts. Save it as a PDF and attach that."),
    "pixels": lambda: _(
        "This picture is too large (more than 40 million pixels). Make it smaller, or take a picture of it, "
        "and attach that."
    ),
    "animated": lambda: _("This picture moves. Attach a still picture instead."),
    "email_large": lambda: _(
        "This email is larger than 10 MB. Save what is attached to it, and attach those files one by one."
    ),
    "too_complex": lambda: _(
        "This file is too complicated to check that it is safe. Print it to a PDF, or split it, and attach that."
    ),
}


def refusal_words(code: str) -> str:
    """Why a file is not taken and what to do instead, for a code of refusals.CODES."""
    return REFUSALS[code]()
