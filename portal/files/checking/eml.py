"""Emails as most programs save them: what hangs on one must be good by itself."""

from __future__ import annotations

import os
from email import policy
from email.message import Message
from email.parser import BytesParser
from io import BytesIO
from typing import BinaryIO, Final

from portal.files.checking import enclosed
from portal.files.kinds import Kind
from portal.files.refusals import Refused

MOST_BYTES: Final = 10_000_000
"""An email is read whole, which takes some times its size."""
_MOST_PARTS: Final = 100
_HEADS = ("from", "date", "subject", "received", "message-id", "to")
_FEWEST_HEADS = 2
_WORDS = frozenset({"text/plain", "text/html", "text/calendar", "text/rfc822-headers", "message/delivery-status"})
# Whatever the standard library's reader may raise over heads that somebody made up.
_TROUBLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError)


def look(file: BinaryIO, kind: Kind) -> None:
    """Raise Refused unless the file is an email whose files could each be attached by themselves."""
    del kind
    if file.seek(0, os.SEEK_END) > MOST_BYTES:
        raise Refused("email_large")
    file.seek(0)
    try:
        message = BytesParser(policy=policy.compat32).parse(file)
        parts = list(message.walk())
    except _TROUBLE:
        raise Refused("broken") from None
    if sum(head in message for head in _HEADS) < _FEWEST_HEADS or b"\0" in _beginning(file):
        raise Refused("content_differs")
    if len(parts) > _MOST_PARTS:
        raise Refused("too_many_parts")
    for part in parts:
        _part(part)


def _beginning(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(4096)


def _part(part: Message) -> None:
    kind = part.get_content_type()
    if kind == "message/rfc822":
        raise Refused("email_inside")
    if part.is_multipart():
        return
    try:
        name = part.get_filename() or ""
        body = part.get_payload(decode=True)
    except _TROUBLE:
        raise Refused("broken") from None
    content = body if isinstance(body, bytes) else b""
    if name or kind not in _WORDS:
        enclosed.enclosed(BytesIO(content), name or _usual_name(kind))


def _usual_name(kind: str) -> str:
    """A name for a picture in the text, which often has none."""
    return {"image/jpeg": "picture.jpg", "image/png": "picture.png", "image/gif": "picture.gif"}.get(kind, "")
