"""The root keys of this instance: one seals, all of them open, each known by a name that tells nothing of it; pure.

Blob layout: version byte | the name of the key, 8 bytes | what `crypto.seal` makes. What was sealed before keys had
names has no such beginning, and is tried with each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from portal.kernel import crypto
from portal.kernel.errors import Unavailable

NAMED = b"\x02"
NAME_BYTES = 8
MARK_BYTES = len(NAMED) + NAME_BYTES


class UnknownKey(Unavailable):
    """Something was sealed with a root key that is not among ours: the settings lack one."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the root key {name} is not set: add it to ROOT_KEYS_OTHER")
        self.name = name


def name_of(key: bytes) -> str:
    """What a root key is called, in 16 characters. Worked out from it, so that no two can be mixed up by a typing
    mistake; of 32 random bytes a hash tells nothing."""
    return hashlib.sha256(b"name of a root key" + key).digest()[:NAME_BYTES].hex()


class Ring:
    """The key that seals, and the others that may still (or already) open."""

    def __init__(self, current: bytes, others: Sequence[bytes] = ()) -> None:
        self._current = current
        self._keys = {name_of(key): key for key in (current, *others)}
        self.name = name_of(current)

    def __repr__(self) -> str:
        return f"Ring({self.name})"

    @property
    def names(self) -> tuple[str, ...]:
        """What its keys are called, the one that seals first."""
        return tuple(self._keys)

    @property
    def mark(self) -> bytes:
        """What everything begins with that its current key seals."""
        return NAMED + bytes.fromhex(self.name)

    def seal(self, plain: bytes, where: bytes) -> bytes:
        """Encrypt for one place, with the current key."""
        return self.mark + crypto.seal(self._current, plain, where)

    def open(self, blob: bytes, where: bytes) -> bytes:
        """Decrypt what any of its keys sealed for that place; raises crypto.CannotOpen, and UnknownKey for a name that
        is none of theirs."""
        if blob[: len(NAMED)] != NAMED:
            return self._try_each(blob, where)
        key = self._keys.get(named(blob))
        if key is None:
            raise UnknownKey(named(blob))
        return crypto.unseal(key, blob[MARK_BYTES:], where)

    def _try_each(self, blob: bytes, where: bytes) -> bytes:
        for key in self._keys.values():
            try:
                return crypto.unseal(key, blob, where)
            except crypto.CannotOpen:
                continue
        raise crypto.CannotOpen


def named(blob: bytes) -> str:
    """The name of the root key that sealed it; "" for what was sealed before they had names."""
    return blob[len(NAMED) : MARK_BYTES].hex() if blob[: len(NAMED)] == NAMED else ""


_held: list[Ring] = []


def hold(ring: Ring) -> None:
    """Give this process its root keys (app.py, the worker and the command line call it once)."""
    _held[:] = [ring]


def held() -> Ring:
    """The root keys of this process; raises Unavailable before it was given any."""
    if not _held:
        raise Unavailable("the root key is not loaded")
    return _held[0]
