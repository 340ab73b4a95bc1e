"""The menu of a council's settings: groups of pages and lists, each with a line that says what is set now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from textwrap import shorten
from typing import Any

from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.kernel import scope
from portal.kernel.language import say
from portal.kernel.scope import Council
from portal.tenants import (
    handover_entries,
    letter_entries,
    line_entries,
    setting_lists,
    settings_numbers,
    stage_entries,
    telling_entries,
)
from portal.tenants import settings_entries as inputs
from portal.tenants.closure_settings import CLOSURES
from portal.tenants.opening import hours_words
from portal.tenants.prose import blocks
from portal.tenants.settings import parse_council
from portal.tenants.source_settings import SOURCES
from portal.tenants.views import list_words

TELLING = telling_entries.PAGE.rstrip("-")
LONGEST = 100  # characters of a line
# The keys of the pages, of the lists that have none around them, and of pages with addresses of their own (_elsewhere).
GROUPS = {
    "council": ("names", "branding", "logo", "telephones", CLOSURES, "contacts"),
    "work": ("times", "clocks", line_entries.DUTY, stage_entries.STAGES, stage_entries.CLOCKS, "files"),
    "deciding": (inputs.DECIDING, "challenges", "early-help", "hand-over", "connection", SOURCES),
    "writing": (inputs.QUESTIONS, TELLING, inputs.GUIDANCE, letter_entries.LETTERS),
    "people": ("organisations",),
    "pages": inputs.TEXTS,
}


@dataclass(frozen=True)
class Item:
    """One page: where it is, and what is set there ("" where nothing is worth a line)."""

    key: str
    title: str
    href: str
    line: str


@dataclass(frozen=True)
class Group:
    """Pages that belong together."""

    key: str
    title: str
    items: tuple[Item, ...]


def groups(document: Mapping[str, Any], titles: Mapping[str, str], exists: Callable[[str], bool]) -> list[Group]:
    """The whole menu, as the document says; `titles` are those of the pages and lists, which a council may not have
    all of (`exists`)."""
    settings = parse_council(document)
    language = str(get_locale())
    lists = setting_lists.every(settings, language)
    lines = _lines(replace(scope.council(), settings=settings), language)
    lines |= {key: list_words.line(one, document) for key, one in lists.items()}
    elsewhere = _elsewhere()
    found: dict[str, Item] = {}
    for key in (key for keys in GROUPS.values() for key in keys):
        if key in elsewhere:
            title, endpoint = elsewhere[key]
            found[key] = Item(key, title, url_for(endpoint), "")
        elif key in lists:
            found[key] = Item(
                key, titles.get(key, lists[key].title), url_for("tenants.setting_list", list_key=key), lines[key]
            )
        elif key == TELLING or exists(key):
            found[key] = Item(key, titles[key], _page(key), lines.get(key, ""))
    words = _words()
    made = (Group(key, words[key], tuple(found[one] for one in keys if one in found)) for key, keys in GROUPS.items())
    return [one for one in made if one.items]


def telling(document: Mapping[str, Any]) -> Group:
    """A page for each outcome, with how the words for its referrer begin."""
    settings, language = parse_council(document), str(get_locale())
    items = []
    for one in settings.outcomes:
        own = settings.telling.get(one.key)
        begins = shorten(say(own.words if own and own.words else one.tell, language), LONGEST, placeholder=" …")
        key = telling_entries.PAGE + one.key
        items.append(Item(key, say(one.label, language), _page(key), begins))
    return Group(TELLING, _("What a referrer is told with each outcome"), tuple(items))


def parent(key: str) -> dict[str, str]:
    """Where the way back from a page of settings leads."""
    if key.startswith(telling_entries.PAGE):
        return {"href": _page(TELLING), "text": _("What a referrer is told with each outcome")}
    return {"href": url_for("tenants.own_settings"), "text": _("Council settings")}


def _page(key: str) -> str:
    return url_for("tenants.own_settings_page", settings_page=key)


def _words() -> dict[str, str]:
    return {
        "council": _("Your council"),
        "work": _("How reports are worked on"),
        "deciding": _("Decisions and what follows"),
        "writing": _("What you write to people"),
        "people": _("Signing in"),
        "pages": _("Pages in your own words"),
    }


def _elsewhere() -> dict[str, tuple[str, str]]:
    return {
        "connection": (_("The connection to the case system: keys, secrets, and trying it"), "tenants.case_system"),
        "organisations": (_("Who signs people in for you"), "tenants.providers"),
    }


def _lines(council: Council, language: str) -> dict[str, str]:
    """What is set on each page, in a line."""
    told = council.settings
    outcomes = {one.key: say(one.label, language) for one in told.outcomes}
    ways = dict(next(one.options for one in handover_entries.hand_over(council.languages) if one.name == "how"))
    second = [words for key, words in outcomes.items() if key in told.deciding and told.deciding[key].approval]
    advice = [words for key, words in outcomes.items() if key in told.guidance]
    asked = [say(one.title, language) for one in told.question_templates.values()]
    days, urgent = _("Working days to decide on a report"), _("Hours to act on an urgent report")
    clock, none = told.clock, _("None")
    left, approves = _("Working hours left when a report is due soon"), _("A second person approves")
    challenged = _("Days in which a decision can be challenged")
    said = {
        "names": say(told.name, language),
        "branding": told.colour,
        "logo": say(told.logo.alt, language) if told.logo else none,
        "telephones": f"{told.phones.hub.number}. {hours_words(council, language)}",
        "contacts": told.email,
        "times": f"{days}: {clock.decide_working_days}. {urgent}: {clock.urgent_hours}",
        "clocks": f"{left}: {clock.amber_hours}",
        "files": f"{settings_numbers.files()[0][2]}: {told.files.megabytes}",
        "hand-over": ways[told.hand_over.how],
        inputs.QUESTIONS: "; ".join(asked) or none,
        TELLING: "; ".join(outcomes.values()),
        inputs.GUIDANCE: "; ".join(advice) or _("Our own advice"),
        inputs.DECIDING: f"{approves}: {'; '.join(second) or none}",
        "challenges": f"{challenged}: {told.challenging.days}",
    }
    said |= {key: _begins(say(text, language)) for key, text in told.pages.items()}
    return {key: shorten(str(words), LONGEST, placeholder=" …") for key, words in said.items()}


def _begins(text: str) -> str:
    """The first paragraph of a page."""
    return next((" ".join(one.lines) for one in blocks(text) if one.kind == "text"), "")
