"""ClamAV's daemon as the scanner, or none: what is not a plain answer of a fresh daemon is never a good verdict."""

from __future__ import annotations

import os
import re
import socket
import time
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, Final
from urllib.parse import urlsplit

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket

from portal.adapters.ports import Clean, Harmful, Scanner, Signatures, Unknown, Verdict
from portal.kernel import clock
from portal.kernel.errors import Unavailable

PORT: Final = 3310
MOST_BYTES: Final = 100 * 2**20
"""What clamd takes at most (StreamMaxLength), unless it was told otherwise: past that it only breaks the connection."""
ANSWER_SECONDS: Final = 60.0
WHOLE_SECONDS: Final = 90.0
_PIECE: Final = 2**18
_LIMITS: Final = ("Heuristics.Limits.", "Heuristics.Encrypted.")
# `ClamAV 1.4.6/27822/Thu Nov 26 09:12:01 2026`; without published signatures only the first part.
_VERSION = re.compile(r"ClamAV ([0-9][^/\s]*)(?:/([0-9]+)/(.+))?")
_WHEN: Final = "%a %b %d %H:%M:%S %Y"
# What a client, a broken connection or an answer of rubbish may raise.
_TROUBLE = (ClamdError, OSError, UnicodeError, ValueError, TypeError)


class _Network(ClamdNetworkSocket):
    """As its base, without leaving a socket open that could not be connected."""

    def _init_socket(self) -> None:
        try:
            super()._init_socket()
        except ClamdError:
            self._close_socket()
            raise


class _Socket(ClamdUnixSocket):
    """As its base, and as patient while it connects: a daemon that hangs takes no connection when its queue is full."""

    def _init_socket(self) -> None:
        self.clamd_socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.clamd_socket.settimeout(self.timeout)
        try:
            self.clamd_socket.connect(self.unix_socket)
        except OSError:
            self._close_socket()
            raise


class _Until:
    """A file that is read until a moment: a daemon that takes a byte now and then would keep us for ever."""

    def __init__(self, file: BinaryIO, seconds: float) -> None:
        self._file = file
        self._end = time.monotonic() + seconds

    def read(self, size: int = -1) -> bytes:
        """The next piece, larger than the client's 1,024 bytes, each of which would be a call of the system."""
        if time.monotonic() > self._end:
            raise TimeoutError
        return self._file.read(max(size, _PIECE))


def scanner_for(url: str, days: int) -> Scanner:
    """The scanner of a SCANNER setting: `clamd://host[:port]`, `clamd:///path/of/its/socket`, or none ("").

    Signatures older than so many days judge nothing; 0 asks for no age (signatures of one's own have none).
    """
    if not url:
        return NoScanner()
    place = urlsplit(url)
    return Clamd(place.hostname or "", place.port or PORT, place.path, days)


class NoScanner:
    """Nothing looks at files here, so none is ever clean."""

    there = False

    def scan(self, file: BinaryIO) -> Verdict:
        """No verdict."""
        del file
        return Unknown("no_scanner")

    def signatures(self) -> Signatures:
        """Raise Unavailable."""
        raise Unavailable("no scanner is set: no file can be checked")


class Clamd:
    """One daemon of ClamAV, at a host's port or (without a host) at a socket's path."""

    there = True

    def __init__(self, host: str, port: int, path: str, days: int) -> None:
        self._host = host
        self._port = port
        self._path = path
        self._days = days
        self.most = MOST_BYTES
        self.answer_seconds = ANSWER_SECONDS

    def _client(self) -> ClamdNetworkSocket:
        """A client of its own for each question: it keeps its connection in itself, and jobs may ask side by side."""
        if self._host:
            return _Network(self._host, self._port, timeout=self.answer_seconds)
        return _Socket(self._path, timeout=self.answer_seconds)  # type: ignore[arg-type] # seconds, as sockets take

    def signatures(self) -> Signatures:
        """What the daemon looks for; raises Unavailable when it does not answer, or its signatures are too old."""
        try:
            answer = self._client().version()
        except _TROUBLE as error:
            raise Unavailable(f"the scanner does not answer ({type(error).__name__})") from None
        found = read_version(answer)
        if found is None:
            raise Unavailable("the scanner's answer cannot be read")
        if self._days and (found.made_at is None or clock.now() - found.made_at > timedelta(days=self._days)):
            raise Unavailable("the scanner's signatures are too old, or none were ever fetched")
        return found

    def scan(self, file: BinaryIO) -> Verdict:
        """The verdict over a file from its present position; our own limit of size comes before the daemon's."""
        here = file.tell()
        size = file.seek(0, os.SEEK_END) - here
        file.seek(here)
        if size > self.most:
            return Unknown("too_large", lasting=True)
        try:
            signatures = self.signatures()
        except Unavailable:
            return Unknown("unavailable")
        try:
            answers = self._client().instream(_Until(file, WHOLE_SECONDS))  # type: ignore[arg-type] # only read() is used
        except _TROUBLE:
            return Unknown("unavailable")
        return _verdict(answers.get("stream"), signatures)


def _verdict(answer: tuple[str, str | None] | None, signatures: Signatures) -> Verdict:
    status, found = answer or ("", None)
    if status == "OK" and not found:
        return Clean(signatures)
    if status != "FOUND" or not found:
        return Unknown("unavailable")
    if found.startswith(_LIMITS):
        # It stopped looking before the end: asked again, it would stop there again.
        return Unknown("limits", lasting=True)
    return Harmful(found[:200], signatures)


def read_version(answer: str) -> Signatures | None:
    """The daemon's answer to VERSION; None if it is not one."""
    said = _VERSION.fullmatch(answer.strip())
    if said is None:
        return None
    if said.group(3) is None:
        return Signatures(said.group(1), None)
    try:
        # The daemon says its own local time; a few hours are nothing against days.
        made_at = datetime.strptime(said.group(3).strip(), _WHEN).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Signatures(f"{said.group(1)}/{said.group(2)}", made_at)
