"""Passkeys (WebAuthn): what a browser is asked for, and whether its answer is good. Knows no database."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

LONGEST_ANSWER: Final = 20_000
# What the library raises for answers that no browser gives.
_NONSENSE = (
    WebAuthnException, ValueError, TypeError, KeyError, IndexError, AttributeError, struct.error, RecursionError,
)  # fmt: skip


class Refused(Exception):
    """The answer is not one to what was asked here; deliberately says nothing more."""


@dataclass(frozen=True)
class New:
    """A passkey that was just made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    backed_up: bool


@dataclass(frozen=True)
class Named:
    """Which passkey, and whose, an answer says it is; nothing is proved yet."""

    credential_id: bytes
    account_id: UUID


@dataclass(frozen=True)
class Place:
    """Where this instance is: answers for any other place are refused.

    Passkeys belong to the host of `base_url`, whichever of `hosts` (a council's own) they are made or used on.
    """

    base_url: str
    hosts: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """The host that passkeys belong to."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def origins(self) -> list[str]:
        """Scheme, host and port, as browsers say them; our own first."""
        parts = urlsplit(self.base_url)
        port = f":{parts.port}" if parts.port else ""
        return [f"{parts.scheme}://{host}{port}" for host in (self.host, *self.hosts)]

    def creation(self, challenge: bytes, account_id: UUID, email: str, name: str, known: Sequence[bytes]) -> str:
        """What a browser needs to make a passkey that is found without an address, and asks for finger, face or PIN."""
        options = webauthn.generate_registration_options(
            rp_id=self.host,
            rp_name=self.host,
            user_id=account_id.bytes,
            user_name=email,
            user_display_name=name,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        )
        return webauthn.options_to_json(options)

    def request(self, challenge: bytes) -> str:
        """What a browser needs to use whichever passkey it has for this place."""
        options = webauthn.generate_authentication_options(
            rp_id=self.host, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
        )
        return webauthn.options_to_json(options)

    def made(self, answer: str, challenge: bytes) -> New:
        """The passkey of an answer to `creation`. Raises Refused."""
        try:
            found = webauthn.verify_registration_response(
                credential=_short(answer),
                expected_challenge=challenge,
                expected_rp_id=self.host,
                expected_origin=self.origins,
                require_user_verification=True,
            )
        except _NONSENSE:
            raise Refused from None
        return New(
            found.credential_id, found.credential_public_key, found.sign_count, backed_up=found.credential_backed_up
        )

    def used(self, answer: str, challenge: bytes, public_key: bytes, sign_count: int) -> int:
        """The new count of uses of the passkey that gave an answer to `request`. Raises Refused, also for a count that
        did not grow: somebody has a copy."""
        try:
            found = webauthn.verify_authentication_response(
                credential=_short(answer),
                expected_challenge=challenge,
                expected_rp_id=self.host,
                expected_origin=self.origins,
                credential_public_key=public_key,
                credential_current_sign_count=sign_count,
                require_user_verification=True,
            )
        except _NONSENSE:
            raise Refused from None
        return found.new_sign_count


def named(answer: str) -> Named:
    """Whose passkey an answer says that it is. Raises Refused."""
    try:
        found = parse_authentication_credential_json(_short(answer))
        return Named(found.raw_id, UUID(bytes=found.response.user_handle or b""))
    except _NONSENSE:
        raise Refused from None


def _short(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("no browser's answer is that long")
    return answer
