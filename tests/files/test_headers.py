"""The header of a download: any name that is kept travels in it, and nothing else does."""

from __future__ import annotations

from email.message import Message
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from portal.files.headers import disposition
from portal.files.names import cleaned


@given(st.text(max_size=400))
def test_any_name_can_be_sent(given_name: str) -> None:
    name = cleaned(given_name)
    header = disposition(name)
    assert header.isascii()
    assert header.isprintable()
    assert "\\" not in header
    assert header.count('"') == 2
    message = Message()
    message["Content-Disposition"] = header
    assert message.get_content_disposition() == "attachment"
    assert unquote(header.partition("filename*=UTF-8''")[2]) == name


def test_names_as_browsers_read_them() -> None:
    assert disposition("Siân's notes.pdf") == (
        "attachment; filename=\"Sian's notes.pdf\"; filename*=UTF-8''Si%C3%A2n%27s%20notes.pdf"
    )
    assert disposition("李.pdf") == "attachment; filename=\"file.pdf\"; filename*=UTF-8''%E6%9D%8E.pdf"
