"""Which language a page is in, and changing it on any page without losing the place or what was typed."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from flask import Flask, Response, current_app, g, make_response, redirect, request
from flask_babel import refresh

from portal.kernel import scope
from portal.kernel.language import LANGUAGES
from portal.web.catalogue import Language
from portal.web.dates import TIMEZONE
from portal.web.posted import ONLY_LANGUAGE, only_language

COOKIE = "language"
FIELD = "lang"
_YEAR = 365 * 24 * 60 * 60


def register(app: Flask) -> None:
    """Set up Flask-Babel and the switch; register it before whatever may refuse a request."""
    Language(
        app,
        default_locale="en",
        default_timezone=TIMEZONE,
        default_translation_directories="translations",
        locale_selector=choose,
    )
    app.before_request(_switch)
    app.after_request(_remember)


def choose() -> str:
    """The language of this page: asked for now, the cookie, the account, the council; outside councils the browser."""
    asked = (g.get("asked_language"), request.cookies.get(COOKIE), _of_account(), _of_council())
    for language in asked:
        if language in LANGUAGES:
            return str(language)
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def _of_account() -> str:
    actor = scope.current().actor
    return actor.language if actor else ""


def _of_council() -> str:
    council = scope.current().council
    return council.languages[0] if council and council.languages else ""


def _switch() -> Response | None:
    """`?lang=cy` on a page that is read: remember, and come back to the same address without it."""
    if request.method == "POST":
        # Reading the body here refuses one that is too large before anything acts on half of it.
        _ask(request.form.get(FIELD, ""))
        g.only_language = bool(request.form.get(ONLY_LANGUAGE))
        return None
    language = request.args.get(FIELD, "")
    if language not in LANGUAGES:
        return None
    _ask(language)
    response = make_response(redirect(_here(), code=303))
    response.headers["Cache-Control"] = "no-store"
    return response


def _ask(language: str) -> None:
    if language in LANGUAGES:
        g.asked_language = language
        refresh()


def _here() -> str:
    """The address of the page without `lang`; quoted and with one leading slash, so it can never name another host."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != FIELD]
    path = quote(f"{request.root_path}/{request.path.lstrip('/')}")
    return "/" + path.lstrip("/") + (f"?{urlencode(kept)}" if kept else "")


def _remember(response: Response) -> Response:
    if only_language() and response.location and request.url_rule and "GET" in (request.url_rule.methods or ()):
        # The form would have been accepted this time; it was not (`security.finish`), so its page is shown afresh.
        response.location = _here()
    language = g.get("asked_language")
    if language:
        response.set_cookie(
            COOKIE,
            language,
            max_age=_YEAR,
            httponly=True,
            samesite="Lax",
            secure=bool(current_app.config.get("SESSION_COOKIE_SECURE")),
        )
    return response
