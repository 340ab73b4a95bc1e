"""What the holding area may be narrowed and ordered by, in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from portal.kernel import scope
from portal.kernel.language import LANGUAGES, say
from portal.kernel.scope import Actor
from portal.referrals import sifting
from portal.referrals.states import OPEN
from portal.referrals.wording import kinds
from portal.screening import addresses, presenting
from portal.screening.addresses import FIXED, WHEN, Filters
from portal.screening.channel_words import channel_words
from portal.screening.naming import MOST, Meant, has_words
from portal.screening.presenting import categories
from portal.screening.queries.choices import Choices, choices
from portal.tenants.views.agency_words import kind_words
from portal.web.drawn import macro_html

MANY_STATES = ("todo", "unassigned", "mine", "overdue")
ROUTES = ("MASH_URGENT", "MASH", "EARLY_HELP", "ADVICE", "INFORMATION")


@dataclass(frozen=True)
class Option:
    """One choice of a filter."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class Filter:
    """One filter of the form: its name in the address, its label and its choices."""

    name: str
    label: str
    options: tuple[Option, ...]

    @property
    def chosen(self) -> str:
        """The words of the choice in force, "" for all."""
        return next((option.text for option in self.options if option.chosen and option.value), "")


@dataclass(frozen=True)
class Asks:
    """The whole form of filters and order of one part of the list."""

    href: str
    tab: str
    open: bool
    overdue: bool
    choices: tuple[Filter, ...]
    sorts: tuple[Option, ...]


@dataclass(frozen=True)
class Removable:
    """A filter in force, and the list without it."""

    text: str
    href: str


def asked(actor: Actor, filters: Filters, language: str, known: Choices | None = None) -> list[Filter]:
    """What the list may be narrowed by, where it is not `known` yet. A tab that fixes the state or the owner does not
    ask for it again."""
    known = known or choices(actor)
    named = sorted((say(name, language), str(agency_id)) for agency_id, name in known.agencies)
    colleagues = [(str(person), name) for person, name in known.people if person != actor.account_id]
    questions = [
        ("state", _("State"), [(one, presenting.state_badge(one).text) for one in _states(filters)]),
        ("stage", _("Stage"), _stages(language)),
        ("form", _("Kind"), kinds()),
        ("route", _("Route"), [(one, presenting.route_badge(one).text) for one in ROUTES]),
        ("category", _("Category"), categories(known.form, language) if known.form else []),
        ("priority", _("Priority"), _priorities(language)),
        ("agency", _("Agency"), [(value, text) for text, value in named]),
        ("agency_kind", _("Kind of agency"), [(one, agency_kind_words(one)) for one in _agency_kinds(filters)]),
        ("when", _("Counted as"), [(one, when_words()[one]) for one in WHEN.get(filters.tab, ())]),
        ("channel", _("How it came"), [(one, channel_words(one)) for one in addresses.CAME]),
        ("owner", _("Owner"), [("me", _("Me")), ("nobody", _("Nobody")), *colleagues]),
    ]
    now = {
        "state": filters.state, "form": filters.form, "route": filters.route, "priority": filters.priority,
        "when": filters.when, "category": filters.category, "agency": str(filters.agency or ""), "owner": filters.owner,
        "channel": filters.channel, "stage": filters.stage, "agency_kind": filters.agency_kind,
    }  # fmt: skip
    return [
        Filter(name, label, _options(name, offered, now[name]))
        for name, label, offered in questions
        if not (name == "when" and filters.tab not in WHEN)
        and (name != "agency_kind" or offered)
        and not (name == "stage" and not addresses.has_stages(filters.tab))
        and not (name == "state" and filters.tab not in MANY_STATES)
        and name not in FIXED.get(filters.tab, {})
    ]


def form(filters: Filters, choices: list[Filter]) -> Markup:
    """The form as HTML. It has a hundred choices and is the same on most pages that a person asks for."""
    asks = Asks(
        url_for("screening.queue"), filters.tab, filters.narrowed, filters.overdue, tuple(choices), sorts(filters)
    )
    return _remembered(asks, str(get_locale()))


@lru_cache(maxsize=256)
def _remembered(asks: Asks, language: str) -> Markup:
    del language  # part of the key: the macro says "Filter and sort" in it
    return macro_html("screening/_filters.html", "filters", asks)


def _agency_kinds(filters: Filters) -> tuple[str, ...]:
    """Long, and of use beside the numbers of what was decided only."""
    return addresses.AGENCY_KINDS if filters.tab == "decided" or filters.agency_kind else ()


def agency_kind_words(kind: str) -> str:
    """A kind of agency, and what is none."""
    none = {"public": _("A member of the public"), "unlisted": _("Another agency, not on this list")}
    return none.get(kind) or kind_words(kind)


def when_words() -> dict[str, str]:
    """What the numbers of the dashboard count."""
    return {
        "received_today": _("Received today"),
        "due_today": _("Due today"),
        "urgent_unclaimed": _("Urgent, claimed by nobody"),
        "in_time": _("Decided in time"),
        "late": _("Decided late"),
    }


def _states(filters: Filters) -> list[str]:
    order = ("sent", "screening", "asked", "answered")
    return [state for state in order if state in OPEN and state in addresses.TABS[filters.tab]]


def _stages(language: str) -> list[tuple[str, str]]:
    council = scope.current().council
    return [(one.key, say(one.name, language)) for one in council.settings.stages] if council else []


def _priorities(language: str) -> list[tuple[str, str]]:
    council = scope.current().council
    return [(one.key, say(one.label, language)) for one in council.settings.priorities] if council else []


def _options(name: str, choices: list[tuple[str, str]], chosen: str) -> tuple[Option, ...]:
    everything = _("Anyone") if name == "owner" else _("All")
    return tuple(Option(value, text, value == chosen) for value, text in [("", everything), *choices])


def sorts(filters: Filters) -> tuple[Option, ...]:
    """The orders of this part of the list."""
    words = {
        "urgent": _("Urgent and answered first, then due soonest"),
        "due": _("Due soonest"),
        "age": _("Oldest"),
        "agency": _("Agency"),
        "decided": _("Decided last"),
    }
    left_out = "urgent" if filters.tab == "decided" else "decided"
    return tuple(Option(key, text, key == filters.sort) for key, text in words.items() if key != left_out)


def meanings(actor: Actor, known: Choices, words: str) -> list[Meant]:
    """The agencies, categories and colleagues that have every word of a search in their names, in any language; at most
    one more than naming.MOST."""
    asked = sifting.sought(words).words
    here = str(get_locale())
    named: list[tuple[Meant, set[str]]] = [
        *((Meant("agency", str(one), say(name, here)), set(name.values())) for one, name in known.agencies),
        *_categories(known, here),
        *((Meant("owner", "me" if one == actor.account_id else str(one), name), {name}) for one, name in known.people),
    ]
    found = [one for one, names in named if asked and any(has_words(name, asked) for name in names)]
    return found[: MOST + 1]


def _categories(known: Choices, here: str) -> list[tuple[Meant, set[str]]]:
    if known.form is None:
        return []
    names: dict[str, set[str]] = {}
    for language in LANGUAGES:
        for value, label in categories(known.form, language):
            names.setdefault(value, set()).add(label)
    return [(Meant("category", value, label), names[value]) for value, label in categories(known.form, here)]


def lists(meant: Sequence[Meant]) -> list[Removable]:
    """The whole list of each that is meant."""
    everything = Filters(tab="all")
    labels = {"agency": _("Agency"), "category": _("Category"), "owner": _("Owner")}
    return [
        Removable(
            f"{labels[one.kind]}: {one.text}",
            url_for("screening.queue", **everything.address(**{one.kind: one.value})),
        )
        for one in meant[:MOST]
    ]


def meant_words(one: Meant) -> str:
    """The reports of one that is meant, as a heading."""
    says = {
        "agency": _("Reports of %(name)s", name=one.text),
        "category": _("Reports about: %(name)s", name=one.text),
        "owner": _("Reports that %(name)s has claimed", name=one.text),
    }
    return str(says[one.kind])


def removable(filters: Filters, choices: list[Filter]) -> list[Removable]:
    """The filters in force, each with the list without it."""
    found = [
        Removable(
            f"{one.label}: {one.chosen}",
            url_for("screening.queue", **filters.address(**{one.name: None if one.name == "agency" else ""})),
        )
        for one in choices
        if one.chosen
    ]
    if filters.overdue and "overdue" not in FIXED.get(filters.tab, {}):
        found.append(Removable(_("Overdue only"), url_for("screening.queue", **filters.address(overdue=False))))
    return found
