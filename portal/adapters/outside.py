"""Connections that lead out of our own network and nowhere else: naming an address is no way to look around inside."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool

from portal.adapters.ports import NotTrusted

Network = IPv4Network | IPv6Network

# What of IPv6 is the public internet (2000::/3), and what of that is not: some of these carry an IPv4 address along,
# which would lead inside. What the standard library calls global lets several of them through.
_PUBLIC: Final = IPv6Network("2000::/3")
_NOT_PUBLIC: Final = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
_PROTOCOL: Final = IPv4Network("192.0.0.0/24")


class Inside(Exception):
    """The name leads to an address that we may not talk to."""


def is_outside(address: str) -> bool:
    """Whether an IP address is one of the public internet."""
    found = _plain(address)
    if isinstance(found, IPv6Address):
        return found in _PUBLIC and not any(found in one for one in _NOT_PUBLIC)
    return found.is_global and not found.is_multicast and not found.is_reserved and found not in _PROTOCOL


def networks(said: str) -> tuple[Network, ...]:
    """Networks as settings name them, with spaces between; raises ValueError."""
    return tuple(ip_network(one) for one in said.split())


def connect(host: str, port: int, seconds: float, allowed: Sequence[Network] = ()) -> socket.socket:
    """A connection to a name that was resolved once: every address of it must be of the public internet or of an
    allowed network, and it is one of these very addresses that is connected to. Raises Inside, OSError."""
    found = _resolved(host, port)
    if not all(_may(str(where[0]), allowed) for _family, where in found):
        raise Inside
    last = OSError("the name has no address")
    for family, where in found:
        made = socket.socket(family, socket.SOCK_STREAM)
        made.settimeout(seconds)
        try:
            made.connect(where)
        except OSError as error:
            made.close()
            last = error
        else:
            return made
    raise last


def _resolved(host: str, port: int) -> list[tuple[socket.AddressFamily, Any]]:
    try:
        return [(one[0], one[4]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except UnicodeError:
        raise OSError("the name is none") from None


def _may(address: str, allowed: Sequence[Network]) -> bool:
    return is_outside(address) or any(_plain(address) in one for one in allowed)


def _plain(address: str) -> IPv4Address | IPv6Address:
    found = ip_address(address.partition("%")[0])
    return found.ipv4_mapped if isinstance(found, IPv6Address) and found.ipv4_mapped is not None else found


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
