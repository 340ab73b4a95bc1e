"""Returned mail, read: which email it was, and whether a server says for good that there is no such mailbox."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import Message
from typing import Final

from portal.adapters.ports import Return

MOST_BYTES: Final = 2**20
# A mailbox that is not there (RFC 3463): unknown, written wrongly, moved away, ambiguous, or of a domain that takes no
# mail. Left out are a domain that cannot be found (5.1.2: a name server's hiccup) and a sender that is refused (5.1.7,
# 5.1.8), which would be everybody's.
NO_MAILBOX: Final = frozenset({"5.1.0", "5.1.1", "5.1.3", "5.1.4", "5.1.6", "5.1.10"})
_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9.])")
# What a server answered, in a report of another: `smtp; 550 5.1.1 <…> User unknown`.
_ANSWER = re.compile(r"\s*smtp\s*;\s*([0-9]{3})[ -]*(?:([245]\.[0-9]{1,3}\.[0-9]{1,3})(?![0-9.]))?", re.IGNORECASE)
_WHERE_TO = ("Delivered-To", "X-Original-To", "To")
_TOKEN = "([a-z2-7]{26})"  # noqa: S105 - what one looks like
_GENERAL: Final = ("", "5.0.0", "5.0.1")


def return_address(base: str, token: str) -> str:
    """Where an email is returned to: `bounce@host` becomes `bounce+token@host`."""
    local, _at, host = base.rpartition("@")
    return f"{local}+{token}@{host}"


def read(raw: bytes, base: str, to: str = "") -> Return | None:
    """A returned email that says that there is no such mailbox; None for everything else, however it is written.

    `to` is whom the server took it for, where it says so; otherwise its own headers do.
    """
    try:
        message = message_from_bytes(raw[:MOST_BYTES], policy=policy.compat32)
        token = _token(base, [to] if to else [str(value) for name in _WHERE_TO for value in message.get_all(name, [])])
        gone = [one for one in _recipients(message) if _no_mailbox(one)]
    # It may come from anybody, and the reader of the standard library is not made for malice.
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    named = tuple(sorted({address for one in gone for address in _addresses(one)}))
    return Return(token, named) if token and named else None


def _token(base: str, addresses: list[str]) -> str:
    local, _at, host = base.rpartition("@")
    wanted = re.compile(rf"(?<![\w.+-]){re.escape(local)}\+{_TOKEN}@{re.escape(host)}(?![\w.-])", re.IGNORECASE)
    found = {one.group(1).lower() for address in addresses for one in wanted.finditer(address)}
    return found.pop() if len(found) == 1 else ""


def _recipients(message: Message) -> Iterator[Message]:
    """What a delivery report (RFC 3464) says of each recipient; nothing in a message that is none."""
    if message.get_content_type() != "multipart/report":
        return
    if str(message.get_param("report-type", "")).lower() != "delivery-status":
        return
    parts = message.get_payload()
    for part in parts if isinstance(parts, list) else []:
        if isinstance(part, Message) and part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            yield from (one for one in blocks if isinstance(one, Message)) if isinstance(blocks, list) else ()
            return


def _no_mailbox(block: Message) -> bool:
    if _value(block, "Action").lower() != "failed":
        return False
    found = _STATUS.match(_value(block, "Status"))
    status = found.group() if found else ""
    if status in NO_MAILBOX:
        return True
    answer = _ANSWER.match(_value(block, "Diagnostic-Code"))
    if status not in _GENERAL or answer is None:
        return False
    # A report that only says "failed" quotes the answer, which is read as if it had been given to us.
    return answer.group(2) in NO_MAILBOX if answer.group(2) else answer.group(1) == "550"


def _addresses(block: Message) -> Iterator[str]:
    for name in ("Original-Recipient", "Final-Recipient"):
        kind, _semicolon, address = _value(block, name).partition(";")
        if kind.strip().lower() == "rfc822" and "@" in address:
            yield address.strip().strip("<>").lower()


def _value(block: Message, name: str) -> str:
    return str(block.get(name, "")).strip()
