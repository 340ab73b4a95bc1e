"""The sealed stream: what goes in comes out, and nothing else ever does."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.files.sealing import PIECE, seal, unseal
from portal.kernel.crypto import CannotOpen, new_key

KEY, HERE = b"k" * 32, b"a place"
MEGABYTE = 2**20


def cut(content: bytes, size: int) -> list[bytes]:
    return [content[start : start + size] for start in range(0, len(content), size)]


@given(st.lists(st.binary(max_size=300), max_size=20), st.integers(1, 500))
def test_what_was_sealed_opens(pieces: list[bytes], size: int) -> None:
    sealed = b"".join(seal(KEY, pieces, HERE))
    assert b"".join(unseal(KEY, cut(sealed, size), HERE)) == b"".join(pieces)


SEALED = b"".join(seal(KEY, [bytes(range(256)) * 10_000], HERE))


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_one_changed_byte_is_noticed(where: int, change: int) -> None:
    other = SEALED[:where] + bytes([SEALED[where] ^ change]) + SEALED[where + 1 :]
    with pytest.raises(CannotOpen):
        list(unseal(KEY, [other], HERE))


@given(st.integers(0, len(SEALED) - 1))
def test_an_end_cut_off_is_noticed(size: int) -> None:
    with pytest.raises(CannotOpen):
        list(unseal(KEY, [SEALED[:size]], HERE))


def test_it_opens_with_its_key_and_in_its_place_only() -> None:
    for key, where, content in ((new_key(), HERE, SEALED), (KEY, b"another", SEALED), (KEY, HERE, SEALED + b"x")):
        with pytest.raises(CannotOpen):
            list(unseal(key, [content], where))
    assert b"".join(seal(KEY, [bytes(range(256)) * 10_000], HERE)) != SEALED, "a new salt each time"


def test_a_long_stream_passes_in_pieces() -> None:
    def long() -> Iterator[bytes]:
        for number in range(40):
            yield bytes([number]) * MEGABYTE

    tracemalloc.start()
    total = 0
    for piece in unseal(KEY, seal(KEY, long(), HERE), HERE):
        assert len(piece) <= PIECE
        total += len(piece)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (total, peak < 8 * MEGABYTE) == (40 * MEGABYTE, True)
