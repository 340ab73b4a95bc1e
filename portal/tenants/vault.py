"""A council's keys: one per council, and under it one per record, so that a record can be shredded alone."""

from __future__ import annotations

import hmac
import time
from functools import lru_cache
from uuid import UUID

from sqlalchemy import select

from portal.kernel import crypto, db, ring, scope
from portal.kernel.errors import Unavailable
from portal.tenants.models import CouncilKey

VERSION_BYTES = 4
# How long a process takes the newest key to be the newest; a rotation finds what was wrapped meanwhile on its next run.
_NEWEST_FOR = 60


def wrap(key: bytes, where: bytes) -> bytes:
    """Wrap a key with the root key for one place."""
    return ring.held().seal(key, where)


def unwrap(blob: bytes, where: bytes) -> bytes:
    """Open what a root key wrapped for that place; raises kernel.crypto.CannotOpen, kernel.ring.UnknownKey."""
    return ring.held().open(blob, where)


def place_of_key(council_id: UUID, version: int) -> bytes:
    """The place of a council's key."""
    return crypto.place("council_key", council_id, version)


def new_council_key(council_id: UUID, version: int = 1) -> bytes:
    """A new council key, wrapped with the root key for the council_key table."""
    return wrap(crypto.new_key(), place_of_key(council_id, version))


@lru_cache(maxsize=256)
def _unwrapped(council_id: UUID, version: int, wrapped: bytes) -> bytes:
    return unwrap(wrapped, place_of_key(council_id, version))


@lru_cache(maxsize=256)
def _stored(council_id: UUID, version: int, minute: int) -> tuple[int, bytes]:
    """The wrapped key of that version (0: the newest, in that minute). Cached: a stored key never changes."""
    del minute
    query = select(CouncilKey.version, CouncilKey.wrapped).where(CouncilKey.tenant_id == council_id)
    if version:
        query = query.where(CouncilKey.version == version)
    row = db.session().execute(query.order_by(CouncilKey.version.desc()).limit(1)).one_or_none()
    if row is None:
        raise Unavailable("the council has no key")
    return row.version, row.wrapped


def _council_key(version: int = 0) -> tuple[int, bytes]:
    council = scope.council_id()
    minute = 0 if version else int(time.monotonic()) // _NEWEST_FOR
    found, wrapped = _stored(council, version, minute)
    return found, _unwrapped(council, found, wrapped)


def forget() -> None:
    """Drop remembered keys (after a rotation, between tests)."""
    _stored.cache_clear()
    _unwrapped.cache_clear()


def new_record_key(table: str, record_id: UUID) -> bytes:
    """A new key for one record, wrapped with the council's newest key; store it beside the record."""
    version, key = _council_key()
    where = crypto.place(scope.council_id(), table, record_id, "key", version)
    return version_mark(version) + crypto.seal(key, crypto.new_key(), where)


def version_mark(version: int) -> bytes:
    """What a wrapped key begins with: which of the council's keys opens it."""
    return version.to_bytes(VERSION_BYTES, "big")


def wrapped_again(wrapped: bytes, table: str, record_id: UUID) -> bytes:
    """A record's key, wrapped with the council's newest key instead; raises kernel.crypto.CannotOpen."""
    plain = record_key(wrapped, table, record_id)
    version, key = _council_key()
    where = crypto.place(scope.council_id(), table, record_id, "key", version)
    return version_mark(version) + crypto.seal(key, plain, where)


def record_key(wrapped: bytes, table: str, record_id: UUID) -> bytes:
    """The record's own key, for what seals streams itself; raises kernel.crypto.CannotOpen."""
    version, key = _council_key(int.from_bytes(wrapped[:VERSION_BYTES], "big"))
    where = crypto.place(scope.council_id(), table, record_id, "key", version)
    return crypto.unseal(key, wrapped[VERSION_BYTES:], where)


def mark(kind: str, text: str) -> str:
    """What a value is known by for comparison within the council: equal values have equal marks, and without the
    council's key a mark tells nothing. The first key is used for ever, so that old marks still compare."""
    _version, key = _council_key(1)
    return hmac.digest(hmac.digest(key, b"marks", "sha256"), crypto.place(kind, text), "sha256").hex()


class Record:
    """Seals and opens the values of one record (a report and all that hangs on it)."""

    def __init__(self, table: str, record_id: UUID, wrapped: bytes) -> None:
        self._council = scope.council_id()
        self._id = record_id
        self._key = record_key(wrapped, table, record_id)

    def seal(self, text: str, table: str, row_id: UUID, column: str) -> bytes:
        """Encrypt text for one column of one row."""
        return crypto.seal(self._key, text.encode(), self._place(table, row_id, column))

    def open(self, blob: bytes, table: str, row_id: UUID, column: str) -> str:
        """Decrypt what `seal` made for the same place; raises kernel.crypto.CannotOpen."""
        return crypto.unseal(self._key, blob, self._place(table, row_id, column)).decode()

    def _place(self, table: str, row_id: UUID, column: str) -> bytes:
        return crypto.place(self._council, self._id, table, row_id, column)
