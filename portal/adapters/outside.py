"""Connections that lead out of our own network and nowhere else: naming an address is no way to look around inside."""

from __future__ import annotations

import socket
from ipaddress import IPv6Address, ip_address
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool

from portal.adapters.ports import NotTrusted


def is_outside(address: str) -> bool:
    """Whether an IP address is one of the public internet."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return found.is_global and not found.is_multicast


class _Connection(HTTPSConnection):
    """Asks before it connects, so that nothing inside hears of it, and again of the peer that it got: a name may answer
    differently the second time."""

    def _new_conn(self) -> socket.socket:
        try:
            named = {str(found[4][0]) for found in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)}
        except (OSError, UnicodeError):
            named = set()  # connecting fails below, in the words of the library
        if not all(is_outside(address) for address in named):
            raise NotTrusted("inside")
        made = super()._new_conn()
        if not is_outside(str(made.getpeername()[0])):
            made.close()
            raise NotTrusted("inside")
        return made


class _Pool(HTTPSConnectionPool):
    ConnectionCls = _Connection


class Outside(HTTPAdapter):
    """An adapter of requests whose https connections lead to public addresses only."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """As its base does, with our own connections."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {**self.poolmanager.pool_classes_by_scheme, "https": _Pool}
