"""Conditions over answers as data: checked strictly when a council's file is read, then quick and total."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.forms.facts import Facts, as_number, as_text, is_between, is_empty, untimed
from portal.forms.mistakes import Checker, Path, shown

DEEPEST = 8
MOST_NODES = 400
LIMIT = 1_000_000
STRUCTURED = frozenset({"name", "address", "school", "practice", "documents", "group"})
"""Types whose stored answer has parts; a condition may only ask whether such an answer is empty."""

Test = Callable[[Facts], bool]
Formula = Callable[[Facts], int | None]


@dataclass(frozen=True)
class Asked:
    """What a condition may know of a question: its type and its options; exclusive ones mean "none of these"."""

    type: str
    options: frozenset[str] = frozenset()
    exclusive: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Place:
    """Where in a document a part of a condition is, and how deep inside the condition."""

    path: Path
    depth: int = 1

    def at(self, *steps: str | int) -> Path:
        """Return the path of something in this part."""
        return (*self.path, *steps)

    def within(self, *steps: str | int) -> Place:
        """Return the place of a condition inside this one."""
        return Place(self.at(*steps), self.depth + 1)


@dataclass
class Words:
    """What a condition may speak about, and where its mistakes go."""

    checker: Checker
    asked: Mapping[str, Asked]
    values: Collection[str] = ()
    named: dict[str, int] = field(default_factory=dict)
    """Named conditions read so far, with their depth."""
    nodes: int = 0
    depth: int = 0


def never(_facts: Facts) -> bool:
    """Stand in for a condition with a mistake; the document is refused anyway."""
    return False


def read_condition(node: object, words: Words, path: Path) -> Test:
    """Check one whole condition and return its test; every mistake goes to `words.checker`."""
    words.nodes = words.depth = 0
    return read_node(node, words, Place(path))


def read_node(node: object, words: Words, place: Place) -> Test:
    """Check one node of a condition at a place.depth; used by values for the conditions inside them."""
    words.nodes += 1
    words.depth = max(words.depth, place.depth)
    if place.depth > DEEPEST or words.nodes > MOST_NODES:
        too_large = f"deeper than {DEEPEST} levels" if place.depth > DEEPEST else f"more than {MOST_NODES} parts"
        words.checker.note(place.path, f"the condition is {too_large}")
        return never
    if not isinstance(node, Mapping):
        words.checker.note(place.path, f"expected a condition, found {shown(node)}")
        return never
    for form, read in FORMS.items():
        if form in node:
            return read(node, words, place)
    words.checker.note(place.path, f"no such condition; one of {', '.join(FORMS)} is needed")
    return never


def _always(node: Mapping[str, Any], words: Words, place: Place) -> Test:
    words.checker.mapping(node, place.path, must=["always"])
    if node["always"] is not True:
        words.checker.note(place.at("always"), "only `always: true` makes sense")
    return lambda _: True


def _all(node: Mapping[str, Any], words: Words, place: Place) -> Test:
    words.checker.mapping(node, place.path, must=["all"])
    tests = _several(node["all"], words, place, "all")
    return lambda facts: all(test(facts) for test in tests)


def _any(node: Mapping[str, Any], words: Words, place: Place) -> Test:
    words.checker.mapping(node, place.path, must=["any"])
    tests = _several(node["any"], words, place, "any")
    return lambda facts: any(test(facts) for test in tests)


def _not(node: Mapping[str, Any], words: Words, place: Place) -> Test:
    words.checker.mapping(node, place.path, must=["not"])
    test = read_node(node["not"], words, place.within("not"))
    return lambda facts: not test(facts)


def _some_of(node: Mapping[str, Any], words: Words, place: Place) -> Test:
    words.checker.mapping(node, place.path, must=["at_least", "of"])
    tests = _several(node["of"], words, place, "of")
    least = words.checker.whole(node.get("at_least"), place.at("at_least"), 1, max(1, len(tests)))
    return lambda facts: sum(test(facts) for test in tests) >= least


def _several(nodes: object, words: Words, place: Place, form: str) -> list[Test]:
    items = words.checker.sequence(nodes, place.at(form), least=1)
    return [read_node(item, words, place.within(form, number)) for number, item in enumerate(items)]


def _met(node: Mapping[str, Any], words: Words, place: Place) -> Test:
    words.checker.mapping(node, place.path, must=["met"])
    name = words.checker.one_of(node["met"], place.at("met"), words.named, "condition (it must be named earlier)")
    words.depth = max(words.depth, place.depth + words.named.get(name, 0))
    if words.depth > DEEPEST:
        words.checker.note(place.path, f"the condition is deeper than {DEEPEST} levels")
    return (lambda facts: facts.holds(name)) if name else never


def _value(node: Mapping[str, Any], words: Words, place: Place) -> Test:
    name = words.checker.one_of(node["value"], place.at("value"), words.values, "value")
    within = read_comparison(node, words, place.path, {"value"})
    return (lambda facts: within(facts.value(name))) if name else never


def _count(node: Mapping[str, Any], words: Words, place: Place) -> Test:
    within = read_comparison(node, words, place.path, {"count"})
    count = read_count(node["count"], words, place.at("count"))
    return lambda facts: within(count(facts))


def read_comparison(
    node: Mapping[str, Any], words: Words, path: Path, beside: set[str]
) -> Callable[[int | None], bool]:
    """Check the one comparison of a node (at_least, below or is a whole number); a missing number never fits."""
    forms = {"at_least", "below", "is"}
    words.checker.mapping(node, path, must=sorted(beside), may=sorted(forms))
    used = sorted(forms & set(node))
    if len(used) != 1:
        words.checker.note(path, "exactly one of at_least, below, is is needed")
        return lambda _: False
    bound = words.checker.whole(node[used[0]], (*path, used[0]), -LIMIT, LIMIT)
    if used[0] == "at_least":
        return lambda number: number is not None and number >= bound
    if used[0] == "below":
        return lambda number: number is not None and number < bound
    return lambda number: number == bound


def read_count(node: object, words: Words, path: Path) -> Formula:
    """Check `{answer, of?, level_at_least?, level_is?}`: how many options (or categories at a level) are chosen."""
    parts = words.checker.mapping(node, path, must=["answer"], may=["of", "level_at_least", "level_is"])
    key, asked = read_asked(parts.get("answer"), words, (*path, "answer"), {"checkboxes", "levels"})
    only = read_options(parts["of"], asked, words, (*path, "of")) if "of" in parts else asked.options
    counted = only - asked.exclusive
    least, most = 0, LIMIT
    for name in ("level_at_least", "level_is"):
        if name in parts and asked.type != "levels" and key:
            words.checker.note((*path, name), f"{key} has no levels")
        elif name in parts:
            least = words.checker.whole(parts[name], (*path, name), 1, 9)
            most = least if name == "level_is" else LIMIT

    def count(facts: Facts) -> int:
        if asked.type != "levels":
            return len(counted & facts.chosen(key))
        levels = facts.levels(key)
        return sum(category in levels and least <= levels[category] <= most for category in counted)

    if "of" in parts:
        return count
    return lambda facts: facts.once(("count", key, least, most), lambda: count(facts))


def read_asked(value: object, words: Words, path: Path, types: Collection[str] = ()) -> tuple[str, Asked]:
    """Return a question's key and what is known of it; a key that is not asked (or not yet) is a mistake."""
    key = words.checker.one_of(value, path, words.asked, "question (or one asked later)")
    asked = words.asked.get(key, Asked("unknown"))
    if key and types and asked.type not in types:
        words.checker.note(path, f"{key} is of type {asked.type}; {' or '.join(sorted(types))} is needed here")
    return key, asked


def read_options(value: object, asked: Asked, words: Words, path: Path) -> frozenset[str]:
    """Return a list of options of a question; one the question does not have is a mistake."""
    names = words.checker.keys(value, path, least=1)
    for place, name in enumerate(names):
        if asked.options and name not in asked.options:
            words.checker.note((*path, place), f"unknown option {name}")
    return frozenset(names)


def _answer(node: Mapping[str, Any], words: Words, place: Place) -> Test:
    words.checker.mapping(node, place.path, must=["answer"], may=list(ANSWER_FORMS))
    key, asked = read_asked(node["answer"], words, place.at("answer"))
    used = [form for form in ANSWER_FORMS if form in node]
    if len(used) != 1:
        words.checker.note(place.path, f"exactly one of {', '.join(ANSWER_FORMS)} is needed")
        return never
    if asked.type in STRUCTURED and used[0] != "empty":
        words.checker.note(place.path, f"{key} is of type {asked.type}: a condition can only ask whether it is empty")
        return never
    test = ANSWER_FORMS[used[0]](node[used[0]], asked, words, place.at(used[0]))
    return lambda facts: test(facts, key)


OnAnswer = Callable[[Facts, str], bool]


def _is(wanted: object, asked: Asked, words: Words, path: Path) -> OnAnswer:
    if asked.type in {"number", "age"} and isinstance(wanted, int) and not isinstance(wanted, bool):
        return lambda facts, key: as_number(given := facts.answers.get(key)) == wanted and not is_between(given)
    word = next(iter(read_options([wanted], asked, words, path)), None)
    return lambda facts, key: word is not None and as_text(facts.answers.get(key)) == word


def _in(wanted: object, asked: Asked, words: Words, path: Path) -> OnAnswer:
    options = read_options(wanted, asked, words, path)
    return lambda facts, key: as_text(facts.answers.get(key)) in options


def _not_in(wanted: object, asked: Asked, words: Words, path: Path) -> OnAnswer:
    options = read_options(wanted, asked, words, path)
    return lambda facts, key: as_text(facts.answers.get(key)) not in options


def _at_least(wanted: object, _asked: Asked, words: Words, path: Path) -> OnAnswer:
    bound = words.checker.whole(wanted, path, -LIMIT, LIMIT)
    return lambda facts, key: (number := as_number(facts.answers.get(key))) is not None and number >= bound


def _below(wanted: object, _asked: Asked, words: Words, path: Path) -> OnAnswer:
    bound = words.checker.whole(wanted, path, -LIMIT, LIMIT)
    return lambda facts, key: (number := as_number(facts.answers.get(key))) is not None and number < bound


def _has(wanted: object, asked: Asked, words: Words, path: Path) -> OnAnswer:
    return _has_any([wanted], asked, words, path)


def _has_any(wanted: object, asked: Asked, words: Words, path: Path) -> OnAnswer:
    options = read_options(wanted, asked, words, path)
    if asked.type not in {"checkboxes", "levels", "unknown"}:
        words.checker.note(path, f"has needs a question with several answers, not one of type {asked.type}")
    return lambda facts, key: not options.isdisjoint(facts.chosen(key))


def _empty(wanted: object, asked: Asked, words: Words, path: Path) -> OnAnswer:
    empty = words.checker.flag(wanted, path)
    if asked.type == "checkboxes":
        return lambda facts, key: facts.once(("none", key), lambda: facts.chosen(key) <= asked.exclusive) is empty
    return lambda facts, key: is_empty(facts.answers.get(key)) is empty


ANSWER_FORMS: Mapping[str, Callable[[object, Asked, Words, Path], OnAnswer]] = {
    "is": _is,
    "in": _in,
    "not_in": _not_in,
    "at_least": _at_least,
    "below": _below,
    "has": _has,
    "has_any": _has_any,
    "empty": _empty,
}
FORMS: Mapping[str, Callable[[Mapping[str, Any], Words, Place], Test]] = {
    "always": _always,
    "all": _all,
    "any": _any,
    "not": _not,
    "of": _some_of,
    "met": _met,
    "value": _value,
    "count": _count,
    "answer": _answer,
}


def holds(test: Test, answers: Mapping[str, object] | Facts, now: datetime | None = None) -> bool:
    """Apply a test that uses answers only (as `show_when` does) to some answers."""
    if isinstance(answers, Facts):
        return test(answers)
    return test(untimed(answers) if now is None else Facts(answers, now))
