"""A person who reads pages and fills in their forms, without scripts: what is posted is what the page offers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

Fields = dict[str, list[str]]


def soup(response: TestResponse) -> BeautifulSoup:
    """The page of a response."""
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def main_form(page: BeautifulSoup, action: str = "") -> Tag:
    """The form of the page's main part; `action` is the end of its address where there are several."""
    main = page.find("main")
    assert isinstance(main, Tag)
    for form in main.find_all("form"):
        if str(form.get("action", "")).endswith(action):
            return form
    raise AssertionError(f"no form {action!r} on the page {page.title}")


def filled(form: Tag) -> Fields:
    """What a browser would post of a form as it stands, without any button."""
    found: Fields = {}
    for control in form.find_all(["input", "textarea", "select"]):
        name, kind = str(control.get("name", "")), str(control.get("type", "text"))
        if not name or (kind in ("radio", "checkbox") and not control.has_attr("checked")):
            continue
        if control.name == "textarea":
            value = control.get_text().removeprefix("\n")
        elif control.name == "select":
            chosen = control.find("option", selected=True)
            value = str(chosen.get("value", "")) if isinstance(chosen, Tag) else ""
        else:
            value = str(control.get("value", ""))
        found.setdefault(name, []).append(value)
    return found


@dataclass
class Person:
    """Somebody with a browser in one council."""

    client: FlaskClient
    slug: str
    answers: dict[str, Any] = field(default_factory=dict)

    def at(self, path: str) -> str:
        """An address of the council, from a path with or without it."""
        return path if path.startswith(f"/{self.slug}/") else f"/{self.slug}{path}"

    def get(self, path: str, status: int = 200) -> TestResponse:
        """Read a page."""
        response = self.client.get(self.at(path))
        assert response.status_code == status, f"{path}: {response.status_code}"
        return response

    def post(self, path: str, form_of: str = "", action: str = "", **values: Any) -> TestResponse:
        """Read the page `form_of` (else `path`), change some fields of its form, and post it to `path`."""
        data = filled(main_form(soup(self.get(form_of or path)), action))
        for name, value in values.items():
            data[name.replace("__", "-")] = list(value) if isinstance(value, list | tuple) else [str(value)]
        return self.send(path, data)

    def send(self, path: str, data: Fields) -> TestResponse:
        """Post fields as they are."""
        return self.client.post(self.at(path), data=data)

    def complete(self, path: str, **wanted: Any) -> TestResponse:
        """Answer every question of a page, with the wanted answers and else whatever it accepts, and save it.

        Saves again while the answers bring up more questions on the same page; returns the last response.
        """
        for _ in range(6):
            response = self.get(path)
            data = filled(main_form(soup(response)))
            answer(main_form(soup(response)), data, {**self.answers, **wanted})
            result = self.send(path, data)
            errors = soup(result).select(".govuk-error-summary li")
            assert result.status_code == 303, f"{path}: {result.status_code} {[e.text for e in errors]}"
            if result.headers["Location"] != self.at(path):
                return result
        raise AssertionError(f"{path} asks more and more")


def answer(form: Tag, data: Fields, wanted: dict[str, Any]) -> None:
    """Fill in what is empty: the first choice, or words that the kind of the field accepts."""
    for control in form.find_all(["input", "textarea", "select"]):
        name, kind = str(control.get("name", "")), str(control.get("type", "text"))
        if kind == "hidden" or not name:
            continue
        if name in wanted:
            value = wanted[name]
            data[name] = list(value) if isinstance(value, list | tuple) else [str(value)]
        elif not any(data.get(name, [])):
            value = _some(control, name, kind, data)
            if value:
                data[name] = [value]


BY_KIND = {"tel": "01632 960300", "email": "somebody@example.org.uk"}
BY_NAME = {"postcode": "AA3 1AB", "nhs": "999 100 0003", "upn": "W678123426001", "_ref": "26/12345"}
"""What fits a field whose name holds these letters."""
PARTS = {"-day": "27", "-month": "3", "-year": "2019"}


def _some(control: Tag, name: str, kind: str, data: Fields) -> str:
    if name.endswith("-known"):
        return "not_known"
    if ["not_known"] in (data.get(f"{name.rsplit('-', 1)[0]}-known"), data.get(f"{name}-known")):
        return ""
    if kind in ("radio", "checkbox"):
        return str(control.get("value", ""))
    if control.name == "select":
        return next(str(option["value"]) for option in control.find_all("option") if option.get("value"))
    return _typed(control, name, kind)


def _typed(control: Tag, name: str, kind: str) -> str:
    for end, value in PARTS.items():
        if name.endswith(end):
            return value
    fitting = next((text for part, text in BY_NAME.items() if part in name), "")
    if control.get("inputmode") in ("numeric", "decimal") and not fitting:
        return "7"
    return BY_KIND.get(kind) or fitting or "Words about it"
