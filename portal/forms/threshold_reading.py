"""Reads a council's thresholds strictly against its form, reporting every mistake with its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.forms.conditions import Asked, Formula, Test, Words, never, read_condition
from portal.forms.facts import Facts
from portal.forms.mistakes import Checker, Path, Text
from portal.forms.questionnaire import Form
from portal.forms.safety_reading import read_names, read_safety
from portal.forms.thresholds import (
    LevelRule,
    NoticeRule,
    Override,
    Route,
    Rule,
    Thresholds,
    TopicRule,
)
from portal.forms.topic_reading import read_topics
from portal.forms.values import read_value

PARTS = ["routes", "levels", "rules", "notices", "override_answer", "override_question"]
EXTRAS = ["version_note", "values", "conditions", "overrides", "always", "topics", "topic_rules", "safety", "names"]
MOST_RULES = 200


@dataclass
class Names:
    """The names a rule may use, once the parts that declare them are read."""

    check: Checker
    words: Words
    routes: Mapping[str, Route]
    levels: Mapping[int, Text]
    notices: Mapping[str, Text]
    topics: Sequence[str]
    values: Mapping[str, Formula]


def parse_thresholds(document: object, form: Form, languages: Sequence[str] = (), *, whole: bool = True) -> Thresholds:
    """Read a thresholds document against its form; with `languages`, every text must be in each of them.

    Without `whole` the rules need not end with one that always holds: a draft's may not yet.
    Raises SchemaMistakes with every mistake found.
    """
    check = Checker(languages)
    check.size(document)
    parts = check.mapping(document, (), must=PARTS, may=EXTRAS)
    words = Words(check, {question.key: question.asked() for question in form.triage_questions()})
    values = _read_values(parts.get("values", {}), words)
    conditions = _read_conditions(parts.get("conditions", {}), words)
    topics = read_topics(parts.get("topics", {}), check)
    routes, levels = _read_routes(parts.get("routes"), check), _read_levels(parts.get("levels"), check)
    names = Names(check, words, routes, levels, _read_texts(parts.get("notices"), check), list(topics), values)
    rules = _read_rules(parts.get("rules"), names, whole=whole)
    override_answer = check.key(parts.get("override_answer"), ("override_answer",))
    safety = read_safety(parts["safety"], routes, {rule.id for rule in rules}, check) if "safety" in parts else None
    # Only an override may speak of the override's own answer: no rule can be lowered by disagreeing.
    words.asked = {**words.asked, override_answer: Asked("radios", frozenset({"yes", "no"}))}
    result = Thresholds(
        routes=routes,
        levels=levels,
        rules=tuple(rules),
        overrides=tuple(_read_overrides(parts.get("overrides", []), names, rules)),
        always=tuple(_read_notices(parts.get("always", []), ("always",), names, routes=True)),
        notices=names.notices,
        topics=topics,
        topic_rules=tuple(_read_topic_rules(parts.get("topic_rules", []), names)),
        override_answer=override_answer,
        override_question=check.text(parts.get("override_question"), ("override_question",)),
        values=values,
        conditions=conditions,
        asked=tuple(form.triage_questions()),
        safety=safety,
        names=read_names(parts.get("names", {}), {*values, *conditions}, check),
    )
    check.finish()
    return result


def _read_texts(node: object, check: Checker) -> dict[str, Text]:
    texts = check.named(node, ("notices",), 200)
    return {key: check.text(text, ("notices", key)) for key, text in texts.items()}


def _read_values(node: object, words: Words) -> dict[str, Formula]:
    formulas: dict[str, Formula] = {}
    for name, expression in words.checker.named(node, ("values",), 100).items():
        words.values = list(formulas)
        formulas[name] = read_value(expression, words, ("values", name))
    words.values = list(formulas)
    return formulas


def _read_conditions(node: object, words: Words) -> dict[str, Test]:
    tests: dict[str, Test] = {}
    for name, condition in words.checker.named(node, ("conditions",), 100).items():
        tests[name] = read_condition(condition, words, ("conditions", name))
        words.named[name] = words.depth
    return tests


def _read_routes(node: object, check: Checker) -> dict[str, Route]:
    routes = {}
    for key, item in check.named(node, ("routes",), 20).items():
        path: Path = ("routes", key)
        parts = check.mapping(item, path, must=["rank", "label", "what", "who"])
        texts = {name: check.text(parts.get(name), (*path, name)) for name in ("label", "what", "who")}
        routes[key] = Route(key=key, rank=check.whole(parts.get("rank"), (*path, "rank"), 1, 20), **texts)
    if len({route.rank for route in routes.values()}) < len(routes):
        check.note(("routes",), "two routes have the same rank")
    return routes


def _read_levels(node: object, check: Checker) -> dict[int, Text]:
    levels = {}
    for key, text in check.named(node, ("levels",), 9).items():
        if not key.isdigit():
            check.note(("levels", key), "a level is a whole number")
            continue
        levels[int(key)] = check.text(text, ("levels", key))
    return levels


RULE_PARTS = ["id", "when", "route", "level", "why"]


def _read_rules(node: object, names: Names, *, whole: bool) -> list[Rule]:
    check = names.check
    rules: list[Rule] = []
    items = check.sequence(node, ("rules",), least=1 if whole else 0, most=MOST_RULES)
    for place, item in enumerate(items):
        path: Path = ("rules", place)
        parts = check.mapping(item, path, must=RULE_PARTS, may=["notices", "topics", "stands_alone"])
        rule = _read_rule(parts, path, names)
        if rule.id in {other.id for other in rules}:
            check.note((*path, "id"), f"{rule.id} is there twice")
        last = place == len(items) - 1
        if whole and (parts.get("when") == {"always": True}) is not last:
            message = "the last rule must be `when: {always: true}`" if last else "no rule after this one is reached"
            check.note((*path, "when"), message)
        rules.append(rule)
    return rules


def _read_rule(parts: Mapping[str, Any], path: Path, names: Names) -> Rule:
    check = names.check
    return Rule(
        id=check.key(parts.get("id"), (*path, "id")),
        when=read_condition(parts["when"], names.words, (*path, "when")) if "when" in parts else never,
        route=check.one_of(parts.get("route"), (*path, "route"), names.routes, "route"),
        why=check.text(parts.get("why"), (*path, "why")),
        levels=_read_level_rules(parts.get("level"), (*path, "level"), names),
        notices=tuple(_read_notices(parts.get("notices", []), (*path, "notices"), names)),
        topics=_read_shown_topics(parts.get("topics", False), (*path, "topics"), names),
        stands_alone=check.flag(parts.get("stands_alone", False), (*path, "stands_alone")),
    )


def _read_level_rules(node: object, path: Path, names: Names) -> tuple[LevelRule, ...]:
    if not isinstance(node, list):
        return (LevelRule(_read_level(node, path, names), _whenever),)
    steps = []
    for place, item in enumerate(names.check.sequence(node, path, least=1, most=20)):
        here = (*path, place)
        parts = names.check.mapping(item, here, must=["level"], may=["when"])
        steps.append(LevelRule(_read_level(parts.get("level"), (*here, "level"), names), _when(parts, here, names)))
    return tuple(steps)


def _read_level(node: object, path: Path, names: Names) -> int | Formula | None:
    if node is None:
        return None
    if isinstance(node, Mapping):
        parts = names.check.mapping(node, path, must=["value"])
        name = names.check.one_of(parts.get("value"), (*path, "value"), names.values, "value")
        return names.values.get(name)
    level = names.check.whole(node, path, 1, 9)
    if level not in names.levels:
        names.check.note(path, f"unknown level {level}")
    return level


def _whenever(_facts: Facts) -> bool:
    return True


def _when(parts: Mapping[str, Any], path: Path, names: Names) -> Test:
    return read_condition(parts["when"], names.words, (*path, "when")) if "when" in parts else _whenever


def _read_notices(node: object, path: Path, names: Names, *, routes: bool = False) -> list[NoticeRule]:
    check, lines = names.check, []
    for place, item in enumerate(check.sequence(node, path, most=100)):
        here = (*path, place)
        if not isinstance(item, Mapping):
            notice = check.one_of(item, here, names.notices, "notice")
            lines.append(NoticeRule(notice, _whenever))
            continue
        parts = check.mapping(item, here, must=["notice"], may=["when", "routes"] if routes else ["when"])
        notice = check.one_of(parts.get("notice"), (*here, "notice"), names.notices, "notice")
        only = _known(parts.get("routes", []), (*here, "routes"), names.routes, "route", check)
        lines.append(NoticeRule(notice, _when(parts, here, names), frozenset(only)))
    return lines


def _known(node: object, path: Path, known: Any, what: str, check: Checker) -> tuple[str, ...]:
    names = check.keys(node, path)
    return tuple(check.one_of(name, (*path, place), known, what) for place, name in enumerate(names))


def _read_shown_topics(node: object, path: Path, names: Names) -> tuple[str, ...] | bool:
    if isinstance(node, bool):
        return node
    return _known(node, path, names.topics, "topic", names.check)


def _read_overrides(node: object, names: Names, rules: Sequence[Rule]) -> list[Override]:
    check, ways, taken = names.check, [], {rule.id for rule in rules}
    for place, item in enumerate(check.sequence(node, ("overrides",), most=20)):
        path: Path = ("overrides", place)
        parts = check.mapping(item, path, must=[*RULE_PARTS, "from"], may=["except", "notices", "topics"])
        own = {name: part for name, part in parts.items() if name not in {"from", "except"}}
        rule = _read_rule(own, path, names)
        open_from = _known(parts.get("from"), (*path, "from"), names.routes, "route", check)
        if rule.id in taken:
            check.note((*path, "id"), f"{rule.id} is there twice")
        taken.add(rule.id)
        ranks = [names.routes[route].rank for route in open_from if route]
        if rule.route and max(ranks, default=0) >= names.routes[rule.route].rank:
            check.note((*path, "route"), "an override may only go up: its route must outrank every route in `from`")
        but_not = _known(parts.get("except", []), (*path, "except"), {rule.id for rule in rules}, "rule", check)
        ways.append(Override(rule, frozenset(open_from), frozenset(but_not)))
    return ways


def _read_topic_rules(node: object, names: Names) -> list[TopicRule]:
    lines = []
    for place, item in enumerate(names.check.sequence(node, ("topic_rules",), most=200)):
        path: Path = ("topic_rules", place)
        parts = names.check.mapping(item, path, must=["topics", "when"], may=["drop"])
        topics = _known(parts.get("topics"), (*path, "topics"), names.topics, "topic", names.check)
        drop = names.check.flag(parts.get("drop", False), (*path, "drop"))
        lines.append(TopicRule(topics, _when(parts, path, names), drop))
    return lines
