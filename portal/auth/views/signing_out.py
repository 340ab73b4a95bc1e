"""Where an organisation's provider tells us that somebody signed out there (OpenID Connect Back-Channel Logout)."""

from __future__ import annotations

from flask import Response, jsonify, request

from portal.auth.commands import signing_out
from portal.auth.guard import machine
from portal.auth.queries import providers
from portal.auth.views.blueprint import blueprint, limited
from portal.kernel.errors import Invalid
from portal.web.security import csrf

BAD = 400


@blueprint.post("/sign-on/<key>/signed-out")
@machine(
    "an organisation's provider ends the sessions that it opened; its signed token is what proves it", council=True
)
@limited("sign-on-signed-out", network="300 per minute")
def sign_on_signed_out(key: str) -> Response:
    """200 when the sessions are ended, 400 for a token that is not to be trusted; nothing is said of anybody."""
    provider = providers.named(key)
    sent = request.form.getlist("logout_token")
    try:
        signing_out.told(provider, sent[0] if len(sent) == 1 else None)
    except Invalid:
        answer = jsonify(error="invalid_request")
        answer.status_code = BAD
        return answer
    return jsonify()


# No browser of a person posts there: the provider's signature proves who asks, and it knows no token of ours.
csrf.exempt(sign_on_signed_out)
