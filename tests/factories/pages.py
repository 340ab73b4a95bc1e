"""Forms posted as a browser would: the page first, its hidden fields with what is typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.kernel.scope import Council

RANDOM = re.compile(rb'nonce="[^"]*"|name="csrf_token" value="[^"]*"')


def soup(response: TestResponse) -> BeautifulSoup:
    """The page as a tree."""
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def fields_of(response: TestResponse, action: str) -> dict[str, str]:
    """What a form would send if it were sent as it is: the form whose action ends with `action`."""
    for form in soup(response).find_all("form"):
        if isinstance(form, Tag) and str(form.get("action", "")).endswith(action):
            return _fields(form)
    raise AssertionError(f"no form posts to {action}")


def _fields(form: Tag) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in form.find_all(["input", "textarea", "select"]):
        name, kind = str(one.get("name", "")), str(one.get("type", ""))
        if not name or (kind in ("radio", "checkbox") and not one.has_attr("checked")):
            continue
        if one.name == "select":
            chosen = one.find("option", selected=True) or one.find("option")
            found[name] = str(chosen.get("value", "")) if isinstance(chosen, Tag) else ""
        else:
            value = str(one.get("value", "")) if one.name == "input" else one.text
            found[name] = [*_listed(found[name]), value] if kind in ("checkbox", "hidden") and name in found else value
    return found


def _listed(values: Any) -> list[str]:
    return values if isinstance(values, list) else [values]


def submit(
    client: FlaskClient, council: Council, page: str, path: str, typed: Mapping[str, Any] | None = None
) -> TestResponse:
    """Fetch `page`, fill in the form that posts to `path`, send it; the answer is not followed."""
    shown = client.get(f"/{council.slug}{page}")
    assert shown.status_code == 200, shown.status
    data = fields_of(shown, path) | dict(typed or {})
    return client.post(f"/{council.slug}{path}", data=data)


def same_for_everyone(response: TestResponse) -> bytes:
    """The answer's bytes without what is random in every answer: the nonce and the CSRF token."""
    return RANDOM.sub(b"", response.get_data())
