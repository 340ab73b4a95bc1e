"""Reads dates: to the day, the month or the year, estimated, or the day that a baby is due."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from portal.forms import formats
from portal.forms.answers.posted import LONGEST_SHOWN, PARTS_OF, Answer, Typed
from portal.forms.questionnaire import NOT_KNOWN

DUE_BEFORE, DUE_AFTER = timedelta(days=42), timedelta(days=300)
"""How late a baby may be, and how early a pregnancy is known."""


def read_date(answer: Answer) -> tuple[object, Typed]:
    """Read a date in the one form that the question allows, or in the form that was chosen."""
    forms, key = answer.question.forms, answer.key
    if len(forms) == 1:
        return _read_form(answer, forms[0], key)
    chosen = answer.single(f"{key}-form")
    typed: dict[str, object] = {"form": chosen if chosen in {*forms, NOT_KNOWN} else ""}
    values: dict[str, object] = {}
    wrong = {}
    for form in forms:
        inner = Answer(answer.question, answer.posted, answer.around)
        values[form], typed[form] = _read_form(inner, form, f"{key}-{form}")
        wrong[form] = inner.errors
        if form == chosen and values[form] is None and not inner.errors:
            inner.refuse("missing", f"{key}-{form}-{PARTS_OF[form][0]}")
    if chosen == NOT_KNOWN and answer.question.not_known:
        return NOT_KNOWN, typed
    if chosen in forms:
        answer.errors += wrong[chosen]
        return values[chosen], typed
    if chosen or any(value is not None for value in values.values()) or any(wrong.values()):
        answer.refuse("not_an_option" if chosen else "missing", f"{key}-form")
    return None, typed


def _read_form(answer: Answer, form: str, name: str) -> tuple[object, Typed]:
    parts = {part: answer.single(f"{name}-{part}") for part in PARTS_OF[form]}
    typed = {part: text[:LONGEST_SHOWN] for part, text in parts.items()}
    if not any(parts.values()):
        return None, typed
    needed = _needed(form, parts)
    missing = tuple(part for part in needed if not parts[part])
    if missing:
        answer.refuse("date_incomplete", f"{name}-{missing[0]}", parts=missing)
        return None, typed
    day = parts.get("day") if "day" in needed else None
    month = parts.get("month") if "month" in needed else None
    wrong, text = formats.real_date(day or "1", month or "1", parts["year"])
    if text is None:
        answer.refuse("date_year" if wrong == "year" else "date_not_real", f"{name}-{wrong}")
        return None, typed
    known = text[: 10 if day else 7 if month else 4]
    _check_limits(answer, form, known, f"{name}-{PARTS_OF[form][0]}")
    return {"estimated": {"about": known}, "due": {"due": known}}.get(form, known), typed


def _needed(form: str, parts: dict[str, str]) -> tuple[str, ...]:
    """Return the parts that must be there: of an estimate the year, and the month when there is a day."""
    if form != "estimated":
        return PARTS_OF[form]
    return PARTS_OF[form][0 if parts["day"] else 1 if parts["month"] else 2 :]


def _check_limits(answer: Answer, form: str, known: str, name: str) -> None:
    question, today = answer.question, answer.around.today
    if today is None:
        return
    first, last = _span(known)
    if form == "due":
        if not today - DUE_BEFORE <= first <= today + DUE_AFTER:
            answer.refuse("due_range", name)
        return
    earliest = formats.day_limit(question.not_before, today) if question.not_before else None
    latest = formats.day_limit(question.not_after, today) if question.not_after else None
    if earliest and last < earliest:
        answer.refuse("too_early", name, day=earliest)
    elif latest and first > latest:
        answer.refuse("too_late", name, day=latest, today=latest == today)


def _span(known: str) -> tuple[date, date]:
    """Return the first and the last day that a date known to the day, month or year may be."""
    numbers = [int(part) for part in known.split("-")]
    year, month = numbers[0], numbers[1:2]
    if not month:
        return date(year, 1, 1), date(year, 12, 31)
    if len(numbers) == len(("year", "month")):
        return date(year, month[0], 1), date(year, month[0], monthrange(year, month[0])[1])
    return date(*numbers), date(*numbers)
