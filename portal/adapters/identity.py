"""Talks to an organisation's identity provider over HTTP: its own description, its keys, and codes for tokens.

Whatever answers is hostile until checked: no redirects, short waits, small answers, only the hosts that were agreed,
and those only at public addresses.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.common.urls import add_params_to_uri
from authlib.integrations.requests_client import OAuth2Session
from requests import PreparedRequest, Response
from requests.exceptions import RequestException

from portal.adapters.outside import Outside
from portal.adapters.ports import Client, NotTrusted
from portal.kernel.errors import Unavailable

log = structlog.get_logger()

CONNECT_SECONDS: Final = 3.0
READ_SECONDS: Final = 10.0
LARGEST_ANSWER: Final = 256 * 1024
FRESH_SECONDS: Final = 600.0
# A provider that changed its key is asked again, but not by every forged token that names an unknown one.
ASK_AGAIN_SECONDS: Final = 60.0
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1"})
MOST_KEPT: Final = 256
_OK: Final = 200
_HOST = re.compile(r"[a-z0-9.-]{1,253}")
Check = Callable[[Client, Mapping[str, Any]], None]


@dataclass(frozen=True)
class _Kept:
    document: Mapping[str, Any]
    at: float


class _Bounded(Outside):
    """Reads no more of an answer than LARGEST_ANSWER; follows nothing and waits for a bounded time."""

    def send(self, request: PreparedRequest, **options: Any) -> Response:  # type: ignore[override] # its own are keywords here
        options |= {"stream": True, "timeout": (CONNECT_SECONDS, READ_SECONDS)}
        response = super().send(request, **options)
        body = response.raw.read(LARGEST_ANSWER + 1, decode_content=True)
        response.close()
        if len(body) > LARGEST_ANSWER:
            raise NotTrusted("too_large")
        response.headers.pop("Content-Encoding", None)
        response.raw = BytesIO(body)
        return response


class OverHttp:
    """Answers `ports.Identities`; remembers descriptions and keys for a while. `local` lets a provider be on this
    machine itself (in development)."""

    def __init__(self, *, local: bool = False) -> None:
        self._local = local
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}

    def description(self, client: Client, *, again: bool = False) -> Mapping[str, Any]:
        """The provider's metadata, from its issuer's own address."""
        where = client.issuer.rstrip("/") + "/.well-known/openid-configuration"
        return self._remembered(client, where, self._check_description, 0.0 if again else FRESH_SECONDS)

    def keys(self, client: Client, metadata: Mapping[str, Any], *, again: bool = False) -> Mapping[str, Any]:
        """The provider's key set; `again` asks once more, at most once a minute."""
        fresh = ASK_AGAIN_SECONDS if again else FRESH_SECONDS
        return self._remembered(client, str(metadata["jwks_uri"]), lambda _client, found: _check_keys(found), fresh)

    def authorize(
        self, client: Client, metadata: Mapping[str, Any], redirect_uri: str, **asked: str
    ) -> tuple[str, str]:
        """The address that the browser goes to, and the state in it."""
        with _session(client, redirect_uri) as session:
            address, state = session.create_authorization_url(str(metadata["authorization_endpoint"]), **asked)
        return str(address), str(state)

    def exchange(
        self, client: Client, metadata: Mapping[str, Any], redirect_uri: str, code: str, code_verifier: str
    ) -> Mapping[str, Any]:
        """The tokens for a code."""
        with _session(client, redirect_uri) as session:
            try:
                found = session.fetch_token(
                    str(metadata["token_endpoint"]),
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=code_verifier,
                )
            except AuthlibBaseError:
                raise NotTrusted("code_refused") from None
            except ValueError:  # before RequestException: requests' own JSON error is both
                raise NotTrusted("no_json") from None
            except RequestException:
                raise Unavailable("the identity provider does not answer") from None
        if not isinstance(found, Mapping):
            raise NotTrusted("no_tokens")
        return found

    def leave(self, client: Client, address: str, back: str) -> str:
        """The provider's page for signing out (OpenID Connect RP-Initiated Logout), with where it leads back to."""
        return str(add_params_to_uri(address, {"client_id": client.client_id, "post_logout_redirect_uri": back}))

    def _remembered(self, client: Client, where: str, check: Check, fresh: float) -> Mapping[str, Any]:
        name = f"{client.issuer} {where}"
        with self._lock:
            kept = self._kept.get(name)
        if kept is not None and time.monotonic() - kept.at < fresh:
            return kept.document
        self._check_address(client, where)
        document = _get(client, where)
        check(client, document)
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[name] = _Kept(document, time.monotonic())
        return document

    def _check_description(self, client: Client, found: Mapping[str, Any]) -> None:
        if found.get("issuer") != client.issuer:
            raise NotTrusted("issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            self._check_address(client, found.get(name))
        if found.get("end_session_endpoint"):
            self._check_address(client, found["end_session_endpoint"])
        methods = found.get("code_challenge_methods_supported")
        if isinstance(methods, list) and methods and "S256" not in methods:
            raise NotTrusted("pkce")

    def _check_address(self, client: Client, address: object) -> None:
        """Only https to the agreed hosts; plain http only to this machine itself (a provider in development)."""
        try:
            parts = urlsplit(address if isinstance(address, str) else "")
            host, user = parts.hostname or "", parts.username
        except ValueError:
            raise NotTrusted("address") from None
        allowed = {urlsplit(client.issuer).hostname, *client.hosts}
        if host not in allowed or user is not None or parts.fragment:
            raise NotTrusted("address", host if _HOST.fullmatch(host) else "")
        if parts.scheme != "https" and not (self._local and parts.scheme == "http" and host in _LOOPBACK):
            raise NotTrusted("address")


def _session(client: Client, redirect_uri: str = "") -> OAuth2Session:
    session = OAuth2Session(
        client.client_id,
        client.secret or None,
        token_endpoint_auth_method="client_secret_basic" if client.secret else "none",
        scope=" ".join(client.scopes),
        redirect_uri=redirect_uri or None,
        code_challenge_method="S256",
    )
    session.max_redirects = 0
    session.trust_env = False
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Bounded())
    return session


def _get(client: Client, where: str) -> Mapping[str, Any]:
    with _session(client) as session:
        try:
            answer = session.get(where, withhold_token=True, allow_redirects=False)
            document = answer.json() if answer.status_code == _OK else None
        except (ValueError, RecursionError):  # before RequestException: requests' own JSON error is both
            raise NotTrusted("no_json") from None
        except RequestException:
            raise Unavailable("the identity provider does not answer") from None
    if answer.status_code != _OK:
        log.warning("identity.status", status=answer.status_code)
        raise Unavailable("the identity provider does not answer as it should")
    if not isinstance(document, Mapping):
        raise NotTrusted("no_json")
    return document


def _check_keys(found: Mapping[str, Any]) -> None:
    if not isinstance(found.get("keys"), list) or not found["keys"]:
        raise NotTrusted("keys")
