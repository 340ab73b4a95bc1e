"""The hub in the reader's words: what is shared, and its messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_babel import get_locale
from flask_babel import gettext as _

from portal.hub.queries import Said
from portal.hub.sharing import Shared, Told
from portal.hub.sides import ANSWERS
from portal.kernel.language import Text, say


def language() -> str:
    """The reader's language."""
    return str(get_locale())


def named(agency: Text | None) -> str:
    """An agency, or the council."""
    return say(agency, language()) if agency else str(_("the council"))


def what_words(what: str) -> str:
    """How much of a report is shared."""
    if what == ANSWERS:
        return str(_("The answers too"))
    return str(_("Category, initials and age only"))


def told_of(shared: Shared) -> Told:
    """What is shared, in the reader's language."""
    return shared.in_language(language())


def told_in(shared: Shared) -> str:
    """The language of what is shared where it is not the reader's, else ""."""
    nearest = shared.nearest(language())
    return "" if nearest == language() else nearest


def rows(shared: Shared) -> list[dict[str, str]]:
    """The summary: what is asked, the category, each child's initials and age."""
    told, lang = told_of(shared), told_in(shared)
    said = [
        (_("What the council asks"), shared.question, ""),
        (_("Main category"), told.category, lang),
        (_("About"), "\n".join(told.children), lang),
    ]
    return [{"key": key, "value": value, "lang": lang} for key, value, lang in said if value]


def entries(said: Iterable[Said], reader: UUID) -> list[dict[str, Any]]:
    """The messages for the macro `messages`: everybody reads who wrote, and for whom they work."""
    return [
        {
            "sender": f"{one.author}, {named(one.agency)}",
            "at": one.sent_at,
            "text": one.text,
            "id": one.id,
            "mine": one.author_id == reader,
            "new": one.new,
        }
        for one in said
    ]
