"""What the pages of rules share: the draft's surroundings for its fields, what is locked, what was posted."""

from __future__ import annotations

from flask import request

from portal.auth import guard
from portal.auth.policy import Permission, Reach, reach
from portal.forms.queries import library
from portal.forms.queries.drafts import Draft
from portal.forms.rows.around import Around, Posted
from portal.forms.views.blueprint import language, own_words
from portal.forms.views.desk import languages
from portal.kernel.errors import Forbidden


def around(draft: Draft) -> Around:
    """The draft with the languages of the council and of the page, and the council's own words."""
    return Around(draft.content, languages(), language(), own_words())


def posted() -> Posted:
    """What this page posted, every value of every field."""
    return dict(request.form.lists())


def asked() -> Posted:
    """What the address of this page asks."""
    return dict(request.args.lists())


def locked(draft: Draft) -> frozenset[str]:
    """What the draft's template has locked."""
    return library.locked(guard.actor(), draft)


def may_change(draft: Draft) -> bool:
    """Whether whoever asks may change the draft now."""
    return draft.state == "open" and reach(guard.actor(), Permission.DESIGN) is not Reach.NONE


def unlocked(draft: Draft, lock: str) -> None:
    """Refuse a change of what the template has locked; raises Forbidden."""
    if lock in locked(draft):
        raise Forbidden
