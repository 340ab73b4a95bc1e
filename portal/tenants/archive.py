"""One council as one file: sealed parts, a manifest that names each with its SHA-256, a signature over that; pure."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import zipfile
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from portal.kernel import crypto

FORMAT: Final = "portal council 1"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
SHORTEST_SECRET: Final = 20
_SALT_BYTES = 16
_COST = 2**15


class BadArchive(Exception):
    """The file cannot be trusted or opened; the message says why and holds nothing of its content."""


class BadKey(Exception):
    """A key file that cannot serve; the message says what it must hold."""


@dataclass(frozen=True)
class About:
    """Whose archive it is, and which version of the tables it was taken from."""

    council_id: UUID
    slug: str
    schema: str
    made_at: str
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(_SALT_BYTES))


@dataclass(frozen=True)
class Archive:
    """An archive that was verified and opened: the rows of each part, each row a JSON object."""

    about: About
    parts: Mapping[str, tuple[str, ...]]


def secret_of(path: Path) -> bytes:
    """The passphrase in a file; raises BadKey when it is too short to be one, OSError when it cannot be read."""
    found = path.read_bytes().strip()
    if len(found) < SHORTEST_SECRET:
        raise BadKey(f"{path.name} must hold at least {SHORTEST_SECRET} characters")
    return found


def signer_of(path: Path) -> Ed25519PrivateKey:
    """The Ed25519 private key in a PEM file; raises BadKey, or OSError when it cannot be read."""
    content = path.read_bytes()
    try:
        key = serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey(f"{path.name} must hold an Ed25519 private key in PEM, without a password")
    return key


def verifier_of(path: Path) -> Ed25519PublicKey:
    """The Ed25519 public key in a PEM file; raises BadKey, or OSError when it cannot be read."""
    content = path.read_bytes()
    try:
        key = serialization.load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise BadKey(f"{path.name} must hold an Ed25519 public key in PEM")
    return key


def export_key(secret: bytes, about: About) -> bytes:
    """The key that seals the parts of this archive, worked out from the passphrase and the archive's own salt."""
    return Scrypt(salt=about.salt, length=crypto.KEY_BYTES, n=_COST, r=8, p=1).derive(secret)


def write(
    target: Path, about: About, parts: Mapping[str, Sequence[str]], key: bytes, signer: Ed25519PrivateKey
) -> None:
    """Write the archive, readable by this user only: every part sealed for its name and listed in the
    signed manifest."""
    sealed = {name: _sealed(rows, name, about, key) for name, rows in parts.items()}
    listed = {
        name: {"rows": len(parts[name]), "sha256": hashlib.sha256(blob).hexdigest()} for name, blob in sealed.items()
    }
    head = {
        "format": FORMAT, "council": str(about.council_id), "slug": about.slug, "schema": about.schema,
        "made_at": about.made_at, "salt": b64encode(about.salt).decode(), "parts": listed,
    }  # fmt: skip
    manifest = json.dumps(head, indent=1, sort_keys=True).encode()
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
        with zipfile.ZipFile(raw, "w") as file:
            file.writestr(MANIFEST, manifest)
            file.writestr(SIGNATURE, signer.sign(manifest))
            for name, blob in sealed.items():
                file.writestr(name, blob)
        raw.flush()
        os.fsync(raw.fileno())


def _sealed(rows: Sequence[str], name: str, about: About, key: bytes) -> bytes:
    return crypto.seal(key, zlib.compress("\n".join(rows).encode()), _place(name, about))


def _place(name: str, about: About) -> bytes:
    return crypto.place("archive", about.council_id, about.made_at, name)


def read(source: Path, secret: bytes, verifier: Ed25519PublicKey) -> tuple[Archive, bytes]:
    """Verify the signature, then every part's SHA-256, then open them; with the key that the passphrase gives.

    Raises BadArchive: nothing of a file is looked at before the signature over its manifest is good.
    """
    try:
        with zipfile.ZipFile(source) as file:
            names = file.namelist()
            if len(names) != len(set(names)) or not {MANIFEST, SIGNATURE} <= set(names):
                raise BadArchive("it is not an archive of a council")
            blobs = {name: file.read(name) for name in names}
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile, zlib.error):
        raise BadArchive("it is not an archive of a council, or is damaged") from None
    manifest, signature = blobs.pop(MANIFEST), blobs.pop(SIGNATURE)
    try:
        verifier.verify(signature, manifest)
    except InvalidSignature:
        raise BadArchive("its signature is not by the key that was given") from None
    head = json.loads(manifest)
    if head["format"] != FORMAT:
        raise BadArchive(f"its format is {head['format']}, and this program reads {FORMAT}")
    _check_sums(head["parts"], blobs)
    about = About(UUID(head["council"]), head["slug"], head["schema"], head["made_at"], b64decode(head["salt"]))
    key = export_key(secret, about)
    return Archive(about, {name: _opened(blob, name, about, key) for name, blob in blobs.items()}), key


def _check_sums(listed: Mapping[str, Any], blobs: Mapping[str, bytes]) -> None:
    if listed.keys() != blobs.keys():
        raise BadArchive("its parts are not those of its manifest")
    for name, blob in blobs.items():
        if hashlib.sha256(blob).hexdigest() != listed[name]["sha256"]:
            raise BadArchive(f"its part {name} was changed")


def _opened(blob: bytes, name: str, about: About, key: bytes) -> tuple[str, ...]:
    try:
        plain = crypto.unseal(key, blob, _place(name, about))
    except crypto.CannotOpen:
        raise BadArchive("the passphrase does not open it") from None
    text = zlib.decompress(plain).decode()
    return tuple(text.split("\n")) if text else ()


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, as `sha256sum` says it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
