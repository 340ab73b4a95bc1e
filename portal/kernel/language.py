"""Words in the reader's language: a council's own `{en, cy}` texts, and the catalogue outside a request."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("en", "cy")
CATALOGUES = Path(__file__).resolve().parent.parent / "translations"

Text = Mapping[str, str]


def N_(msgid: str) -> str:  # noqa: N802 - the extractor's name for "translate this later"
    """Mark a phrase for the catalogue; `words` looks it up later, in whichever language is wanted."""
    return msgid


def say(text: Text, language: str) -> str:
    """The text in the language, else in English, else in whichever language it has ("" if empty)."""
    return text.get(language) or text.get("en") or next(iter(text.values()), "")


@lru_cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("messages", CATALOGUES, [language], fallback=True)


def words(language: str, msgid: str) -> str:
    """A catalogue entry for text written outside a request (emails sent by jobs)."""
    return _catalogue(language).gettext(msgid)
