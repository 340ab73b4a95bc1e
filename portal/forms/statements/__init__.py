"""A council's rules in plain words, English and Welsh, made from the documents themselves; never raises.

A draft may be wrong. `form` is a parsed form or its document, `thresholds` the thresholds document (or None, for the
conditions of questions). Whoever says many of one draft reads its words once: `labels` of both in place of `form`.
"""

from __future__ import annotations

from portal.forms.statements.conditions import condition
from portal.forms.statements.labels import Labels, labels, mapping
from portal.forms.statements.rules import every_rule, notice, rule, topics
from portal.forms.statements.tree import Statement, capital
from portal.forms.statements.values import phrase
from portal.forms.statements.writing import Writer
from portal.kernel.language import N_

__all__ = [
    "Labels",
    "Statement",
    "labels",
    "lines",
    "notice_lines",
    "question_statement",
    "rule_lines",
    "rule_statement",
    "rules_lines",
    "statement",
    "topic_lines",
    "value_lines",
]

SHOWN = N_("shown when %(condition)s")
REQUIRED = N_("must be answered when %(condition)s")


def _writer(form: object, thresholds: object, language: str) -> Writer:
    return Writer(form if isinstance(form, Labels) else labels(form, thresholds, language))


def lines(node: object, form: object, thresholds: object, language: str) -> Statement:
    """A condition as a line with its parts beneath it."""
    return condition(node, _writer(form, thresholds, language)).begun()


def statement(node: object, form: object, thresholds: object, language: str) -> str:
    """A condition in one line."""
    return capital(condition(node, _writer(form, thresholds, language)).flat())


def value_lines(node: object, form: object, thresholds: object, language: str) -> Statement:
    """What a derived value is, from its document."""
    return phrase(node, _writer(form, thresholds, language)).begun()


def rule_lines(node: object, form: object, thresholds: object, language: str) -> tuple[Statement, ...]:
    """A rule or an override: where the report goes and when, then where it is open from and which level."""
    return tuple(line.begun() for line in rule(node, _writer(form, thresholds, language)))


def rule_statement(node: object, form: object, thresholds: object, language: str) -> str:
    """Where a rule or an override sends the report and when, in one line."""
    return capital(rule(node, _writer(form, thresholds, language))[0].flat())


def rules_lines(form: object, thresholds: object, language: str) -> dict[str, tuple[Statement, ...]]:
    """The lines of every rule and override, by its id: for whoever shows several."""
    found = labels(form, thresholds, language)
    return every_rule(lambda: Writer(found), mapping(thresholds))


def notice_lines(node: object, form: object, thresholds: object, language: str) -> Statement:
    """When a notice is shown."""
    return notice(node, _writer(form, thresholds, language)).begun()


def topic_lines(node: object, form: object, thresholds: object, language: str) -> Statement:
    """When advice pages are shown, or left out again."""
    return topics(node, _writer(form, thresholds, language)).begun()


def question_statement(node: object, form: object, language: str, *, required: bool = False) -> str:
    """When a question, page or section is shown, or (with `required`) must be answered."""
    writer = _writer(form, None, language)
    return capital(writer.words(REQUIRED if required else SHOWN, condition=condition(node, writer).flat()))
