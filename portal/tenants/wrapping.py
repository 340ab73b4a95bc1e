"""Keys change hands: what the root key wraps is wrapped with an archive's key, and back; the root key never leaves."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from uuid import UUID

from portal.auth import envelope
from portal.kernel import crypto
from portal.tenants import vault

_HEX = "\\x"
Wrap = Callable[[bytes, bytes], bytes]


def for_archive(name: str, lines: Iterable[str], key: bytes) -> Iterator[str]:
    """Rows of a table with every key that the root key wraps wrapped with the archive's key instead."""

    def wrap(blob: bytes, where: bytes) -> bytes:
        return crypto.seal(key, vault.unwrap(blob, where), where)

    return (_again(name, line, wrap) for line in lines)


def from_archive(name: str, lines: Iterable[str], key: bytes) -> Iterator[str]:
    """Rows of an archive with those keys wrapped with this instance's root key."""

    def wrap(blob: bytes, where: bytes) -> bytes:
        return vault.wrap(crypto.unseal(key, blob, where), where)

    return (_again(name, line, wrap) for line in lines)


def _again(name: str, line: str, wrap: Wrap) -> str:
    """The row with its key wrapped anew. A report's key is wrapped with its council's key, not with the root key: it
    does not open here, and stays as it is."""
    if '"wrapped' not in line:
        return line
    row = json.loads(line)
    column = "wrapped" if name == "council_key" else "wrapped_key"
    found = row.get(column)
    if not isinstance(found, str):
        return line
    try:
        made = wrap(bytes.fromhex(found.removeprefix(_HEX)), _place(name, row))
    except crypto.CannotOpen:
        return line
    return json.dumps(row | {column: _HEX + made.hex()}, ensure_ascii=False)


def _place(name: str, row: dict[str, object]) -> bytes:
    if name == "council_key":
        return vault.place_of_key(UUID(str(row["tenant_id"])), int(str(row["version"])))
    return envelope.place_of_key(name, row.get("id") or row.get("account_id"))
