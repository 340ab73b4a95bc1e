"""What a rule says besides its route, as fields: its level (with steps), its notices and its topics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from portal.forms.editing.documents import MISSING, Steps, names_in
from portal.forms.rows.around import Group, Sheet
from portal.forms.rows.cells import Filled
from portal.kernel.digits import whole
from portal.web.fields import OptionView

MOST_STEPS = 20
NONE, STEPS, VALUE = "none", "steps", "value:"
WORKED_OUT = "worked_out"


@dataclass(frozen=True)
class Level:
    """A level: none at all, a number, a derived value, or steps of which the first that holds is taken."""

    name: str = "level"

    @property
    def steps(self) -> Steps:
        return (self.name,)

    def filled(self, value: object) -> Filled:
        if isinstance(value, Mapping):
            return {self.name: [WORKED_OUT], "level_value": [str(value.get("value", ""))]}
        if not isinstance(value, list):
            return {self.name: [_word(value)]}
        steps = {f"step-{place}": [_word(_level_of(step))] for place, step in enumerate(value)}
        return {self.name: [STEPS], "step_count": [str(len(value))], **steps}

    def drawn(self, sheet: Sheet) -> list[Group]:
        every = [OptionView(value, label) for value, label in _levels(sheet)]
        options = [one for one in every if not one.value.startswith(VALUE)]
        if len(options) < len(every):
            offered = sheet.options("values", "level_value", _("Choose"))
            view = sheet.field("select", "level_value", _("Which one?"), options=offered)
            options.append(OptionView(WORKED_OUT, _("A derived value"), children=(view,)))
        steps = [sheet.field("hidden", "step_count", "")]
        for place in range(_count(sheet) + 1):
            label = _("Step %(number)s", number=place + 1)
            first = OptionView("", _("No such step"))
            hint = _("Save first, then say when this step applies.") if place == _count(sheet) else ""
            choices = (first, *every)
            steps.append(sheet.field("select", f"step-{place}", label, hint, options=choices))
        told = _("The first step that applies is taken.")
        options.append(OptionView(STEPS, _("It depends: several steps"), told, children=tuple(steps)))
        return [Group((sheet.field("radios", self.name, _("Level of need"), options=tuple(options)),))]

    def read(self, sheet: Sheet, before: object) -> Any:
        chosen, known = sheet.one(self.name), dict(_levels(sheet))
        if chosen == WORKED_OUT:
            value = sheet.one("level_value")
            if VALUE + value not in known and before != {"value": value}:
                sheet.refuse("level_value", _("Choose which one"))
            return {"value": value}
        if chosen == STEPS:
            return _steps(sheet, before, known)
        if chosen not in known and (before is MISSING or chosen != _word(before)):
            sheet.refuse(self.name, _("Choose a level, or that there is none"))
        return _level(chosen)


def _steps(sheet: Sheet, before: object, known: Mapping[str, str]) -> list[dict[str, Any]]:
    """The steps as posted, each with the condition that it had."""
    old = before if isinstance(before, list) else []
    kept = []
    for place in range(min(MOST_STEPS, _count(sheet) + 1)):
        word = sheet.one(f"step-{place}")
        if not word:
            continue
        if word not in known:
            sheet.refuse(f"step-{place}", _("Choose one of those offered"))
        was = old[place] if place < len(old) and isinstance(old[place], Mapping) else {}
        kept.append({**was, "level": _level(word)})
    if not kept:
        sheet.refuse("step-0", _("Choose a level for at least one step"))
    return kept


def _count(sheet: Sheet) -> int:
    return min(MOST_STEPS, whole(sheet.one("step_count")) or 0)


def _levels(sheet: Sheet) -> list[tuple[str, str]]:
    values = [(VALUE + key, _("The value “%(name)s”", name=label)) for key, label in sheet.around.choices("values")]
    return [*sheet.around.choices("levels"), (NONE, _("No level")), *values]


def _level_of(step: object) -> object:
    return step.get("level", MISSING) if isinstance(step, Mapping) else MISSING


def _word(level: object) -> str:
    if level is None:
        return NONE
    if isinstance(level, Mapping):
        return VALUE + str(level.get("value", ""))
    return str(level) if isinstance(level, int) and not isinstance(level, bool) else ""


def _level(word: str) -> Any:
    if word.startswith(VALUE):
        return {"value": word.removeprefix(VALUE)}
    return whole(word)


@dataclass(frozen=True)
class Notices:
    """The notices of a rule; one that shows only sometimes keeps its condition."""

    name: str = "notices"

    @property
    def steps(self) -> Steps:
        return (self.name,)

    def filled(self, value: object) -> Filled:
        return {self.name: [key for key, _item in _by_key(value)]}

    def drawn(self, sheet: Sheet) -> list[Group]:
        hint = _("Besides those that are shown for every rule. The order is that of the page.")
        view = sheet.field("checkboxes", self.name, _("Notices"), hint, options=sheet.options("notices", self.name))
        return [Group((view,))]

    def read(self, sheet: Sheet, before: object) -> Any:
        old, chosen = dict(_by_key(before)), sheet.several(self.name)
        known = dict(sheet.around.choices("notices"))
        if any(one not in known and one not in old for one in chosen):
            sheet.refuse(self.name, _("Choose from those offered"))
        kept = [old[key] for key in old if key in chosen] + [key for key in chosen if key not in old]
        return kept if kept or before is not MISSING else MISSING


def _by_key(value: object) -> list[tuple[str, Any]]:
    found = []
    for item in value if isinstance(value, list) else ():
        key = item.get("notice") if isinstance(item, Mapping) else item
        if isinstance(key, str):
            found.append((key, item))
    return found


@dataclass(frozen=True)
class Topics:
    """The topics of an advice page: none, those that the topic rules choose, or exactly some."""

    name: str = "topics"

    @property
    def steps(self) -> Steps:
        return (self.name,)

    def filled(self, value: object) -> Filled:
        if isinstance(value, list):
            return {self.name: ["exactly"], "exact_topics": names_in(value)}
        return {self.name: ["chosen" if value is True else NONE]}

    def drawn(self, sheet: Sheet) -> list[Group]:
        offered = sheet.options("topics", "exact_topics")
        exact = sheet.field("checkboxes", "exact_topics", _("Topics to show"), options=offered)
        options = (
            OptionView(NONE, _("None")),
            OptionView("chosen", _("Those that the rules for topics choose")),
            OptionView("exactly", _("Exactly these"), children=(exact,)),
        )
        return [Group((sheet.field("radios", self.name, _("Topics of advice"), options=options),))]

    def read(self, sheet: Sheet, before: object) -> Any:
        chosen = sheet.one(self.name)
        if chosen == "exactly":
            old = names_in(before) if isinstance(before, list) else []
            wanted, known = sheet.several("exact_topics"), dict(sheet.around.choices("topics"))
            if not wanted or any(one not in known and one not in old for one in wanted):
                sheet.refuse("exact_topics", _("Choose at least one of the topics"))
            return [one for one in old if one in wanted] + [one for one in wanted if one not in old]
        if chosen not in {"chosen", NONE}:
            sheet.refuse(self.name, _("Choose which topics are shown"))
        if chosen == "chosen":
            return True
        return MISSING if before is MISSING else False
