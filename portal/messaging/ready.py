"""The council's ready words for a question, with their gaps filled in for one report, and put into what was typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale

from portal.forms.council_words import words_for
from portal.kernel.gaps import fill
from portal.kernel.language import say
from portal.kernel.scope import Council
from portal.referrals.queries.record import Found
from portal.web.dates import datetime_words


@dataclass(frozen=True)
class Ready:
    """Words to choose: `title` in the reader's language, `text` in the referrer's where the council has it."""

    key: str
    title: str
    text: str


def ready(council: Council, found: Found, answer_by: datetime, language: str) -> tuple[Ready, ...]:
    """All of the council's, by title; no child's name stands in any, only the reference."""
    theirs = found.language if found.language in council.languages else council.languages[0]
    with force_locale(theirs):
        when = datetime_words(answer_by)
    values = {**words_for(council).get(theirs, {}), "reference": found.reference, "answer_by": when}
    made = (
        Ready(key, say(one.title, language), fill(say(one.text, theirs), values))
        for key, one in council.settings.question_templates.items()
    )
    return tuple(sorted(made, key=lambda one: one.title.casefold()))


def put(typed: str, words: str) -> str:
    """What was typed with the ready words below it: nothing that somebody typed is ever taken away. Words that are
    there already are not put there twice."""
    plain = typed.replace("\r\n", "\n").replace("\r", "\n").strip()
    if words.strip() in plain:
        return plain
    return f"{plain}\n\n{words}" if plain else words
