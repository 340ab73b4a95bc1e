"""The urgent short form keeps what is typed: one draft a page, found again, sent once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.kernel.errors import Conflict, NotFound
from portal.referrals.commands import sending, sharing, short
from portal.referrals.queries.draft_lists import shared
from tests.factories.people import Person as Somebody
from tests.factories.people import make_person, sign_in
from tests.fixtures.councils import Councils
from tests.referrals.clicking import Fields, Person, filled, main_form, soup
from tests.referrals.making import acting, value_of

Admin = psycopg.Connection[tuple[object, ...]]
PAGE, KEEP = "/report/urgent", "/report/typed/urgent"
ANSWERS = {
    "ref_phone": ["01632 960300"], "child_name-known": ["not_known"], "cfc_child_now-known": ["not_known"],
    "sos_what_happened": ["What I saw"], "ref_phoned": ["no"],
}  # fmt: skip


@pytest.fixture
def teacher(councils: Councils) -> Somebody:
    return make_person(councils.england)


@pytest.fixture
def person(client: FlaskClient, teacher: Somebody) -> Person:
    sign_in(client, teacher)
    return Person(client, "avonmere")


def opened(person: Person, path: str = PAGE) -> Fields:
    return filled(main_form(soup(person.get(path))))


def keep(person: Person, fields: Fields, **values: str) -> TestResponse:
    """Type into the page that has these fields, and let the script keep it."""
    fields |= {name: [value] for name, value in values.items()}
    answer = person.send(KEEP, fields)
    if answer.status_code == 200:
        fields["typed_version"] = [str(answer.get_json()["version"])]
    return answer


def rows(admin: Admin) -> list[str]:
    return [str(row[0]) for row in admin.execute("select state from referral where kind = 'urgent'").fetchall()]


def test_the_first_text_begins_a_draft_which_comes_back_exactly_and_is_sent_once(person: Person, admin: Admin) -> None:
    fields = opened(person)
    assert rows(admin) == []
    first = keep(person, fields, sos_what_happened="She said <b> O'Brien 李 and").get_json()
    assert first["said"].startswith("Saved at ")
    assert (
        keep(person, fields, sos_what_happened="She said <b> O'Brien 李 and more").get_json()["href"] == first["href"]
    )
    assert rows(admin) == ["draft"]
    shown = soup(person.get(first["href"]))
    assert filled(main_form(shown))["sos_what_happened"] == ["She said <b> O'Brien 李 and more"]
    assert "it is not sent yet" in shown.text
    assert not shown.select(".govuk-error-message")
    assert first["href"] in {str(link["href"]) for link in soup(person.get(PAGE)).select(".govuk-inset-text a")}
    listed = soup(person.get("/report"))
    assert first["href"] in {str(link["href"]) for link in listed.select(".app-drafts__item a")}
    assert "Urgent report, not sent" in listed.text
    again = filled(main_form(shown)) | ANSWERS
    places = {person.send(PAGE, again).headers["Location"] for _click in range(2)}
    assert len(places) == 1
    assert rows(admin) == ["sent"]
    assert admin.execute("select count(*) from draft_typing").fetchone() == (0,)
    assert keep(person, fields).status_code == 409
    assert person.get(first["href"], 303).headers["Location"] == places.pop()


def test_two_tabs_on_one_draft_show_both_texts_before_anything_is_sent(person: Person, admin: Admin) -> None:
    fields = opened(person)
    href = keep(person, fields, sos_what_happened="From the first tab").get_json()["href"]
    other = opened(person, href)
    assert keep(person, other, sos_what_happened="From the second tab").status_code == 200
    assert keep(person, fields, sos_what_happened="From the first tab again").status_code == 409
    both = person.send(PAGE, fields | ANSWERS)
    assert both.status_code == 409
    assert "From the second tab" in soup(both).text
    assert rows(admin) == ["draft"]
    chosen = filled(main_form(soup(both)))
    assert chosen["sos_what_happened"] == ["What I saw"]
    assert person.send(PAGE, chosen).status_code == 303
    assert rows(admin) == ["sent"]


def test_pages_of_a_draft_lead_to_the_short_form_and_it_can_be_deleted(person: Person, admin: Admin) -> None:
    fields = opened(person)
    href = keep(person, fields, ref_phone="0163").get_json()["href"]
    draft_id = href.rpartition("/")[2]
    for path in ("", "/check", "/section/urgent"):
        assert person.get(f"/report/{draft_id}{path}", 303).headers["Location"] == href
    assert person.get(f"/report/share/{draft_id}", 404)
    assert person.post(f"/report/{draft_id}/delete").status_code == 303
    assert rows(admin) == []
    # The page that is still open sends all the same: nothing stands between an urgent report and the council.
    assert person.send(PAGE, fields | ANSWERS).status_code == 303


def test_whoever_may_read_nothing_keeps_nothing_and_still_sends(
    client: FlaskClient, councils: Councils, admin: Admin
) -> None:
    waiting = make_person(councils.england, state="pending")
    sign_in(client, waiting)
    person = Person(client, "avonmere")
    assert not soup(person.get(PAGE)).select("[data-autosave]")
    fields = opened(person)
    assert person.send(KEEP, fields | ANSWERS).status_code == 403
    assert rows(admin) == []
    assert person.send(PAGE, fields | ANSWERS).status_code == 303


def test_a_draft_that_was_begun_is_sent_after_signing_in_with_less(
    person: Person, client: FlaskClient, teacher: Somebody, admin: Admin
) -> None:
    fields = opened(person)
    href = keep(person, fields, sos_what_happened="Half").get_json()["href"]
    admin.execute("update account_session set strength = 'email'")
    admin.commit()
    assert person.client.get(href).status_code == 403
    token = {"csrf_token": opened(person)["csrf_token"]}
    assert person.send(PAGE, fields | ANSWERS | token).status_code == 303
    assert rows(admin) == ["sent"]


def test_others_meet_nothing_and_an_agency_hands_it_over_with_the_text(
    person: Person, client: FlaskClient, teacher: Somebody, councils: Councils
) -> None:
    key = opened(person)
    href = keep(person, key, sos_what_happened="Half a sentence").get_json()["href"]
    draft_id = UUID(href.rpartition("/")[2])
    lead = make_person(councils.england, role="agency_lead")
    with acting(lead), pytest.raises(NotFound):
        sharing.join(lead.actor, shared(lead.actor, draft_id))
    sign_in(client, lead)
    leads = Person(client, "avonmere")
    assert leads.client.get(href).status_code == 404
    assert "Urgent report, not sent" in soup(leads.get("/report/drafts")).text
    with acting(lead):
        sharing.hand_over(lead.actor, shared(lead.actor, draft_id), lead.account_id, stay=False)
    fields = opened(leads, href)
    assert fields["sos_what_happened"] == ["Half a sentence"]
    assert leads.send(PAGE, fields | ANSWERS).status_code == 303


def test_eight_first_texts_at_once_begin_one_draft_and_a_sent_key_begins_none(teacher: Somebody, admin: Admin) -> None:
    key = uuid4()

    def begin(_number: int) -> UUID:
        with acting(teacher) as form:
            return short.begin(teacher.actor, key, form, "en")

    with ThreadPoolExecutor(max_workers=8) as pool:
        assert len(set(pool.map(begin, range(8)))) == 1
    admin.execute("update referral set expires_on = current_date - 1")
    admin.commit()
    with acting(teacher) as form:
        asked = form.form.urgent[0]
        body = {asked.key: {one.key: value_of(one) for one in asked.questions}}
        reference = sending.send_urgent(teacher.actor, key, form, body, "cy")
        assert sending.send_urgent(teacher.actor, key, form, body, "cy") == reference
        with pytest.raises(Conflict):
            short.begin(teacher.actor, key, form, "en")
    assert rows(admin) == ["sent"]
    assert admin.execute("select language from referral").fetchone() == ("cy",)
