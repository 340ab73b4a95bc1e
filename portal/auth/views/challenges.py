"""What a browser's passkeys are asked: one challenge a session, taken once."""

from __future__ import annotations

import secrets

from flask import jsonify, request, session
from flask.typing import ResponseReturnValue
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from portal.adapters import ports
from portal.auth import councils, login
from portal.auth.ceremonies import Place
from portal.auth.guard import machine
from portal.auth.views.blueprint import blueprint
from portal.kernel import clock, scope

_CHALLENGE = "challenge"
_CHALLENGE_SECONDS = 15 * 60


def place() -> Place:
    """Where we are, as browsers know it: our own host, and those of the council whose page this is."""
    council = scope.current().council
    return Place(ports.address(""), tuple(council.settings.hostnames) if council is not None else ())


def elsewhere() -> str:
    """Where this page is at the host that passkeys belong to, for a browser that uses them nowhere else; "" there."""
    council = scope.current().council
    if council is None or request.host.rsplit(":", 1)[0].lower() not in council.settings.hostnames:
        return ""
    return ports.address(f"/{council.slug}{request.path}")


@blueprint.route("/.well-known/webauthn")
@machine("browsers ask which hosts may use our passkeys (WebAuthn Level 3, related origin requests)")
def related_origins() -> ResponseReturnValue:
    """Our own origin and those of every council, in an order that does not change."""
    hosts = sorted({host for council in councils.everyone() for host in council.settings.hostnames})
    return jsonify(origins=Place(ports.address(""), tuple(hosts)).origins)


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
    return {"passkey_request": lambda: place().request(challenge()), "passkey_elsewhere": elsewhere}
