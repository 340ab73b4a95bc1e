"""Posted numbers: a few digits, or nothing."""

from __future__ import annotations

import pytest

from portal.kernel.digits import DIGITS, whole


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("9" * DIGITS, 99_999_999)])
def test_digits_are_a_number(text: str, number: int) -> None:
    assert whole(text) == number


@pytest.mark.parametrize(
    "text", ["", " 1", "-1", "+1", "1.0", "1e3", "1_0", "²", "٣", "９", "9" * 9, "9" * 5_000, None]
)
def test_anything_else_is_nothing(text: object) -> None:
    assert whole(text) is None


def test_fewer_digits_may_be_asked_for() -> None:
    assert (whole("999", 3), whole("1000", 3)) == (999, None)
