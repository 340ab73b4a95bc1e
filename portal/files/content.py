"""The bytes of stored files: into the store sealed, and out of it opened, a piece at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

from portal.adapters import ports
from portal.files import sealing
from portal.kernel import crypto
from portal.kernel.scope import council_id as council_id
from portal.tenants import vault

TABLE = "stored_file"


class TooLarge(Exception):
    """More bytes came than may."""


class Damaged(Exception):
    """The store has not what was put into it: the object is missing, cut off, changed or another's."""


@dataclass(frozen=True)
class Written:
    """What went into the store: its key there, and the size and SHA-256 of the plain bytes."""

    object_key: UUID
    size: int
    sha256: str


class Counted:
    """Pieces on their way; their size and digest once they have passed. Raises TooLarge past `most` bytes."""

    def __init__(self, pieces: Iterable[bytes], most: int | None = None) -> None:
        self._pieces = pieces
        self._most = most
        self._digest = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.size += len(piece)
            if self._most is not None and self.size > self._most:
                raise TooLarge
            self._digest.update(piece)
            yield piece

    @property
    def sha256(self) -> str:
        """The digest of what has passed, in hexadecimal."""
        return self._digest.hexdigest()


def path(object_key: UUID) -> str:
    """Where the store keeps an object of this council: made of ids of ours, never of a byte that somebody sent."""
    return f"{council_id()}/{object_key}"


def _place(file_id: UUID, object_key: UUID) -> bytes:
    return crypto.place(council_id(), TABLE, file_id, object_key)


def write(file_id: UUID, wrapped_key: bytes, pieces: Iterable[bytes], most: int | None = None) -> Written:
    """Seal a stream into the store under a new key; it becomes the file's when its row names it.

    Raises TooLarge past `most` bytes (nothing is kept then) and Unavailable.
    """
    object_key, passing = uuid4(), Counted(pieces, most)
    key = vault.record_key(wrapped_key, TABLE, file_id)
    ports.store().put(path(object_key), sealing.seal(key, passing, _place(file_id, object_key)))
    return Written(object_key, passing.size, passing.sha256)


def read(file_id: UUID, wrapped_key: bytes, object_key: UUID, sha256: str = "") -> Iterator[bytes]:
    """The plain bytes of an object in pieces; each was authenticated, and the digest, if given, is compared at the end.

    Raises Damaged (before the first piece when there is no object) and Unavailable.
    """
    key = vault.record_key(wrapped_key, TABLE, file_id)
    try:
        sealed = ports.store().get(path(object_key))
    except ports.NoObject:
        raise Damaged from None
    return _opened(sealing.unseal(key, sealed, _place(file_id, object_key)), sha256)


def _opened(pieces: Iterator[bytes], sha256: str) -> Iterator[bytes]:
    passing = Counted(pieces)
    try:
        yield from passing
    except crypto.CannotOpen:
        raise Damaged from None
    if sha256 and passing.sha256 != sha256:
        raise Damaged
