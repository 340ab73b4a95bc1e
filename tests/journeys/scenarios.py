"""Each council's worked examples, and the rules that they are about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from portal.forms import folder
from portal.forms.rules import Thresholds
from tests.fixtures.councils import FOLDERS

ROUTES = ("MASH_URGENT", "MASH", "EARLY_HELP", "ADVICE")


@cache
def examples(slug: str) -> list[Mapping[str, Any]]:
    """A council's examples, in the order of its file."""
    return list(json.loads((FOLDERS / slug / "scenarios.json").read_text())["vignettes"])


def scenario(slug: str, route: str) -> Mapping[str, Any]:
    """The example of a route that has the most to show: notices and topics; the first of several."""
    found = [one for one in examples(slug) if one["expected"]["route"] == route]
    return max(found, key=lambda one: len(one["expected"]["notices"]) + len(one["expected"]["topics"]))


@cache
def thresholds_of(slug: str) -> Thresholds:
    """A council's rules, from its folder."""
    return folder.load(FOLDERS / slug).thresholds
