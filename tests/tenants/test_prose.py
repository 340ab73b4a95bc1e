"""A council's own pages are text and stay text, whatever is written in them."""

from __future__ import annotations

from html import unescape

import pytest
from flask import Flask, render_template_string
from hypothesis import given
from hypothesis import strategies as st

from portal.tenants.prose import Block, blocks

PAGE = """
First line
goes on here.

## A heading
Straight below it.

* one
* two
And a closing line.
"""


def test_paragraphs_headings_and_bullets() -> None:
    assert blocks(PAGE) == (
        Block("text", ("First line", "goes on here.")),
        Block("heading", ("A heading",)),
        Block("text", ("Straight below it.",)),
        Block("list", ("one", "two")),
        Block("text", ("And a closing line.",)),
    )


def test_two_headings_in_a_row_are_two() -> None:
    assert blocks("## One\r\n## Two") == (Block("heading", ("One",)), Block("heading", ("Two",)))


@pytest.mark.parametrize("text", ["", "\n\n \n", "\r\n\r\n"])
def test_nothing(text: str) -> None:
    assert blocks(text) == ()


@pytest.mark.parametrize("text", ["#Not a heading", "### nor this", "*nor a bullet", "** bold **", "1. one"])
def test_everything_else_is_a_paragraph_as_it_was_typed(text: str) -> None:
    assert blocks(text) == (Block("text", (text,)),)


@given(st.text())
def test_no_word_is_lost_or_added(text: str) -> None:
    shown = " ".join(line for block in blocks(text) for line in block.lines)
    typed = [word for word in text.split() if word not in ("##", "*")]
    assert [word for word in shown.split() if word not in ("##", "*")] == typed


PAYLOADS = ["<script>alert(1)</script>", "{{ 7*7 }}", "{% include 'x' %}", "<img src=x onerror=alert(1)>", "%(x)s"]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("mark", ["", "## ", "* "])
def test_nothing_in_it_becomes_html_or_a_template(app: Flask, payload: str, mark: str) -> None:
    with app.test_request_context("/"):
        template = "{% from 'macros/page.html' import prose %}{{ prose(blocks) }}"
        html = render_template_string(template, blocks=blocks(mark + payload))
    assert "<script" not in html
    assert "<img" not in html
    assert "49" not in html
    assert payload in unescape(html)
