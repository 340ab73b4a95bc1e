"""Why a file is not taken: stable codes, each with its words in wording.py. Pure."""

from __future__ import annotations

from typing import Final

CODES: Final = (
    # what it is called and declared as
    "no_ending", "unknown_kind", "two_endings", "type_differs",
    "archive", "program", "web_page", "recording", "picture_kind", "document_kind",
    # what is inside
    "empty", "content_differs", "broken", "two_in_one", "encrypted",
    "macros", "active", "embedded", "outside", "formulas", "email_inside", "inside_email",
    # how much is inside
    "expands", "too_many_parts", "pixels", "animated", "email_large", "too_complex",
)  # fmt: skip


class Refused(Exception):
    """A file that is not taken; `code` is one of CODES. Its text is the code: names and contents are personal data."""

    def __init__(self, code: str) -> None:
        if code not in CODES:
            raise LookupError(f"no such refusal: {code}")
        super().__init__(code)
        self.code = code
