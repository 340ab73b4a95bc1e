"""Reads a school or a practice: looked for on the register by number or name, and kept as typed when not there."""

from __future__ import annotations

from portal.forms.answers.posted import Answer, Found, Typed

LONGEST = 200
MOST_SHOWN = 10
AS_TYPED = "typed"
"""The choice "none of these: keep what I typed"."""


def read_place(answer: Answer) -> tuple[object, Typed]:
    """Read the name or number of a school or practice; when several fit, ask which."""
    key, kind = answer.key, answer.question.type
    text = answer.words(key, LONGEST)
    pick, kept = answer.single(f"{key}-pick")[:LONGEST], answer.single(f"{key}-code")[:LONGEST]
    typed: dict[str, object] = {"text": text, "pick": "", "code": "", "found": ()}
    if not text or answer.errors:
        return None, typed
    known = _by_number(answer, kept) if kept else None
    if known is not None and known.is_called(text):
        return _stored(known, typed)
    found = tuple(answer.around.find(kind, text))[:MOST_SHOWN]
    if not found or pick == AS_TYPED:
        return {"name": text}, typed
    chosen = next((one for one in found if one.code == pick), None) or _only(found, text)
    if chosen is not None:
        return _stored(chosen, typed)
    answer.refuse("which_place" if not pick else "not_an_option", f"{key}-pick")
    return None, {**typed, "found": tuple((one.code, one.name) for one in found)}


def _stored(place: Found, typed: dict[str, object]) -> tuple[object, Typed]:
    return {"code": place.code, "name": place.name}, {**typed, "text": place.name, "code": place.code}


def _only(found: tuple[Found, ...], text: str) -> Found | None:
    """Return the one entry that was meant beyond doubt: by its number, or by its whole name."""
    exact = [one for one in found if one.is_called(text)]
    return exact[0] if len(exact) == 1 else None


def _by_number(answer: Answer, code: str) -> Found | None:
    return next((one for one in answer.around.find(answer.question.type, code) if one.code == code), None)
