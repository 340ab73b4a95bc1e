"""The built style sheet and script: served from memory at /assets/, named after their content, cached for ever."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask

FOLDER = Path(__file__).resolve().parent.parent / "static"
PREFIX = "/assets/"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


class AssetsMissing(Exception):
    """The assets were not built; says how to build them."""


@dataclass(frozen=True)
class Asset:
    """One built file, ready to send."""

    content: bytes
    squeezed: bytes
    kind: str


class Assets:
    """Answers /assets/… before anything else sees the request: no council, no session, no database."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Read every file that the manifest names; raises AssetsMissing where there is none."""
        try:
            self.manifest: dict[str, str] = json.loads((folder / "manifest.json").read_text("utf-8"))
            self._files = {name: _load(folder / name) for name in self.manifest.values()}
        except FileNotFoundError as missing:
            raise AssetsMissing("The style sheet and script are not built: npm ci && npm run build") from missing

    def address(self, name: str) -> str:
        """Where a page finds `portal.css` or `portal.js`; KeyError for a name that is not built."""
        return PREFIX + self.manifest[name]

    def before(self, inner: WSGIApplication) -> WSGIApplication:
        """Wrap `inner`: requests under /assets/ end here."""

        def wrapped(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
            path = environ.get("PATH_INFO", "")
            if not path.startswith(PREFIX):
                return inner(environ, start)
            return self._send(environ, start, self._files.get(path[len(PREFIX) :]))

        return wrapped

    @staticmethod
    def _send(environ: WSGIEnvironment, start: StartResponse, asset: Asset | None) -> Iterable[bytes]:
        method = environ.get("REQUEST_METHOD", "GET")
        if method not in ("GET", "HEAD"):
            return _refuse(start, "405 Method Not Allowed", ("Allow", "GET, HEAD"))
        if asset is None:
            return _refuse(start, "404 Not Found", ("Cache-Control", "no-store"))
        squeeze = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
        content = asset.squeezed if squeeze else asset.content
        headers = [
            ("Content-Type", asset.kind),
            ("Content-Length", str(len(content))),
            ("Cache-Control", "public, max-age=31536000, immutable"),
            ("Vary", "Accept-Encoding"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ]
        start("200 OK", headers + ([("Content-Encoding", "gzip")] if squeeze else []))
        return [b"" if method == "HEAD" else content]


def _refuse(start: StartResponse, status: str, header: tuple[str, str]) -> Iterable[bytes]:
    body = status.encode()
    start(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body))), header])
    return [body]


def _load(path: Path) -> Asset:
    content = path.read_bytes()
    # A fixed time, so that every worker sends the same bytes.
    return Asset(content, gzip.compress(content, 9, mtime=0), _TYPES[path.suffix])


def register(app: Flask, folder: Path = FOLDER) -> Assets:
    """Give templates `asset(name)` and answer /assets/ in front of whatever wraps the application so far.

    Call it after the layer that finds the council, so that addresses stay the same for every council.
    """
    assets = Assets(folder)
    app.jinja_env.globals["asset"] = assets.address
    app.wsgi_app = assets.before(app.wsgi_app)  # type: ignore[assignment, method-assign]  # Flask's documented way
    return assets
