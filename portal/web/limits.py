"""Rate limits that are exact across workers: a `limits` storage on one unlogged PostgreSQL table.

Used on sign-in, registration and code routes only; never on sending a report.
"""

from __future__ import annotations

import hashlib
import time
from ipaddress import IPv6Network
from typing import Any

from flask import request
from flask_limiter import Limiter
from limits.storage import Storage
from sqlalchemy import text

from portal.kernel import db

INCREMENT = text(
    "insert into rate_limit (key, hits, expires_at) values (:key, :amount, now() + :expiry * interval '1 second')"
    " on conflict (key) do update set"
    " hits = case when rate_limit.expires_at <= now() then 0 else rate_limit.hits end + :amount,"
    " expires_at = case when rate_limit.expires_at <= now()"
    " then excluded.expires_at else rate_limit.expires_at end"
    " returning hits"
)
READ = text("select hits, expires_at from rate_limit where key = :key and expires_at > now()")


class PostgresStorage(Storage):
    """Counts in a transaction of its own, so that a refused request still counts."""

    STORAGE_SCHEME = ["portal"]  # noqa: RUF012 - the registry of `limits` reads this class attribute

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)

    @property
    def base_exceptions(self) -> type[Exception]:
        """What counts as a failure of the storage."""
        return Exception

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` more uses of the key in its window of `expiry` seconds; the new count."""
        with db.apart() as session:
            values = {"key": _hash(key), "amount": amount, "expiry": expiry}
            return int(session.execute(INCREMENT, values).scalar_one())

    def get(self, key: str) -> int:
        """Uses of the key in its current window."""
        with db.apart() as session:
            row = session.execute(READ, {"key": _hash(key)}).one_or_none()
        return int(row.hits) if row else 0

    def get_expiry(self, key: str) -> float:
        """When the key's window ends, in seconds since the epoch."""
        with db.apart() as session:
            row = session.execute(READ, {"key": _hash(key)}).one_or_none()
        return row.expires_at.timestamp() if row else time.time()

    def check(self) -> bool:
        """Whether the storage answers."""
        with db.apart() as session:
            return bool(session.execute(text("select true")).scalar_one())

    def reset(self) -> int | None:
        """Forget every count."""
        with db.apart() as session:
            session.execute(text("delete from rate_limit"))
        return None

    def clear(self, key: str) -> None:
        """Forget one key's count."""
        with db.apart() as session:
            session.execute(text("delete from rate_limit where key = :key"), {"key": _hash(key)})


def _hash(key: str) -> str:
    """Keys hold addresses of people and networks: only their hash is stored."""
    return hashlib.sha256(key.encode()).hexdigest()


def by_network() -> str:
    """The key of a limit per network of the client: of IPv6 the first 64 bits, everybody having all of the rest."""
    address = request.remote_addr or "unknown"
    if ":" not in address:
        return address
    try:
        return str(IPv6Network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address


limiter = Limiter(by_network, storage_uri="portal://", strategy="fixed-window", headers_enabled=False)
