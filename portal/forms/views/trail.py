"""What happened to a draft, in words: what is done again and again is told once, with how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _

from portal.forms.queries.history import Happened
from portal.forms.rows.listing import part_words

CHANGED = "forms.draft_changed"
FORM_PARTS: Mapping[str, str] = {
    "part": "form", "question": "questions", "question_type": "questions", "words": "words", "texts": "translations",
    "scenario": "scenarios", "template": "template", "base": "base",
}  # fmt: skip


@dataclass(frozen=True)
class Deed:
    """Something that somebody did, when (the first time), and how often in a row."""

    at: datetime
    who: str
    words: str
    times: int = 1


def told_trail(happened: Sequence[Happened]) -> list[Deed]:
    """Each event in words, oldest first; what nobody has words for is told by its code."""
    deeds: list[Deed] = []
    for one in happened:
        deed = Deed(one.at, one.who or "", _words(one))
        last = deeds[-1] if deeds else None
        if last is not None and (last.who, last.words) == (deed.who, deed.words):
            deeds[-1] = replace(last, times=last.times + 1)
        else:
            deeds.append(deed)
    return deeds


def _words(one: Happened) -> str:
    if one.event == CHANGED:
        about = _about(one.what)
        return str(_("Changed the draft: %(what)s", what=about) if about else _("Changed the draft"))
    words = {
        "forms.draft_started": _("Began the draft"),
        "forms.draft_submitted": _("Submitted the draft"),
        "forms.draft_reopened": _("Opened the draft again"),
        "forms.draft_discarded": _("Threw the draft away"),
        "forms.commented": _("Commented"),
        "forms.comment_resolved": _("Dealt with a comment"),
        "forms.check_asked": _("Asked for a check"),
        "forms.failure_accepted": _("Accepted a failing scenario"),
        "forms.exported": _("Exported the draft"),
        "forms.tried": _("Tried the draft"),
        "forms.notice_sent": _("An email about it was sent"),
        "forms.notice_failed": _("An email about it was refused by the mail server"),
    }
    return str(words.get(one.event, one.event))


def _about(code: str) -> str:
    """Which part of the draft a code of a change is about ("question_type_changed"); "" when nobody knows."""
    part = code.rpartition("_")[0]
    words = part_words() | {
        "general": _("The hub and “I disagree”"),
        "condition": _("Conditions"),
        "form": _("Pages and sections"),
        "questions": _("Questions"),
        "words": _("Words of the form"),
        "translations": _("Translations"),
        "scenarios": _("Scenarios"),
        "template": _("Changes from the shared library"),
        "base": _("Gone on from the newest version"),
        "newer": _("Changes of a newer version"),
    }
    return str(words.get(FORM_PARTS.get(part, part), ""))
