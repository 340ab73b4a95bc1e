"""Envelope encryption: what was sealed for one place opens there and nowhere else."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel import crypto

KEY = bytes(range(32))
HERE = crypto.place("council", "referral", 1)


@given(st.binary(max_size=2000))
def test_round_trip(plain: bytes) -> None:
    assert crypto.unseal(KEY, crypto.seal(KEY, plain, HERE), HERE) == plain


@given(st.data())
def test_no_flipped_bit_opens(data: st.DataObject) -> None:
    blob = bytearray(crypto.seal(KEY, b"a child's words", HERE))
    position = data.draw(st.integers(0, len(blob) * 8 - 1))
    blob[position // 8] ^= 1 << (position % 8)
    with pytest.raises(crypto.CannotOpen):
        crypto.unseal(KEY, bytes(blob), HERE)


@pytest.mark.parametrize(
    "where",
    [crypto.place("council", "referral", 2), crypto.place("other", "referral", 1), crypto.place("councilreferral", 1)],
)
def test_a_value_copied_elsewhere_does_not_open(where: bytes) -> None:
    with pytest.raises(crypto.CannotOpen):
        crypto.unseal(KEY, crypto.seal(KEY, b"words", HERE), where)


# Named: a blob with a random nonce would be another test in each of several processes.
@pytest.mark.parametrize(
    "blob",
    [b"", b"\x01", b"\x02" + bytes(40), bytes(13), crypto.seal(KEY, b"w", HERE)[:-1]],
    ids=["empty", "short", "other-version", "zeros", "cut"],
)
def test_short_and_foreign_blobs_are_refused(blob: bytes) -> None:
    with pytest.raises(crypto.CannotOpen) as error:
        crypto.unseal(KEY, blob, HERE)
    assert str(error.value) == ""


def test_another_key_does_not_open() -> None:
    with pytest.raises(crypto.CannotOpen):
        crypto.unseal(crypto.new_key(), crypto.seal(KEY, b"words", HERE), HERE)


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_no_two_places_share_their_data(one: list[str], other: list[str]) -> None:
    assert (crypto.place(*one) == crypto.place(*other)) == (one == other)


def test_nonces_differ() -> None:
    nonces = {crypto.seal(KEY, b"", HERE)[1:13] for _ in range(10_000)}
    assert len(nonces) == 10_000


def test_the_root_key_is_32_bytes() -> None:
    assert crypto.root_key(base64.b64encode(KEY).decode()) == KEY
    for wrong in ("", "short", base64.b64encode(KEY[:31]).decode(), "ü" * 44):
        with pytest.raises(ValueError):
            crypto.root_key(wrong)
