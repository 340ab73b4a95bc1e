"""Reads a council's advice topics: what each page says and the services it names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from portal.forms.facts import as_date
from portal.forms.mistakes import Checker, Path, shown
from portal.forms.thresholds import Service, Topic

PHONE = re.compile(r"[0-9][0-9 ]{1,15}\Z")
TEXTS = ("title", "summary", "try_first", "come_back", "worse")


def read_topics(node: object, check: Checker) -> dict[str, Topic]:
    """Return the topics by key; mistakes go to the checker."""
    return {key: _read_topic(key, item, check) for key, item in check.named(node, ("topics",), 100).items()}


def _read_topic(key: str, node: object, check: Checker) -> Topic:
    path: Path = ("topics", key)
    parts = check.mapping(node, path, must=[*TEXTS, "services", "reviewed"])
    services = check.sequence(parts.get("services"), (*path, "services"), least=1, most=10)
    return Topic(
        key=key,
        services=tuple(_read_service(item, (*path, "services", place), check) for place, item in enumerate(services)),
        reviewed=_read_date(parts.get("reviewed"), (*path, "reviewed"), check),
        **{name: check.text(parts.get(name), (*path, name)) for name in TEXTS},
    )


def _read_service(node: object, path: Path, check: Checker) -> Service:
    parts: Mapping[str, Any] = check.mapping(node, path, must=["name", "what"], may=["phone", "url"])
    phone = check.plain(parts["phone"], (*path, "phone"), 20) if "phone" in parts else ""
    if phone and not PHONE.match(phone):
        check.note((*path, "phone"), f"{shown(phone)} is not a telephone number (digits and spaces)")
    url = check.plain(parts["url"], (*path, "url")) if "url" in parts else ""
    if url and not url.startswith("https://"):
        check.note((*path, "url"), "an address begins with https://")
    return Service(
        name=check.text(parts.get("name"), (*path, "name")),
        what=check.text(parts.get("what"), (*path, "what")),
        phone=phone,
        url=url,
    )


def _read_date(value: object, path: Path, check: Checker) -> str:
    day = as_date(value) if isinstance(value, str) else None
    if day is None:
        check.note(path, f'expected a date in quotes, like "2026-03-31", found {shown(value)}')
        return ""
    return day.isoformat()
