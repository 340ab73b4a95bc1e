"""An organisation that signs its own people in (OpenID Connect), as a council's settings describe it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from portal.kernel.language import Text


@dataclass(frozen=True)
class Provider:
    """An organisation that signs its own people in: a council, or an agency (by its key) within a council.

    `second_step` says how we know that two factors were used: "trusted" when the organisation declares that it
    always asks for both, otherwise the values of `amr` or `acr` of which one must be in the token.
    `roles` maps a value of the claim `role_claim` to a role of the portal.
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

    @property
    def trusted(self) -> bool:
        """Whether the organisation declared that it always asks for a second factor."""
        return self.second_step == ("trusted",)

    @property
    def origins(self) -> tuple[str, ...]:
        """Where a browser may be sent to, for the policy of the page that sends it."""
        own = urlsplit(self.issuer)
        return (f"{own.scheme}://{own.netloc}", *(f"https://{host}" for host in self.hosts))
