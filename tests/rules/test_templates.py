"""Templates are named after endpoints, none is unused, and every word goes through the catalogue."""

from __future__ import annotations

import re

from flask import Flask
from jinja2 import Environment

from tests.rules.source import Source, sources, templates

RENDERED = re.compile(r"""["']([a-z_]+/[a-z_/]+\.html)["']""")
INCLUDED = re.compile(r"""(?:include|import|extends|from)\s+["']([a-z_/]+\.html)["']""")

NOT_SHOWN = re.compile(r"<(script|style)\b.*?</\1>|<!--.*?-->|<[^>]*>|&#?\w+;", re.DOTALL)
WORD = re.compile(r"[A-Za-zÀ-ž]{2,}")
# Said the same in every language.
UNIVERSAL = {"doctype", "html", "colspan", "rowspan"}  # the last two are attributes that a macro writes
SPOKEN_ATTRIBUTE = re.compile(r"\b(?:aria-label|title|alt|placeholder)=\"([^\"{]*[A-Za-z]{2,}[^\"{]*)\"")


def unspoken(template: Source) -> list[str]:
    """Words a reader would see that no translator would."""
    # What is left of a template without its code; a space stands where code was.
    tokens = Environment(autoescape=True).lex(template.text)
    plain = "".join(value if kind == "data" else " " for _line, kind, value in tokens)
    words = [word for word in WORD.findall(NOT_SHOWN.sub(" ", plain)) if word.lower() not in UNIVERSAL]
    return words + SPOKEN_ATTRIBUTE.findall(template.text)


def test_every_word_is_in_the_catalogue() -> None:
    found = {template.place: unspoken(template) for template in templates()}
    assert {place: words for place, words in found.items() if words} == {}


def test_the_rule_can_fail() -> None:
    assert unspoken(Source("x.html", "<p>Hello {{ name }}</p>")) == ["Hello"]
    assert unspoken(Source("x.html", '<a aria-label="Go back">{{ _("Back") }}</a>')) == ["Go back"]
    assert unspoken(Source("x.html", "{# A note. #}<p>{{ _('Hello') }} 999</p>")) == []


def test_no_template_is_unused(app: Flask) -> None:
    named = {name for source in sources("portal") for name in RENDERED.findall(source.text)}
    named |= {name for template in templates() for name in INCLUDED.findall(template.text)}
    named |= {endpoint.replace(".", "/") + ".html" for endpoint in app.view_functions}
    present = {template.place for template in templates()}
    # Error pages are chosen by their number.
    unused = {place for place in present - named if not place.startswith("errors/")}
    assert unused == set()


def test_every_named_template_exists() -> None:
    present = {template.place for template in templates()}
    named = {name for source in sources("portal") for name in RENDERED.findall(source.text)}
    assert {name for name in named if "/" in name} - present == set()
