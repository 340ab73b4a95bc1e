"""What every request gets: CSRF, size limits, headers, one log line, and the one commit."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO, Any, TypeVar, cast
from uuid import uuid4

import structlog
from flask import Flask, Request, Response, current_app, g, request, session
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import Forbidden, RequestEntityTooLarge

from portal.kernel import db, scope
from portal.kernel.errors import Unavailable
from portal.web.posted import only_language

log = structlog.get_logger()
csrf = CSRFProtect()

COUNCIL_IN_ENVIRON = "portal.council"
UNKNOWN_IN_ENVIRON = "portal.council_unknown"  # True when nobody can say which council an address belongs to
MAX_BODY = 1_500_000  # bytes; a form of fifteen full narratives fits several times
MAX_FIELDS = 1_000
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
REFUSED = 400
# Up to how many times the limit of a page with large files a body is read, its files thrown away: the words that were
# typed beside them are kept, and the browser reads our answer.
POURED = 3
LARGE = "__large__"
_DISK, _NOWHERE = "disk", "nowhere"
View = TypeVar("View", bound=Callable[..., Any])

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "X-Frame-Options": "DENY",
}


class _Nowhere(BytesIO):
    """Where files go that are too large to be taken."""

    def write(self, piece: object, /) -> int:
        """Forget it."""
        return len(cast("bytes", piece))


class InMemory(Request):
    """A request whose uploaded files stay in memory, never in a file on our disk; MAX_BODY bounds them. Those of a page
    that takes large files go to files without a name, which nothing but this process can open and which end with it."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        del total_content_length, content_type, filename, content_length
        if g.get("files_go") == _DISK:
            return cast("IO[bytes]", TemporaryFile())
        return _Nowhere() if too_large() else BytesIO()


class PortalFlask(Flask):
    """Flask that commits a request's work before its answer goes out: 201 means written to disk."""

    request_class = InMemory

    def process_response(self, response: Response) -> Response:
        """Commit (or roll back), then the headers and the session."""
        finish(response)
        return super().process_response(response)


def finish(response: Response) -> None:
    """The one commit of a request. A refusal (4xx, 5xx) and a mere change of language undo its work; what a refusal
    must leave behind (tries, limits, audit of refusals) is written apart. What the session says of work that was not
    kept ("Sent", who signed in) is undone with it."""
    if g.get("finished"):
        return
    g.finished = True
    if only_language():
        _undo_session()
    if only_language() or response.status_code >= REFUSED:
        db.rollback()
        return
    try:
        db.commit()
    except Exception:
        _undo_session()
        raise


def _undo_session() -> None:
    undo = getattr(session, "undo", None)
    if undo is not None:
        undo()


def large(most: Callable[[], int]) -> Callable[[View], View]:
    """A page that takes files of up to `most()` bytes together from whoever is signed in. Of a larger body the fields
    reach the view and the files do not: then `too_large()` holds, and nothing may be done."""

    def mark(view: View) -> View:
        setattr(view, LARGE, most)
        return view

    return mark


def too_large() -> bool:
    """Whether what was just sent to a page that takes files was too large to be taken."""
    return bool(g.get("files_go") == _NOWHERE)


def _make_room() -> None:
    """Take a large body where the page asks for it."""
    most = getattr(current_app.view_functions.get(request.endpoint or ""), LARGE, None)
    if most is None or scope.current().actor is None or request.method in SAFE_METHODS:
        return
    taken = most() + MAX_BODY
    fits = (request.content_length or 0) <= taken
    request.max_content_length = taken if fits else most() * POURED
    g.files_go = _DISK if fits else _NOWHERE
    # A slow line may take minutes, and no transaction of ours stays open so long.
    db.rollback()


def register(app: Flask, *, secure: bool) -> None:
    """Set the limits and hooks; call before the guard, so that its refusals have headers too."""
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        MAX_FORM_PARTS=MAX_FIELDS,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        SESSION_COOKIE_SECURE=secure,
    )
    # Before any other: whoever reads a field reads the whole body.
    app.before_request_funcs.setdefault(None, []).insert(0, _make_room)
    app.before_request(_begin)
    csrf.init_app(app)
    app.after_request(_headers)
    app.after_request(_log)
    app.teardown_request(_end)


def _begin() -> None:
    g.started = time.perf_counter()
    g.csp_nonce = secrets.token_urlsafe(16)
    g.request_id = uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    if request.environ.get(UNKNOWN_IN_ENVIRON):
        raise Unavailable("the councils could not be read")
    if request.method == "HEAD":
        # HEAD is GET without the body, which the server leaves out. A view that asks "is it GET?" would else take
        # it for its form, and HEAD carries no token.
        request.method = "GET"
    if request.method in SAFE_METHODS:
        return
    # Browsers say where a request comes from; another site may not act for our people.
    if request.headers.get("Sec-Fetch-Site", "same-origin") == "cross-site":
        raise Forbidden
    if len(request.form) > MAX_FIELDS:
        raise RequestEntityTooLarge


def _headers(response: Response) -> Response:
    nonce = g.get("csp_nonce", "")
    # A page may name other origins that its forms are sent on to (an organisation's own page of signing in).
    posts_to = f" {g.posts_to}" if g.get("posts_to") else ""
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'none'; style-src 'self' 'nonce-{nonce}'; script-src 'self' 'nonce-{nonce}';"
        f" img-src 'self' data:; connect-src 'self'; manifest-src 'self'; form-action 'self'{posts_to};"
        " frame-ancestors 'none'; base-uri 'none'",
    )
    response.headers.setdefault("Cache-Control", "no-store")
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
    return response


def _log(response: Response) -> Response:
    """One line a request: the endpoint's name and never the address, which might hold what was typed."""
    council = scope.current().council
    log.info(
        "request",
        method=request.method,
        endpoint=request.endpoint or "",
        status=response.status_code,
        council=council.slug if council else "",
        milliseconds=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000),
    )
    return response


def _end(_error: BaseException | None) -> None:
    db.close()
    scope.enter(scope.NOWHERE)
