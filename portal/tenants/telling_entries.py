"""What a council types about what referrers are told with an outcome, and how a text looks with its gaps filled in."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask_babel import force_locale
from flask_babel import gettext as _

from portal.adapters import ports
from portal.kernel import clock
from portal.kernel.gaps import fill
from portal.kernel.language import say
from portal.kernel.scope import Council
from portal.tenants.opening import hours_of, hours_words
from portal.tenants.settings_entry import Entry, in_languages
from portal.tenants.telling_settings import LEGAL, NAMES, NOW, WORDS
from portal.web.dates import datetime_words

PAGE = "telling-"


def outcome_of(page: str) -> str:
    """The key of the outcome that a page is about; "" where it is another page."""
    return page.removeprefix(PAGE) if page.startswith(PAGE) else ""


def entries(page: str, languages: Sequence[str], outcomes: Collection[str]) -> list[Entry]:
    """The inputs of a page about an outcome; none for any other page."""
    return telling(told, languages) if (told := outcome_of(page)) in outcomes else []


def telling(key: str, languages: Sequence[str]) -> list[Entry]:
    """The three texts of an outcome in each language."""
    wrong = _("Enter the text in each of your languages or in none, up to 4,000 characters, with gaps of the list only")
    gaps = ", ".join(f"(({name}))" for name in NAMES)
    hints = {
        WORDS: _("A screener begins from these words and may change them. Gaps that you may use: %(gaps)s", gaps=gaps),
        NOW: _("Where the gap next_steps is, or else after the words."),
        LEGAL: _("Stands below the words whatever a screener writes. It is kept with each decision as it was then."),
    }
    labels = {
        WORDS: _("Words for the referrer"),
        NOW: _("What the referrer should do now"),
        LEGAL: _("What the law, or the council, always has to say"),
    }
    return [
        entry
        for part in (WORDS, NOW, LEGAL)
        for entry in in_languages(
            Entry(f"{part}-{key}", ("telling", key, part), labels[part], wrong, hints[part], "textarea"), languages
        )
    ]


def example(council: Council, page: str, text: str, language: str) -> str:
    """A text of that page as somebody would read it, with an invented reference."""
    settings = council.settings
    phones = settings.phones
    known = {one.key: one.label for one in settings.outcomes}
    told = settings.telling.get(outcome_of(page))
    values = {
        "next_steps": say(told.now, language) if told else "",
        "threshold_guidance": ports.address(f"/{council.slug}/thresholds"),
        "reference": "ABC-23-DEF",
        "answer_by": _when(council, language),
        "outcome": say(known.get(outcome_of(page), {}), language),
        "council": say(council.name, language),
        "hub": say(phones.hub.name, language),
        "hub_phone": phones.hub.number,
        "out_of_hours": say(phones.out_of_hours.name, language),
        "out_of_hours_phone": phones.out_of_hours.number,
        "hours": hours_words(council, language),
    }
    return fill(text, values)


def _when(council: Council, language: str) -> str:
    """Until when an answer would be wanted of whoever is asked now."""
    days = council.settings.asking.answer_working_days
    with force_locale(language):
        return datetime_words(clock.due_after_working_days(clock.now(), days, council.nation, hours_of(council)))
