"""Reads what an identity provider says about somebody: every claim is checked, and nothing is matched by email."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from portal.auth.providers import Provider

# Signatures only of keys that a provider alone holds: nothing symmetric, never "none".
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
# A token may not tell us where to find the key that it is signed with.
_FORBIDDEN_HEADERS: Final = frozenset({"jku", "x5u", "jwk", "crit"})
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_LOGOUT_TYPES: Final = ("jwt", "logout+jwt")
_SKEW_SECONDS: Final = 60
_OLDEST_SECONDS: Final = 600
_SUBJECT_LONGEST: Final = 255
_NAME_LONGEST: Final = 100
_TOKEN_LONGEST: Final = 64 * 1024
_GROUPS_MOST: Final = 1_000


@dataclass(frozen=True)
class Identity:
    """Who the provider says has signed in; the pair (issuer, subject) alone names them."""

    issuer: str
    subject: str
    name: str
    email: str
    role: str
    # Which of the person's sessions at the provider this is ("" when it does not say).
    sid: str = ""


@dataclass(frozen=True)
class SignedOut:
    """What a provider says about a sign-out there: whose (`subject`), of which session (`sid`), at least one of them;
    and the name of this one message."""

    subject: str
    sid: str
    jti: str


class NotVerified(Exception):
    """The token is refused; the message is a stable code and never a value of the token."""


class UnknownKey(NotVerified):
    """The token names a key that the provider's key set does not have (it may have changed since)."""


def identity(
    provider: Provider, token: object, key_set: Mapping[str, Any], *, nonce: str, access_token: object, now: datetime
) -> Identity:
    """Verify an ID token (OpenID Connect Core 1.0, 3.1.3.7) against the provider's keys.

    Raises UnknownKey, or NotVerified with what was wrong: token, header, signature, claims, audience, age, second_step.
    """
    header, claims = _decoded(token, key_set)
    if _FORBIDDEN_HEADERS & set(header):
        raise NotVerified("header")
    _check_claims(provider, header, claims, nonce=nonce, access_token=access_token, now=now)
    _check_second_step(provider, claims)
    return Identity(
        issuer=provider.issuer,
        subject=_subject(claims),
        name=_words(claims.get("name"), _NAME_LONGEST),
        email=_words(claims.get("email"), 254),
        role=role_of(provider, claims),
        sid=_words(claims.get("sid"), _SUBJECT_LONGEST),
    )


def signed_out(provider: Provider, token: object, key_set: Mapping[str, Any], now: datetime) -> SignedOut:
    """Verify a logout token (OpenID Connect Back-Channel Logout 1.0, 2.6) against the provider's keys.

    Raises UnknownKey, or NotVerified with what was wrong: token, header, signature, issuer, audience, age, events,
    nonce, jti, subject.
    """
    header, claims = _decoded(token, key_set)
    if _FORBIDDEN_HEADERS & set(header) or str(header.get("typ", "JWT")).lower() not in _LOGOUT_TYPES:
        raise NotVerified("header")
    if claims.get("iss") != provider.issuer:
        raise NotVerified("issuer")
    _check_audience(provider, claims)
    moment = int(now.timestamp())
    _check_age(claims, moment)
    ends = claims.get("exp", moment)
    if isinstance(ends, bool) or not isinstance(ends, (int, float)) or ends < moment - _SKEW_SECONDS:
        raise NotVerified("age")
    events = claims.get("events")
    # An ID token is signed by the same key. It has no events and this has no nonce: neither serves as the other.
    if not isinstance(events, Mapping) or not isinstance(events.get(LOGOUT_EVENT), Mapping):
        raise NotVerified("events")
    if "nonce" in claims:
        raise NotVerified("nonce")
    jti, sid = _words(claims.get("jti"), _SUBJECT_LONGEST), _words(claims.get("sid"), _SUBJECT_LONGEST)
    if not jti:
        raise NotVerified("jti")
    return SignedOut(_subject(claims) if "sub" in claims or not sid else "", sid, jti)


def _decoded(token: object, key_set: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    if not isinstance(token, str) or not 0 < len(token) <= _TOKEN_LONGEST:
        raise NotVerified("token")
    # Headers that the registry does not know are let pass (providers add their own) and never read.
    registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
    try:
        found = jwt.decode(token, KeySet.import_key_set(_public(key_set)), registry=registry)
    except InvalidKeyIdError:
        raise UnknownKey("key") from None
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        # Whatever a hostile token or key makes the library raise, it is not verified.
        raise NotVerified("signature") from None
    return found.header, found.claims


def _public(key_set: Mapping[str, Any]) -> Any:
    """The signing keys of the set: symmetric ones and those for encryption could only serve a trick."""
    found = [
        key
        for key in key_set.get("keys", ())
        if isinstance(key, Mapping) and key.get("kty") in ("RSA", "EC", "OKP") and key.get("use", "sig") == "sig"
    ]
    if not found:
        raise NotVerified("keys")
    return {"keys": found}


def _check_claims(
    provider: Provider,
    header: Mapping[str, Any],
    claims: Mapping[str, Any],
    *,
    nonce: str,
    access_token: object,
    now: datetime,
) -> None:
    moment = int(now.timestamp())
    checked = CodeIDToken(
        dict(claims),
        dict(header),
        {"iss": {"essential": True, "value": provider.issuer}},
        {"nonce": nonce, "client_id": provider.client_id, "access_token": access_token},
    )
    try:
        checked.validate(now=moment, leeway=_SKEW_SECONDS)
    except (JoseError, ValueError, TypeError):
        raise NotVerified("claims") from None
    _check_audience(provider, claims)
    _check_age(claims, moment)


def _check_audience(provider: Provider, claims: Mapping[str, Any]) -> None:
    """One audience, and it is us: a token that serves several serves whichever of them is dishonest."""
    if claims.get("aud") not in (provider.client_id, [provider.client_id]):
        raise NotVerified("audience")


def _check_age(claims: Mapping[str, Any], moment: int) -> None:
    issued = claims.get("iat")
    if isinstance(issued, bool) or not isinstance(issued, (int, float)):
        raise NotVerified("age")
    if not moment - _OLDEST_SECONDS <= issued <= moment + _SKEW_SECONDS:
        raise NotVerified("age")


def _check_second_step(provider: Provider, claims: Mapping[str, Any]) -> None:
    if provider.trusted:
        return
    methods = claims.get("amr")
    said = {value for value in methods if isinstance(value, str)} if isinstance(methods, list) else set()
    if isinstance(claims.get("acr"), str):
        said.add(str(claims["acr"]))
    if not said.intersection(provider.second_step):
        raise NotVerified("second_step")


def _subject(claims: Mapping[str, Any]) -> str:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _SUBJECT_LONGEST or not subject.isprintable():
        raise NotVerified("subject")
    return subject


def _words(value: object, longest: int) -> str:
    """A text of the token for a field that the person may correct; "" for anything that is not a short line."""
    return value.strip() if isinstance(value, str) and value.isprintable() and len(value) <= longest else ""


def role_of(provider: Provider, claims: Mapping[str, Any]) -> str:
    """The portal's role for the groups that the token names, the first of the provider's own order; "" for none."""
    value = claims.get(provider.role_claim) if provider.role_claim else None
    groups = value if isinstance(value, list) else [value]
    said = {group for group in groups[:_GROUPS_MOST] if isinstance(group, str)}
    return next((role for group, role in provider.roles.items() if group in said), "")
