"""The hub in the reader's words: what is shared, and its messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_babel import get_locale
from flask_babel import gettext as _

from portal.hub.queries import Said
from portal.hub.queries.sources import Now
from portal.hub.sharing import Shared, Told
from portal.hub.sides import ANSWERS, CONTACT, NAME, PLACE
from portal.kernel.language import Text, say
from portal.messaging.presenting import CorrectionView, corrections_told
from portal.referrals.queries.record import Found


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


def changes(found: Found, now: Now) -> list[CorrectionView]:
    """What was corrected since some agency got the report."""
    return corrections_told(found, now.sent, now.made, {}, language())[now.known :]


def changed() -> str:
    """What somebody wrote was not sent, for the hub is not as it was."""
    return str(_("This changed while you were writing. Nothing was sent: see how it is now."))


def kept_words(why: str) -> str:
    """Why something was taken out of what partners could read (sides.KEPT)."""
    says = {
        PLACE: _("An answer was corrected: where somebody is must be kept secret now."),
        NAME: _("An answer was corrected: a name must be kept secret now."),
        CONTACT: _("An answer was corrected: it says now who may be contacted, and how."),
    }
    return str(says[why])


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
            "held": one.held_at is not None,
        }
        for one in said
    ]
