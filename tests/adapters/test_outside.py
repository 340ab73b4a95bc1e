"""A provider's address leads to the public internet or nowhere, whatever its name answers."""

from __future__ import annotations

import socket
from typing import Any

import pytest
import requests
from urllib3.connection import HTTPSConnection

from portal.adapters import identity, outside
from portal.adapters.ports import Client, NotTrusted

CLIENT = Client("https://login.example.org", "portal", "", (), ("openid",))


def answering(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let every name be these addresses."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: found)


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.5", "127.0.0.1", "169.254.169.254", "172.16.3.1", "192.168.1.1", "100.64.0.1", "::1",
        "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.5", "224.0.0.1", "::",
    ],
)  # fmt: skip
def test_an_address_inside(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Refused before anything is connected to, also when the name has a public address beside it."""
    assert not outside.is_outside(address)

    def connected(_self: object) -> Any:
        raise AssertionError("it must not connect")

    monkeypatch.setattr(HTTPSConnection, "_new_conn", connected)
    for named in ([address], ["93.184.215.14", address]):
        answering(monkeypatch, *named)
        with pytest.raises(NotTrusted, match=r"^inside$"):
            identity.OverHttp().description(CLIENT)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_an_address_outside(address: str) -> None:
    assert outside.is_outside(address)


def test_a_name_that_answers_differently_the_second_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The peer that was reached counts, and the connection is closed at once."""
    closed: list[bool] = []

    class Peer:
        def getpeername(self) -> tuple[str, int]:
            return "10.0.0.5", 443

        def close(self) -> None:
            closed.append(True)

    answering(monkeypatch, "93.184.215.14")
    monkeypatch.setattr(HTTPSConnection, "_new_conn", lambda _self: Peer())
    with pytest.raises(NotTrusted, match=r"^inside$"):
        identity.OverHttp().description(CLIENT)
    assert closed == [True]


@pytest.mark.parametrize("issuer", ["http://localhost:9", "http://127.0.0.1:9", "http://login.example.org"])
def test_plain_http_where_it_counts(issuer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In earnest there is no exception for this machine: something else may listen there."""

    def asked(*_args: object, **_named: object) -> Any:
        raise AssertionError("it must not ask")

    monkeypatch.setattr(requests.Session, "send", asked)
    with pytest.raises(NotTrusted, match=r"^address$"):
        identity.OverHttp().description(Client(issuer, "portal", "", (), ("openid",)))
