"""The blueprint that the pages of forms share, and what the designer's views ask again and again."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from flask import Blueprint, request
from flask_babel import get_locale

from portal.auth import guard
from portal.forms.council_words import words_for
from portal.forms.queries import drafts as queries
from portal.forms.queries.drafts import Draft
from portal.forms.substitutions import Words, fill, filled
from portal.kernel import scope
from portal.kernel.digits import whole

# A version number never has more: a longer one is not ours.

T = TypeVar("T")

blueprint = Blueprint("forms", __name__)


def language() -> str:
    """The language of this page."""
    return str(get_locale() or "en")


def own_words() -> Words:
    """What stands for the gaps in texts of the council of this address; nothing outside every council."""
    found = scope.current().council
    return words_for(found) if found else {}


def as_read(text: str) -> str:
    """A text as referrers read it: with the council's own words in its gaps."""
    return fill(text, own_words().get(language(), {})) if "((" in text else text


def all_as_read(document: T) -> T:
    """A document of a draft or version with the council's own words in the gaps of every text."""
    return filled(document, own_words())


def seen_version() -> int:
    """The draft's version that the posted page showed; anything but a number counts as 0, which then conflicts."""
    return whole(request.form.get("seen_version")) or 0


def open_draft(form_id: UUID) -> Draft:
    """The draft with that id, for whoever may read this council's drafts; raises NotFound."""
    return queries.find(guard.actor(), form_id)
