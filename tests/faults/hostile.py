"""What no browser of ours would send: bodies for any form, from the fields that its page shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from bs4 import BeautifulSoup, Tag

MANY, HUGE = 10_000, 5_000_000
OWN = ("csrf_token", "lang")
PARTS = ("-day", "-month", "-year")


@dataclass(frozen=True)
class Form:
    """A form of a page: where it posts, its fields as they stand, and which of them hold text."""

    action: str
    fields: tuple[tuple[str, str], ...]
    typed: tuple[str, ...]
    chosen: tuple[str, ...]
    dates: tuple[str, ...]

    def body(self, **changed: str) -> str:
        """The body as a browser would send it, with some fields changed."""
        kept = [(name, value) for name, value in self.fields if name not in changed]
        return urlencode([*kept, *changed.items()])


def forms(page: str) -> list[Form]:
    """Every form of a page that posts."""
    found = BeautifulSoup(page, "html.parser").find_all("form")
    return [_form(tag) for tag in found if str(tag.get("method", "")).lower() == "post"]


def _form(tag: Tag) -> Form:
    fields, typed, chosen = [], [], []
    for control in tag.find_all(["input", "textarea", "select", "button"]):
        name, kind = str(control.get("name", "")), str(control.get("type", "text"))
        # Words where a file belongs are no file; hostile files have tests of their own.
        if not name or control.name == "button" or kind in ("submit", "file"):
            continue
        fields.append((name, str(control.get("value", ""))))
        is_choice = kind in ("radio", "checkbox") or control.name == "select"
        if is_choice:
            chosen.append(name)
        elif name not in OWN and kind != "hidden":
            typed.append(name)
    dates = tuple(dict.fromkeys(name for name in typed if name.endswith(PARTS)))
    hidden = [(n, v) for n, v in fields if n not in chosen]
    return Form(str(tag.get("action", "")), tuple(hidden), tuple(typed), tuple(dict.fromkeys(chosen)), dates)


def _each_kind(names: tuple[str, ...]) -> list[str]:
    """One name of each kind: those of rows of several differ only in their numbers."""
    kinds = {re.sub(r"[0-9]+", "#", name): name for name in reversed(names) if not name.endswith(PARTS)}
    return list(kinds.values())


def attacks(form: Form) -> Iterator[tuple[str, str]]:
    """What it is called, and the body; each must be refused, whatever else the form says."""
    words = next((name for name in form.typed if not name.endswith(PARTS)), "")
    if words:
        yield "a NUL byte", form.body(**{words: "She said\x00no"})
        yield "a control character", form.body(**{words: "She said\x1b[31mno"})
        yield "5 MB of text", form.body(**{words: "x" * HUGE})
        yield "a text as long as it gets", form.body(**{words: "x" * 1_000_000})
    for name in _each_kind(form.typed):
        yield f"a NUL byte in {name}", form.body(**{name: "She said\x00no"})
    for name in form.chosen[:1]:
        yield "an option never offered", form.body(**{name: "no-such-option"})
    for name in form.dates[:1]:
        stem = name.rsplit("-", 1)[0]
        yield "a date without its month", form.body(**{f"{stem}-day": "31", f"{stem}-year": "2019"})
        yield "a date of words", form.body(**{f"{stem}{part}": "thirty" for part in PARTS})
        yield "a date of superscripts", form.body(**{f"{stem}{part}": "²" for part in PARTS})
    yield "10,000 fields", form.body() + "".join(f"&more{number}=1" for number in range(MANY))


def oddities(form: Form) -> Iterator[tuple[str, str, str]]:
    """Name, content type and body of what may be answered in any way but with a failure of ours."""
    usual, parts = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
    for name, _ in form.fields:
        if name not in OWN and name not in form.typed:
            yield f"{name} is no number or mark of ours", usual, form.body(**{name: "²'\"\x00"})
            yield f"{name} is endless", usual, form.body(**{name: "9" * 5_000})
    names = [name for name in (*form.typed, *form.chosen) if name not in OWN]
    token = dict(form.fields).get("csrf_token", "")
    yield "nothing", usual, urlencode({"csrf_token": token})
    yield "every field twice", usual, form.body() + "&" + form.body()
    yield "every field many times", usual, form.body() + "".join(f"&{quote(name)}=a&{quote(name)}=b" for name in names)
    yield "bytes that are no UTF-8", usual, form.body() + "".join(f"&{quote(name)}=%ff%fe%80" for name in names)
    yield "a lone surrogate", usual, form.body() + "".join(f"&{quote(name)}=%ED%A0%80" for name in names)
    yield "broken percent signs", usual, form.body() + "".join(f"&{quote(name)}=%zz%" for name in names)
    yield "names that are no names", usual, form.body() + "&=&&&a[b][]=1&%00=1&__proto__=1&" + "n" * 5_000 + "=1"
    yield "JSON", "application/json", '{"csrf_token": []}'
    yield "a body of another kind", parts, "--y\r\nnonsense"
    yield "a part without an end", parts, '--x\r\nContent-Disposition: form-data; name="a"\r\n'
