"""Formats of single answers: telephone numbers, addresses, postcodes, whole numbers and dates, as people type them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

UNBORN = "unborn"
UNBORN_WORDS = frozenset({"unborn", "heb ei eni", "heb ei geni", "heb eni"})
PHONE = re.compile(r"\+?[0-9 ().-]{7,30}(?:(?:ext|x|est)\.? ?[0-9]{1,6})?", re.IGNORECASE)
EMAIL = re.compile(r"[^\s@<>\"',;]{1,64}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,63}", re.IGNORECASE)
POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][ABD-HJLNP-UW-Z]{2})")
FEWEST_DIGITS, MOST_DIGITS = 7, 15  # a number without its area code; the longest of E.164
EARLIEST, LATEST = 1900, 2100


def phone(text: str) -> str | None:
    """Return a telephone number as typed when it looks like one (7 to 15 digits, an extension allowed)."""
    number = re.split("[a-z]", text, maxsplit=1, flags=re.IGNORECASE)[0]
    digits = sum(character.isdigit() for character in number)
    return text if PHONE.fullmatch(text) and FEWEST_DIGITS <= digits <= MOST_DIGITS else None


def email(text: str) -> str | None:
    """Return an email address as typed when it has the shape of one (the sign-up parser is stricter)."""
    return text if EMAIL.fullmatch(text) else None


def postcode(text: str) -> str | None:
    """Return a UK postcode in capitals with its space, or None."""
    found = POSTCODE.fullmatch(text.upper().replace(" ", ""))
    return f"{found[1]} {found[2]}" if found else None


CHECKS: Mapping[str, Callable[[str], str | None]] = {"tel": phone, "email": email, "postcode": postcode}


def is_unborn(text: str) -> bool:
    """Tell whether an age was given as "unborn", in English or Welsh."""
    return text.casefold() in UNBORN_WORDS


def whole(text: str) -> int | None:
    """Return a whole number of at most nine digits, or None."""
    return int(text) if re.fullmatch("-?[0-9]{1,9}", text) else None


def real_date(day: str, month: str, year: str) -> tuple[str, str | None]:
    """Return (the first wrong part or "", the date in ISO text or None); years 1900 to 2100, in four digits."""
    for part, text in (("day", day), ("month", month)):
        if not re.fullmatch("[0-9]{1,2}", text):
            return part, None
    if not re.fullmatch("[0-9]{4}", year) or not EARLIEST <= int(year) <= LATEST:
        return "year", None
    wrong = "month"
    try:
        first = date(int(year), int(month), 1)
        wrong = "day"
        return "", first.replace(day=int(day)).isoformat()
    except ValueError:
        return wrong, None
