"""The designer's pages of the largest draft that the portal keeps: answered, and with few statements."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories.people import make_person, sign_in
from tests.fixtures.councils import Councils
from tests.forms.designing import begin, prove, save

MOST_STATEMENTS = 12
QUESTIONS, SECTIONS, RULES, DEEP = 400, 20, 200, 8
PAGES = ("", "/structure", "/rules", "/proof", "/scenarios", "/submit", "/comments", "/differences", "/untranslated")


def text(words: str) -> dict[str, str]:
    return {"en": words, "cy": words}


def condition(number: int) -> dict[str, Any]:
    """A condition as deep as one may be."""
    node: dict[str, Any] = {"answer": f"q{number % QUESTIONS}", "is": "yes"}
    for level in range(DEEP - 1):
        node = {("all", "any")[level % 2]: [node, {"answer": f"q{(number + level) % QUESTIONS}", "is": "no"}]}
    return node


def enlarge(content: dict[str, Any]) -> None:
    """Fill a draft with as many questions and rules as it may have, and words until it is nearly 1 MB."""
    asked = [{"key": f"q{one}", "type": "yes_no", "label": text("Long " * 60)} for one in range(QUESTIONS)]
    size = QUESTIONS // SECTIONS
    content["form"]["sections"] = [
        {"key": f"s{one}", "title": text(f"Section {one}"), "questions": asked[one * size : (one + 1) * size]}
        for one in range(SECTIONS)
    ]
    route = next(iter(content["thresholds"]["routes"]))
    rules = [{"id": f"R{one}", "when": condition(one), "route": route, "why": text("So")} for one in range(RULES)]
    content["thresholds"]["rules"] = [
        *rules,
        {"id": "LAST", "when": {"always": True}, "route": route, "why": text("So")},
    ]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_a_draft_takes_few_statements_however_large(
    client: FlaskClient, councils: Councils, statements: list[str], page: str
) -> None:
    council = councils.wales
    designer = make_person(council, role="form_designer")
    sign_in(client, designer)
    draft = begin(designer)
    path = f"/{council.slug}/forms/drafts/{draft.id}{page}"
    took = []
    for change in (lambda _content: None, enlarge):
        save(designer, draft.id, change)
        prove(designer, draft.id)
        client.get(path)
        statements.clear()
        answer = client.get(path)
        assert answer.status_code == 200
        took.append(len(statements))
    small, large = took
    assert max(small, large) <= MOST_STATEMENTS, "\n".join(statements)
