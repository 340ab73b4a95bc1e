"""What stands between a content and its publication: mistakes, and scenarios that come out otherwise. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.forms.mistakes import Mistake, SchemaMistakes
from portal.forms.questionnaire import Form
from portal.forms.rehearsing import Rehearsed, rehearse
from portal.forms.rules import Thresholds, parse_thresholds
from portal.forms.schema import parse_form


@dataclass(frozen=True)
class Readiness:
    """How a content stands; `form` and `thresholds` are None when they cannot be read.

    `mistakes` are of the form or of the rules, each with its place; `results` one for each scenario, in order.
    """

    form: Form | None
    thresholds: Thresholds | None
    mistakes: tuple[Mistake, ...]
    results: tuple[Rehearsed, ...]

    @property
    def failing(self) -> tuple[Rehearsed, ...]:
        """The scenarios that came out otherwise."""
        return tuple(one for one in self.results if not one.passed)


def judge(form_key: str, content: Mapping[str, Any], languages: Sequence[str], now: datetime) -> Readiness:
    """Read a content as strictly as a council's folder, in every language of the council, and run its scenarios."""
    mistakes: list[Mistake] = []
    form: Form | None = None
    thresholds: Thresholds | None = None
    try:
        form = parse_form(content.get("form"), languages)
        if form.key != form_key:
            mistakes.append(Mistake(("key",), f"expected {form_key}"))
    except SchemaMistakes as found:
        mistakes += found.mistakes
    if form is not None:
        try:
            thresholds = parse_thresholds(content.get("thresholds"), form, languages)
        except SchemaMistakes as found:
            mistakes += found.mistakes
    results = rehearse(content.get("scenarios") or [], thresholds, now) if thresholds else []
    return Readiness(form, thresholds, tuple(mistakes), tuple(results))
