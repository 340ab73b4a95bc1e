"""What a council's thresholds consist of once read: routes, rules, overrides, notices, topics and levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.forms.conditions import Formula, Test
from portal.forms.mistakes import Text
from portal.forms.questionnaire import Question


@dataclass(frozen=True)
class Route:
    """Where a report goes; the rank orders routes by urgency, 1 is the least."""

    key: str
    rank: int
    label: Text
    what: Text
    who: Text


@dataclass(frozen=True)
class NoticeRule:
    """A notice, the answers it is for and, when it is for every rule, the routes it is limited to."""

    notice: str
    when: Test
    routes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LevelRule:
    """A level (a number, a derived value, or none at all) and the answers it is for."""

    level: int | Formula | None
    when: Test


@dataclass(frozen=True)
class Rule:
    """One rule: the first whose test holds decides. A rule that stands alone takes only its own notices."""

    id: str
    when: Test
    route: str
    why: Text
    levels: tuple[LevelRule, ...]
    notices: tuple[NoticeRule, ...]
    topics: tuple[str, ...] | bool
    stands_alone: bool


@dataclass(frozen=True)
class Override:
    """A way up that answers open after the rules have decided; its route outranks those it is open from."""

    rule: Rule
    from_routes: frozenset[str]
    but_not: frozenset[str]


@dataclass(frozen=True)
class TopicRule:
    """Topics to show on an advice page, or to leave out again, for some answers."""

    topics: tuple[str, ...]
    when: Test
    drop: bool


@dataclass(frozen=True)
class Service:
    """A service or helpline an advice page names."""

    name: Text
    what: Text
    phone: str = ""
    url: str = ""


@dataclass(frozen=True)
class Topic:
    """One advice page; `reviewed` is the ISO date when someone last checked it."""

    key: str
    title: Text
    summary: Text
    try_first: Text
    come_back: Text
    worse: Text
    services: tuple[Service, ...]
    reviewed: str


SAFETY_PROPERTIES = (
    "red_flags_reach_the_hub",
    "worse_never_lowers",
    "strengths_never_lower_flags",
    "override_open",
)
"""The properties of a rule set from which a rule may be declared an exception."""


@dataclass(frozen=True)
class Exempt:
    """A rule that may break properties of safety, and why; shown beside every proof."""

    rule: str
    properties: tuple[str, ...]
    reason: Text


@dataclass(frozen=True)
class Safety:
    """The route that red flags must reach at least, and the declared exceptions."""

    hub: str
    exceptions: tuple[Exempt, ...] = ()


@dataclass(frozen=True)
class Thresholds:
    """One council's rule set once read; everything about a route comes from here."""

    routes: Mapping[str, Route]
    levels: Mapping[int, Text]
    rules: tuple[Rule, ...]
    overrides: tuple[Override, ...]
    always: tuple[NoticeRule, ...]
    notices: Mapping[str, Text]
    topics: Mapping[str, Topic]
    topic_rules: tuple[TopicRule, ...]
    override_answer: str
    override_question: Text
    values: Mapping[str, Formula]
    conditions: Mapping[str, Test]
    asked: tuple[Question, ...]
    """The triage questions, to tell answers that no page could have given."""
    safety: Safety | None = None
    """None in versions published before rules were proved."""
    names: Mapping[str, Text] = field(default_factory=dict)

    def fallback(self) -> str:
        """Return the route of answers for which no rule holds: the hub's, else the highest below the top, else any."""
        if self.safety is not None and self.safety.hub in self.routes:
            return self.safety.hub
        ranked = sorted(self.routes.values(), key=lambda route: route.rank, reverse=True)
        return ranked[1 if len(ranked) > 1 else 0].key if ranked else ""
