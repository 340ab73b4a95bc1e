"""Scenarios in words: what they are called, and where something else came out than is expected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from portal.forms.rehearsing import Difference
from portal.forms.views.wording import route_label, text_of


def scenario_title(scenario: Mapping[str, Any]) -> str:
    """What a scenario is called."""
    return text_of(scenario.get("title")) or str(scenario.get("id") or "")


def difference_words(differences: Iterable[Difference], thresholds: Mapping[str, Any]) -> list[str]:
    """Each difference between what is expected and what came out, as a sentence."""
    return [line for one in differences for line in _words(one, thresholds)]


def _words(one: Difference, thresholds: Mapping[str, Any]) -> list[str]:
    if one.what in ("notices", "topics"):
        return _set_words(one, thresholds)
    expected, found = one.expected, one.found
    if one.what == "route":
        expected, found = route_label(thresholds, expected), route_label(thresholds, found)
        return [_("The route is “%(found)s”, and “%(expected)s” is expected.", found=found, expected=expected)]
    if one.what == "rule":
        return [_("Rule %(found)s decides, and rule %(expected)s is expected.", found=found, expected=expected)]
    if one.what == "level":
        found, expected = level_words(found), level_words(expected)
        return [_("The level is “%(found)s”, and “%(expected)s” is expected.", found=found, expected=expected)]
    return [_("The scenario itself cannot be read: give its answers again.")]


def _set_words(one: Difference, thresholds: Mapping[str, Any]) -> list[str]:
    missing = _quoted(name_of(thresholds, one.what, name) for name in one.expected)
    more = _quoted(name_of(thresholds, one.what, name) for name in one.found)
    sentences = {
        ("notices", True): _("These notices are expected and not shown: %(names)s", names=missing),
        ("notices", False): _("These notices are shown and not expected: %(names)s", names=more),
        ("topics", True): _("These advice pages are expected and not shown: %(names)s", names=missing),
        ("topics", False): _("These advice pages are shown and not expected: %(names)s", names=more),
    }
    return [sentences[one.what, is_missing] for names, is_missing in ((missing, True), (more, False)) if names]


def _quoted(names: Iterable[str]) -> str:
    """Whole sentences in a row, each in quotation marks: notices end with a full stop."""
    return ", ".join(f"“{name}”" for name in names)


def level_words(level: Any) -> str:
    """A level as people say it; there may be none."""
    return _("no level") if level is None else str(level)


def name_of(thresholds: Mapping[str, Any], what: str, name: str) -> str:
    """The words of a notice or of an advice page."""
    known = thresholds.get(what)
    found = known.get(name) if isinstance(known, Mapping) else None
    words = found.get("title", found) if isinstance(found, Mapping) else ""
    return text_of(words) or name


def expected_rows(thresholds: Mapping[str, Any], expected: Mapping[str, Any]) -> list[dict[str, str]]:
    """What a scenario expects, as rows of a summary list."""
    rows = [{"key": _("Route"), "value": route_label(thresholds, expected.get("route"))}]
    if "rule" in expected:
        rows.append({"key": _("Rule"), "value": str(expected["rule"])})
    if "level" in expected:
        rows.append({"key": _("Level"), "value": level_words(expected["level"])})
    for what, title in (("notices", _("Notices")), ("topics", _("Advice pages"))):
        if isinstance(expected.get(what), list):
            names = [name_of(thresholds, what, str(one)) for one in expected[what]]
            rows.append({"key": title, "value": "\n".join(names) or _("None")})
    return rows
