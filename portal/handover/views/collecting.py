"""Where a council's case system collects the files of a parcel that it was told of."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from typing import Final

import structlog
from flask import Response, jsonify, request

from portal.adapters import signing
from portal.auth.guard import machine
from portal.auth.views.blueprint import limited
from portal.handover.commands import collecting, receiving
from portal.handover.commands.collecting import Handed
from portal.handover.views.blueprint import blueprint
from portal.kernel import scope
from portal.kernel.errors import NotFound, Unavailable
from portal.kernel.scope import Scope
from portal.web.security import csrf

log = structlog.get_logger()
PIECE: Final = 65_536
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
        handed = receiving.asked(said, body)
    except NotFound:
        refusal = jsonify(error="not_found")
        refusal.status_code = NOT_FOUND
        return refusal
    file = handed.file
    answer = Response(_sent(handed, scope.current()), mimetype=file.kind)
    answer.content_length = file.size
    answer.headers.set("Content-Disposition", "attachment", filename=file.name)
    answer.headers["Content-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(file.sha256)).decode()}:"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _sent(handed: Handed, here: Scope) -> Iterator[bytes]:
    """The content piece by piece. Whoever is cut off asks for no further piece, and then it does not count: the server
    asks once more only when the last piece has gone."""
    gone = 0
    with closing(handed.content):
        while piece := handed.content.read(PIECE):
            yield piece
            gone += len(piece)
    if gone != handed.file.size:
        return
    try:
        with scope.within(here):
            collecting.count(handed.parcel_id, handed.file)
    except (NotFound, Unavailable) as error:
        # The receiver has the file; it is told of the parcel again, which it knows by its id.
        log.warning("handover.not_counted", error=type(error).__name__, parcel=str(handed.parcel_id))


# No browser of a person posts there: the signature proves who asks, and a case system knows no token of ours.
csrf.exempt(collect)
