"""Standard Webhooks: how a message between the portal and a council's case system is signed, both ways; pure."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

COLLECT: Final = "/machine/hand-over/collect"
"""Where a receiver collects, below the council's address."""
PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32
WINDOW: Final = timedelta(minutes=5)
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
LONGEST_ID: Final = 100
# More than two secrets never live, so whoever sends a long list is only trying.
MOST_SIGNATURES: Final = 8
_TIMESTAMP_DIGITS: Final = 12


def new_secret() -> str:
    """A new secret, as both sides keep it: whsec_ and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def headers(kept: Sequence[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message, signed with every secret that lives (separated by spaces)."""
    stamp = str(int(at.timestamp()))
    return {
        ID: message_id,
        TIMESTAMP: stamp,
        SIGNATURE: " ".join(f"v1,{base64.b64encode(_sign(one, message_id, stamp, body)).decode()}" for one in kept),
    }


def is_signed(kept: Sequence[str], said: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether a message was signed with one of the secrets within five minutes of now. Each signature is compared in
    constant time, with every secret."""
    message_id, stamp = said.get(ID, ""), said.get(TIMESTAMP, "")
    if not 0 < len(message_id) <= LONGEST_ID or not _is_stamp(stamp) or not message_id.isascii():
        return False
    if abs(now.timestamp() - int(stamp)) > WINDOW.total_seconds():
        return False
    wanted = [_sign(one, message_id, stamp, body) for one in kept]
    given = [_decoded(one) for one in said.get(SIGNATURE, "").split(" ")[:MOST_SIGNATURES]]
    found = [hmac.compare_digest(mine, theirs) for mine in wanted for theirs in given]
    return any(found)


def _is_stamp(said: str) -> bool:
    return said.isascii() and said.isdigit() and len(said) <= _TIMESTAMP_DIGITS


def _sign(secret: str, message_id: str, stamp: str, body: bytes) -> bytes:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return hmac.digest(key, f"{message_id}.{stamp}.".encode() + body, "sha256")


def _decoded(signature: str) -> bytes:
    """The bytes of one signature of the kind that we know, b"" for any other."""
    version, _comma, words = signature.partition(",")
    try:
        return base64.b64decode(words, validate=True) if version == "v1" else b""
    except (binascii.Error, ValueError):
        return b""
