"""Codes of authenticator apps (RFC 6238): 160 bits, SHA-1, six digits, thirty seconds, what every app understands."""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from typing import Final
from urllib.parse import quote

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

SEED_BYTES: Final = 20
STEP_SECONDS: Final = 30
DIGITS: Final = 6
# A telephone's clock may be half a minute away from ours, either way.
DRIFT: Final = 1


def new_seed() -> bytes:
    """What an app and we share."""
    return secrets.token_bytes(SEED_BYTES)


def step_of(moment: datetime) -> int:
    """The number of the thirty seconds that a moment is in."""
    return int(moment.timestamp()) // STEP_SECONDS


def _generator(seed: bytes) -> TOTP:
    # SHA-1 is what apps compute; nothing here rests on its resistance to collisions.
    return TOTP(seed, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303 - see above


def code_at(seed: bytes, step: int) -> str:
    """The code that an app shows in those thirty seconds."""
    return _generator(seed).generate(step * STEP_SECONDS).decode()


def matching_step(seed: bytes, typed: str, moment: datetime) -> int | None:
    """Which thirty seconds around the moment a code belongs to; None for none. Each is compared, in the same time."""
    found = None
    now = step_of(moment)
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(code_at(seed, step).encode(), typed.encode()):
            found = step
    return found


def spelled(seed: bytes) -> str:
    """The seed as a person types it into an app: groups of four."""
    text = base64.b32encode(seed).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address(seed: bytes, account: str, issuer: str) -> str:
    """The otpauth: address that a QR code holds, and that opens an app on the same telephone."""
    # Not by the library, which writes the spaces of the issuer as "+": apps show that as it is.
    secret = base64.b32encode(seed).decode()
    name = quote(issuer)
    return f"otpauth://totp/{name}:{quote(account)}?secret={secret}&issuer={name}"


def picture(text: str) -> tuple[int, str]:
    """A QR code as the side of its square and the path of its dark cells, for an SVG that needs no markup of ours."""
    quiet = 4
    code = segno.make_qr(text, error="m")
    cells = [
        f"M{x + quiet} {y + quiet}h1v1h-1z" for y, row in enumerate(code.matrix) for x, dark in enumerate(row) if dark
    ]
    return len(code.matrix) + 2 * quiet, "".join(cells)
