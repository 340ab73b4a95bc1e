"""A device with passkeys, as far as our side can tell: it answers what a page asks, honestly or not."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import insert
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

from portal.auth.models import Passkey
from portal.kernel import db, scope

PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


@dataclass
class Device:
    """One passkey. `count` is how often it says it was used; 0 for ever in those that wander between devices."""

    origin: str
    counts: bool = True
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    handle: bytes = b""

    def make(self, options: str, **forged: Any) -> str:
        """The answer to `creation`."""
        asked = json.loads(options)
        self.handle = base64url_to_bytes(asked["user"]["id"])
        client = self._client("webauthn.create", asked, forged)
        data = self._data(forged.get("host", asked["rp"]["id"]), HAS_KEY, forged) + self._attested()
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        response = {"clientDataJSON": bytes_to_base64url(client), "attestationObject": bytes_to_base64url(attestation)}
        return self._answer(response)

    def use(self, options: str, **forged: Any) -> str:
        """The answer to `request`."""
        asked = json.loads(options)
        if self.counts:
            self.count += 1
        client = self._client("webauthn.get", asked, forged)
        data = self._data(forged.get("host", asked["rpId"]), 0, forged)
        key = forged.get("key", self.key)
        signature = key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": bytes_to_base64url(client),
            "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(signature),
            "userHandle": bytes_to_base64url(forged.get("handle", self.handle)),
        }
        return self._answer(response)

    def _client(self, kind: str, asked: dict[str, Any], forged: dict[str, Any]) -> bytes:
        said = {
            "type": forged.get("type", kind),
            "challenge": forged.get("challenge", asked["challenge"]),
            "origin": forged.get("origin", self.origin),
            "crossOrigin": False,
        }
        return json.dumps(said).encode()

    def _data(self, host: str, flags: int, forged: dict[str, Any]) -> bytes:
        flags |= forged.get("flags", PRESENT | VERIFIED)
        count: int = forged.get("count", self.count)
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + count.to_bytes(4, "big")

    def _attested(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        return bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + encode_cbor(key)

    def _answer(self, response: dict[str, str]) -> str:
        name = bytes_to_base64url(self.credential_id)
        return json.dumps(
            {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}
        )


def give_passkey(account_id: UUID) -> str:
    """Give an account a passkey that no device has; returns its id."""
    made = uuid4()
    with db.unit_of_work(scope.NOWHERE) as session:
        session.execute(
            insert(Passkey).values(
                id=made, account_id=account_id, credential_id=made.bytes, public_key=b"none", sign_count=0,
                backed_up=False, name="Firefox, Windows",
            )
        )  # fmt: skip
    return str(made)
