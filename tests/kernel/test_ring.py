"""Root keys: one seals, all open, and one that is missing is named without being told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel import crypto
from portal.kernel.ring import Ring, UnknownKey, name_of, named

OLD, NEW, OTHER = b"o" * 32, b"n" * 32, b"x" * 32
HERE = b"a place"


@given(st.binary(max_size=100))
def test_what_the_key_before_sealed_opens_and_the_current_one_seals(plain: bytes) -> None:
    before, after = Ring(OLD), Ring(NEW, [OLD])
    sealed = before.seal(plain, HERE)
    assert after.open(sealed, HERE) == plain
    assert named(after.seal(plain, HERE)) == name_of(NEW) == after.name
    assert before.open(sealed, HERE) == plain


def test_a_key_is_put_in_among_the_others_before_it_seals() -> None:
    sealed = Ring(NEW, [OLD]).seal(b"x", HERE)
    assert Ring(OLD, [NEW]).open(sealed, HERE) == b"x"


def test_what_names_no_key_is_tried_with_each() -> None:
    sealed = crypto.seal(OLD, b"x", HERE)
    assert named(sealed) == ""
    assert Ring(NEW, [OTHER, OLD]).open(sealed, HERE) == b"x"
    with pytest.raises(crypto.CannotOpen):
        Ring(NEW, [OTHER]).open(sealed, HERE)


def test_a_missing_key_is_named_and_not_told() -> None:
    sealed = Ring(OLD).seal(b"x", HERE)
    with pytest.raises(UnknownKey, match=f"^the root key {name_of(OLD)} is not set") as caught:
        Ring(NEW).open(sealed, HERE)
    assert OLD.hex() not in str(caught.value)
    assert "oooo" not in repr(Ring(OLD)) and repr(Ring(OLD)) == f"Ring({name_of(OLD)})"  # noqa: PT018 - one thing


@pytest.mark.parametrize("changed", [0, 1, 9, 20, -1])
def test_a_changed_byte_or_place_opens_nothing(changed: int) -> None:
    ring = Ring(OLD, [NEW])
    sealed = bytearray(ring.seal(b"x", HERE))
    with pytest.raises(crypto.CannotOpen):
        ring.open(bytes(sealed), b"another place")
    sealed[changed] ^= 1
    with pytest.raises((crypto.CannotOpen, UnknownKey)):
        ring.open(bytes(sealed), HERE)
