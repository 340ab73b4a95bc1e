"""Root keys from the settings: as they are, or sealed by a key service (AWS KMS, or what speaks as it does)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from portal.adapters.ports import KeyService
from portal.kernel import crypto
from portal.kernel.errors import Unavailable
from portal.kernel.ring import Ring

SEALED: Final = "kms:"
# KMS seals for a purpose: what another program sealed with the same key does not open here.
PURPOSE: Final = {"purpose": "root key of a professionals portal"}
CONNECT_SECONDS, ANSWER_SECONDS = 3, 5


def service_for(url: str, region: str) -> KeyService | None:
    """The key service of a KMS setting, `https://host/name-of-the-key`; None where there is none."""
    return AwsKms(url, region) if url else None


def ring_for(values: Sequence[str], service: KeyService | None) -> Ring:
    """The root keys of the settings, the first of which seals. A service opens what it sealed, once, here: afterwards
    nothing waits for it. Raises Unavailable."""
    current, *others = [_key(value, service) for value in values]
    return Ring(current, others)


def _key(value: str, service: KeyService | None) -> bytes:
    if not value.startswith(SEALED):
        return crypto.root_key(value)
    if service is None:
        raise Unavailable("KMS is not set, which alone opens this root key")
    key = service.open(base64.b64decode(value.removeprefix(SEALED)))
    if len(key) != crypto.KEY_BYTES:
        raise Unavailable("what the key service opened is no root key")
    return key


def new_value(service: KeyService | None) -> str:
    """A new root key, as the setting is written."""
    key = crypto.new_key()
    if service is None:
        return base64.b64encode(key).decode()
    return SEALED + base64.b64encode(service.seal(key)).decode()


class AwsKms:
    """One key of AWS KMS, by id, ARN or `alias/…`."""

    def __init__(self, url: str, region: str) -> None:
        place = urlsplit(url)
        self._key, self._endpoint, self._region = place.path.strip("/"), f"{place.scheme}://{place.netloc}", region

    def seal(self, key: bytes) -> bytes:
        """The key as only this service opens it."""
        return bytes(self._ask("encrypt", Plaintext=key)["CiphertextBlob"])

    def open(self, sealed: bytes) -> bytes:
        """The key that `seal` sealed."""
        return bytes(self._ask("decrypt", CiphertextBlob=sealed)["Plaintext"])

    def _ask(self, what: str, **given: bytes) -> dict[str, Any]:
        # Large, and of use to those alone who have a key service.
        import botocore.config  # noqa: PLC0415 - see above
        import botocore.exceptions  # noqa: PLC0415 - see above
        import botocore.session  # noqa: PLC0415 - see above

        patience = botocore.config.Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            retries={"mode": "standard", "total_max_attempts": 3},
        )
        try:
            session = botocore.session.get_session()
            client = session.create_client("kms", self._region, endpoint_url=self._endpoint, config=patience)
            return dict(getattr(client, what)(KeyId=self._key, EncryptionContext=PURPOSE, **given))
        except botocore.exceptions.ClientError as error:
            # The code, never the message: that names accounts and keys.
            raise Unavailable(f"the key service refuses ({error.response['Error']['Code']})") from None
        except botocore.exceptions.BotoCoreError as error:
            raise Unavailable(f"the key service does not answer ({type(error).__name__})") from None
