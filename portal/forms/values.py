"""Derived values as data: points, sums with caps, counts, highest and lowest, and time since a date."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from portal.forms.conditions import (
    DEEPEST,
    LIMIT,
    MOST_NODES,
    Formula,
    Place,
    Words,
    read_asked,
    read_count,
    read_node,
    read_options,
)
from portal.forms.facts import Facts, as_day, as_number, latest_date
from portal.forms.mistakes import Path, shown

CAPS = ("no_more_than", "no_less_than")


def read_value(node: object, words: Words, path: Path) -> Formula:
    """Check one whole derived value and return its formula; mistakes go to `words.checker`."""
    words.nodes = words.depth = 0
    return _read(node, words, Place(path))


def nothing(_facts: Facts) -> int | None:
    """Stand in for a value with a mistake; the document is refused anyway."""
    return None


def _read(node: object, words: Words, place: Place) -> Formula:
    words.nodes += 1
    if place.depth > DEEPEST or words.nodes > MOST_NODES:
        words.checker.note(place.path, f"the value is deeper than {DEEPEST} levels or has more than {MOST_NODES} parts")
        return nothing
    if isinstance(node, int) and not isinstance(node, bool):
        number = words.checker.whole(node, place.path, -LIMIT, LIMIT)
        return lambda _: number
    if not isinstance(node, Mapping):
        words.checker.note(place.path, f"expected a number or a value, found {shown(node)}")
        return nothing
    for form, (read, beside) in FORMS.items():
        if form in node:
            words.checker.mapping(node, place.path, must=[form], may=[*beside, *CAPS])
            return _capped(read(node, words, place), node, words, place.path)
    words.checker.note(place.path, f"no such value; one of {', '.join(FORMS)} is needed")
    return nothing


def _capped(formula: Formula, node: Mapping[str, Any], words: Words, path: Path) -> Formula:
    caps = [name for name in CAPS if name in node]
    if not caps:
        return formula
    bound = {name: words.checker.whole(node[name], (*path, name), -LIMIT, LIMIT) for name in caps}
    most, least = bound.get("no_more_than", LIMIT), bound.get("no_less_than", -LIMIT)

    def capped(facts: Facts) -> int | None:
        number = formula(facts)
        return None if number is None else max(least, min(most, number))

    return capped


def _several(nodes: object, words: Words, place: Place, form: str) -> list[Formula]:
    items = words.checker.sequence(nodes, place.at(form), least=1)
    return [_read(item, words, place.within(form, number)) for number, item in enumerate(items)]


def _sum(node: Mapping[str, Any], words: Words, place: Place) -> Formula:
    parts = _several(node["sum"], words, place, "sum")
    return lambda facts: sum(part(facts) or 0 for part in parts)


def _extreme(name: str, pick: Callable[..., int | None]) -> Callable[..., Formula]:
    def read(node: Mapping[str, Any], words: Words, place: Place) -> Formula:
        parts = _several(node[name], words, place, name)

        def extreme(facts: Facts) -> int | None:
            known = [number for part in parts if (number := part(facts)) is not None]
            return pick(known, default=None)

        return extreme

    return read


def _how_many(node: Mapping[str, Any], words: Words, place: Place) -> Formula:
    items = words.checker.sequence(node["how_many"], place.at("how_many"), least=1)
    tests = [read_node(item, words, place.within("how_many", number)) for number, item in enumerate(items)]
    return lambda facts: sum(test(facts) for test in tests)


def _if(node: Mapping[str, Any], words: Words, place: Place) -> Formula:
    test = read_node(node["if"], words, place.within("if"))
    then = _read(node.get("then"), words, place.within("then"))
    otherwise = _read(node.get("else", 0), words, place.within("else"))
    return lambda facts: then(facts) if test(facts) else otherwise(facts)


def _count(node: Mapping[str, Any], words: Words, place: Place) -> Formula:
    return read_count(node["count"], words, place.at("count"))


def _highest_level(node: Mapping[str, Any], words: Words, place: Place) -> Formula:
    where = place.at("highest_level")
    parts = words.checker.mapping(node["highest_level"], where, must=["answer"], may=["of"])
    key, asked = read_asked(parts.get("answer"), words, (*where, "answer"), {"levels"})
    only = read_options(parts["of"], asked, words, (*where, "of")) if "of" in parts else asked.options

    def highest(facts: Facts) -> int:
        levels = facts.levels(key)
        return max((levels[category] for category in only if category in levels), default=0)

    if "of" in parts:
        return highest
    return lambda facts: facts.once(("highest", key), lambda: highest(facts))


def _named(node: Mapping[str, Any], words: Words, place: Place) -> Formula:
    name = words.checker.one_of(node["value"], place.at("value"), words.values, "value (it must come earlier)")
    return (lambda facts: facts.value(name)) if name else nothing


def _answer(node: Mapping[str, Any], words: Words, place: Place) -> Formula:
    if "points" not in node:
        key, _ = read_asked(node["answer"], words, place.at("answer"), {"number", "age", "radios", "select", "search"})
        return lambda facts: as_number(facts.answers.get(key))
    key, asked = read_asked(
        node["answer"], words, place.at("answer"), {"radios", "select", "search", "yes_no", "checkboxes"}
    )
    where = place.at("points")
    given = words.checker.named(node["points"], where, 200)
    read_options(list(given), asked, words, where)
    points = {option: words.checker.whole(number, (*where, option), -LIMIT, LIMIT) for option, number in given.items()}

    def scored(facts: Facts) -> int | None:
        chosen = facts.chosen(key)
        single = None if chosen else as_number(facts.answers.get(key))
        given = chosen if single is None else {str(single)}
        return sum(number for option, number in points.items() if option in given)

    return scored


def _years_since(node: Mapping[str, Any], words: Words, place: Place) -> Formula:
    key, _ = read_asked(node["years_since"], words, place.at("years_since"), {"date"})

    def years(facts: Facts) -> int | None:
        born, today = latest_date(facts.answers.get(key)), _today(facts)
        return None if born is None else today.year - born.year - (today.timetuple()[1:3] < born.timetuple()[1:3])

    return years


def _days_since(node: Mapping[str, Any], words: Words, place: Place) -> Formula:
    key, _ = read_asked(node["days_since"], words, place.at("days_since"), {"date"})

    def days(facts: Facts) -> int | None:
        then = as_day(facts.answers.get(key))
        return None if then is None else (_today(facts) - then).days

    return days


def _today(facts: Facts) -> date:
    return facts.now.date()


Read = Callable[[Mapping[str, Any], Words, Place], Formula]

FORMS: Mapping[str, tuple[Read, tuple[str, ...]]] = {
    "sum": (_sum, ()),
    "highest": (_extreme("highest", max), ()),
    "lowest": (_extreme("lowest", min), ()),
    "how_many": (_how_many, ()),
    "if": (_if, ("then", "else")),
    "count": (_count, ()),
    "highest_level": (_highest_level, ()),
    "value": (_named, ()),
    "answer": (_answer, ("points",)),
    "years_since": (_years_since, ()),
    "days_since": (_days_since, ()),
}
