"""Translating a draft: what lacks a language, several texts saved together, and texts that somebody else changed."""

from __future__ import annotations

import copy
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from portal.forms.commands import drafting
from portal.forms.queries import drafts
from portal.kernel import db
from tests.factories.pages import soup
from tests.factories.people import Person, make_person, sign_in
from tests.fixtures.councils import Councils
from tests.forms.typed_pages import typed_in


@pytest.fixture
def designer(councils: Councils, client: FlaskClient) -> Person:
    person = make_person(councils.wales, role="form_designer", language="en")
    sign_in(client, person)
    return person


@pytest.fixture
def draft_id(designer: Person) -> UUID:
    """A draft in which the first page, its first question and an advice page lack Welsh."""
    with db.unit_of_work(designer.scope):
        draft_id = drafting.start(designer.actor, "concern")
    with db.unit_of_work(designer.scope):
        draft = drafts.find(designer.actor, draft_id)
        content = copy.deepcopy(draft.content)
        page = content["form"]["triage"]["pages"][0]
        topic = next(iter(content["thresholds"]["topics"].values()))
        for text in (page["title"], page["questions"][0]["label"], topic["summary"]):
            del text["cy"]
        drafting.save(designer.actor, draft, content, draft.version, "test")
    return draft_id


def content_of(designer: Person, draft_id: UUID) -> dict[str, Any]:
    with db.unit_of_work(designer.scope):
        return copy.deepcopy(drafts.find(designer.actor, draft_id).content)


def base(draft_id: UUID) -> str:
    return f"/glan-yr-afon/forms/drafts/{draft_id}"


def test_what_lacks_a_language_is_listed_and_counted(client: FlaskClient, designer: Person, draft_id: UUID) -> None:
    page = soup(client.get(f"{base(draft_id)}/untranslated"))
    assert "Texts that lack a language of the council: 3" in page.get_text()
    assert len(page.select("main table")[0].select("tbody tr")) == 3
    assert "Not translated: 3" in soup(client.get(base(draft_id))).get_text()


def test_several_are_saved_together(client: FlaskClient, designer: Person, draft_id: UUID) -> None:
    fields = typed_in(client.get(f"{base(draft_id)}/translate"))
    assert fields["texts"] == "3"
    typed = {f"text-{number}-cy": f"Geiriau {number}" for number in range(3)}
    saved = client.post(f"{base(draft_id)}/translate", data=fields | typed)
    assert saved.status_code == 303
    assert saved.headers["Location"].endswith("/untranslated")
    content = content_of(designer, draft_id)
    assert content["form"]["triage"]["pages"][0]["title"]["cy"] == "Geiriau 0"
    assert next(iter(content["thresholds"]["topics"].values()))["summary"]["cy"] == "Geiriau 2"


def test_a_text_that_was_changed_meanwhile_shows_both(client: FlaskClient, designer: Person, draft_id: UUID) -> None:
    stale = typed_in(client.get(f"{base(draft_id)}/translate"))
    first = client.post(f"{base(draft_id)}/translate", data=stale | {"text-0-cy": "Y cyntaf"})
    assert first.status_code == 303
    met = client.post(f"{base(draft_id)}/translate", data=stale | {"text-0-cy": "Yr ail"})
    assert met.status_code == 409
    assert "Y cyntaf" in soup(met).get_text()
    again = typed_in(met)
    assert again["text-0-cy"] == "Yr ail"
    assert client.post(f"{base(draft_id)}/translate", data=again).status_code == 303
    assert content_of(designer, draft_id)["form"]["triage"]["pages"][0]["title"]["cy"] == "Yr ail"


def test_a_text_that_was_moved_is_found_where_it_is_now(client: FlaskClient, designer: Person, draft_id: UUID) -> None:
    stale = typed_in(client.get(f"{base(draft_id)}/translate"))
    with db.unit_of_work(designer.scope):
        draft = drafts.find(designer.actor, draft_id)
        content = copy.deepcopy(draft.content)
        content["form"]["triage"]["pages"].insert(1, content["form"]["triage"]["pages"].pop(0))
        drafting.save(designer.actor, draft, content, draft.version, "test")
    saved = client.post(f"{base(draft_id)}/translate", data=stale | {"text-0-cy": "Wedi symud"})
    assert saved.status_code == 303
    assert content_of(designer, draft_id)["form"]["triage"]["pages"][1]["title"]["cy"] == "Wedi symud"


@pytest.mark.parametrize(
    "path", ["", "form", "form/triage/pages/#0", "thresholds/rules/#0/when", "../..", "scenarios/#0", "form/" * 400]
)
def test_a_path_that_is_no_text_changes_nothing(
    client: FlaskClient, designer: Person, draft_id: UUID, path: str
) -> None:
    before = content_of(designer, draft_id)
    fields = typed_in(client.get(f"{base(draft_id)}/translate"))
    fields |= {"path-0": path, "seen-0": "nonsense", "text-0-cy": "X", "text-0-en": "Y"}
    assert client.post(f"{base(draft_id)}/translate", data=fields).status_code == 409
    assert content_of(designer, draft_id) == before


def test_typed_text_is_kept_when_it_is_refused(client: FlaskClient, designer: Person, draft_id: UUID) -> None:
    fields = typed_in(client.get(f"{base(draft_id)}/translate"))
    refused = client.post(f"{base(draft_id)}/translate", data=fields | {"text-1-cy": "a\x07b", "text-0-cy": "Cadw"})
    assert refused.status_code == 422
    assert typed_in(refused)["text-0-cy"] == "Cadw"
    assert soup(refused).select_one('.govuk-error-summary a[href="#text-1-cy"]')
