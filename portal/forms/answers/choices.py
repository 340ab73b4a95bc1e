"""Reads choices: one of several, several, categories with levels, numbers, and the documents that someone has."""

from __future__ import annotations

import re

from portal.forms import formats
from portal.forms.answers.posted import LONGEST_SHOWN, Answer, Typed
from portal.forms.questionnaire import NOT_KNOWN, Question

LONGEST_ABOUT = 2_000


def _choices(question: Question) -> set[str]:
    return {option.value for option in question.options} | ({NOT_KNOWN} if question.not_known else set())


def read_choice(answer: Answer) -> tuple[object, Typed]:
    """Read one of the options."""
    chosen = answer.single(answer.key)
    if not chosen:
        return None, ""
    if chosen not in _choices(answer.question):
        answer.refuse("not_an_option")
        return None, ""
    return chosen, chosen


def read_several(answer: Answer) -> tuple[object, Typed]:
    """Read any of the options; an exclusive one only on its own."""
    question, given = answer.question, dict.fromkeys(answer.posted.get(answer.key, ()))
    known = _choices(question)
    chosen = [item for item in given if item in known]
    if any(item and item not in known for item in given):
        answer.refuse("not_an_option")
    alone = {option.value for option in question.options if option.exclusive}
    alone |= {NOT_KNOWN} if question.not_known else set()
    if len(chosen) > 1 and alone & set(chosen):
        answer.refuse("exclusive")
    return chosen or None, tuple(chosen)


def read_levels(answer: Answer) -> tuple[object, Typed]:
    """Read categories, each with its level."""
    question, known = answer.question, {str(level.value) for level in answer.question.levels}
    chosen, typed = read_several(answer)
    if chosen == [NOT_KNOWN]:
        return NOT_KNOWN, {NOT_KNOWN: ""}
    levels, shown = {}, {}
    for category in typed:
        name = f"{question.key}-{category}"
        level = answer.single(name)
        shown[str(category)] = level if level in known else ""
        if level in known:
            levels[str(category)] = int(level)
        else:
            answer.refuse("not_an_option" if level else "level_missing", name, category=str(category))
    return levels or None, shown


def read_documents(answer: Answer) -> tuple[object, Typed]:
    """Read which documents someone has, and what they are about."""
    kinds, typed = read_several(answer)
    about = answer.words(f"{answer.key}-about", LONGEST_ABOUT, lines=True)
    if kinds is None and about and not answer.errors:
        answer.refuse("missing")
    stored = {"kinds": kinds, **({"about": about} if about else {})}
    return (None if kinds is None else NOT_KNOWN if kinds == [NOT_KNOWN] else stored), {"kinds": typed, "about": about}


def read_number(answer: Answer) -> tuple[object, Typed]:
    """Read a number within its bounds, whole unless the question allows decimals; for an age also "unborn"."""
    text, question = answer.single(answer.key), answer.question
    if not text:
        return None, ""
    if question.type == "age" and formats.is_unborn(text):
        return formats.UNBORN, text
    number, stored = _number(text, question)
    least = question.min if question.min is not None else (0 if question.type == "age" else None)
    most = question.max if question.max is not None else (130 if question.type == "age" else None)
    if number is None:
        answer.refuse("decimal" if question.decimals else question.type, most=question.decimals)
    elif least is not None and number < least:
        answer.refuse("too_small", min=least)
    elif most is not None and number > most:
        answer.refuse("too_large", max=most)
    return stored, text[:LONGEST_SHOWN]


def _number(text: str, question: Question) -> tuple[float | None, object]:
    """Return the number to compare and what is stored: with decimals it is kept as text, as it was typed."""
    if not question.decimals:
        whole = formats.whole(text)
        return whole, whole
    plain = text.replace(",", ".")
    fits = re.fullmatch(rf"-?[0-9]{{1,9}}(\.[0-9]{{1,{question.decimals}}})?", plain)
    return (float(plain), plain) if fits else (None, None)
