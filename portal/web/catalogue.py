"""The words of the page's language, looked up once a page: a list of twenty-five rows asks for hundreds of them."""

from __future__ import annotations

from typing import Any, cast

from babel.support import NullTranslations, Translations
from flask import g
from flask_babel import Babel, Domain


class Catalogue(Domain):  # type: ignore[misc]  # the library is not typed
    """The library's own, which asks four times a word which page and which language this is."""

    def get_translations(self) -> Translations | NullTranslations:
        """The words of this page's language; a block in another language has its own."""
        page = g.get("_flask_babel") if g else None
        kept: Any = getattr(page, "portal_words", None)
        if kept is not None and kept[0] is getattr(page, "babel_locale", None):
            return cast("Translations", kept[1])
        found = cast("Translations", super().get_translations())
        if page is not None:
            page.portal_words = (page.babel_locale, found)
        return found


class Language(Babel):  # type: ignore[misc]  # the library is not typed
    """Flask-Babel with one catalogue for all pages."""

    @property
    def domain_instance(self) -> Catalogue:
        """The catalogue, kept for the life of the process."""
        if not hasattr(self, "_catalogue"):
            self._catalogue = Catalogue(domain=self.domain)
        return self._catalogue
