"""Files inside an email: each is looked at like any other, and one more email among them is one too many."""

from __future__ import annotations

from typing import BinaryIO, Final

from portal.files import names
from portal.files.refusals import Refused

MOST: Final = 30


def enclosed(file: BinaryIO, name: str) -> None:
    """Raise Refused unless a file that hangs on an email could be attached by itself."""
    from portal.files.checking import check  # noqa: PLC0415 - which looks at emails by way of this

    if names.ending_of(names.cleaned(name)) in ("eml", "msg"):
        raise Refused("email_inside")
    try:
        check(file, name, "")
    except Refused as refusal:
        raise Refused("email_inside" if refusal.code == "email_inside" else "inside_email") from None
