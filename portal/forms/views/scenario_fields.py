"""The form of a scenario, filled in with what the draft's rules offer: routes, levels, rules, notices, advice pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from portal.forms.inputs.scenarios import ScenarioInput
from portal.forms.views.scenario_words import name_of
from portal.forms.views.wording import route_label, text_of
from portal.web.fields import FieldView, choices

COMPARED = {"compare_notices": "notices", "compare_topics": "topics"}


def filled(
    kind: type[ScenarioInput], thresholds: Mapping[str, Any], scenario: Mapping[str, Any], **more: Any
) -> ScenarioInput:
    """The form with a scenario's own values (none for a new one) and the choices that the rules offer."""
    expected = scenario.get("expected") or {}
    form = kind(
        title=text_of(scenario.get("title")),
        summary=text_of(scenario.get("summary")),
        why=text_of(scenario.get("why")),
        route=expected.get("route"),
        rule=str(expected.get("rule") or ""),
        level=_level(expected),
        compare_notices="notices" in expected,
        notices=expected.get("notices") or [],
        compare_topics="topics" in expected,
        topics=expected.get("topics") or [],
        **more,
    )
    form.route.choices = [(key, route_label(thresholds, key)) for key in _names(thresholds, "routes")]
    levels = [(key, f"{key}: {text_of(words)}") for key, words in _mapping(thresholds, "levels").items()]
    form.level.choices = choices([("", _("Do not compare the level")), ("none", _("No level")), *levels])
    rules = [
        (str(one.get("id")), f"{one.get('id')}: {text_of(one.get('why'))}")
        for name in ("rules", "overrides")
        for one in thresholds.get(name) or []
        if isinstance(one, Mapping)
    ]
    form.rule.choices = choices([("", _("Do not compare the rule")), *rules])
    for what in COMPARED.values():
        form[what].choices = choices([(key, name_of(thresholds, what, key)) for key in _names(thresholds, what)])
    return form


def grouped(views: dict[str, FieldView]) -> dict[str, FieldView]:
    """The fields with each list of names beneath the box that says it is compared."""
    found = dict(views)
    for box, names in COMPARED.items():
        inner = found.pop(names)
        option = replace(found[box].options[0], children=(inner,) if inner.options else ())
        found[box] = replace(found[box], options=(option,))
    return found


def _level(expected: Mapping[str, Any]) -> str:
    if "level" not in expected:
        return ""
    return "none" if expected["level"] is None else str(expected["level"])


def _names(thresholds: Mapping[str, Any], name: str) -> list[str]:
    return [str(key) for key in _mapping(thresholds, name)]


def _mapping(thresholds: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = thresholds.get(name)
    return found if isinstance(found, Mapping) else {}
