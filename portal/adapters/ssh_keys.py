"""The keys of SSH as people exchange them: one line of text each, and a fingerprint to compare."""

from __future__ import annotations

import base64
import hashlib
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

LONGEST: Final = 2_000
_KINDS: Final = (
    "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa",
)  # fmt: skip


def new_key() -> str:
    """A new private key (Ed25519) in OpenSSH's form; without a passphrase, because it is kept sealed."""
    made = Ed25519PrivateKey.generate()
    return made.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()


def public_of(private: str, comment: str) -> str:
    """The line that goes into the server's authorized_keys."""
    key = serialization.load_ssh_private_key(private.encode(), None)
    line = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    return f"{line} {comment}"


def host_key(said: str) -> str:
    """A server's public key as it is kept (kind and key), from a line of known_hosts, of a .pub file, or from
    ssh-keyscan; "" for what is none."""
    words = said.split() if len(said) <= LONGEST else []
    place = next((index for index, word in enumerate(words) if word in _KINDS), len(words))
    line = " ".join(words[place : place + 2])
    try:
        serialization.load_ssh_public_key(line.encode())
    except (ValueError, UnsupportedAlgorithm):
        return ""
    return line


def fingerprint(line: str) -> str:
    """What people compare: SHA256: and the digest, as ssh-keygen -l says it. Raises ValueError for what is no key."""
    kept = host_key(line)
    if not kept:
        raise ValueError("not a public key")
    digest = hashlib.sha256(base64.b64decode(kept.split()[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")
