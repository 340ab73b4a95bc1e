"""What a draft's rules would have made of past reports: each compared with what the rules said then. Pure.

Compared is what the *rules* give for the same answers. Where a referrer disagreed and the route went up, "before" is
the route that the rules gave before that, and "I disagree" is left out of the answers "after" as well. Both sides
count the days of a child's life at the moment when the report was sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.forms.questionnaire import Form
from portal.forms.rules import Outcome, Thresholds, evaluate
from portal.referrals.paths import walk_triage

MOST_LISTED = 500
"""Changed reports that a result names; the rest are only counted."""


@dataclass(frozen=True)
class Draft:
    """The questions and rules that are tried."""

    form: Form
    thresholds: Thresholds


@dataclass(frozen=True)
class Way:
    """A route and the rule that chose it."""

    route: str
    rule: str


def before(route: str, rule: str, stored: Mapping[str, Any], thresholds: Thresholds) -> Way:
    """What the rules said when a report was sent, without the referrer's disagreement.

    `stored` is the report's outcome, `thresholds` are those of its own version.
    """
    overruled = stored.get("before_override")
    if not overruled:
        return Way(route, rule)
    of_rule = {one.id: one.route for one in thresholds.rules}
    return Way(of_rule.get(str(overruled), route), str(overruled))


def after(draft: Draft, triage: Mapping[str, Any], overrides: frozenset[str], at: datetime) -> Outcome:
    """What the draft's rules say of the answers that its questions could have given; never raises.

    `overrides` are the keys under which "I disagree" is kept. The answer to a question that the draft no longer asks
    does not count, and a question that is new in it counts as not answered.
    """
    given = {key: value for key, value in triage.items() if key not in overrides}
    kept, _missing = walk_triage(draft.form, given)
    return evaluate(draft.thresholds, kept, at)


@dataclass
class Tally:
    """What has been counted so far; `document` and `of` carry it over a killed run."""

    months: int
    since: str
    until: str
    at: tuple[str, str] | None = None
    flows: Counter[tuple[str, str]] = field(default_factory=Counter)
    changed: list[dict[str, str]] = field(default_factory=list)
    destroyed: int = 0
    short: int = 0
    incomplete: int = 0

    @property
    def compared(self) -> int:
        """Reports that were evaluated."""
        return sum(self.flows.values())

    @property
    def looked_at(self) -> int:
        """Reports that were read, evaluated or not."""
        return self.compared + self.destroyed + self.short

    def compare(self, report_id: UUID, reference: str, was: Way, now: Outcome) -> None:
        """Count one report."""
        self.flows[was.route, now.route] += 1
        self.incomplete += now.attention
        if was.route != now.route and len(self.changed) < MOST_LISTED:
            self.changed.append({
                "id": str(report_id),
                "reference": reference,
                "before": was.route,
                "after": now.route,
                "before_rule": was.rule,
                "after_rule": now.rule,
            })  # fmt: skip

    def document(self) -> dict[str, Any]:
        """What is kept: codes, references and numbers, never an answer."""
        moved = sum(count for (was, now), count in self.flows.items() if was != now)
        return {
            "months": self.months,
            "since": self.since,
            "until": self.until,
            "at": list(self.at) if self.at else None,
            "compared": self.compared,
            "moved": moved,
            "flows": [
                {"before": was, "after": now, "count": count} for (was, now), count in sorted(self.flows.items())
            ],
            "changed": self.changed,
            "destroyed": self.destroyed,
            "short": self.short,
            "incomplete": self.incomplete,
        }

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Tally:
        """The tally that `document` wrote."""
        at = document.get("at")
        return cls(
            months=document["months"],
            since=document["since"],
            until=document["until"],
            at=(at[0], at[1]) if at else None,
            flows=Counter({(one["before"], one["after"]): one["count"] for one in document["flows"]}),
            changed=list(document["changed"]),
            destroyed=document["destroyed"],
            short=document["short"],
            incomplete=document["incomplete"],
        )
