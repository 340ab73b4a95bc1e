"""What is English on a Welsh page: texts of the catalogue, texts of the council, dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup, Tag
from werkzeug.test import TestResponse

from portal.kernel.language import CATALOGUES, words

DRAFT = "The Welsh on this service is a draft that a qualified translator has not checked yet."
GAP = re.compile(r"%\(\w+\)[a-z]")
SPACES = re.compile(r"\s+")
SPOKEN = ("aria-label", "title", "alt", "placeholder", "data-button-name")
LONG_ENOUGH = 3  # words: shorter ones are looked for only as the whole text of an element
ENGLISH_DATE = re.compile(
    r"\b\d{1,2} (January|February|March|April|May|June|July|August|September|October|November|December)\b"
    r"|\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\d(am|pm)\b"
)
# Frequent words that no Welsh word is written like: they give away what never went through the catalogue.
ENGLISH_WORD = re.compile(r"\b(the|and|your|you|with|this|that|from|must|please|for|has|was|are)\b", re.IGNORECASE)
# A reference is drawn at random and may spell a word.
REFERENCE = re.compile(r"\b[A-Z0-9]{3}(-[A-Z0-9]{3}){2}\b")
# Each language is named in itself where one is chosen.
OWN_NAMES = {"English"}


@cache
def phrases() -> tuple[frozenset[str], tuple[tuple[str, re.Pattern[str]], ...]]:
    """The English of the catalogue: what may not be the whole of a text, and what may not be anywhere in one.

    Beside each of the latter stands the longest piece without a gap, which is looked for first: a page is searched
    for thousands of phrases and has almost none of them.
    """
    with (CATALOGUES / "cy" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        messages = [message for message in read_po(file, locale="cy") if message.id]
    texts = {text for message in messages for text in ([message.id] if isinstance(message.id, str) else message.id)}
    welsh = {text for message in messages for text in ([message.string] if isinstance(message.string, str) else ())}
    whole = {plain(text) for text in texts if not GAP.search(text)} - welsh - OWN_NAMES
    longer = sorted(text for text in texts if len(GAP.sub("", text).split()) >= LONG_ENOUGH)
    return frozenset(whole), tuple((_longest_piece(text), _pattern(text)) for text in longer)


def _longest_piece(text: str) -> str:
    return max(GAP.split(plain(text)), key=len)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)" + ".{1,80}?".join(re.escape(part) for part in GAP.split(plain(text))) + r"(?!\w)")


def plain(text: str) -> str:
    """A text without its line breaks."""
    return SPACES.sub(" ", text).strip()


@cache
def council_english(folder: Path) -> frozenset[str]:
    """The English of a council's own content, where it has Welsh beside it."""
    documents = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(folder.rglob("*.yaml"))]
    return frozenset(plain(text) for document in documents for text in _pairs(document))


def _pairs(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("cy"), str) and node["cy"] != node.get("en"):
            yield str(node.get("en", ""))
        else:
            for inner in node.values():
                yield from _pairs(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _pairs(inner)


def english_in(texts: list[str], content: frozenset[str] = frozenset()) -> list[str]:
    """What is in English among the texts of a page."""
    whole, patterns = phrases()
    together = " ".join(texts)
    found = [text for text in texts if text in whole or (text in content and len(text.split()) >= LONG_ENOUGH)]
    found += [match.group() for piece, pattern in patterns if piece in together and (match := pattern.search(together))]
    found += [text for text in texts if text not in found and ENGLISH_WORD.search(REFERENCE.sub("", text))]
    return found + [match.group() for match in ENGLISH_DATE.finditer(together)]


def texts_of(page: BeautifulSoup) -> list[str]:
    """What is read of a page, text by text; without what is typed now or marked as another language."""
    for other in page.select("script, style, [lang]:not(html):not([lang=cy]), textarea"):
        other.decompose()
    said = [plain(text) for text in page.find_all(string=True)]
    spoken = [plain(str(tag[name])) for tag in page.find_all(True) for name in SPOKEN if tag.has_attr(name)]
    return [text for text in said + spoken if text]


def faults(answer: TestResponse, content: frozenset[str] = frozenset()) -> list[str]:
    """What a Welsh reader would find wrong with a page."""
    page = BeautifulSoup(answer.get_data(as_text=True), "html5lib")
    html = page.html
    assert isinstance(html, Tag)
    texts = texts_of(page)
    found = english_in(texts, content)
    if html.get("lang") != "cy":
        found.append("not marked as Welsh")
    if words("cy", DRAFT) not in texts:
        found.append("does not say that it is a draft")
    return found
