"""The properties about a change of one answer: a worse one never lowers the route, strengths never lower a red flag."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise, product
from typing import Any

import z3

from portal.forms.questionnaire import NOT_KNOWN
from portal.forms.verify.answering import FALSE, UNBORN, Bool, Raw, all_of, any_of, fixed, raw
from portal.forms.verify.cases import Asked, Case
from portal.forms.verify.findings import STRENGTHS, WORSE, Finding
from portal.forms.verify.phrases import told
from portal.forms.verify.properties import Subject
from portal.forms.verify.search import calmest, difference

Worse = Callable[[Mapping[str, Raw], Mapping[str, Raw]], Bool]
AFTER = "'"


def worse_never_lowers(subject: Subject, *, excepting: bool = True) -> Iterator[Finding]:
    """A question whose answer becomes worse, everything else staying as it is, and the route goes down.

    Questions that the change opens may have any answer; those that it closes count no more.
    """
    for asked in subject.rules.asked:
        if asked.document.get("severity"):
            yield from _lowered(subject, [asked.question.key], _worse_of(asked), told_by=asked, excepting=excepting)
        if asked.document.get("unsure_of"):
            certain = subject.rules.questions()[asked.document["unsure_of"]]
            keys = [certain.question.key, asked.question.key]
            yield from _lowered(subject, keys, _becomes_certain(certain, asked), told_by=certain, excepting=excepting)


def _lowered(
    subject: Subject, keys: Sequence[str], worse: Worse, *, told_by: Asked, excepting: bool
) -> Iterator[Finding]:
    exempt = subject.excepted(WORSE) if excepting else frozenset()
    for before, after in _pairs(subject, keys, told_by):
        wrong = z3.And(
            before.shown[keys[0]],
            after.shown[keys[0]],
            worse(before.raws, after.raws),
            after.rank < before.rank,
            z3.Not(after.decides(exempt)),
        )
        found = calmest([before, after], wrong, subject.now)
        if found is not None:
            places = tuple(f"question:{key}" for key in keys)
            message = told("lowered", label=told_by.question.label)
            yield subject.finding(found, message, places, subject.is_lowered, keys[0])
            return


def _pairs(subject: Subject, keys: Sequence[str], asked: Asked) -> Iterator[tuple[Case, Case]]:
    """Cases that differ in some questions only.

    A choice on which the path depends is taken step by step, each option fixed: then both cases open the same path in
    the same words, and the solver sees that their sums are the same. Steps between neighbours are enough, because
    going up twice never goes down.
    """
    severity = asked.document.get("severity")
    if len(keys) > 1 or not isinstance(severity, list) or keys[0] not in subject.opening:
        yield subject.case, changed(subject, keys)
        return
    groups = [entry if isinstance(entry, list) else [entry] for entry in severity]
    cases = [
        [subject.case.otherwise({keys[0]: fixed(asked.question, name)}, simplify=True) for name in group]
        for group in groups
    ]
    for lighter, heavier in pairwise(cases):
        yield from product(lighter, heavier)


def changed(subject: Subject, keys: Sequence[str]) -> Case:
    """The case in which some questions may be answered otherwise, and all others are answered as before."""
    asked = subject.rules.questions()
    return subject.case.otherwise({key: raw(asked[key].question, AFTER) for key in keys})


def _worse_of(asked: Asked) -> Worse:
    key, severity = asked.question.key, asked.document["severity"]

    def worse(before: Mapping[str, Raw], after: Mapping[str, Raw]) -> Bool:
        one, other = before[key], after[key]
        if severity == "fewer":
            one, other = other, one
        if severity in ("more", "fewer"):
            return _one_more_level(one, other) if one.levels else _one_more(asked, one, other)
        if severity in ("higher", "lower"):
            return _number_worse(one, other, higher=severity == "higher")
        return _heavier(severity, one, other)

    return worse


def _heavier(severity: Sequence[Any], one: Raw, other: Raw) -> Bool:
    groups = [entry if isinstance(entry, list) else [entry] for entry in severity]
    steps = []
    for weight, group in enumerate(groups):
        lighter = any_of(one.options[name] for name in group if name in one.options)
        heavier = any_of(
            other.options[name] for later in groups[weight + 1 :] for name in later if name in other.options
        )
        steps.append(z3.And(lighter, heavier))
    return any_of(steps)


def _one_more(asked: Asked, one: Raw, other: Raw) -> Bool:
    """Exactly one option more is chosen; "none of these" gives way."""
    alone = {option.value for option in asked.question.options if option.exclusive} | {NOT_KNOWN}
    real = [name for name in one.options if name not in alone]
    grown = []
    for name in real:
        rest = all_of(one.options[same] == other.options[same] for same in real if same != name)
        grown.append(z3.And(z3.Not(one.options[name]), other.options[name], rest))
    return any_of(grown)


def _one_more_level(one: Raw, other: Raw) -> Bool:
    """Exactly one category rises, from not chosen or from a lower level."""
    grown = []
    for name, levels in one.levels.items():
        rest = all_of(
            one.levels[same][level] == other.levels[same][level]
            for same in one.levels
            if same != name
            for level in one.levels[same]
        )
        rises = any_of(
            z3.And(other.levels[name][level], z3.Not(any_of(var for at, var in levels.items() if at >= level)))
            for level in levels
        )
        grown.append(z3.And(rises, rest))
    return any_of(grown)


def _number_worse(one: Raw, other: Raw, *, higher: bool) -> Bool:
    further = other.number > one.number if higher else other.number < one.number
    steps = [z3.And(one.has_number, other.has_number, further)]
    if UNBORN in one.options:
        # Not yet born is younger than any number of years.
        younger, older = (one, other) if higher else (other, one)
        steps.append(z3.And(younger.options[UNBORN], older.has_number))
    return any_of(steps)


def _becomes_certain(certain: Asked, unsure: Asked) -> Worse:
    """One sign moves from "not sure" to "yes"; the rest stays."""
    sure_key, unsure_key = certain.question.key, unsure.question.key
    alone = {option.value for option in certain.question.options if option.exclusive}
    alone |= {option.value for option in unsure.question.options if option.exclusive} | {NOT_KNOWN}

    def worse(before: Mapping[str, Raw], after: Mapping[str, Raw]) -> Bool:
        def held(raws: Mapping[str, Raw], key: str, name: str) -> Bool:
            return raws[key].options.get(name, FALSE)

        signs = [name for name in before[sure_key].options if name not in alone]
        steps = []
        for name in signs:
            moved = [
                held(before, unsure_key, name),
                z3.Not(held(before, sure_key, name)),
                held(after, sure_key, name),
                z3.Not(held(after, unsure_key, name)),
            ]
            rest = [
                held(before, key, same) == held(after, key, same)
                for key in (sure_key, unsure_key)
                for same in signs
                if same != name
            ]
            steps.append(all_of([*moved, *rest]))
        return any_of(steps)

    return worse


def strengths_never_lower(subject: Subject, *, excepting: bool = True) -> Iterator[Finding]:
    """A strength whose answer changes where a report with a sign of serious harm goes."""
    flags = [asked for asked in subject.rules.asked if asked.question.flags]
    exempt = subject.excepted(STRENGTHS) if excepting else frozenset()
    for asked in subject.rules.asked:
        if not asked.document.get("strengths"):
            continue
        key = asked.question.key
        before = subject.case
        after = changed(subject, [key])
        signs = any_of(
            z3.And(before.given(flag.question.key).chosen(o.value), after.given(flag.question.key).chosen(o.value))
            for flag in flags
            for o in flag.question.options
            if not o.exclusive
        )
        wrong = z3.And(
            signs,
            before.shown[key],
            after.shown[key],
            difference(before.raws, after.raws, key),
            after.rank < before.rank,
            z3.Not(after.decides(exempt)),
        )
        found = calmest([before, after], wrong, subject.now)
        if found is not None:
            message = told("strength", label=asked.question.label)
            yield subject.finding(found, message, (f"question:{key}",), subject.is_lowered, key)
