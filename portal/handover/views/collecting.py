"""Where a council's case system collects the files of a parcel that it was told of."""

from __future__ import annotations

from base64 import b64encode
from typing import Final

from flask import Response, jsonify, request, send_file

from portal.adapters import signing
from portal.auth.guard import machine
from portal.auth.views.blueprint import limited
from portal.handover.commands import receiving
from portal.handover.views.blueprint import blueprint
from portal.kernel.errors import NotFound
from portal.web.security import csrf

MOST_READ: Final = 1024
NOT_FOUND: Final = 404


@blueprint.post(signing.COLLECT)
@machine("a council's case system collects what it was told of; its signature over the request proves it", council=True)
@limited("hand-over-collect", network="1200 per minute")
def collect() -> Response:
    """The file, with its SHA-256 (Content-Digest, RFC 9530). Whatever is wrong is answered alike, so that nobody learns
    from it what there is."""
    said = {name: request.headers.get(name, "") for name in (signing.ID, signing.TIMESTAMP, signing.SIGNATURE)}
    length = request.content_length
    # Without a length, or with too long a one, nothing is read: no signature fits nothing.
    body = request.get_data(cache=False) if length is not None and length <= MOST_READ else b""
    try:
        file, content = receiving.asked(said, body)
    except NotFound:
        refusal = jsonify(error="not_found")
        refusal.status_code = NOT_FOUND
        return refusal
    answer = send_file(content, mimetype=file.kind, as_attachment=True, download_name=file.name)
    answer.content_length = file.size
    answer.headers["Content-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(file.sha256)).decode()}:"
    answer.headers["Cache-Control"] = "no-store"
    return answer


# No browser of a person posts there: the signature proves who asks, and a case system knows no token of ours.
csrf.exempt(collect)
