"""Recovery through a call-back: by those who know the person, after a day for council staff, never by email alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest

from portal.auth import passwords
from portal.auth.queries import factors
from portal.kernel import clock, db, scope
from tests.auth.test_factors import KEY, set_up
from tests.auth.walking import PASSWORD, Walker
from tests.factories import people
from tests.factories.apps import give_app, seed_of

EMAIL = "s.jones@oakfield.avonmere.sch.uk"
OAKFIELD, MILL_LANE = "oakfield-primary", "mill-lane-surgery"
Admin = psycopg.Connection[tuple[object, ...]]


def lost(walker: Walker, admin: Admin, role: str = "referrer", agency: str | None = OAKFIELD) -> people.Person:
    """Somebody whose telephone is gone."""
    made = people.make_person(walker.council, role=role, agency=agency, email=EMAIL, name="Ffion Llwyd")
    admin.execute("update account set password_hash = %s where id = %s", (passwords.hashed(PASSWORD), made.account_id))
    give_app(made.account_id)
    return made


def page_of(person: people.Person) -> str:
    return f"/people/{person.actor.membership_id}/call-back"


def by_email(walker: Walker) -> None:
    """Sign in with the emailed code."""
    walker.post("/sign-in", {"email": EMAIL, "password": PASSWORD})
    walker.post("/sign-in/email", page="/sign-in/authenticator")
    assert walker.where(walker.post("/sign-in/code", {"code": walker.code(EMAIL)})) == "/account/protect"


@pytest.mark.parametrize(
    ("role", "agency", "lost_role", "status"),
    [
        ("agency_lead", OAKFIELD, "referrer", 200),
        ("agency_lead", MILL_LANE, "referrer", 404),
        ("agency_lead", OAKFIELD, "agency_lead", 404),
        ("referrer", OAKFIELD, "referrer", 403),
        ("practice_manager", None, "referrer", 200),
        ("council_admin", None, "agency_lead", 200),
        ("council_admin", None, "screener", 200),
        ("practice_manager", None, "council_admin", 200),
        ("screener", None, "council_admin", 403),
    ],
)
def test_who_may_ring_whom_back(
    walker: Walker, admin: Admin, role: str, agency: str | None, lost_role: str, status: int
) -> None:
    person = lost(walker, admin, lost_role)
    people.sign_in(walker.client, people.make_person(walker.council, role=role, agency=agency))
    assert walker.get(page_of(person)).status_code == status
    answer = walker.post(page_of(person), {"rang": "yes"}, page="/account")
    assert answer.status_code == (303 if status == 200 else status)
    recorded = admin.execute("select count(*) from call_back").fetchone()
    assert recorded == (1 if status == 200 else 0,)


def test_nobody_rings_themselves_back_and_nobody_of_another_council(
    walker: Walker, new_walker: Callable[[str], Walker], admin: Admin
) -> None:
    me = people.make_person(walker.council, role="council_admin")
    people.sign_in(walker.client, me)
    assert walker.get(page_of(me)).status_code == 404
    person = lost(walker, admin)
    other = new_walker("wales")
    people.sign_in(other.client, people.make_person(other.council, role="council_admin"))
    assert other.get(page_of(person)).status_code == 404


def test_after_a_call_back_a_new_app_replaces_what_was_lost(
    walker: Walker, new_walker: Callable[[], Walker], admin: Admin
) -> None:
    person = lost(walker, admin)
    by_email(walker)
    assert walker.where(walker.get("/account/authenticator")) == "/account/protect"
    lead = new_walker()
    people.sign_in(lead.client, people.make_person(walker.council, role="agency_lead", agency=OAKFIELD))
    assert lead.post(page_of(person), {}).status_code == 422
    assert "Ring them back first" in lead.post(page_of(person), {"rang": "no"}).text
    for _ in range(2):
        assert lead.where(lead.post(page_of(person), {"rang": "yes"})) == "/people"
    assert admin.execute("select count(*) from call_back").fetchone() == (1,)
    events = admin.execute("select subject_id from audit_event where event = 'auth.call_back_recorded'").fetchall()
    assert events == [(person.actor.membership_id,)]
    told = walker.mail(EMAIL)
    assert [one.subject for one in told if "set up signing in again" in one.subject]
    assert not [one for one in told if "Ffion" in one.body]
    with db.unit_of_work(scope.NOWHERE):
        old = factors.app_of(person.account_id)
    assert len(set_up(walker)) == 10
    with db.unit_of_work(scope.NOWHERE):
        new = factors.app_of(person.account_id)
    assert old
    assert new
    assert old.seed != new.seed
    assert walker.get("/referrals").status_code == 200
    again = new_walker()
    people.sign_in(again.client, person, "email")
    assert again.where(again.get("/account/authenticator")) == "/account/protect"  # used once


def test_council_staff_wait_a_day_and_a_call_back_is_forgotten_after_three(
    walker: Walker, new_walker: Callable[[], Walker], admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = lost(walker, admin, "screener", None)
    manager = new_walker()
    people.sign_in(manager.client, people.make_person(walker.council, role="practice_manager"))
    assert manager.where(manager.post(page_of(person), {"rang": "yes"})) == "/people"
    begun = clock.now()
    for hours, may in ((23, False), (25, True), (24 * 4 - 1, True), (24 * 4 + 1, False)):
        monkeypatch.setattr(clock, "now", lambda hours=hours: begun + timedelta(hours=hours))
        people.sign_in(walker.client, person, "email")
        admin.execute("update account_session set created_at = %s, seen_at = %s, signed_in_at = %s", (clock.now(),) * 3)
        answer = walker.get("/account/authenticator")
        assert (answer.status_code == 200) is may, hours
        assert not may or seed_of((KEY.search(answer.text) or [""] * 2)[1])


@pytest.mark.parametrize("role", ["referrer", "screener"])
def test_who_has_only_an_emailed_code_is_told_why_and_what_to_do(walker: Walker, role: str) -> None:
    people.sign_in(walker.client, people.make_person(walker.council, role=role), "email")
    answer = walker.get("/referrals" if role == "referrer" else "/holding-area")
    assert answer.status_code == 403
    assert "An email is not enough to read this" in answer.text
    assert "/account/protect" in answer.text
    assert "01632 960210" in answer.text
    # What would not be theirs in any case is refused as always.
    assert "You cannot see this page" in walker.get("/holding-area" if role == "referrer" else "/referrals").text


def test_a_call_back_in_one_council_is_told_in_the_others_and_waits_for_their_staff(
    walker: Walker, new_walker: Callable[..., Walker], admin: Admin
) -> None:
    """What a school's lead records opens everything, also what somebody is elsewhere."""
    wales = new_walker("wales")
    person = lost(walker, admin)
    people.make_person(wales.council, role="screener", account_id=person.account_id, email=EMAIL)
    manager = people.make_person(wales.council, role="practice_manager", language="en")
    people.sign_in(walker.client, people.make_person(walker.council, role="agency_lead", agency=OAKFIELD))
    for _ in range(2):
        walker.post(page_of(person), {"rang": "yes"})
    letters = [one for one in walker.mail(manager.email) if "set up signing in again" in one.subject]
    assert len(letters) == 1
    assert person.name not in letters[0].body
    assert "/glan-yr-afon/people/" in letters[0].body
    told = admin.execute("select tenant_id, actor_id from audit_event where event = 'auth.call_back_elsewhere'")
    assert told.fetchall() == [(wales.council.id, None)]
    recorded = admin.execute("select tenant_id from audit_event where event = 'auth.call_back_recorded'")
    assert recorded.fetchall() == [(walker.council.id,)]
    assert admin.execute("select usable_at - recorded_at from call_back").fetchall() == [(timedelta(hours=24),)]


def test_a_call_back_of_somebody_who_works_here_only_is_told_to_nobody_else(
    walker: Walker, new_walker: Callable[..., Walker], admin: Admin
) -> None:
    manager = people.make_person(new_walker("wales").council, role="practice_manager")
    person = lost(walker, admin)
    people.sign_in(walker.client, people.make_person(walker.council, role="agency_lead", agency=OAKFIELD))
    walker.post(page_of(person), {"rang": "yes"})
    assert walker.mail(manager.email) == []
    assert admin.execute("select usable_at = recorded_at from call_back").fetchall() == [(True,)]
