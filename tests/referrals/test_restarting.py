"""A form that was replaced for drafts too: explained, carried over once, and never sent with the old questions."""

from __future__ import annotations

import copy
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.forms.commands.publish import publish
from portal.forms.folder import load
from portal.forms.queries import newest
from portal.forms.schema import parse_form
from portal.kernel import db, scope
from portal.kernel.scope import Scope
from portal.referrals.carrying import carry
from portal.referrals.queries.drafts import find_draft
from tests.factories.people import Person as Somebody
from tests.factories.people import make_person, sign_in
from tests.fixtures.councils import FOLDERS, Councils
from tests.referrals.clicking import Person, filled, main_form, soup
from tests.referrals.making import acting, make_draft

GONE = {"sup_done", "ref_known_since"}
NOTE = "We ask about telling the family in other words"


@pytest.fixture
def teacher(councils: Councils) -> Somebody:
    return make_person(councils.england)


def changed_form() -> tuple[dict[str, Any], dict[str, Any]]:
    """Avonmere's form with questions gone, one with other options, and the rest as it is."""
    folder = load(FOLDERS / "avonmere")
    form = copy.deepcopy(dict(folder.form_document))
    for section in form["sections"]:
        section["questions"] = [one for one in section["questions"] if one["key"] not in GONE]
        for question in section["questions"]:
            if question["key"] == "ref_relationship":
                question["options"] = [{"value": "otherwise", "label": {"en": "Otherwise"}}]
    return form, dict(folder.thresholds_document)


def replace_form(councils: Councils, *, must_restart: bool = True) -> None:
    form, thresholds = changed_form()
    with db.unit_of_work(Scope(councils.england, scope.SYSTEM)):
        publish(form, thresholds, (), source="designer", note=NOTE, must_restart=must_restart)


def pinned(teacher: Somebody, draft_id: UUID) -> bool:
    """Whether the draft is pinned to the newest version."""
    with acting(teacher) as published:
        return find_draft(teacher.actor, draft_id).form_version_id == published.id


def test_drafts_keep_their_version_unless_it_must_be_left(
    client: FlaskClient, councils: Councils, teacher: Somebody
) -> None:
    draft_id = make_draft(teacher)
    replace_form(councils, must_restart=False)
    sign_in(client, teacher)
    Person(client, "avonmere").get(f"/report/{draft_id}")
    assert not pinned(teacher, draft_id)


def test_the_page_explains_itself_and_the_answers_that_fit_come_along(
    client: FlaskClient, councils: Councils, teacher: Somebody
) -> None:
    draft_id = make_draft(teacher, sos_what_happened="She said so", ref_relationship="direct_work")
    replace_form(councils)
    sign_in(client, teacher)
    person = Person(client, "avonmere")
    for path in ("", "/route", "/check", "/section/referrer", "/several/children"):
        led = person.get(f"/report/{draft_id}{path}", 303)
        assert led.headers["Location"].endswith(f"/report/restart/{draft_id}")
    page = soup(person.get(f"/report/restart/{draft_id}"))
    assert NOTE in page.get_text()
    lost = [line.get_text() for line in page.select("main .govuk-list--bullet li")]
    assert lost == ["How do you know the child?", "What have you and others already done?"]
    data = filled(main_form(page))
    for _ in range(2):
        assert person.send(f"/report/restart/{draft_id}", data).status_code == 303
    assert pinned(teacher, draft_id)
    with acting(teacher):
        draft = find_draft(teacher.actor, draft_id)
        assert draft.sections["concern"]["sos_what_happened"] == "She said so"
        assert "ref_relationship" not in draft.sections["referrer"]
        assert draft.sections["referrer"]["ref_phone"]
        assert len(draft.sections["children"]) == 1
        told = select(AuditEvent.detail).where(AuditEvent.event == "referrals.restarted")
        assert [row["lost"] for row in db.session().execute(told).scalars()] == [2]
    assert "Incomplete" in soup(person.get(f"/report/{draft_id}")).get_text()


def test_a_later_version_hides_neither_the_restart_nor_why(
    client: FlaskClient, councils: Councils, teacher: Somebody
) -> None:
    draft_id = make_draft(teacher)
    replace_form(councils)
    form, thresholds = changed_form()
    form["title"] = {"en": "Another title"}
    with db.unit_of_work(Scope(councils.england, scope.SYSTEM)):
        publish(form, thresholds, (), source="designer", note="A smaller change", must_restart=False)
    sign_in(client, teacher)
    person = Person(client, "avonmere")
    assert person.get(f"/report/{draft_id}", 303).headers["Location"].endswith(f"/report/restart/{draft_id}")
    page = soup(person.get(f"/report/restart/{draft_id}"))
    assert NOTE in page.get_text()
    assert "A smaller change" not in page.get_text()
    person.send(f"/report/restart/{draft_id}", filled(main_form(page)))
    with acting(teacher) as published:
        draft = find_draft(teacher.actor, draft_id)
        assert published.number == 3
        assert (draft.form_version_id, draft.must_restart) == (published.id, False)


def test_what_is_posted_from_an_older_page_is_kept_and_nothing_is_sent_with_the_old_questions(
    client: FlaskClient, councils: Councils, teacher: Somebody
) -> None:
    draft_id = make_draft(teacher)
    sign_in(client, teacher)
    person = Person(client, "avonmere")
    page, check = f"/report/{draft_id}/section/support", f"/report/{draft_id}/check"
    typed, sending = (filled(main_form(soup(person.get(path)))) for path in (page, check))
    replace_form(councils)
    assert person.send(page, {**typed, "sup_eh": ["no"]}).status_code == 303
    with acting(teacher):
        draft = find_draft(teacher.actor, draft_id)
        assert draft.sections["support"]["sup_eh"] == "no"
        sending["seen_version"] = [str(draft.version)]
    led = person.send(check, sending)
    assert led.headers["Location"].endswith(f"/report/restart/{draft_id}")
    with acting(teacher):
        assert find_draft(teacher.actor, draft_id).must_restart


def test_carrying_over_twice_is_carrying_over_once() -> None:
    form, _thresholds = changed_form()
    old, new = load(FOLDERS / "avonmere").form, parse_form(form)
    triage = {"b_danger_now": "no", "b_age": 4}
    sections = {
        "referrer": {"ref_phone": "01632 960300", "ref_relationship": "direct_work"},
        "children": [{"child_first_name": "Siân"}, {"child_first_name": "Conor"}],
        "support": {"sup_done": "We talked", "sup_eh": "no"},
    }
    once = carry(old, new, triage, sections)
    assert once.triage == triage
    assert once.sections == {
        "referrer": {"ref_phone": "01632 960300"}, "children": sections["children"], "support": {"sup_eh": "no"},
    }  # fmt: skip
    assert carry(new, new, once.triage, once.sections) == carry(new, new, triage, once.sections)
    assert carry(new, new, once.triage, once.sections).lost == ()


def test_newest_is_what_a_new_draft_begins_with(councils: Councils, teacher: Somebody) -> None:
    replace_form(councils)
    draft_id = make_draft(teacher, with_sections=False)
    with acting(teacher):
        assert not find_draft(teacher.actor, draft_id).must_restart
        assert newest().number == 2
