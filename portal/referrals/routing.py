"""Which way a report goes: the council's rules on its answers, and a safe default when they fail. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from portal.forms.questionnaire import Form
from portal.forms.rules import Outcome, Thresholds, evaluate, may_override
from portal.kernel.language import LANGUAGES, Text, words
from portal.referrals.paths import walk_triage

log = structlog.get_logger()

URGENT_ROUTE = "MASH_URGENT"
# Where a report goes when the rules cannot say: people look at it, nobody is turned away.
DEFAULT_ROUTE = "MASH"
URGENT_FORM = "urgent_form"
NO_RULE = "rules_failed"
TAKEN_DOWN = "taken_down"
PRIORITIES = {4: "urgent", 3: "standard", 2: "standard", 1: "low"}
URGENT_RANK = 4
DEFAULT_RANK = 3


def N_(text: str) -> str:  # noqa: N802 - the extractor's name for "translate this later"
    """Mark a sentence for the catalogue; it is looked up in both languages when it is stored."""
    return text


WHY_URGENT = N_("You sent the urgent short form.")
WHY_DEFAULT = N_("The council's rules could not be applied, so a person at the council decides.")


@dataclass(frozen=True)
class Routed:
    """The way a report goes: what the rules say, how urgent that is, and whether "I disagree" is open.

    `flags` are the signs of serious harm that were chosen, each once.
    """

    outcome: Outcome
    rank: int
    priority: str
    triage: dict[str, Any]
    may_disagree: bool = False
    flags: tuple[str, ...] = ()

    @property
    def overridden(self) -> bool:
        """Whether the referrer's disagreement changed the route."""
        return self.outcome.before_override is not None

    def document(self) -> dict[str, Any]:
        """What is stored with the report: codes, and the rule's words in every language it has."""
        outcome = self.outcome
        return {
            "route": outcome.route,
            "rule": outcome.rule,
            "level": outcome.level,
            "notices": list(outcome.notices),
            "topics": list(outcome.topics),
            "why": dict(outcome.why),
            "also": list(outcome.also),
            "before_override": outcome.before_override,
            "attention": outcome.attention,
            "flags": list(self.flags),
        }


def route(form: Form, thresholds: Thresholds, kind: str, triage: Mapping[str, Any], now: datetime) -> Routed:
    """Where these triage answers lead; never raises.

    The override answer counts only where the rules leave "I disagree" open, so it can only go up.
    """
    try:
        if kind == "urgent":
            return _urgent(thresholds)
        return _by_rules(form, thresholds, triage, now)
    except Exception as error:  # noqa: BLE001 - a broken rule must not lose a report about a child
        log.error("rules.failed", kind=type(error).__name__)  # noqa: TRY400 - no answers in logs
        return _default(triage)


def taken_down(thresholds: Thresholds, key: str) -> Routed:
    """The way that a screener chose for a contact which the council took down itself; raises KeyError for none."""
    rank = _rank(thresholds, key)
    # No rule decided and nobody was told anything: there are no words.
    outcome = Outcome(key, TAKEN_DOWN, None, (), (), {})
    return Routed(outcome, rank, PRIORITIES.get(rank, "standard"), {})


def _urgent(thresholds: Thresholds) -> Routed:
    notices = tuple(line.notice for line in thresholds.always if URGENT_ROUTE in line.routes)
    outcome = Outcome(URGENT_ROUTE, URGENT_FORM, None, notices, (), _in_every_language(WHY_URGENT))
    return Routed(outcome, URGENT_RANK, PRIORITIES[URGENT_RANK], {})


def _by_rules(form: Form, thresholds: Thresholds, triage: Mapping[str, Any], now: datetime) -> Routed:
    key = thresholds.override_answer
    kept, _missing = walk_triage(form, triage)
    outcome = evaluate(thresholds, kept, now)
    disagree = may_override(thresholds, outcome)
    if disagree and triage.get(key) == "yes":
        raised = evaluate(thresholds, {**kept, key: "yes"}, now)
        if _rank(thresholds, raised.route) > _rank(thresholds, outcome.route):
            outcome, disagree, kept = raised, False, {**kept, key: "yes"}
    rank = _rank(thresholds, outcome.route)
    return Routed(outcome, rank, PRIORITIES.get(rank, "standard"), kept, disagree, _flags(form, kept))


def _flags(form: Form, triage: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(option.value for _question, chosen in form.flags(triage) for option in chosen))


def _rank(thresholds: Thresholds, key: str) -> int:
    return thresholds.routes[key].rank


def _default(triage: Mapping[str, Any]) -> Routed:
    outcome = Outcome(DEFAULT_ROUTE, NO_RULE, None, (), (), _in_every_language(WHY_DEFAULT), attention=True)
    return Routed(outcome, DEFAULT_RANK, PRIORITIES[DEFAULT_RANK], dict(triage))


def _in_every_language(msgid: str) -> Text:
    return {language: words(language, msgid) for language in LANGUAGES}


def also_because(thresholds: Thresholds, outcome: Outcome) -> list[Text]:
    """The words of the other rules that hold too, each once, without the deciding one's."""
    told = {rule.id: rule.why for rule in thresholds.rules}
    seen: list[Text] = []
    for rule_id in outcome.also:
        why = told.get(rule_id)
        if why is not None and why != outcome.why and why not in seen:
            seen.append(why)
    return seen
