"""The council's ready words for a question, with their gaps filled in for one report, and put into what was typed.

The gap of the due date stays until the words are sent: by then the days may be others, or a draft a week old.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_babel import force_locale

from portal.forms.council_words import words_for
from portal.kernel.gaps import fill
from portal.kernel.language import say
from portal.kernel.scope import Council
from portal.referrals.queries.record import Found
from portal.web.dates import datetime_words

DUE: Final = "answer_by"
DUE_GAP: Final = f"(({DUE}))"


@dataclass(frozen=True)
class Ready:
    """Words to choose: `title` in the reader's language, `text` in the referrer's where the council has it."""

    key: str
    title: str
    text: str


def ready(council: Council, found: Found, language: str) -> tuple[Ready, ...]:
    """All of the council's, by title; no child's name stands in any, only the reference. DUE_GAP is left in them."""
    theirs = _theirs(council, found)
    values = {**words_for(council).get(theirs, {}), "reference": found.reference}
    made = (
        Ready(key, say(one.title, language), fill(say(one.text, theirs), values))
        for key, one in council.settings.question_templates.items()
    )
    return tuple(sorted(made, key=lambda one: one.title.casefold()))


def dated(council: Council, found: Found) -> Callable[[str, datetime], str]:
    """What puts a due date, in the referrer's language, where a text of one report has DUE_GAP."""
    theirs = _theirs(council, found)

    def words(text: str, due: datetime) -> str:
        with force_locale(theirs):
            return fill(text, {DUE: datetime_words(due)})

    return words


def _theirs(council: Council, found: Found) -> str:
    return found.language if found.language in council.languages else council.languages[0]


def put(typed: str, words: str) -> str:
    """What was typed with the ready words below it: nothing that somebody typed is ever taken away. Words that are
    there already are not put there twice."""
    plain = typed.replace("\r\n", "\n").replace("\r", "\n").strip()
    if words.strip() in plain:
        return plain
    return f"{plain}\n\n{words}" if plain else words
