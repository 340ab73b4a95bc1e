"""An identity provider on this machine that does as it is told: by the book, or wrong in one of many ways.

It speaks real HTTP to the product. Each misbehaviour is a name; `WAYS` is the list that the tests walk.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from joserfc.jws import JWSRegistry
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from portal.kernel import clock

CLIENT = "portal"
SECRET = "a-secret-between-the-two"
HUGE = 5_000_000
KEY = RSAKey.generate_key(2048, {"kid": "good", "use": "sig", "alg": "RS256"})
FOREIGN = RSAKey.generate_key(2048, {"kid": "good"})
LOOSE = JWSRegistry(algorithms=["RS256"], strict_check_header=False)

# What is wrong, and which reason the product gives for refusing it ("" for an answer of the whole page: no answer).
WAYS = {
    "metadata_other_issuer": "issuer",
    "metadata_foreign_token_endpoint": "address",
    "metadata_foreign_keys": "address",
    "metadata_foreign_authorization": "address",
    "metadata_user_in_address": "address",
    "metadata_huge": "too_large",
    "metadata_no_json": "no_json",
    "metadata_no_pkce": "pkce",
    "metadata_redirects": "",
    "answer_other_issuer": "issuer",
    "answer_no_issuer": "issuer",
    "answer_no_state": "state",
    "answer_wrong_state": "state",
    "answer_no_code": "code",
    "answer_cancelled": "cancelled",
    "answer_error": "provider",
    "token_refused": "code_refused",
    "token_500": "",
    "token_no_json": "no_json",
    "token_redirects": "",
    "token_missing": "token",
    "token_huge": "too_large",
    "token_garbled": "signature",
    "alg_none": "signature",
    "alg_hs256_with_public_key": "signature",
    "foreign_key": "signature",
    "unknown_kid": "key",
    "jku": "header",
    "x5u": "header",
    "jwk_in_header": "signature",
    "crit": "signature",
    "wrong_issuer": "claims",
    "wrong_nonce": "claims",
    "no_nonce": "claims",
    "expired": "claims",
    "not_yet": "claims",
    "issued_in_future": "claims",
    "issued_long_ago": "age",
    "no_issue_time": "claims",
    "other_audience": "claims",
    "two_audiences": "audience",
    "other_party": "claims",
    "wrong_access_token_hash": "claims",
    "no_subject": "claims",
    "empty_subject": "subject",
    "subject_no_text": "claims",
    "subject_of_controls": "subject",
    "one_factor": "second_step",
    "keys_empty": "keys",
    "keys_symmetric": "keys",
}


class Fake:
    """The provider: `how` is its way of misbehaving ("" for none); `person` are the claims of whoever signs in."""

    def __init__(self) -> None:
        self.how = ""
        self.person: dict[str, Any] = {
            "sub": "s-1",
            "name": "Siân O'Brien",
            "email": "sian@example.org",
            "amr": ["mfa"],
        }
        self.issuer = ""
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []

    # --- the HTTP side --------------------------------------------------------------------------------------------

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        request = Request(environ)
        self.asked.append(request.path)
        pages: dict[str, Callable[[Request], Response]] = {
            "/.well-known/openid-configuration": self._metadata,
            "/authorize": self._authorize,
            "/token": self._token,
            "/keys": self._keys,
        }
        page = pages.get(request.path)
        answer = page(request) if page else Response("no such page", status=404)
        return answer(environ, start)

    def _metadata(self, _request: Request) -> Response:
        if self.how == "metadata_redirects":
            return Response(status=302, headers={"Location": f"{self.issuer}/keys"})
        if self.how == "metadata_no_json":
            return Response("<p>hello")
        found: dict[str, Any] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/end",
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        host = self.issuer.removeprefix("http://")
        wrong: dict[str, dict[str, Any]] = {
            "metadata_other_issuer": {"issuer": "https://login.example.org"},
            "metadata_foreign_token_endpoint": {"token_endpoint": "https://evil.example.org/token"},
            "metadata_foreign_keys": {"jwks_uri": "https://evil.example.org/keys"},
            "metadata_foreign_authorization": {"authorization_endpoint": "https://evil.example.org/authorize"},
            "metadata_user_in_address": {"token_endpoint": f"http://{host.replace(':', '@', 1)}/token"},
            "metadata_huge": {"padding": "x" * HUGE},
            "metadata_no_pkce": {"code_challenge_methods_supported": ["plain"]},
            "weak_algorithms": {"id_token_signing_alg_values_supported": ["HS256", "none"]},
        }
        found |= wrong.get(self.how, {})
        return _json(found)

    def _authorize(self, request: Request) -> Response:
        """What a browser gets after signing in there: sent back at once."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = request.args.to_dict()
        back: dict[str, str] = {"code": code, "state": request.args["state"], "iss": self.issuer}
        if self.how == "answer_other_issuer":
            back["iss"] = "https://login.example.org"
        if self.how in ("answer_cancelled", "answer_error"):
            back["error"] = "access_denied" if self.how == "answer_cancelled" else "server_error"
        if self.how == "answer_wrong_state":
            back["state"] = "made up"
        gone = {"answer_no_issuer": "iss", "answer_no_state": "state", "answer_no_code": "code"}.get(self.how)
        back.pop(gone or "", None)
        return Response(status=302, headers={"Location": f"{request.args['redirect_uri']}?{urlencode(back)}"})

    def _token(self, request: Request) -> Response:
        if self.how == "token_redirects":
            return Response(status=302, headers={"Location": f"{self.issuer}/token"})
        if self.how == "token_no_json":
            return Response("<p>hello")
        if self.how == "token_500":
            return Response("{}", status=500, content_type="application/json")
        asked = self.codes.pop(request.form.get("code", ""), None)
        if asked is None or self.how == "token_refused" or not _held(asked, request):
            return _json({"error": "invalid_grant"}, 400)
        found = {"access_token": "an access token", "token_type": "Bearer", "id_token": self._id_token(asked)}
        if self.how == "token_missing":
            del found["id_token"]
        return _json(found)

    def _keys(self, _request: Request) -> Response:
        if self.how == "keys_empty":
            return _json({"keys": []})
        if self.how == "keys_symmetric":
            return _json({"keys": [OctKey.generate_key(256, {"kid": "good"}).as_dict(private=True)]})
        return _json({"keys": [KEY.as_dict(private=False)]})

    # --- the token ------------------------------------------------------------------------------------------------

    def _id_token(self, asked: dict[str, str]) -> str:
        if self.how == "token_huge":
            return "x" * HUGE
        if self.how == "token_garbled":
            return "a.b.c"
        now = int(clock.now().timestamp())
        digest = hashlib.sha256(b"an access token").digest()
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
            "at_hash": _text(digest[:16]),
            **self.person,
        }
        wrong: dict[str, dict[str, Any]] = {
            "wrong_issuer": {"iss": "https://login.example.org"},
            "wrong_nonce": {"nonce": "another"},
            "expired": {"exp": now - 120, "iat": now - 400},
            "not_yet": {"nbf": now + 300},
            "issued_in_future": {"iat": now + 300},
            "issued_long_ago": {"iat": now - 7_200},
            "other_audience": {"aud": "another client"},
            "two_audiences": {"aud": [CLIENT, "another client"], "azp": CLIENT},
            "other_party": {"azp": "another client"},
            "wrong_access_token_hash": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
            "empty_subject": {"sub": ""},
            "subject_no_text": {"sub": 7},
            "subject_of_controls": {"sub": "s-1\n"},
            "one_factor": {"amr": ["pwd"]},
        }
        claims |= wrong.get(self.how, {})
        gone = {"no_nonce": "nonce", "no_issue_time": "iat", "no_subject": "sub"}.get(self.how)
        claims.pop(gone or "", None)
        return self._signed(claims)

    def _signed(self, claims: dict[str, Any]) -> str:
        header: dict[str, Any] = {"alg": "RS256", "kid": "good"}
        more: dict[str, dict[str, Any]] = {
            "unknown_kid": {"kid": "nobody's"},
            "jku": {"jku": f"{self.issuer}/keys"},
            "x5u": {"x5u": f"{self.issuer}/keys"},
            "jwk_in_header": {"jwk": KEY.as_dict(private=False)},
            "crit": {"crit": ["b64x"], "b64x": True},
        }
        header |= more.get(self.how, {})
        if self.how == "alg_none":
            parts = [_part({"alg": "none", "kid": "good"}), _part(claims), ""]
            return ".".join(parts)
        if self.how == "alg_hs256_with_public_key":
            signed = f"{_part(header | {'alg': 'HS256'})}.{_part(claims)}"
            return f"{signed}.{_text(hmac.digest(KEY.as_pem(private=False), signed.encode(), 'sha256'))}"
        if self.how == "crit":
            return _by_hand(header, claims)
        return jwt.encode(header, claims, FOREIGN if self.how == "foreign_key" else KEY, registry=LOOSE)


def _held(asked: dict[str, str], request: Request) -> bool:
    """PKCE, the client's secret, and the address that was sent back to: as a provider by the book checks them."""
    proof = hashlib.sha256(request.form.get("code_verifier", "").encode()).digest()
    basic = request.authorization
    return (
        _text(proof) == asked.get("code_challenge")
        and asked.get("code_challenge_method") == "S256"
        and request.form.get("redirect_uri") == asked.get("redirect_uri")
        and basic is not None
        and (basic.username, basic.password) == (CLIENT, SECRET)
    )


def _part(value: dict[str, Any]) -> str:
    return _text(json.dumps(value).encode())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _by_hand(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """Signed well, with a header that the library would refuse to write."""
    signed = f"{_part(header)}.{_part(claims)}"
    key = load_pem_private_key(KEY.as_pem(private=True), None)
    assert isinstance(key, RSAPrivateKey)
    return f"{signed}.{_text(key.sign(signed.encode(), PKCS1v15(), SHA256()))}"


def _json(found: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(found), status=status, content_type="application/json")


@contextmanager
def running() -> Iterator[Fake]:
    """The provider on a port of this machine, until the block ends."""
    fake = Fake()
    server = make_server("127.0.0.1", 0, fake, threaded=True)
    fake.issuer = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def parameters(address: str) -> dict[str, str]:
    """The query of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
