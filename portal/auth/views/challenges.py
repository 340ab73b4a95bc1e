"""What a browser's passkeys are asked: one challenge a session, taken once."""

from __future__ import annotations

import secrets

from flask import session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from portal.adapters import ports
from portal.auth import login
from portal.auth.ceremonies import Place
from portal.auth.views.blueprint import blueprint
from portal.kernel import clock

_CHALLENGE = "challenge"
_CHALLENGE_SECONDS = 15 * 60


def place() -> Place:
    """Where we are, as browsers know it."""
    return Place(ports.address(""))


def challenge() -> bytes:
    """What the browser's next answer must answer; the same for every tab until it is used."""
    kept = _fresh(str(session.get(_CHALLENGE, "")))
    if kept is None:
        kept = secrets.token_bytes(32)
        session[_CHALLENGE] = f"{bytes_to_base64url(kept)}.{int(clock.now().timestamp())}"
    return kept


def taken() -> bytes | None:
    """The challenge of this browser's session, once."""
    return _fresh(login.take(_CHALLENGE))


def _fresh(kept: str) -> bytes | None:
    text, _dot, at = kept.partition(".")
    if not at or clock.now().timestamp() - int(at) > _CHALLENGE_SECONDS:
        return None
    return base64url_to_bytes(text)


@blueprint.app_context_processor
def _for_templates() -> dict[str, object]:
    return {"passkey_request": lambda: place().request(challenge())}
