"""A council's thresholds at work: the first rule that holds chooses a route, a level, notices and topics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.forms.facts import Facts, is_empty, untimed
from portal.forms.fitting import fits
from portal.forms.mistakes import Text
from portal.forms.questionnaire import visible
from portal.forms.threshold_reading import parse_thresholds
from portal.forms.thresholds import NoticeRule, Override, Route, Rule, Service, Thresholds, Topic, TopicRule

__all__ = [
    "NoticeRule",
    "Outcome",
    "Override",
    "Route",
    "Rule",
    "Service",
    "Thresholds",
    "Topic",
    "TopicRule",
    "evaluate",
    "may_override",
    "parse_thresholds",
]


@dataclass(frozen=True)
class Outcome:
    """What the rules say of some answers.

    `also` names the other rules whose tests hold; `before_override` the rule that decided before the
    override; `attention` says that an answer is missing or could not have come from the questions.
    """

    route: str
    rule: str
    level: int | None
    notices: tuple[str, ...]
    topics: tuple[str, ...]
    why: Text
    also: tuple[str, ...] = ()
    before_override: str | None = None
    attention: bool = False


def evaluate(thresholds: Thresholds, answers: Mapping[str, object], now: datetime) -> Outcome:
    """Return what the rules say; never raises, whatever the answers hold, and changes nothing."""
    facts = Facts(answers, now, thresholds.values, thresholds.conditions)
    matching = [rule for rule in thresholds.rules if rule.when(facts)]
    if not matching:  # a draft's rules, or an older version's: a published set ends with a rule that always holds
        return Outcome(thresholds.fallback(), "", None, (), (), {}, attention=True)
    first = matching[0]
    raised = _override(thresholds, facts, first)
    rule = raised or first
    return Outcome(
        route=rule.route,
        rule=rule.id,
        level=_level(rule, facts, thresholds.levels),
        notices=_notices(thresholds, rule, facts),
        topics=_topics(thresholds, rule, facts),
        why=rule.why,
        also=tuple(other.id for other in matching if other is not first and other is not thresholds.rules[-1]),
        before_override=first.id if raised else None,
        attention=_attention(thresholds, answers),
    )


def may_override(thresholds: Thresholds, outcome: Outcome) -> bool:
    """Tell whether "I disagree" is open from this outcome."""
    return outcome.before_override is None and any(_open(way, outcome) for way in thresholds.overrides)


def _open(way: Override, decided: Rule | Outcome) -> bool:
    rule = decided.id if isinstance(decided, Rule) else decided.rule
    return decided.route in way.from_routes and rule not in way.but_not


def _override(thresholds: Thresholds, facts: Facts, decided: Rule) -> Rule | None:
    for way in thresholds.overrides:
        if _open(way, decided) and way.rule.when(facts):
            return way.rule
    return None


def _level(rule: Rule, facts: Facts, known: Mapping[int, Text]) -> int | None:
    for step in rule.levels:
        if step.when(facts):
            level = step.level(facts) if callable(step.level) else step.level
            return level if level in known else None
    return None


def _notices(thresholds: Thresholds, rule: Rule, facts: Facts) -> tuple[str, ...]:
    own = [line.notice for line in rule.notices if line.when(facts)]
    if not rule.stands_alone:
        own += [
            line.notice
            for line in thresholds.always
            if (not line.routes or rule.route in line.routes) and line.when(facts)
        ]
    return tuple(dict.fromkeys(own))


def _topics(thresholds: Thresholds, rule: Rule, facts: Facts) -> tuple[str, ...]:
    if isinstance(rule.topics, tuple):
        return rule.topics
    if not rule.topics:
        return ()
    applying = [line for line in thresholds.topic_rules if line.when(facts)]
    dropped = {topic for line in applying if line.drop for topic in line.topics}
    shown = (topic for line in applying if not line.drop for topic in line.topics)
    return tuple(dict.fromkeys(topic for topic in shown if topic not in dropped))


def _attention(thresholds: Thresholds, answers: Mapping[str, object]) -> bool:
    facts = untimed(answers)
    for question in visible(thresholds.asked, answers):
        answer = answers.get(question.key)
        if is_empty(answer):
            if question.type != "checkboxes" and question.is_required(facts):
                return True
        elif not fits(question, answer):
            return True
    return False
