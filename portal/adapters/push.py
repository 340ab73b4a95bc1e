"""Tells a council's case system over HTTPS that a parcel waits for it: identifiers only, signed, and nothing back.

The notice is thin on purpose: one that goes to a wrong address gives nobody away. The receiver then collects the files
from the portal with requests that it signs with the same secret (ADR 72).
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from http.client import HTTPException, HTTPSConnection
from typing import Any, Final
from uuid import uuid4

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from portal.adapters import outside, push_address, signing
from portal.adapters.outside import Inside, Network
from portal.adapters.parcels import Declined, Parcel
from portal.adapters.ports import address
from portal.adapters.push_address import PORTS
from portal.kernel import clock
from portal.kernel.errors import Unavailable

SECONDS: Final = 5.0
MOST_READ: Final = 64 * 1024
_REFUSED: Final[Mapping[int, str]] = {
    400: "bad_request", 401: "unauthorised", 403: "unauthorised", 404: "not_found", 410: "not_found",
    413: "too_large", 422: "bad_request",
}  # fmt: skip


class Push:
    """A case system that is told over HTTPS. `seconds` is for connecting, asking and answering together."""

    def __init__(
        self,
        where: str,
        secrets: Sequence[str],
        *,
        networks: Sequence[Network] = (),
        ports: Sequence[int] = PORTS,
        seconds: float = SECONDS,
    ) -> None:
        parts = push_address.read(where, ports)
        if parts is None:
            raise Declined("bad_request")
        self._where = parts
        self._secrets = tuple(secrets)
        self._networks = networks
        self._seconds = seconds
        if not self._secrets:
            raise Declined("no_secret")

    def deliver(self, parcel: Parcel) -> bool:
        """Tell it; it will collect. Raises Declined, Unavailable."""
        self._tell(str(parcel.id), notice(parcel))
        return False

    def check(self) -> None:
        """Send a test notice, which is about no report. Raises Declined, Unavailable."""
        self._tell(str(uuid4()), {"type": "test", "timestamp": clock.now().isoformat(), "data": {}})

    def _tell(self, message_id: str, said: Mapping[str, Any]) -> None:
        body = json.dumps(said, separators=(",", ":")).encode()
        signed = signing.headers(self._secrets, message_id, clock.now(), body)
        status = self._post(body, {"Content-Type": "application/json", "User-Agent": "professionals-portal", **signed})
        if status in _REFUSED:
            raise Declined(_REFUSED[status])
        if not 200 <= status < 300:  # noqa: PLR2004 # the classes of HTTP
            raise Unavailable(f"the case system answers {status}")

    def _post(self, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer; a redirect is one like any other, and is not followed."""
        host, port = self._where.hostname or "", self._where.port or PORTS[0]
        try:
            plain = outside.connect(host, port, self._seconds, self._networks)
        except Inside:
            raise Declined("bad_request") from None
        except OSError:
            raise Unavailable("the case system cannot be reached") from None
        # A peer that sends a byte now and then would never run into the timeout of one read.
        late = threading.Timer(self._seconds, _hang_up, [plain])
        late.daemon = True
        late.start()
        try:
            return self._ask(_Made(host, port, plain), body, headers)
        except (OSError, HTTPException, ValueError):
            raise Unavailable("the case system does not answer as it should") from None
        finally:
            late.cancel()
            plain.close()

    def _ask(self, connection: _Made, body: bytes, headers: Mapping[str, str]) -> int:
        path = self._where.path or "/"
        with closing(connection):
            target = f"{path}?{self._where.query}" if self._where.query else path
            connection.request("POST", target, body, dict(headers))
            with connection.getresponse() as answer:
                answer.read(MOST_READ)
                return int(answer.status)


class _Made(HTTPSConnection):
    """Speaks over a connection that was made already, to the address that was looked at; the certificate is asked for
    the name."""

    def __init__(self, host: str, port: int, plain: socket.socket) -> None:
        super().__init__(host, port)
        self._plain = plain

    def connect(self) -> None:
        """TLS over our connection. A copy of it, so that whoever hangs up still holds it."""
        made = _context().wrap_socket(self._plain.dup(), server_hostname=self.host, do_handshake_on_connect=False)
        made.settimeout(self._plain.gettimeout())
        self.sock = made
        made.do_handshake()


def _hang_up(plain: socket.socket) -> None:
    try:
        plain.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended meanwhile


def _context() -> ssl.SSLContext:
    """Whom we trust: the machine's own authorities (SSL_CERT_FILE), and those that requests brings."""
    made = ssl.create_default_context()
    made.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return made


def notice(parcel: Parcel) -> dict[str, Any]:
    """What is said of a parcel: its identifiers, what happened, and which files can be collected where."""
    return {
        "type": f"parcel.{parcel.event}",
        "timestamp": parcel.made_at.isoformat(),
        "data": {
            "parcel": str(parcel.id),
            "council": parcel.council,
            "reference": parcel.reference,
            "files_still_checked": len(parcel.awaited),
            "files": [{"name": one.name, "size": one.size, "sha256": one.sha256} for one in parcel.files],
            "collect": address(f"/{parcel.council}{signing.COLLECT}"),
        },
    }
