"""A draft that a newer version has overtaken: both sets of changes stay, and people decide where they meet."""

from __future__ import annotations

import copy
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient

from portal.forms.commands import overtaken as commands
from portal.forms.queries import history
from portal.forms.queries import overtaken as queries
from portal.forms.queries.drafts import Draft
from portal.kernel import db
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories.pages import fields_of, soup
from tests.factories.people import Person, make_person, sign_in
from tests.factories.templates import add_template
from tests.fixtures.councils import Councils
from tests.forms.contents import shipped_contents
from tests.forms.designing import begin, prove, publish, read, save, submit, submitted
from tests.forms.test_library_pages import label_of

Admin = psycopg.Connection[tuple[object, ...]]
CONSENT = "changed question:a_consent"


@pytest.fixture
def designer(councils: Councils) -> Person:
    return make_person(councils.wales, role="form_designer", language="en")


@pytest.fixture
def other(councils: Councils) -> Person:
    return make_person(councils.wales, role="form_designer")


@pytest.fixture
def second(councils: Councils) -> Person:
    return make_person(councils.wales, role="practice_manager")


def theirs(content: dict[str, Any]) -> None:
    """What the newer version changes: the words of two questions, and what a rule says."""
    label_of(content, "ref_phone")["en"] = "Which number is best today?"
    label_of(content, "a_consent")["en"] = "Does the family agree with this report?"
    content["thresholds"]["rules"][0]["why"] = {"en": "Why, by them", "cy": "Pam, ganddyn nhw"}


def ours(content: dict[str, Any]) -> None:
    """What the draft changes: its title, and one question that the newer version changes too."""
    content["form"]["title"] = {"en": "Our title", "cy": "Ein teitl"}
    label_of(content, "a_consent")["en"] = "Our own words about consent"


def overtaken(designer: Person, other: Person, second: Person, change: Any = ours) -> Draft:
    """A draft of version 1 with a change of its own, when version 2 is out."""
    draft = begin(designer, change=change)
    publish(second, submitted(other, theirs))
    return read(designer, draft.id)


def newest_id(person: Person) -> UUID:
    with db.unit_of_work(person.scope):
        found = history.newest(person.actor, "concern")
    assert found is not None
    return found.id


def bring_in(person: Person, draft: Draft, picked: dict[str, str], newest: UUID | None = None) -> Draft:
    newest = newest or newest_id(person)
    with db.unit_of_work(person.scope):
        commands.bring_in(person.actor, draft, draft.version, newest, picked)
    return read(person, draft.id)


@pytest.mark.parametrize(
    ("pick", "words"),
    [(commands.OURS, "Our own words about consent"), (commands.THEIRS, "Does the family agree with this report?")],
)
def test_neither_loses_what_only_it_changed_and_people_pick_where_both_did(
    designer: Person, other: Person, second: Person, pick: str, words: str, admin: Admin
) -> None:
    draft = overtaken(designer, other, second)
    with db.unit_of_work(designer.scope):
        found = queries.overtaken(designer.actor, draft)
        assert draft.newer_number == 2
    assert found is not None
    assert [one.id for one in found.merge.proposals if one.conflict] == [CONSENT]
    merged = bring_in(designer, draft, {CONSENT: pick})
    expected = copy.deepcopy(draft.content)
    theirs(expected)
    label_of(expected, "a_consent")["en"] = words
    assert merged.content == expected
    assert merged.base_id == newest_id(designer)
    with db.unit_of_work(designer.scope):
        assert queries.overtaken(designer.actor, merged) is None
        assert merged.newer_number is None
    recorded = admin.execute("select detail ->> 'what' from audit_event where subject_id = %s", (draft.id,)).fetchall()
    assert recorded.count((commands.WHAT,)) == 1
    prove(designer, draft.id)
    assert publish(second, submit(designer, merged))


def test_what_clashes_must_be_decided_and_only_that(designer: Person, other: Person, second: Person) -> None:
    draft = overtaken(designer, other, second)
    for picked in ({}, {CONSENT: "both"}, {"changed question:ref_phone": commands.OURS}):
        with pytest.raises(Invalid) as refused:
            bring_in(designer, draft, picked)
        assert refused.value.errors == {CONSENT: "required"}
    assert read(designer, draft.id).content == draft.content


def test_twice_is_once_and_nothing_is_overwritten_unseen(designer: Person, other: Person, second: Person) -> None:
    draft = overtaken(designer, other, second)
    save(other, draft.id, lambda content: content["form"].update(title={"en": "Meanwhile", "cy": "Yn y cyfamser"}))
    with pytest.raises(Conflict):
        bring_in(designer, draft, {CONSENT: commands.OURS})
    now = read(designer, draft.id)
    merged = bring_in(designer, now, {CONSENT: commands.OURS})
    assert merged.content["form"]["title"]["en"] == "Meanwhile"
    with db.unit_of_work(designer.scope):
        version = commands.bring_in(designer.actor, merged, now.version, newest_id(designer), {})
    assert version == merged.version == read(designer, draft.id).version


def test_a_version_that_came_after_the_page_was_seen_is_told(designer: Person, other: Person, second: Person) -> None:
    draft = overtaken(designer, other, second)
    seen = newest_id(designer)
    publish(second, submitted(other, lambda content: content["form"].update(title={"en": "Third", "cy": "Trydydd"})))
    with pytest.raises(Conflict) as told:
        bring_in(designer, draft, {CONSENT: commands.OURS}, seen)
    assert told.value.now == {"newer": "3"}


def test_a_draft_that_waits_for_a_second_person_stays_as_it_is(designer: Person, other: Person, second: Person) -> None:
    draft = submitted(designer, ours)
    publish(second, submitted(other, theirs))
    with pytest.raises(Conflict):
        bring_in(designer, draft, {CONSENT: commands.OURS})
    assert read(designer, draft.id).content == draft.content


def test_only_designers_of_this_council_bring_anything_in(
    designer: Person, other: Person, second: Person, councils: Councils
) -> None:
    draft = overtaken(designer, other, second)
    newest = newest_id(designer)
    with pytest.raises(Forbidden):
        bring_in(second, draft, {CONSENT: commands.OURS}, newest)
    elsewhere = make_person(councils.england, role="form_designer")
    with pytest.raises((Conflict, NotFound)):
        bring_in(elsewhere, draft, {CONSENT: commands.OURS}, newest)
    assert read(designer, draft.id).content == draft.content


def test_what_the_newer_versions_template_locks_is_there(
    designer: Person, other: Person, second: Person, admin: Admin, client: FlaskClient
) -> None:
    """The newest version counts as made from a template that locks the question which the draft has changed."""
    draft = overtaken(designer, other, second)
    content = shipped_contents()[1]
    theirs(content)
    add_template(admin, content, locked=["question:a_consent"])
    admin.execute("alter table form_version disable trigger user")
    admin.execute("update form_version set template_key = 'concern-shared', template_number = 1 where number = 2")
    admin.execute("alter table form_version enable trigger user")
    admin.commit()
    merged = bring_in(designer, draft, {})
    assert label_of(merged.content, "a_consent")["en"] == "Does the family agree with this report?"
    assert merged.content["form"]["title"]["en"] == "Our title"
    assert (merged.template_key, merged.template_number) == ("concern-shared", 1)


def test_the_page_shows_both_texts_and_brings_in_what_was_picked(
    client: FlaskClient, designer: Person, other: Person, second: Person
) -> None:
    draft = overtaken(designer, other, second)
    sign_in(client, designer)
    at = f"/{designer.council.slug}/forms/drafts/{draft.id}"
    assert "Bring in the changes of version 2" in soup(client.get(at)).get_text()
    assert soup(client.get(f"{at}/submit")).select_one(f'a[href$="{draft.id}/newer"]')
    page = client.get(f"{at}/newer")
    words = soup(page).get_text(" ", strip=True)
    for said in ("Our own words about consent", "Does the family agree", "Comes in by itself: 2", "to decide: 1"):
        assert said in words
    data = fields_of(page, "/newer")
    answer = client.post(f"{at}/newer", data=data)
    assert answer.status_code == 422
    link = soup(answer).select_one(".govuk-error-summary a")
    assert link is not None
    assert soup(answer).select_one(str(link["href"])) is not None
    stale = client.post(f"{at}/newer", data=data | {"pick-0": commands.OURS, "seen_version": "1"})
    assert stale.status_code == 409
    assert "Choose again" in stale.text
    assert client.post(f"{at}/newer", data=data | {"pick-0": commands.OURS}).status_code == 303
    merged = read(designer, draft.id)
    assert label_of(merged.content, "a_consent")["en"] == "Our own words about consent"
    assert label_of(merged.content, "ref_phone")["en"] == "Which number is best today?"
    assert "Changed the draft: Changes of a newer version" in client.get(f"{at}/differences").text
    assert "has its changes already" in client.get(f"{at}/newer").text


def test_a_draft_that_nothing_meets_comes_in_with_one_click(
    client: FlaskClient, designer: Person, other: Person, second: Person
) -> None:
    draft = overtaken(designer, other, second, lambda content: content["form"].update(title={"en": "A", "cy": "B"}))
    sign_in(client, designer)
    at = f"/{designer.council.slug}/forms/drafts/{draft.id}/newer"
    assert client.post(at, data=fields_of(client.get(at), "/newer")).status_code == 303
    merged = read(designer, draft.id)
    assert label_of(merged.content, "a_consent")["en"] == "Does the family agree with this report?"
    assert merged.content["form"]["title"] == {"en": "A", "cy": "B"}
