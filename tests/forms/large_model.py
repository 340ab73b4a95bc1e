"""The rules of the generated large form written out by hand in Python, to hold the rules kept as data against."""

from __future__ import annotations

from typing import Any

from tests.forms.generated import HELP, HUB, SIGNS, URGENT

Answers = dict[str, Any]
MOST = 40
RARE, FIRST, SECOND = set(SIGNS), set(SIGNS[:8]), set(SIGNS[8:16])


def chosen(answers: Answers, key: str) -> set[str]:
    return set(answers[key]) - {"none"}


def decide(a: Answers) -> tuple[str, str]:
    """Return (route, rule) of complete answers to the large form, before an override."""
    signs, worst = chosen(a, "signs"), 4 in a["kinds"].values()
    for rule, met in (
        ("R00", a["danger"] == "yes"),
        ("R01", signs & FIRST),
        ("R02", signs & SECOND and a["when"] != "past"),
        ("R03", worst and a["when"] == "now"),
    ):
        if met:
            return URGENT, rule
    for rule, met in (
        ("R04", signs),
        ("R05", chosen(a, "doubts")),
        ("R06", a["consent"] == "unsafe"),
        ("R07", worst),
    ):
        if met:
            return HUB, rule
    return _scored(a)


def _scored(a: Answers) -> tuple[str, str]:
    parts = [a[f"part_{number}"] for number in range(sum(key.startswith("part_") for key in a))]
    points = [1 if value == "dk" else int(value) for value in parts]
    score = max(0, sum(points) + min(3, len(chosen(a, "adding"))) + 2 * (a["tried"] == "failed"))
    if points.count(3) >= 5:
        return HUB, "R08"
    if score >= 5 * len(points) // 4:
        return HUB, "R09"
    unborn = a["age"] == "unborn"
    years = 0 if unborn else a["age"]
    for number in range(10, MOST - 3):
        serious = points[number % len(points)] >= 3 and points[3 * number % len(points)] >= 2
        if serious and (unborn or years < number % 17 + 1 or a["moves"] >= number):
            return (HUB if number < 2 * MOST // 3 else HELP), f"R{number:02}"
    if score >= 5 * len(points) // 12 and not chosen(a, "comforts"):
        return HELP, "R97"
    return (HELP, "R98") if score >= 5 * len(points) // 8 else ("ADVICE", "R99")
