"""Chooses how a council's case system is reached: told over HTTPS, or given files over SFTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portal.adapters import outside
from portal.adapters.parcels import CaseSystem, Declined, Factory
from portal.adapters.push import Push
from portal.adapters.push_address import PORTS


def case_systems_for(networks: str, *, ports: Sequence[int] = PORTS) -> Factory:
    """Makes case systems that are on the public internet or in one of these networks (with spaces between)."""
    allowed = outside.networks(networks)

    def made(kind: str, destination: Mapping[str, Any], secrets: Sequence[str]) -> CaseSystem:
        if kind == "push":
            return Push(str(destination.get("address", "")), secrets, networks=allowed, ports=ports)
        if kind == "sftp":
            # Loaded only where somebody uses it: it takes a third of a second.
            from portal.adapters.sftp import Sftp  # noqa: PLC0415 # see above

            return Sftp.of(destination, secrets, networks=allowed)
        raise Declined("bad_request")

    return made
