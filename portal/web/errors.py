"""Every error as a page that says what to do next, or as application/problem+json for machines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, render_template, request, session
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.http import HTTP_STATUS_CODES

from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from portal.web.posted import TOKEN, kept_words, reposted
from portal.web.switch import SHOWN_ERROR

log = structlog.get_logger()

_OF_KERNEL = {NotFound: 404, Forbidden: 403, Conflict: 409, Invalid: 422, Unavailable: 503}
# A code that has a page of its own; every other one shows the page of its hundred.
CODES = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503)
SESSION_ENDED = "session"
# What the database driver raises when the database does not answer, or not in time.
OUTAGES: tuple[type[Exception], ...] = (OperationalError, InterfaceError, PoolTimeout)
BAD_REQUEST, UNAUTHORIZED, SERVER_ERROR, UNAVAILABLE = 400, 401, 500, 503
_WITH_NUMBERS = {413, 429, 500, 503}
# What was posted may be sent again as it is: the fault was ours or has passed.
_RETRY = {429, 500, 503}


@dataclass(frozen=True)
class ErrorPage:
    """What a person is told: the title, what happened, and what they can do (paragraphs)."""

    code: int
    title: str
    body: tuple[str, ...]
    numbers: bool = False
    retry: bool = False
    sign_in: bool = False


def register(app: Flask, *, outages: tuple[type[Exception], ...] = OUTAGES, sign_in: str = "auth.sign_in") -> None:
    """Handle every error; exceptions in `outages` count as Unavailable.

    `sign_in` is the endpoint offered when a session has ended. Register after `language`, before whatever may
    refuse a request, so that switching the language of an error page sends nothing.
    """
    app.config.setdefault("SIGN_IN_ENDPOINT", sign_in)
    app.extensions["portal_outages"] = (*_OF_KERNEL, *outages)
    app.before_request(_shown_again)
    app.register_error_handler(CSRFError, _session_ended)
    app.register_error_handler(HTTPException, _http)
    for error in (*_OF_KERNEL, *outages):
        app.register_error_handler(error, _ours)


def _shown_again() -> Response | None:
    """The language of an error page was changed: the same page again, and nothing else happens."""
    if request.method != "POST":
        return None
    code = request.form.get(SHOWN_ERROR, "")
    if code == SESSION_ENDED:
        return _answer(BAD_REQUEST, ended=True)
    return _answer(int(code)) if code in map(str, CODES) else None


def _session_ended(_error: CSRFError) -> Response:
    if getattr(session, "unavailable", False):
        # The token could not be compared because the session could not be read: nobody's session has ended.
        return _ours(Unavailable("the session could not be read"))
    return _answer(BAD_REQUEST, ended=True)


def _http(error: HTTPException) -> Response | HTTPException:
    code = error.code
    if code is None or code < BAD_REQUEST or error.response is not None:
        return error
    original = error.original_exception if isinstance(error, InternalServerError) else None
    if isinstance(original, current_app.extensions["portal_outages"]):
        # Raised after the view had answered: at the commit.
        return _ours(original)
    if original is not None:
        log.error("unhandled", exc_info=original)
    response = _answer(code, ended=code == UNAUTHORIZED and request.method == "POST")
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _ours(error: Exception) -> Response:
    code = next((code for kind, code in _OF_KERNEL.items() if isinstance(error, kind)), UNAVAILABLE)
    if code == UNAVAILABLE:
        log.error("unavailable", exc_info=error)
    response = _answer(code, error)
    if code == UNAVAILABLE:
        response.headers["Retry-After"] = "60"
    return response


def _answer(code: int, error: Exception | None = None, *, ended: bool = False) -> Response:
    response = _problem(code, error) if wants_json() else _page(code, error, ended=ended)
    response.headers["Cache-Control"] = "no-store"
    return response


def respond(error: Exception) -> Response:
    """The page (or the problem document) of one of our errors, for a handler that has nothing better to say."""
    return _ours(error)


def wants_json() -> bool:
    """Whether a machine, or a script of ours, asked."""
    if request.mimetype == "application/json" or request.mimetype.endswith("+json"):
        return True
    accept = request.accept_mimetypes
    best = accept.best_match(["text/html", "application/problem+json", "application/json"])
    return best in ("application/problem+json", "application/json") and accept[best] > accept["text/html"]


def _problem(code: int, error: Exception | None) -> Response:
    """RFC 9457: what kind of error, and of an Invalid the codes by field; never the exception's own text."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES.get(code, "Error"),
        "status": code,
    }
    if isinstance(error, Invalid):
        document["errors"] = error.errors
    return Response(json.dumps(document), status=code, mimetype="application/problem+json")


def _page(code: int, error: Exception | None, *, ended: bool) -> Response:
    # The session or the database may be what failed: the page asks neither.
    g.plain_page = True
    g.page_failed = False
    g.error_code = SESSION_ENDED if ended else code
    try:
        page = session_ended() if ended else describe(code, error)
        body = render_template(
            "errors/error.html",
            error=page,
            # A new session has a new token: the one that was posted is worthless by now.
            posted=reposted(TOKEN) if ended else reposted(),
            kept=kept_words(),
            sign_in_href=_sign_in_href(),
        )
    except Exception as failure:  # an error page that fails must still say where to ring
        log.exception("error page failed", exc_info=failure)
        body = _last_resort()
    return Response(body, status=code, mimetype="text/html")


def _sign_in_href() -> str:
    endpoint = current_app.config["SIGN_IN_ENDPOINT"]
    if endpoint not in current_app.view_functions:
        return ""
    return str(current_app.url_for(endpoint, _external=False))


def _last_resort() -> str:
    title = escape(_("Sorry, there is a problem with the service"))
    danger = escape(_("If a child is in immediate danger, call 999."))
    kept = escape(kept_words())
    return (
        f'<!DOCTYPE html><html lang="{get_locale() or "en"}"><meta charset="utf-8"><title>{title}</title>'
        f"<h1>{title}</h1><p>{danger}</p><pre>{kept}</pre>"
    )


def session_ended() -> ErrorPage:
    """The page for a form whose session has ended (or whose CSRF token is missing)."""
    body = (
        _("You have not been signed in here for a while, so we did not accept what you sent."),
        _("Nothing was sent or saved. What you wrote is below: sign in again, then send it from this page."),
    )
    return ErrorPage(BAD_REQUEST, _("Your session has ended"), body, sign_in=True)


def describe(code: int, error: Exception | None = None) -> ErrorPage:
    """The words for an HTTP code, in the reader's language."""
    words = _words()
    title, body = words.get(code) or words[BAD_REQUEST if code < SERVER_ERROR else SERVER_ERROR]
    holder = error.now.get("by", "") if isinstance(error, Conflict) else ""
    if holder:
        body = (_("It is with %(name)s now.", name=holder), *body)
    posted = request.method == "POST"
    return ErrorPage(
        code,
        title,
        body,
        numbers=code in _WITH_NUMBERS or code >= SERVER_ERROR,
        retry=posted and code in _RETRY,
        sign_in=code == UNAUTHORIZED,
    )


def _words() -> dict[int, tuple[str, tuple[str, ...]]]:
    posted = request.method == "POST"
    return {**_refusals(), **_limits(), **_faults(posted)}


def _refusals() -> dict[int, tuple[str, tuple[str, ...]]]:
    return {
        400: (_("We could not read what you sent"), (_("Go back and try again."),)),
        401: (_("Sign in to see this page"), (_("You need to be signed in to go on."),)),
        403: (
            _("You cannot see this page"),
            (
                _("Your account does not have access to it."),
                _("The start page shows what you can do here, and where to write if you need access."),
            ),
        ),
        404: (
            _("Page not found"),
            (
                _("If you typed the web address, check it is correct."),
                _("If you followed a link, the page may have moved, or it may not be yours to see."),
            ),
        ),
        405: (_("This page cannot be used like that"), (_("Go back and try again."),)),
        409: (
            _("Someone else changed this first"),
            (_("Nothing you sent was saved. Go back to see how it is now, then decide what to do."),),
        ),
    }


def _limits() -> dict[int, tuple[str, tuple[str, ...]]]:
    return {
        413: (
            _("What you sent is too large"),
            (_("Nothing was saved. Go back, shorten what you wrote and try again."),),
        ),
        415: (_("We cannot read that kind of content"), (_("Go back and try again."),)),
        422: (
            _("We could not accept what you sent"),
            (_("Nothing was saved. Go back, check what you entered and try again."),),
        ),
        429: (
            _("You have tried too many times"),
            (_("Nothing was sent. Wait a few minutes, then try again."),),
        ),
    }


def _faults(posted: bool) -> dict[int, tuple[str, tuple[str, ...]]]:
    fault = _("Sorry, there is a problem with the service")
    later = _("Try again later.")
    if not posted:
        return {500: (fault, (later,)), 503: (_("Sorry, the service is unavailable"), (later,))}
    unsure = _("We do not know whether what you sent was saved. Check before you send it again.")
    return {
        500: (fault, (unsure,)),
        503: (
            _("Not sent: the service is unavailable"),
            (_("Nothing was sent. What you wrote is below: try again, or phone us."),),
        ),
    }
