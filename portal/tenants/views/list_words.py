"""A list of a council's settings in words: its items for the page of the list, and its lines in the list of all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import shorten
from typing import Any

from flask import url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from portal.kernel.language import LANGUAGES
from portal.tenants.list_stores import Row
from portal.tenants.listed import Listed, Within
from portal.tenants.setting_lists import facts
from portal.tenants.settings_entry import Entry

LONGEST_LINE = 100  # characters


@dataclass(frozen=True)
class Told:
    """One item: its name, the name in each other language, what else is said of it, and the lists inside it."""

    key: str
    name: str
    lang: str
    others: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    within: tuple[tuple[str, str, str], ...]


def told(listed: Listed, rows: Iterable[Row]) -> list[Told]:
    """The items of the list, in their order."""
    return [_told(listed, row) for row in rows]


def _told(listed: Listed, row: Row) -> Told:
    name, lang = name_of(listed, row)
    more = [(one.short or one.label, words) for one in _plain(listed) if (words := facts(one, row.said))]
    if listed.code:
        more.append((listed.code, row.key))
    others = tuple(
        (str(one.place[-1]), words)
        for one in listed.names()
        if _language(one) != lang and (words := facts(one, row.said))
    )
    inside = tuple(
        (f"{one.title}: {_lines(one)}", url_for("tenants.setting_list", list_key=one.list_key), one.title)
        for one in listed.within(row.key)
    )
    return Told(row.key, name, lang, others, tuple(more), inside)


def name_of(listed: Listed, row: Row) -> tuple[str, str]:
    """What an item is called, in the reader's language where it has a name in it, and which language that is."""
    said = {_language(one): facts(one, row.said) for one in listed.names()}
    if not said:
        return facts(listed.entries[0], row.said) or row.key, str(get_locale())
    reader = str(get_locale())
    language = next((one for one in (reader, "en", *said) if said.get(one)), reader)
    return said.get(language, row.key), language


def _language(entry: Entry) -> str:
    return str(entry.place[-1]) if entry.place[-1] in LANGUAGES else ""


def _plain(listed: Listed) -> list[Entry]:
    return [one for one in listed.entries[0 if listed.names() else 1 :] if not _language(one)]


def _lines(one: Within) -> str:
    if one.short:
        return one.short
    if not one.holds:
        return str(_("nothing in it"))
    return str(ngettext("%(num)s line", "%(num)s lines", len(one.holds)))


def line(listed: Listed, document: Mapping[str, Any]) -> str:
    """What is in the list, in a line; what counts without an item."""
    names = [one.name for one in told(listed, listed.rows(document))]
    return shorten("; ".join(names), LONGEST_LINE, placeholder=" …") if names else listed.empty


def links(lists: Iterable[Listed], page: str, document: Mapping[str, Any]) -> list[dict[str, str]]:
    """The lists that a page of settings leads to, with how much is in each."""
    return [
        {
            "text": one.title,
            "href": url_for("tenants.setting_list", list_key=one.key),
            "count": str(len(one.rows(document))),
        }
        for one in lists
        if page in (one.page, one.also)
    ]


def parent(listed: Listed) -> dict[str, str]:
    """Where the way back from a list leads."""
    if listed.around:
        return {"href": url_for("tenants.setting_list", list_key=listed.around), "text": _("Back")}
    if listed.page:
        return {"href": url_for("tenants.own_settings_page", settings_page=listed.page), "text": _("Back")}
    return {"href": url_for("tenants.own_settings"), "text": _("Council settings")}
