"""Names of files: what is kept of them, and the ending that decides."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.files import names
from portal.files.kinds import BY_ENDING, KINDS, REFUSED_ENDINGS


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Siân's notes.pdf", "Siân's notes.pdf"),
        ('O’Brien; "draft".pdf', "O’Brien; _draft_.pdf"),
        ("李.pdf", "李.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\a.pdf", "a.pdf"),
        ("a\r\nb\0.pdf", "ab.pdf"),
        ("annex\u202efdp.exe", "annexfdp.exe"),
        ("Sia\u0302n.pdf", "Siân.pdf"),
        ("con.txt", "_con.txt"),
        ("COM1", "_COM1"),
        ("  a  b .pdf. . ", "a b .pdf"),
        ("..", "file"),
        ("", "file"),
    ],
)  # fmt: skip
def test_what_is_kept_of_a_name(typed: str, kept: str) -> None:
    assert names.cleaned(typed) == kept


@settings(max_examples=60)
@given(st.text(max_size=120).map(lambda text: text * 3), st.sampled_from([".pdf", ".JPG", ""]))
def test_a_kept_name_is_safe_whatever_was_typed(stem: str, ending: str) -> None:
    kept = names.cleaned(stem + ending)
    assert 0 < len(kept.encode()) <= names.MOST_BYTES
    assert not set(kept) & set('/\\\0<>:"|?*\r\n')
    assert not any(unicodedata.category(one) in ("Cc", "Cf", "Cs") for one in kept)
    assert names.cleaned(kept) == kept


def test_a_long_name_keeps_its_ending() -> None:
    kept = names.cleaned("é" * 300 + ".pdf")
    assert names.ending_of(kept) == "pdf"
    assert len(kept.encode()) <= names.MOST_BYTES


def test_a_download_is_called_by_what_the_file_became() -> None:
    assert names.for_kind("IMG_2042.HEIC", "jpeg") == "IMG_2042.jpg"
    assert names.for_kind("IMG_2042.jpeg", "jpeg") == "IMG_2042.jpeg"
    assert names.for_kind("é" * 125 + ".heic", "jpeg").endswith(".jpg")
    assert names.for_kind("notes", "gone") == "notes"


def test_no_ending_is_taken_and_refused_at_once() -> None:
    refused = [ending for endings in REFUSED_ENDINGS.values() for ending in endings]
    assert len(refused) == len(set(refused))
    assert not set(refused) & set(BY_ENDING)
    assert {kind.becomes for kind in KINDS.values()} - {""} <= set(KINDS)
