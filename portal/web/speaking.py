"""The catalogue in a given language, also where no page is being drawn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from flask import Flask
from flask_babel import Babel, force_locale

from portal.kernel.language import CATALOGUES
from portal.web.dates import TIMEZONE


@cache
def _speaker() -> Flask:
    """An application that serves nobody: the catalogue answers within one only."""
    app = Flask("portal.web.speaking", static_folder=None)
    Babel(
        app, default_locale="en", default_timezone=TIMEZONE, default_translation_directories=str(CATALOGUES)
    )  # fmt: skip
    return app


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within the block the catalogue speaks that language."""
    with _speaker().app_context(), force_locale(language):
        yield
