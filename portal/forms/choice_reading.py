"""Reads what a question with choices offers: its options, its levels, and the code list they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.forms.codes import CodeList, codes_for
from portal.forms.mistakes import Checker, Path
from portal.forms.questionnaire import CHOICES, Level, Option
from portal.kernel.language import LANGUAGES, words

MOST_OPTIONS = 400


def _yes_no() -> tuple[Option, ...]:
    return (
        Option("yes", {language: words(language, "Yes") for language in LANGUAGES}),
        Option("no", {language: words(language, "No") for language in LANGUAGES}),
    )


def read_codes(parts: Mapping[str, Any], path: Path, check: Checker) -> CodeList | None:
    """Return the code list that the question names, or None; one that is not there is a mistake."""
    if "codes" not in parts:
        return None
    name = check.plain(parts["codes"], (*path, "codes"), 80)
    found = codes_for(name) if name else None
    if name and found is None:
        check.note((*path, "codes"), "no such code list: name it like england/ethnicity@2026, with its year")
    return found


def read_options(
    parts: Mapping[str, Any], kind: str, codes: CodeList | None, path: Path, check: Checker
) -> tuple[Option, ...]:
    """Return the options of a question: those written, those of its code list, or the product's own yes and no."""
    if kind == "yes_no" or kind not in CHOICES | {"documents"}:
        for name in ("options", "codes"):
            if name in parts and kind:
                check.note((*path, name), f"a question of type {kind} has no {name}")
        return _yes_no() if kind == "yes_no" else ()
    if "options" not in parts and codes is not None and kind not in {"levels", "documents"}:
        several = kind == "checkboxes"
        return tuple(Option(one.code, one.label, None, several and one.exclusive, one.code) for one in codes.entries)
    where = (*path, "options")
    given = check.sequence(parts.get("options"), where, least=1, most=MOST_OPTIONS)
    found = [_read_option(node, (*where, place), kind, codes, check) for place, node in enumerate(given)]
    values = [option.value for option in found]
    for place, value in enumerate(values):
        if value and value in values[:place]:
            check.note((*where, place, "key"), f"{value} is there twice")
    return tuple(found)


def _read_option(node: object, here: Path, kind: str, codes: CodeList | None, check: Checker) -> Option:
    option = check.mapping(node, here, must=["value", "label"], may=["hint", "exclusive", "code"])
    exclusive = check.flag(option["exclusive"], (*here, "exclusive")) if "exclusive" in option else False
    if exclusive and kind != "checkboxes":
        check.note((*here, "exclusive"), "only an option of checkboxes can be exclusive")
    code = check.plain(option["code"], (*here, "code"), 40) if "code" in option else None
    if code and (codes is None or code not in codes):
        message = "the question names no code list in `codes`" if codes is None else f"{code} is not in its code list"
        check.note((*here, "code"), message)
    return Option(
        value=check.key(option.get("value"), (*here, "value")),
        label=check.text(option.get("label"), (*here, "label")),
        hint=check.optional_text(option, "hint", here),
        exclusive=exclusive,
        code=code,
    )


def read_levels(parts: Mapping[str, Any], kind: str, path: Path, check: Checker) -> tuple[Level, ...]:
    """Return the described levels of a `levels` question."""
    if kind != "levels":
        if "levels" in parts and kind:
            check.note((*path, "levels"), f"a question of type {kind} has no levels")
        return ()
    where = (*path, "levels")
    found = []
    for place, node in enumerate(check.sequence(parts.get("levels"), where, least=2, most=9)):
        here = (*where, place)
        level = check.mapping(node, here, must=["value", "label"])
        value = check.whole(level.get("value"), (*here, "value"), 1, 9)
        found.append(Level(value, check.text(level.get("label"), (*here, "label"))))
    if len({level.value for level in found}) < len(found):
        check.note(where, "two levels have the same value")
    return tuple(found)
