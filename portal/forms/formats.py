"""Formats of single answers: telephone numbers, addresses, postcodes, whole numbers and dates, as people type them."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta

import phonenumbers

UNBORN = "unborn"
UNBORN_WORDS = frozenset({"unborn", "heb ei eni", "heb ei geni", "heb eni"})
PHONE = re.compile(r"\+?[0-9 ().-]{7,30}(?:(?:ext|x|est)\.? ?[0-9]{1,6})?", re.IGNORECASE)
EMAIL = re.compile(r"[^\s@<>\"',;]{1,64}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,63}", re.IGNORECASE)
POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][ABD-HJLNP-UW-Z]{2})")
FEWEST_DIGITS, MOST_DIGITS = 7, 15  # a number without its area code; the longest of E.164
EARLIEST, LATEST = 1900, 2100
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
MOST_PERCENT, HALF_DAY, MINUTES = 100, 12, 60


def phone(text: str) -> str | None:
    """Return a telephone number as typed when it looks like one (7 to 15 digits, an extension allowed).

    A number with its area or country code must also be of a length that exists there; a local one is taken as it is.
    """
    number = re.split("[a-z]", text, maxsplit=1, flags=re.IGNORECASE)[0]
    digits = sum(character.isdigit() for character in number)
    if not PHONE.fullmatch(text) or not FEWEST_DIGITS <= digits <= MOST_DIGITS:
        return None
    return text if not number.lstrip("( ").startswith(("0", "+")) or _exists(number) else None


def _exists(number: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number, "GB"))
    except phonenumbers.NumberParseException:
        return False


def email(text: str) -> str | None:
    """Return an email address as typed when it has the shape of one (the sign-up parser is stricter)."""
    return text if EMAIL.fullmatch(text) else None


def postcode(text: str) -> str | None:
    """Return a UK postcode in capitals with its space, or None."""
    found = POSTCODE.fullmatch(text.upper().replace(" ", ""))
    return f"{found[1]} {found[2]}" if found else None


def _plain(text: str) -> str:
    """Return a text in capitals without blanks, hyphens, slashes and stops, as codes are compared."""
    return re.sub(r"[\s./-]", "", text.upper())


def nhs_number(text: str) -> str | None:
    """Return an NHS number as ten digits when its check digit is right (modulus 11), or None."""
    digits = _plain(text)
    if not re.fullmatch("[0-9]{10}", digits):
        return None
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    check = (11 - total % 11) % 11
    return digits if check == int(digits[9]) else None  # a check of 10 fits no digit


def upn(text: str) -> str | None:
    """Return a unique pupil number in capitals when its check letter is right, or None; temporary ones too."""
    number = _plain(text)
    if not re.fullmatch("[A-Z][0-9]{11}[0-9A-Z]", number):
        return None
    # A temporary number ends with a letter, which counts by its place among the check letters.
    values = [int(one) if one.isdigit() else UPN_LETTERS.find(one) for one in number[1:]]
    total = sum(value * weight for value, weight in zip(values, range(2, 14), strict=True))
    return number if min(values) >= 0 and UPN_LETTERS[total % 23] == number[0] else None


def percent(text: str) -> str | None:
    """Return a percentage from 0 to 100 without its sign, with at most two decimals, or None."""
    number = text.removesuffix("%").strip()
    fits = re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,2})?", number)
    return number if fits and float(number) <= MOST_PERCENT else None


def time(text: str) -> str | None:
    """Return a time of day as 15:40, from 15:40, 15.40, 1540, 3:40pm or 3pm, or None."""
    found = re.fullmatch(r"([0-9]{1,2})(?:[:.]?([0-9]{2}))? ?(am|pm|yb|yh)?", text.casefold())
    if not found or not (found[2] or found[3]):
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= HALF_DAY:
            return None
        hour = hour % HALF_DAY + (HALF_DAY if found[3] in {"pm", "yh"} else 0)
    return f"{hour:02}:{minute:02}" if hour < 2 * HALF_DAY and minute < MINUTES else None


def _shaped(pattern: str) -> Callable[[str], str | None]:
    """Return a reader of codes of one shape, in capitals without blanks and marks."""

    def read(text: str) -> str | None:
        code = _plain(text)
        return code if re.fullmatch(pattern, code) else None

    return read


def _reference(text: str) -> str | None:
    """Return a reference as typed: letters, digits and marks, with a digit among them; every body has its own."""
    fits = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ./_-]{2,39}", text)
    return text if fits and any(character.isdigit() for character in text) else None


CHECKS: Mapping[str, Callable[[str], str | None]] = {
    "tel": phone,
    "email": email,
    "postcode": postcode,
    "nhs_number": nhs_number,
    "upn": upn,
}
FORMATS: Mapping[str, Callable[[str], str | None]] = {
    "police_reference": _reference,
    "case_number": _reference,
    "percent": percent,
    "time": time,
    "urn": _shaped("[0-9]{5,7}"),
    "laestab": _shaped("[0-9]{7}"),
    "welsh_school": _shaped("6[678][0-9]{5}"),
    "ods": _shaped("[A-Z0-9]{3,9}"),
    "ukprn": _shaped("1[0-9]{7}"),
    "uprn": _shaped("[0-9]{1,12}"),
}
"""The named formats that a question of type text may ask for; a council writes no patterns of its own."""
DAY_LIMIT = re.compile(r"today(?:(?P<sign>[+-])(?P<count>[0-9]{1,3})(?P<unit>[dmy]))?")


def is_day_limit(text: str) -> bool:
    """Tell whether a text says a day: a date in ISO text, "today", or so many days, months or years from it."""
    return day_limit(text, date(2000, 1, 1)) is not None


def day_limit(text: str, today: date) -> date | None:
    """Return the day that a limit means when today is `today`, or None when it says no day."""
    found = DAY_LIMIT.fullmatch(text)
    if found is None:
        return _iso(text)
    steps = int(found["count"] or 0) * (-1 if found["sign"] == "-" else 1)
    if found["unit"] in {None, "d"}:
        return today + timedelta(days=steps)
    months = today.year * 12 + today.month - 1 + steps * (12 if found["unit"] == "y" else 1)
    year, month = divmod(months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(today.day, last))


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None


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
