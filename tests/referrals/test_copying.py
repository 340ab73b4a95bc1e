"""A report that begins with people of an earlier one: what may come along, what never does, and once only."""

from __future__ import annotations

from uuid import UUID, uuid4

import psycopg
import pytest
from flask.testing import FlaskClient

from portal.auth.policy import Permission
from portal.kernel import db
from portal.messaging.commands import correcting
from portal.messaging.commands.correcting import Correcting
from portal.referrals.again import chosen, offers
from portal.referrals.paths import TRIAGE
from portal.referrals.places import Place
from portal.referrals.queries.draft_lists import my_drafts
from portal.referrals.queries.drafts import Draft, find_draft
from portal.referrals.queries.record import find
from tests.factories.people import Person as Somebody
from tests.factories.people import make_person, sign_in
from tests.fixtures.councils import Councils
from tests.referrals.clicking import Person, filled, main_form, soup
from tests.referrals.making import acting, complete, make_draft, send_draft
from tests.referrals.test_restarting import replace_form

Admin = psycopg.Connection[tuple[object, ...]]
PEOPLE = [{"person_name": "Nain Rees", "person_relationship": "grandparent"}]


@pytest.fixture(params=["england", "wales"])
def teacher(request: pytest.FixtureRequest, councils: Councils) -> Somebody:
    return make_person(getattr(councils, request.param), language="en")


def earlier(teacher: Somebody) -> UUID:
    return make_draft(
        teacher, child_unborn="no", child_first_name="Ifan", child_last_name="Rees", sos_what_happened="She said so"
    )


def opened(teacher: Somebody, draft_id: UUID) -> Draft:
    with acting(teacher):
        return find_draft(teacher.actor, draft_id)


def new_of(teacher: Somebody, but: UUID) -> Draft:
    """The one draft that is not the earlier."""
    with db.unit_of_work(teacher.scope):
        (line,) = [one for one in my_drafts(teacher.actor) if one.id != but]
        return find_draft(teacher.actor, line.id)


def test_what_happened_is_never_offered(teacher: Somebody) -> None:
    with acting(teacher) as published:
        _triage, sections = complete(published.form)
        sections |= {"people": PEOPLE, "chronology": [{"chr_event": "x"}], "voice": [{"voice_words": "x"}]}
        found = offers(published.form, sections)
        assert {one.section.key for one in found} <= {"referrer", "children", "people", "professionals"}
        assert [one.key for one in found] == ["mine", "children-0", "people-0"]
        mine = chosen(published.form, sections, ["mine"], sibling=False)
        assert set(mine["referrer"]) <= {"ref_phone", "ref_site"}


def test_a_brother_or_sister_comes_first_and_empty(teacher: Somebody) -> None:
    with acting(teacher) as published:
        sections = {"children": [{"child_first_name": "Ifan"}, {"child_first_name": "Cai"}]}
        same = chosen(published.form, sections, ["children-1"], sibling=False)
        sibling = chosen(published.form, sections, ["children-1"], sibling=True)
    assert same == {"children": [{"child_first_name": "Cai"}]}
    assert sibling == {"children": [{}, {"child_first_name": "Cai"}]}


def test_from_a_sent_report_and_once_only(client: FlaskClient, teacher: Somebody, admin: Admin) -> None:
    draft_id = earlier(teacher)
    reference = send_draft(teacher, draft_id)
    sign_in(client, teacher)
    person = Person(client, teacher.council.slug)
    assert "Start a new one from this" in soup(person.get(f"/referrals/{reference}")).text
    page = f"/referrals/{reference}/again"
    fields = filled(main_form(soup(person.get(page))))
    assert set(fields["carry"]) == {"mine", "children-0"}
    assert person.send(page, fields).status_code == 422
    places = {person.send(page, fields | {"whom": ["family"]}).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    made = new_of(teacher, draft_id)
    assert made.sections["children"][0]["child_first_name"] == "Ifan"
    assert TRIAGE not in made.stored
    assert set(made.sections) == {"referrer", "children"}
    query = "select detail ->> 'source' from audit_event where event = 'referrals.copied'"
    assert admin.execute(query).fetchall() == [(str(draft_id),)]


def test_a_copy_takes_the_answers_as_they_were_corrected(client: FlaskClient, teacher: Somebody) -> None:
    draft_id = earlier(teacher)
    reference = send_draft(teacher, draft_id)
    with acting(teacher):
        found = find(teacher.actor, Permission.REPLY, reference)
        given = Correcting(Place("children", "child_first_name", 0), "Iwan", "I misheard", 0, uuid4())
        correcting.correct(teacher.actor, found, given)
    sign_in(client, teacher)
    person = Person(client, teacher.council.slug)
    assert person.post(f"/referrals/{reference}/again", whom="family").status_code == 303
    assert new_of(teacher, draft_id).sections["children"][0]["child_first_name"] == "Iwan"


def test_from_a_draft_for_a_sibling(client: FlaskClient, teacher: Somebody) -> None:
    draft_id = earlier(teacher)
    sign_in(client, teacher)
    person = Person(client, teacher.council.slug)
    assert "Start a new one from this" in soup(person.get(f"/report/{draft_id}")).text
    page = f"/report/copy/{draft_id}"
    fields = filled(main_form(soup(person.get(page))))
    assert person.send(page, fields | {"whom": ["sibling"], "carry": ["children-0"]}).status_code == 303
    made = new_of(teacher, draft_id)
    assert [one.get("child_first_name") for one in made.sections["children"]] == [None, "Ifan"]
    assert opened(teacher, draft_id).sections["children"][0]["child_first_name"] == "Ifan"


def test_nobody_copies_what_they_may_not_read(client: FlaskClient, teacher: Somebody) -> None:
    draft_id = earlier(teacher)
    reference = send_draft(teacher, draft_id)
    sign_in(client, make_person(teacher.council))
    person = Person(client, teacher.council.slug)
    person.get(f"/report/copy/{draft_id}", 404)
    person.get(f"/referrals/{reference}/again", 404)


def test_answers_that_fit_no_more_are_named(client: FlaskClient, councils: Councils) -> None:
    teacher = make_person(councils.england)
    draft_id = make_draft(teacher, child_first_name="Ifan")
    replace_form(councils, must_restart=False)
    sign_in(client, teacher)
    page = Person(client, "avonmere").get(f"/report/copy/{draft_id}")
    assert "What should come along?" in soup(page).text
    fields = filled(main_form(soup(page))) | {"whom": ["family"], "once": [str(uuid4())]}
    assert Person(client, "avonmere").send(f"/report/copy/{draft_id}", fields).status_code == 303
    with acting(teacher) as published:
        assert new_of(teacher, draft_id).form_version_id == published.id
