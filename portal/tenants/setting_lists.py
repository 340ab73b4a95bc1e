"""Every list of a council's settings that is changed item by item, and what is said of a wrong item."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _

from portal.kernel.language import LANGUAGES
from portal.tenants import (
    challenge_entries,
    early_help_entries,
    letter_entries,
    line_entries,
    outcome_entries,
    settings_entries,
    stage_entries,
)
from portal.tenants.list_stores import Row, Said, day_of
from portal.tenants.listed import Listed
from portal.tenants.reading import Found
from portal.tenants.settings import Council
from portal.tenants.settings_entry import Entry
from portal.web.dates import date_words

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL_IN_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def every(settings: Council, language: str) -> dict[str, Listed]:
    """The lists by their names in addresses, in the order of the settings; their words in the reader's language."""
    found = [
        *stage_entries.lists(settings, language),
        *early_help_entries.lists(settings),
        *outcome_entries.lists(settings, language),
        *challenge_entries.lists(settings),
        letter_entries.listed(settings, language),
        *line_entries.lists(settings, language),
    ]
    return {one.key: one for one in found}


def refused(listed: Listed, said: Said, others: Iterable[Row] = ()) -> dict[str, str]:
    """The words beside each input that holds what no page of ours sends, what does not go together, or what is said of
    one of the `others`."""
    wrong = {entry.name: words for entry in listed.entries if (words := _refusal(entry, said[entry.name]))}
    wrong = wrong or dict(listed.check(said))
    if not wrong and listed.repeated(said, others):
        wrong[listed.entries[0].name] = listed.twice
    return wrong


def _refusal(entry: Entry, said: Sequence[str]) -> str:
    offered = ["yes", "no"] if entry.kind == "yes_no" else [value for value, _words in (*entry.options, *entry.past)]
    if offered:
        nothing = entry.kind == "several" and not any(said)
        return "" if nothing or set(said) <= set(offered) else entry.wrong
    control = _CONTROL_IN_LINES if entry.kind == "textarea" else _CONTROL
    if any(control.search(one) for one in said):
        return str(_("Remove characters that cannot be read, such as control characters"))
    return ""


def wrong(listed: Listed, key: str, said: Said, mistakes: Iterable[Found]) -> dict[str, str]:
    """The words beside each input that a mistake of the settings is about; the first input has those of any other."""
    found, told = listed.of(key), list(mistakes)
    named = {entry.place for entry in found if entry.place[-1] in LANGUAGES}
    if any(one.place[:-1] in named for one in told):
        # An item without a name is in no list: that others do not know it is no mistake of theirs.
        typed = {entry.place for entry in found if any(said[entry.name])}
        told = [one for one in told if one.place not in typed]
    first = found[0]
    return settings_entries.errors(found, said, told) or {first.name: first.wrong}


def facts(entry: Entry, said: Mapping[str, Sequence[str]]) -> str:
    """What one input says of an item, as its list tells it; "" for nothing."""
    names = {"yes": _("Yes"), "no": _("No")} if entry.kind == "yes_no" else dict((*entry.options, *entry.past))
    if entry.kind == "date":
        return date_words(day_of(said.get(entry.name, ())))
    words = [one for one in said.get(entry.name, ()) if one]
    return ", ".join(str(names.get(one, one)) for one in words)
