"""One council as one file: parts in sealed pieces, a manifest that names each with its SHA-256, a signature over that.

Pure. Rows come and go one by one, and never more than a piece of them is held.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import zipfile
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from portal.kernel import crypto

FORMAT: Final = "portal council 2"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
SHORTEST_SECRET: Final = 20
_SALT_BYTES = 16
_COST = 2**15
# Characters of rows in one piece, about: what is held at once, in writing and in reading.
PIECE: Final = 2**20


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
    """An archive that was verified: how many rows each part has; its rows are opened as they are asked for."""

    about: About
    rows: Mapping[str, int]
    _source: Path
    _pieces: Mapping[str, Mapping[str, str]]
    _key: bytes

    def lines(self, name: str) -> Iterator[str]:
        """The rows of a part, each a JSON object. Raises BadArchive for a piece that is not what was signed."""
        with zipfile.ZipFile(self._source) as file:
            for piece, expected in self._pieces[name].items():
                blob = file.read(piece)
                if hashlib.sha256(blob).hexdigest() != expected:
                    raise BadArchive(f"its part {name} was changed")
                yield from _opened(blob, piece, self.about, self._key)


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
    target: Path, about: About, parts: Iterable[tuple[str, Iterable[str]]], key: bytes, signer: Ed25519PrivateKey
) -> dict[str, int]:
    """Write the archive, readable by this user only: every piece sealed for its name and listed in the signed manifest.

    Each part's rows are taken when its turn comes; returns how many there were.
    """
    counted: dict[str, int] = {}
    listed: dict[str, dict[str, str]] = {}
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
        with zipfile.ZipFile(raw, "w") as file:
            for name, lines in parts:
                counted[name], listed[name] = 0, {}
                for number, some in enumerate(_pieces(lines), 1):
                    piece = f"{name}/{number:06}"
                    blob = _sealed(some, piece, about, key)
                    file.writestr(piece, blob)
                    counted[name] += len(some)
                    listed[name][piece] = hashlib.sha256(blob).hexdigest()
            parts_listed = {name: {"rows": counted[name], "pieces": pieces} for name, pieces in listed.items()}
            manifest = json.dumps(_head(about) | {"parts": parts_listed}, indent=1, sort_keys=True).encode()
            file.writestr(MANIFEST, manifest)
            file.writestr(SIGNATURE, signer.sign(manifest))
        raw.flush()
        os.fsync(raw.fileno())
    return counted


def _head(about: About) -> dict[str, Any]:
    return {
        "format": FORMAT, "council": str(about.council_id), "slug": about.slug, "schema": about.schema,
        "made_at": about.made_at, "salt": b64encode(about.salt).decode(),
    }  # fmt: skip


def _pieces(lines: Iterable[str]) -> Iterator[list[str]]:
    some: list[str] = []
    size = 0
    for line in lines:
        some.append(line)
        size += len(line)
        if size >= PIECE:
            yield some
            some, size = [], 0
    if some:
        yield some


def _sealed(rows: Sequence[str], piece: str, about: About, key: bytes) -> bytes:
    return crypto.seal(key, zlib.compress("\n".join(rows).encode()), _place(piece, about))


def _place(name: str, about: About) -> bytes:
    return crypto.place("archive", about.council_id, about.made_at, name)


def read(source: Path, secret: bytes, verifier: Ed25519PublicKey) -> tuple[Archive, bytes]:
    """Verify the signature, then every piece's SHA-256, then the passphrase; with the key that it gives.

    Raises BadArchive: nothing of a file is looked at before the signature over its manifest is good.
    """
    try:
        with zipfile.ZipFile(source) as file:
            head = _manifest(file, verifier)
            _check_sums(head["parts"], file)
            about = About(UUID(head["council"]), head["slug"], head["schema"], head["made_at"], b64decode(head["salt"]))
            key = export_key(secret, about)
            first = next(piece for part in head["parts"].values() for piece in part["pieces"])
            _opened(file.read(first), first, about, key)
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile, zlib.error):
        raise BadArchive("it is not an archive of a council, or is damaged") from None
    parts = head["parts"]
    rows = {name: int(part["rows"]) for name, part in parts.items()}
    # By number: the manifest's names are sorted as text.
    pieces = {name: dict(sorted(part["pieces"].items())) for name, part in parts.items()}
    return Archive(about, rows, source, pieces, key), key


def _manifest(file: zipfile.ZipFile, verifier: Ed25519PublicKey) -> Any:
    names = file.namelist()
    if len(names) != len(set(names)) or not {MANIFEST, SIGNATURE} <= set(names):
        raise BadArchive("it is not an archive of a council")
    manifest = file.read(MANIFEST)
    try:
        verifier.verify(file.read(SIGNATURE), manifest)
    except InvalidSignature:
        raise BadArchive("its signature is not by the key that was given") from None
    head = json.loads(manifest)
    if head["format"] != FORMAT:
        raise BadArchive(f"its format is {head['format']}, and this program reads {FORMAT}")
    return head


def _check_sums(listed: Mapping[str, Any], file: zipfile.ZipFile) -> None:
    expected = {piece: digest for part in listed.values() for piece, digest in part["pieces"].items()}
    if expected.keys() != set(file.namelist()) - {MANIFEST, SIGNATURE}:
        raise BadArchive("its parts are not those of its manifest")
    for piece, digest in expected.items():
        if hashlib.sha256(file.read(piece)).hexdigest() != digest:
            raise BadArchive(f"its part {piece} was changed")


def _opened(blob: bytes, piece: str, about: About, key: bytes) -> list[str]:
    try:
        plain = crypto.unseal(key, blob, _place(piece, about))
    except crypto.CannotOpen:
        raise BadArchive("the passphrase does not open it") from None
    return zlib.decompress(plain).decode().split("\n")


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, as `sha256sum` says it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
