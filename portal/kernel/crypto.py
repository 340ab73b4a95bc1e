"""Envelope encryption: root key -> council key -> one key per object; AES-256-GCM from `cryptography`.

Blob layout: version byte | 12-byte nonce | ciphertext and tag. The associated data names the council, the
table and the row, so that a value copied to another row or council does not open.
"""

from __future__ import annotations

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = b"\x01"


class CannotOpen(Exception):
    """The value is not what this key and place sealed; deliberately says nothing more."""


def new_key() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(KEY_BYTES)


def root_key(encoded: str) -> bytes:
    """The root key from its base64 setting; raises ValueError when it is not 32 bytes."""
    key = base64.b64decode(encoded, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("the root key must be 32 bytes in base64")
    return key


def place(*names: object) -> bytes:
    """Associated data for a place; length-prefixed, so that no two places share it."""
    parts = [str(name).encode() for name in names]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def seal(key: bytes, plain: bytes, where: bytes) -> bytes:
    """Encrypt `plain` for one place."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plain, VERSION + where)


def unseal(key: bytes, blob: bytes, where: bytes) -> bytes:
    """Decrypt what `seal` made for the same place; raises CannotOpen for anything else."""
    if blob[:1] != VERSION:
        raise CannotOpen
    try:
        return AESGCM(key).decrypt(blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :], VERSION + where)
    except (InvalidTag, ValueError):
        raise CannotOpen from None
