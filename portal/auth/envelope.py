"""Seals what somebody typed before they have an account: a key per code row, wrapped with the root key.

A person who only proves an address belongs to no council yet, so no council's key can serve; when the row is
deleted, its key and what it sealed are gone together.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, replace
from uuid import UUID

from portal.kernel import crypto, ring

_TABLE = "one_time_code"
_OWN_PLACE = frozenset({"authenticator", "sign_on_secret"})


@dataclass(frozen=True)
class Details:
    """What a code row seals: what the person typed (registration), or only the address (sign-in)."""

    email: str
    name: str = ""
    job: str = ""
    lead: bool = False
    agency_id: str = ""

    def at(self, agency_id: UUID) -> Details:
        """The same at an agency."""
        return replace(self, agency_id=str(agency_id))


def new_key(row_id: UUID, table: str = _TABLE) -> bytes:
    """A new key for one row, wrapped."""
    return ring.held().seal(crypto.new_key(), crypto.place(table, row_id, "key"))


def place_of_key(table: str, row_id: object) -> bytes:
    """Where a row's wrapped key stands. Whatever sends a link by email shares the codes' place: the row's own key, not
    the place, keeps them apart."""
    return crypto.place(table if table in _OWN_PLACE else _TABLE, row_id, "key")


def _key(wrapped: bytes, row_id: UUID, table: str = _TABLE) -> bytes:
    return ring.held().open(wrapped, crypto.place(table, row_id, "key"))


def seal_secret(wrapped: bytes, row_id: UUID, table: str, plain: bytes) -> bytes:
    """Encrypt the one secret of a row of that table."""
    return crypto.seal(_key(wrapped, row_id, table), plain, crypto.place(table, row_id, "secret"))


def unseal_secret(wrapped: bytes, row_id: UUID, table: str, blob: bytes) -> bytes:
    """Decrypt what `seal_secret` made for the same row; raises kernel.crypto.CannotOpen."""
    return crypto.unseal(_key(wrapped, row_id, table), blob, crypto.place(table, row_id, "secret"))


def seal_for_session(account_id: UUID, what: str, plain: bytes) -> str:
    """Encrypt what a browser's session keeps for a few minutes (a seed that is not confirmed, codes to be shown)."""
    return ring.held().seal(plain, crypto.place("account_session", account_id, what)).hex()


def unseal_for_session(account_id: UUID, what: str, text: str) -> bytes:
    """Decrypt what `seal_for_session` made for the same person; raises kernel.crypto.CannotOpen."""
    try:
        return ring.held().open(bytes.fromhex(text), crypto.place("account_session", account_id, what))
    except ring.UnknownKey:
        # A root key that was taken out of the settings since: what a session keeps is for minutes, and made again.
        raise crypto.CannotOpen from None


def seal(wrapped: bytes, row_id: UUID, details: Details) -> bytes:
    """Encrypt the details for their row."""
    plain = json.dumps(asdict(details)).encode()
    return crypto.seal(_key(wrapped, row_id), plain, crypto.place(_TABLE, row_id, "details"))


def unseal(wrapped: bytes, row_id: UUID, blob: bytes) -> Details:
    """Decrypt what `seal` made for the same row; raises kernel.crypto.CannotOpen."""
    plain = crypto.unseal(_key(wrapped, row_id), blob, crypto.place(_TABLE, row_id, "details"))
    return Details(**json.loads(plain))


def token(wrapped: bytes, row_id: UUID) -> str:
    """The secret of a row's email (256 bits, as in an address): worked out again whenever the email is sent, stored
    nowhere."""
    made = hmac.new(_key(wrapped, row_id), b"token", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def digest(wrapped: bytes, row_id: UUID, code: str) -> str:
    """What is stored of a code: six digits are guessed in no time without the key, which is not in the table."""
    return hmac.new(_key(wrapped, row_id), b"code" + code.encode(), hashlib.sha256).hexdigest()
