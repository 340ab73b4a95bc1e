"""A case system is told over HTTPS: identifiers only, to where we may talk, within seconds, whatever it answers."""

from __future__ import annotations

import json
import socket
import time
from datetime import UTC, datetime
from io import BytesIO
from ipaddress import ip_network
from typing import Any
from uuid import UUID

import pytest

from portal.adapters import outside, ports, signing
from portal.adapters.case_systems import case_systems_for
from portal.adapters.ports import Declined, Parcel, ParcelFile
from portal.adapters.push import Push
from portal.kernel import clock
from portal.kernel.errors import Unavailable
from tests.fixtures.case_systems import Receiver, answers

HERE = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
SECRETS = (signing.new_secret(), signing.new_secret())
PARCEL = Parcel(
    UUID(int=7), "avonmere", "AVM-2026-000001", "decided", datetime(2026, 11, 26, 9, tzinfo=UTC),
    (ParcelFile("package.json", "application/json", 2, "ab" * 32, lambda: BytesIO(b"{}")),),
)  # fmt: skip


def told(receiver: Receiver, seconds: float = 5.0) -> Push:
    """The receiver as the portal reaches it."""
    return Push(receiver.address, SECRETS, networks=HERE, ports=(receiver.port,), seconds=seconds)


def test_a_notice_is_thin_and_signed(receiver: Receiver) -> None:
    """What was told is what the file list says and nothing else, so that nobody is given away by a wrong address."""
    assert told(receiver).deliver(PARCEL) is False
    told(receiver).deliver(PARCEL)
    first, again = receiver.said
    assert first.path == "/parcels?from=portal"
    assert first.headers["host"] == f"localhost:{receiver.port}"
    assert first.headers["webhook-id"] == again.headers["webhook-id"] == str(PARCEL.id)
    for secret in SECRETS:
        assert signing.is_signed([secret], first.headers, first.body, clock.now())
    assert json.loads(first.body) == {
        "type": "parcel.decided",
        "timestamp": "2026-11-26T09:00:00+00:00",
        "data": {
            "parcel": str(PARCEL.id),
            "council": "avonmere",
            "reference": "AVM-2026-000001",
            "files_still_checked": 0,
            "files": [{"name": "package.json", "size": 2, "sha256": "ab" * 32}],
            "collect": ports.address("/avonmere/machine/hand-over/collect"),
        },
    }


def test_a_test_notice_is_about_nothing(receiver: Receiver) -> None:
    told(receiver).check()
    assert json.loads(receiver.said[0].body)["type"] == "test"
    assert json.loads(receiver.said[0].body)["data"] == {}


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, "bad_request"), (401, "unauthorised"), (403, "unauthorised"), (404, "not_found"), (410, "not_found"),
        (413, "too_large"), (422, "bad_request"), (302, ""), (307, ""), (429, ""), (500, ""), (503, ""), (418, ""),
    ],
)  # fmt: skip
def test_what_it_answers(receiver: Receiver, status: int, reason: str) -> None:
    """Refused for good with a code, or to be tried again; a redirect is followed nowhere."""
    receiver.next[:] = [answers(status, b"no", Location=receiver.address)]
    with pytest.raises(Unavailable) as raised:
        told(receiver).deliver(PARCEL)
    assert isinstance(raised.value, Declined) == bool(reason)
    assert getattr(raised.value, "reason", "") == reason
    assert len(receiver.said) == 1


def test_it_recovers(receiver: Receiver) -> None:
    """Hanging, dripping and hanging up each end within the time that it has; then it takes the same parcel."""
    receiver.next[:] = [receiver.hangs, receiver.drips, receiver.resets, answers(204)]
    began = time.monotonic()
    for _try in range(3):
        with pytest.raises(Unavailable, match="does not answer as it should"):
            told(receiver, 0.3).deliver(PARCEL)
    assert time.monotonic() - began < 3
    assert told(receiver).deliver(PARCEL) is False
    assert {one.headers["webhook-id"] for one in receiver.said} == {str(PARCEL.id)}


def test_a_long_answer_is_not_read(receiver: Receiver) -> None:
    """Five megabytes are cut off, and what they say counts for nothing."""
    receiver.next[:] = [answers(200, b"x" * 5_000_000)]
    assert told(receiver).deliver(PARCEL) is False


def test_a_certificate_that_nobody_trusts(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(Unavailable):
        told(receiver).deliver(PARCEL)
    assert receiver.said == []


def test_proxies_of_the_environment_are_ignored(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert told(receiver).deliver(PARCEL) is False


@pytest.mark.parametrize(
    "where",
    [
        "http://cases.example.org/", "https://cases.example.org:22/", "https://a@cases.example.org/", "https:///x", "",
        "https://cases.example.org/#x", "https://cases.example.org:x/", "https://cases.example.org/ x", "https://[::1/",
        "ftp://cases.example.org/", "https://cäses.example.org/",
    ],
)  # fmt: skip
def test_an_address_that_is_none(where: str) -> None:
    with pytest.raises(Declined) as raised:
        case_systems_for("")("push", {"address": where}, SECRETS)
    assert raised.value.reason == "bad_request"


# The list of design/security-and-reliability.md, 2.8.
INSIDE = (
    "127.0.0.1", "127.1.2.3", "0.0.0.0",  # noqa: S104 - nothing listens there
    "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1",
    "100.100.100.200", "192.0.0.192", "198.18.0.1", "224.0.0.1", "233.252.1.1", "240.0.0.1", "255.255.255.255", "::",
    "::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
    "2002:7f00:1::", "2002:a9fe:a9fe::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "fe80::1", "fc00::1",
    "fd00:ec2::254", "ff02::1", "::127.0.0.1", "::169.254.169.254", "2001:db8::1", "fec0::1",
)  # fmt: skip


class Sink:
    """Stands in for the network: names answer what they are told to, and what is connected to is counted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *rounds: list[str]) -> None:
        self.rounds, self.connected = list(rounds), list[Any]()
        monkeypatch.setattr(socket, "getaddrinfo", self.resolve)
        monkeypatch.setattr(socket.socket, "connect", self.connect)

    def resolve(self, _host: str, port: int, **_named: Any) -> list[Any]:
        now = self.rounds.pop(0)
        family = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(family[":" in one], socket.SOCK_STREAM, 6, "", (one, port)) for one in now]

    def connect(self, where: Any) -> None:
        self.connected.append(where[0])
        raise ConnectionRefusedError


@pytest.mark.parametrize("inside", INSIDE)
def test_addresses_inside(monkeypatch: pytest.MonkeyPatch, inside: str) -> None:
    """Not one connection, also where a good address stands beside it."""
    sink = Sink(monkeypatch, [inside], ["93.184.215.14", inside])
    for _round in range(2):
        with pytest.raises(Declined):
            Push("https://cases.example.org/", SECRETS).deliver(PARCEL)
    assert sink.connected == []
    assert not outside.is_outside(inside)


def test_a_name_that_answers_differently(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked once, and what it answered is what is connected to."""
    sink = Sink(monkeypatch, ["93.184.215.14", "2606:2800:21f::1"], ["127.0.0.1"])
    with pytest.raises(Unavailable, match="cannot be reached"):
        Push("https://cases.example.org/", SECRETS).deliver(PARCEL)
    assert sink.connected == ["93.184.215.14", "2606:2800:21f::1"]
    assert sink.rounds == [["127.0.0.1"]]


def test_without_a_secret_nothing_is_told() -> None:
    with pytest.raises(Declined) as raised:
        Push("https://cases.example.org/", ())
    assert raised.value.reason == "no_secret"
