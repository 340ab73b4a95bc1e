"""Every file of the corpus ends as its line says, quickly, and no file of any bytes ends in another way."""

from __future__ import annotations

import time
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.files import checking
from portal.files.kinds import KINDS
from portal.files.refusals import CODES, Refused
from tests.files.corpus import CORPUS, GOOD, Row

MOST_CPU = 5.0
GOOD_FILES = [(row.name, row.make()) for row in GOOD]


def outcome(content: bytes, name: str, declared: str = "") -> str:
    try:
        return checking.check(BytesIO(content), name, declared).code
    except Refused as refusal:
        return refusal.code


@pytest.mark.parametrize("row", CORPUS, ids=lambda row: row.what)
def test_each_file_ends_as_it_must(row: Row) -> None:
    content = row.make()
    began = time.process_time()
    assert outcome(content, row.name, row.declared) == row.expected
    assert time.process_time() - began < MOST_CPU


def test_the_corpus_is_large_and_its_answers_are_ours() -> None:
    assert len(CORPUS) >= 70
    assert len({row.what for row in CORPUS}) == len(CORPUS)
    assert {row.expected for row in CORPUS} <= {*KINDS, *CODES}
    assert {row.expected for row in GOOD} == set(KINDS)
    # Whoever adds a reason shows a file that has it; the last two need a file that is itself too much for a list.
    assert set(CODES) - {row.expected for row in CORPUS} == {"email_large", "too_complex"}


@settings(max_examples=300)
@given(chosen=st.sampled_from(GOOD_FILES), at=st.floats(0, 1), bit=st.integers(0, 7))
def test_a_changed_bit_is_taken_or_refused(chosen: tuple[str, bytes], at: float, bit: int) -> None:
    name, content = chosen
    changed = bytearray(content)
    changed[int(at * (len(changed) - 1))] ^= 1 << bit
    assert outcome(bytes(changed), name) in {*KINDS, *CODES}


@settings(max_examples=150)
@given(chosen=st.sampled_from(GOOD_FILES), at=st.floats(0, 1))
def test_a_file_cut_off_anywhere_is_taken_or_refused(chosen: tuple[str, bytes], at: float) -> None:
    name, content = chosen
    assert outcome(content[: int(at * len(content))], name) in {*KINDS, *CODES}


@settings(max_examples=150)
@given(content=st.binary(max_size=300), chosen=st.sampled_from(GOOD_FILES), head=st.integers(0, 40))
def test_any_bytes_behind_a_good_beginning_are_taken_or_refused(
    content: bytes, chosen: tuple[str, bytes], head: int
) -> None:
    name, good = chosen
    assert outcome(good[:head] + content, name) in {*KINDS, *CODES}
