"""What the words in double brackets stand for in one council: its name, its numbers, its hours, its statutory text."""

from __future__ import annotations

from portal.forms.substitutions import Words
from portal.kernel.language import LANGUAGES, say
from portal.kernel.scope import Council
from portal.tenants.opening import hours_words


def words_for(council: Council) -> Words:
    """Return what each name stands for, by language; nothing for a council whose settings are not known."""
    return {language: _in(council, language) for language in LANGUAGES} if council.settings else {}


def _in(council: Council, language: str) -> dict[str, str]:
    phones = council.settings.phones
    return {
        "council": say(council.name, language),
        "hub": say(phones.hub.name, language),
        "hub_phone": phones.hub.number,
        "out_of_hours": say(phones.out_of_hours.name, language),
        "out_of_hours_phone": phones.out_of_hours.number,
        "hours": hours_words(council, language),
        "draft_days": str(council.settings.draft_days),
        "statutory": say(council.settings.statutory, language),
    }
