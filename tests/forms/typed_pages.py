"""What the form of a designer's page would send as it stands, and of which questions it is worth asking."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bs4 import Tag
from werkzeug.test import TestResponse

from portal.forms.editing.form_parts import Entry
from tests.factories.pages import soup


def typed_in(response: TestResponse) -> dict[str, Any]:
    """The fields of the page's own form, the one without an address."""
    form = soup(response).select_one("main form:not([action])")
    assert form is not None, response.status
    found: dict[str, Any] = {}
    for one in form.find_all(["input", "textarea", "select"]):
        name, value = str(one.get("name", "")), _value(one)
        if name in found and one.get("type") == "checkbox" and value is not None:
            found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
        elif name and value is not None:
            found[name] = value
    return found


def _value(one: Tag) -> str | None:
    if one.get("type") in ("radio", "checkbox") and not one.has_attr("checked"):
        return None
    if one.name == "select":
        chosen = one.find("option", selected=True) or one.find("option")
        return str(chosen.get("value", "")) if isinstance(chosen, Tag) else ""
    return str(one.get("value", "")) if one.name == "input" else one.text


def of_each_kind(entries: Iterable[Entry]) -> list[Entry]:
    """Those that have a type, a place or a setting which none before them has."""
    seen: set[object] = set()
    chosen = []
    for entry in entries:
        kind = (entry.place.kind, bool(entry.place.inner), entry.document.get("type"))
        if {kind, *entry.document} - seen:
            seen |= {kind, *entry.document}
            chosen.append(entry)
    return chosen
