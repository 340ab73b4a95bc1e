"""An organisation that signs its own people in (OpenID Connect), as a council's settings describe it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from portal.kernel.language import Text


@dataclass(frozen=True)
class Provider:
    """An organisation that signs its own people in: a council, or an agency (by its key) within a council.

    `second_step` says how we know that two factors were used: "trusted" when the organisation declares that it
    always asks for both, otherwise the values of `amr` or `acr` of which one must be in the token.
    `roles` maps a value of the claim `role_claim` to a role of the portal. One that is not `in_use` signs nobody in,
    and what it signed in before counts no more.
    """

    key: str
    name: Text
    issuer: str
    client_id: str
    hosts: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    agency: str = ""
    second_step: tuple[str, ...] = ()
    role_claim: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    in_use: bool = True

    @property
    def trusted(self) -> bool:
        """Whether the organisation declared that it always asks for a second factor."""
        return self.second_step == ("trusted",)

    @property
    def covers(self) -> str:
        """A digest of what a check of the provider is about: after a change of it, it must be checked again."""
        return hashlib.sha256(json.dumps([self.issuer, self.client_id, *sorted(self.hosts)]).encode()).hexdigest()

    @property
    def origins(self) -> tuple[str, ...]:
        """Where a browser may be sent to, for the policy of the page that sends it."""
        own = urlsplit(self.issuer)
        return (f"{own.scheme}://{own.netloc}", *(f"https://{host}" for host in self.hosts))


@dataclass(frozen=True)
class Facts:
    """What a good provider says of itself: the host of its sign-in page, how many keys it has, what else it can do."""

    host: str = ""
    keys: int = 0
    signs_out: bool = False
    tells: bool = False


@dataclass(frozen=True)
class Checked:
    """How a check ended: `trouble` is "" or a stable code, `about` a host name that the trouble is about."""

    trouble: str = ""
    about: str = ""
    facts: Facts = Facts()
