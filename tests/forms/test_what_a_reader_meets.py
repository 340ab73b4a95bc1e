"""What somebody who may publish and not design meets: every link of theirs leads somewhere, no form of theirs fails."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from tests.factories.pages import soup
from tests.factories.people import make_person, sign_in
from tests.factories.templates import Admin, add_template
from tests.fixtures.councils import Councils
from tests.forms.contents import shipped_contents
from tests.matrix import stages

MOST = 400


def kind_of(path: str) -> str:
    """A link without what it is about, so that one of each kind and draft is followed."""
    steps = path.split("?", maxsplit=1)[0].split("/")
    return "/".join([*steps[:6], str(len(steps))])


@pytest.mark.parametrize("role", ["council_admin", "practice_manager", "form_designer"])
def test_every_link_of_the_designer_leads_somewhere(
    client: FlaskClient, councils: Councils, admin: Admin, role: str
) -> None:
    council = councils.wales
    add_template(admin, shipped_contents()[0])
    designers = [make_person(council, role="form_designer") for _one in range(2)]
    stages.make(designers[0], designers[1], make_person(council, role="practice_manager"), admin)
    person = designers[0] if role == "form_designer" else make_person(council, role=role)
    sign_in(client, person)
    start = f"/{council.slug}/forms"
    waiting, seen, wrong = [start], {kind_of(start)}, []
    for path in waiting:
        answer = client.get(path)
        if answer.status_code not in (200, 303):
            wrong.append(f"{path}: {answer.status_code}")
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        page = soup(answer)
        for link in page.select("a[href]"):
            target = urlsplit(str(link["href"]))
            full = target.path + (f"?{target.query}" if target.query else "")
            if target.path.startswith(start) and kind_of(full) not in seen:
                seen.add(kind_of(full))
                waiting.append(full)
        if role != "form_designer":
            wrong += [
                f"{path}: {form}" for form in page.select("main form") if _designs(str(form.get("action", "")), path)
            ]
    assert len(waiting) < MOST
    assert wrong == []


def _designs(action: str, page: str) -> bool:
    """Whether a form posts to what only designers may do."""
    path = urlsplit(action).path or urlsplit(page).path
    return bool(re.search(r"/(structure|part/.*|question/.*|rules/.*|go-on|submit|change|discard|restore)$", path))
