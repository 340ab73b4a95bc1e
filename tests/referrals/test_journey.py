"""One report from its first question to its page, in each council, with only what the pages offer."""

from __future__ import annotations

import re
from urllib.parse import urlparse

import pytest
from flask.testing import FlaskClient

from tests.factories.people import make_person, sign_in
from tests.fixtures.councils import Councils
from tests.referrals.clicking import Person, filled, main_form, soup


def walk_triage(person: Person, draft: str, **wanted: object) -> str:
    """Answer triage page by page; returns the path of the route page."""
    place = person.get(f"{draft}/questions", 303).headers["Location"]
    for _ in range(30):
        if place.endswith("/route"):
            return place
        place = person.complete(urlparse(place).path, **wanted).headers["Location"]
    raise AssertionError("triage never ends")


def begin(person: Person) -> str:
    """Begin a report; returns the path of its task list."""
    response = person.post("/report")
    assert response.status_code == 303
    found = re.search(r"(/report/[0-9a-f-]{36})/questions", response.headers["Location"])
    assert found
    return found[1]


def fill_sections(person: Person, draft: str) -> None:
    """Complete every section of the task list, also those that the answers bring up."""
    done: set[str] = set()
    while waiting := [href for href in _tasks(person, draft) if href not in done]:
        href = waiting[0]
        done.add(href)
        response = person.client.get(href)
        if response.status_code == 200:
            person.complete(href)
            continue
        several = response.headers["Location"]
        first = person.client.get(several)
        if first.status_code == 303:
            person.complete(urlparse(first.headers["Location"]).path)
        person.post(several)


def _tasks(person: Person, draft: str) -> list[str]:
    links = soup(person.get(draft)).select(".govuk-task-list__link")
    return [str(link["href"]) for link in links if not str(link["href"]).endswith("/route")]


@pytest.mark.parametrize("slug", ["glan-yr-afon", "avonmere"])
def test_a_report_is_made_sent_and_followed(client: FlaskClient, councils: Councils, slug: str) -> None:
    council = councils.wales if slug == "glan-yr-afon" else councils.england
    teacher = make_person(council, name="Siân O'Brien")
    sign_in(client, teacher)
    person = Person(client, slug)
    draft = begin(person)
    route = walk_triage(person, draft)
    assert person.get(route).status_code == 200
    fill_sections(person, draft)
    page = soup(person.get(draft))
    assert "Incomplete" not in page.get_text()
    sent = person.send(f"{draft}/check", _form(person, f"{draft}/check"))
    assert sent.status_code == 303, [e.text for e in soup(sent).select(".govuk-error-summary li")]
    receipt = soup(person.get(sent.headers["Location"]))
    reference = receipt.select_one(".app-reference")
    assert reference is not None
    assert re.fullmatch(r"[A-Z0-9]{3}(-[A-Z0-9]{3}){2}", reference.text)
    assert reference.text in person.get("/referrals").get_data(as_text=True)
    shown = person.get(f"/referrals/{reference.text}").get_data(as_text=True)
    assert "Words about it" in shown


def _form(person: Person, path: str) -> dict[str, list[str]]:
    return filled(main_form(soup(person.get(path))))
