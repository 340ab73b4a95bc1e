"""People of a group inside a section, and inside one child of several: added, changed, removed, sent and read."""

from __future__ import annotations

import copy
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from portal.auth.policy import Permission
from portal.forms.commands.publish import publish
from portal.forms.folder import load
from portal.kernel import db, scope
from portal.kernel.scope import Scope
from portal.referrals.queries.drafts import find_draft
from portal.referrals.queries.record import answers_of, find
from tests.factories.people import Person as Somebody
from tests.factories.people import make_person, sign_in
from tests.fixtures.councils import FOLDERS, Councils
from tests.referrals.clicking import Person, filled, main_form, soup
from tests.referrals.making import acting, make_draft, send_draft

WORKERS: dict[str, Any] = {
    "key": "sup_workers", "type": "group", "label": {"en": "Who works with the family"}, "min": 1, "max": 2,
    "item": {"en": "Worker"}, "title_from": ["worker_name"], "required": True,
    "questions": [
        {"key": "worker_name", "type": "text", "label": {"en": "The worker's name"}, "required": True},
        {"key": "worker_known", "type": "yes_no", "label": {"en": "Does the family know?"}, "required": True},
        {
            "key": "worker_since", "type": "text", "label": {"en": "Since when?"}, "required": True,
            "show_when": {"answer": "worker_known", "is": "yes"},
        },
    ],
}  # fmt: skip
FRIENDS: dict[str, Any] = {
    "key": "child_friends", "type": "group", "label": {"en": "People who matter to the child"}, "min": 0, "max": 3,
    "item": {"en": "Person who matters"}, "title_from": ["friend_name"],
    "questions": [{"key": "friend_name", "type": "text", "label": {"en": "Their name"}, "required": True}],
}  # fmt: skip
ONE = {"worker_name": "Mair CNRY", "worker_known": "no"}


@pytest.fixture
def teacher(councils: Councils) -> Somebody:
    """A teacher of a council whose newest form has two groups."""
    folder = load(FOLDERS / "avonmere")
    form = copy.deepcopy(dict(folder.form_document))
    sections = {section["key"]: section for section in form["sections"]}
    sections["support"]["questions"].append(WORKERS)
    sections["children"]["questions"].append(FRIENDS)
    with db.unit_of_work(Scope(councils.england, scope.SYSTEM)):
        publish(form, dict(folder.thresholds_document))
    return make_person(councils.england)


@pytest.fixture
def draft_id(teacher: Somebody) -> UUID:
    return make_draft(teacher, sup_workers=[], child_friends=[], child_edd="not_known")


@pytest.fixture
def person(client: FlaskClient, teacher: Somebody) -> Person:
    sign_in(client, teacher)
    return Person(client, "avonmere")


def workers(draft_id: UUID, more: str = "") -> str:
    return f"/report/{draft_id}/people/support/0/sup_workers{more}"


def saved(teacher: Somebody, draft_id: UUID) -> list[dict[str, Any]]:
    with acting(teacher):
        found: list[dict[str, Any]] = find_draft(teacher.actor, draft_id).sections["support"].get("sup_workers", [])
    return found


def test_a_section_leads_to_its_people_and_they_to_the_task_list(person: Person, draft_id: UUID) -> None:
    led = person.post(f"/report/{draft_id}/section/support")
    assert led.headers["Location"].endswith(workers(draft_id))
    assert "None added yet." in soup(person.get(workers(draft_id))).get_text()
    on = person.post(workers(draft_id))
    assert on.headers["Location"].endswith(f"/report/{draft_id}")
    assert "Incomplete" in soup(person.get(f"/report/{draft_id}")).get_text()


def test_people_are_added_changed_and_removed(person: Person, teacher: Somebody, draft_id: UUID) -> None:
    assert person.post(workers(draft_id, "/0"), worker_name="").status_code == 422
    person.complete(workers(draft_id, "/0"), **ONE)
    person.complete(workers(draft_id, "/1"), worker_name="Owain CNRY", worker_known="no")
    assert [one["worker_name"] for one in saved(teacher, draft_id)] == ["Mair CNRY", "Owain CNRY"]
    page = soup(person.get(workers(draft_id)))
    assert "Worker 2: Owain CNRY" in page.get_text()
    assert not page.select(f"a[href$='{workers(draft_id, '/2')}']")
    person.get(workers(draft_id, "/2"), 404)
    person.complete(workers(draft_id, "/0"), worker_name="Mari CNRY")
    assert person.post(workers(draft_id, "/1/remove")).status_code == 303
    assert [one["worker_name"] for one in saved(teacher, draft_id)] == ["Mari CNRY"]
    assert "Incomplete" not in soup(person.get(f"/report/{draft_id}")).get_text()


def test_answers_that_close_keep_what_was_typed_and_it_is_not_sent(
    person: Person, teacher: Somebody, draft_id: UUID
) -> None:
    person.complete(workers(draft_id, "/0"), worker_name="Mair CNRY", worker_known="yes", worker_since="May")
    person.complete(workers(draft_id, "/0"), worker_known="no")
    assert saved(teacher, draft_id)[0]["worker_since"] == "May"
    reference = send_draft(teacher, draft_id)
    with acting(teacher):
        sent = answers_of(find(teacher.actor, Permission.TRACK, reference)).sections["support"]["sup_workers"]
    assert sent == [ONE]


def test_what_is_missing_of_a_person_leads_to_that_person(person: Person, draft_id: UUID) -> None:
    links = links_of(person, draft_id)
    assert workers(draft_id) in links  # nobody is there yet
    person.complete(workers(draft_id, "/0"), **ONE)
    person.complete(workers(draft_id, "/1"), worker_name="Owain CNRY", worker_known="no")
    assert not [link for link in links_of(person, draft_id) if link.startswith(workers(draft_id))]
    left = filled(main_form(soup(person.get(workers(draft_id, "/1")))))
    person.send(workers(draft_id, "/1"), {**left, "worker_name": [""], "action": ["later"]})
    assert links_of(person, draft_id)[workers(draft_id, "/1")].startswith("Complete “")


def links_of(person: Person, draft_id: UUID) -> dict[str, str]:
    """What the check page says is missing: where each leads, and its words."""
    page = soup(person.get(f"/report/{draft_id}/check"))
    inset = page.select("main .govuk-inset-text a")
    return {str(link["href"]).removeprefix("/avonmere"): link.get_text() for link in inset}


def test_two_tabs_are_told_and_nothing_is_lost(person: Person, teacher: Somebody, draft_id: UUID) -> None:
    first = filled(main_form(soup(person.get(workers(draft_id, "/0")))))
    person.complete(workers(draft_id, "/0"), **ONE)
    late = person.send(workers(draft_id, "/0"), {**first, "worker_name": ["Other CNRY"], "worker_known": ["no"]})
    assert late.status_code == 409
    words = soup(late).get_text()
    assert "Other CNRY" in words
    assert "Mair CNRY" in words
    assert saved(teacher, draft_id) == [ONE]


def test_people_inside_one_child_of_several(person: Person, teacher: Somebody, draft_id: UUID) -> None:
    friends = f"/report/{draft_id}/people/children/0/child_friends"
    led = person.complete(f"/report/{draft_id}/several/children/0")
    assert led.headers["Location"].endswith(friends)
    person.complete(f"{friends}/0", friend_name="Nain CNRY")
    assert person.post(friends).headers["Location"].endswith(f"/report/{draft_id}/several/children")
    person.get(f"/report/{draft_id}/people/children/1/child_friends", 404)
    person.get(f"/report/{draft_id}/people/children/0/sup_workers", 404)
    with acting(teacher):
        assert find_draft(teacher.actor, draft_id).sections["children"][0]["child_friends"] == [
            {"friend_name": "Nain CNRY"}
        ]


def test_they_are_on_the_check_page_and_on_the_screeners_page(
    person: Person, teacher: Somebody, councils: Councils, draft_id: UUID
) -> None:
    person.complete(workers(draft_id, "/0"), **ONE)
    page = soup(person.get(f"/report/{draft_id}/check"))
    assert "Worker 1: Mair CNRY" in page.get_text()
    assert page.select(f"a[href*='{workers(draft_id, '/0')}']")
    reference = send_draft(teacher, draft_id)
    sign_in(person.client, make_person(councils.england, role="screener"))
    assert "Worker 1: Mair CNRY" in soup(person.get(f"/screening/{reference}")).get_text()
