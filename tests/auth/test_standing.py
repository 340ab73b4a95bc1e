"""Leaving, suspending and changing roles: by whoever may, at once, and nothing is left without somebody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
import pytest

from portal.auth.commands import reminding
from portal.kernel import clock, db, scope
from portal.kernel.clock import Hours
from portal.kernel.scope import Scope
from portal.referrals.commands import drafts
from tests.auth.walking import Walker
from tests.factories import people
from tests.factories.invitations import make_invitation
from tests.factories.people import Person
from tests.factories.referrals import make_referral

Admin = psycopg.Connection[tuple[object, ...]]
OAKFIELD, MILL_LANE = "oakfield-primary", "mill-lane-surgery"


def someone(walker: Walker, role: str, **more: str) -> Person:
    person = people.make_person(walker.council, role=role, **more)  # type: ignore[arg-type] # only strings
    people.sign_in(walker.client, person)
    return person


def act(walker: Walker, person: Person, what: str, version: int = 1, **fields: str) -> int:
    return post(walker, person, what, {"version": str(version)} | fields)


def post(walker: Walker, person: Person, what: str, fields: dict[str, str]) -> int:
    path = f"/people/{person.actor.membership_id}/{what}"
    return walker.post(path, fields, page="/account").status_code


def standing(admin: Admin, person: Person) -> tuple[object, ...]:
    query = "select role, state, why from membership where id = %s"
    row = admin.execute(query, (person.actor.membership_id,)).fetchone()
    assert row is not None
    return row


@pytest.fixture
def lead(new_walker: Callable[[], Walker]) -> Walker:
    walker = new_walker()
    someone(walker, "agency_lead", agency=OAKFIELD)
    return walker


@pytest.fixture
def manager(new_walker: Callable[[], Walker]) -> Walker:
    walker = new_walker()
    someone(walker, "practice_manager", email="manager@avonmere.gov.uk")
    return walker


def test_a_leaver_is_out_at_once(lead: Walker, new_walker: Callable[[], Walker], admin: Admin) -> None:
    leaver = new_walker()
    person = someone(leaver, "referrer", agency=OAKFIELD)
    assert leaver.get("/referrals").status_code == 200
    assert act(lead, person, "end") == 422
    assert leaver.get("/referrals").status_code == 200
    for _click in range(2):
        assert act(lead, person, "end", reason="left") == 303
    assert leaver.get("/referrals").headers["Location"].endswith("/sign-in")
    assert standing(admin, person) == ("referrer", "ended", "left")
    assert "ended" in lead.mail(person.email)[0].subject
    events = admin.execute("select detail from audit_event where event = 'auth.membership_ended'").fetchall()
    assert events == [({"role": "referrer", "reason": "left"},)]


def test_what_a_leaver_leaves_goes_to_a_colleague(lead: Walker, admin: Admin) -> None:
    leaver, heir = (people.make_person(lead.council, agency=OAKFIELD) for _ in range(2))
    stranger = people.make_person(lead.council, agency=MILL_LANE)
    with db.unit_of_work(leaver.scope):
        drafts.start(leaver.actor, "full", "en")
    opened, closed = (make_referral(lead.council, leaver, state=state) for state in ("sent", "withdrawn"))
    page = lead.get(f"/people/{leaver.actor.membership_id}/end")
    assert "1 draft" in page.text
    assert "1 report that is still open" in page.text
    assert stranger.name not in page.text
    for wrong in ("", str(stranger.actor.membership_id), str(leaver.actor.membership_id)):
        assert act(lead, leaver, "end", reason="left", heir=wrong) == 422
    assert act(lead, leaver, "end", reason="left", heir=str(heir.actor.membership_id)) == 303
    rows = admin.execute("select state, author_id, first_author_id from referral order by state").fetchall()
    assert rows == [
        ("draft", heir.account_id, None),
        ("sent", heir.account_id, leaver.account_id),
        ("withdrawn", leaver.account_id, None),
    ]
    handed = admin.execute("select count(*) from audit_event where event = 'referrals.handed_over'").fetchone()
    assert handed == (2,)
    people.sign_in(lead.client, heir)
    assert leaver.name in lead.get(f"/referrals/{opened.reference}").text
    assert lead.get(f"/referrals/{closed.reference}").status_code == 404


def test_claimed_reports_go_to_a_colleague_of_the_council(new_walker: Callable[[], Walker], admin: Admin) -> None:
    walker = new_walker()
    someone(walker, "council_admin")
    leaver, heir = (people.make_person(walker.council, role="screener") for _ in range(2))
    author = people.make_person(walker.council)
    made = make_referral(walker.council, author, state="screening", owner=leaver)
    assert "1 claimed report" in walker.get(f"/people/{leaver.actor.membership_id}/end").text
    assert act(walker, leaver, "end", reason="left", heir=str(heir.actor.membership_id)) == 303
    assert admin.execute("select owner_id from referral").fetchone() == (heir.account_id,)
    people.sign_in(walker.client, author)
    told = walker.get(f"/referrals/{made.reference}").text
    assert "Handed over to another screener" in told
    assert heir.name not in told


def test_ending_and_leaving_speak_of_an_agency_and_drafts_to_agencies_only(
    new_walker: Callable[[], Walker], lead: Walker
) -> None:
    walker, colleague = new_walker(), people.make_person(lead.council, agency=OAKFIELD)
    someone(walker, "council_admin")
    people.make_person(lead.council, role="screener")
    people.make_person(lead.council, agency=OAKFIELD)
    ours = claimed_by_somebody(walker)
    with db.unit_of_work(colleague.scope):
        drafts.start(colleague.actor, "full", "en")
    page = walker.get(f"/people/{ours.actor.membership_id}/end").text
    for words in ("They have left the council", "They have another job at the council", "that they have claimed?"):
        assert words in page
    assert "left the agency" not in page
    assert "Drafts" not in page
    theirs = lead.get(f"/people/{colleague.actor.membership_id}/end").text
    assert "They have left the agency" in theirs
    assert "Drafts become theirs" in theirs
    mine = new_walker()
    somebody = claimed_by_somebody(mine)
    people.sign_in(mine.client, somebody)
    page = mine.get("/account/leave").text
    assert "the reports that you have claimed?" in page
    assert "Drafts" not in page


def claimed_by_somebody(walker: Walker) -> Person:
    """A screener who has claimed a report."""
    leaver = people.make_person(walker.council, role="screener")
    make_referral(walker.council, people.make_person(walker.council), state="screening", owner=leaver)
    return leaver


@pytest.mark.parametrize("colleagues", [0, 1])
def test_claimed_reports_go_back_to_everybody_when_nobody_takes_them_over(
    new_walker: Callable[[], Walker], admin: Admin, colleagues: int
) -> None:
    walker = new_walker()
    someone(walker, "council_admin")
    leaver = claimed_by_somebody(walker)
    for _ in range(colleagues):
        people.make_person(walker.council, role="screener")
    page = walker.get(f"/people/{leaver.actor.membership_id}/end").text
    assert ("Nobody: back to the holding area" in page) is bool(colleagues)
    assert act(walker, leaver, "end", reason="left", heir="nobody") == 303
    assert admin.execute("select owner_id, state from referral").fetchone() == (None, "sent")
    assert admin.execute("select count(*) from audit_event where event = 'screening.released'").fetchone() == (1,)


def test_who_screens_no_longer_keeps_no_claimed_report(new_walker: Callable[[], Walker], admin: Admin) -> None:
    walker = new_walker()
    someone(walker, "council_admin")
    leaver = claimed_by_somebody(walker)
    assert act(walker, leaver, "role", role="practice_manager") == 303
    assert admin.execute("select owner_id from referral").fetchone() == (leaver.account_id,)
    assert act(walker, leaver, "role", version=2, role="form_designer") == 303
    assert admin.execute("select owner_id, state from referral").fetchone() == (None, "sent")


def test_who_looks_after_whom(lead: Walker, manager: Walker, new_walker: Callable[[], Walker]) -> None:
    administrator = new_walker()
    me = someone(administrator, "council_admin")
    colleague = people.make_person(lead.council, agency=OAKFIELD)
    other_lead = people.make_person(lead.council, role="agency_lead", agency=OAKFIELD)
    screener = people.make_person(lead.council, role="screener")
    whom = (colleague, other_lead, screener, me)
    may = ((lead, (200, 404, 404, 404)), (manager, (200, 200, 404, 404)), (administrator, (200, 200, 200, 404)))
    for walker, expected in may:
        for person, status in zip(whom, expected, strict=True):
            for page in ("", "/end"):
                assert walker.get(f"/people/{person.actor.membership_id}{page}").status_code == status


def test_suspended_and_back(lead: Walker, new_walker: Callable[[], Walker], admin: Admin) -> None:
    theirs = new_walker()
    person = someone(theirs, "referrer", agency=OAKFIELD)
    assert theirs.get("/referrals").status_code == 200
    for _click in range(2):
        assert act(lead, person, "suspend") == 303
    assert theirs.get("/referrals").headers["Location"].endswith("/sign-in")
    people.sign_in(theirs.client, person)
    assert theirs.get("/referrals").status_code == 403
    assert "suspended" in lead.mail(person.email)[0].subject
    assert act(lead, person, "suspend", version=2) == 409
    assert "Suspended" in lead.get("/people").text
    assert act(lead, person, "resume", version=2) == 303
    assert theirs.get("/referrals").status_code == 200
    assert standing(admin, person) == ("referrer", "active", "")


def test_only_the_council_makes_a_lead(lead: Walker, manager: Walker, admin: Admin) -> None:
    person = people.make_person(lead.council, agency=OAKFIELD)
    assert act(lead, person, "role", role="agency_lead") == 404
    assert act(manager, person, "role", role="screener") == 422
    assert act(manager, person, "role", role="agency_lead") == 303
    assert standing(admin, person)[0] == "referrer"
    call = {"version": "1", "number": "01632 960301", "answered_by": "Ms Evans", "rang_on": clock.today().isoformat()}
    assert post(lead, person, "lead", call) == 404
    assert post(manager, person, "lead", call) == 303
    assert standing(admin, person)[0] == "agency_lead"
    assert act(manager, person, "role", version=1, role="referrer") == 409


def test_the_council_hears_of_an_agencys_last_lead(manager: Walker, admin: Admin) -> None:
    first, second = (people.make_person(manager.council, role="agency_lead", agency=OAKFIELD) for _ in range(2))
    people.make_person(manager.council, agency=OAKFIELD)
    assert act(manager, first, "end", reason="left") == 303
    assert manager.mail("manager@avonmere.gov.uk") == []
    assert "last safeguarding lead" in manager.get(f"/people/{second.actor.membership_id}/end").text
    assert act(manager, second, "role", role="referrer") == 303
    assert "no safeguarding lead" in manager.mail("manager@avonmere.gov.uk")[0].subject
    assert "Oakfield Primary School" in manager.get("/people").text.split("Waiting for approval")[0]
    assert admin.execute("select count(*) from audit_event where event = 'auth.without_lead'").fetchone() == (1,)


def test_what_a_leaver_offered_is_taken_back(manager: Walker) -> None:
    leaver = people.make_person(manager.council, role="agency_lead", agency=OAKFIELD)
    _id, token = make_invitation(leaver)
    assert act(manager, leaver, "end", reason="left") == 303
    manager.client.delete_cookie("session")
    assert manager.get(f"/invitation/{token}").status_code == 404


def test_the_last_use_is_kept_once_a_day(lead: Walker, admin: Admin) -> None:
    query = "select used_at from membership where role = 'agency_lead'"
    admin.execute("update membership set used_at = null")
    lead.get("/people")
    first = admin.execute(query).fetchone()
    assert first is not None
    assert first[0] is not None
    lead.get("/people")
    assert admin.execute(query).fetchone() == first


@pytest.mark.parametrize(
    ("now", "stage"),
    [
        (datetime(2026, 11, 24, 9, 59, tzinfo=UTC), 0),
        (datetime(2026, 11, 24, 10, 1, tzinfo=UTC), 1),
        (datetime(2026, 11, 27, 9, 59, tzinfo=UTC), 1),
        (datetime(2026, 11, 27, 10, 1, tzinfo=UTC), 2),
        (datetime(2026, 11, 30, 10, 1, tzinfo=UTC), 3),
        (datetime(2027, 1, 30, 10, 1, tzinfo=UTC), 3),
    ],
)
def test_reminders_after_two_and_five_working_days_then_to_the_council(
    lead: Walker, manager: Walker, admin: Admin, now: datetime, stage: int
) -> None:
    person = people.make_person(lead.council, agency=OAKFIELD, state="pending")
    friday = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    admin.execute("update membership set asked_at = %s where id = %s", (friday, person.actor.membership_id))
    for _run in range(2):
        with db.unit_of_work(Scope(lead.council, scope.SYSTEM)):
            reminding.remind(now, "england", Hours())
    assert admin.execute("select max(reminded) from membership").fetchone() == (stage,)
    to_lead = [one for one in _mail(lead, "agency_lead", admin) if "still waiting" in one]
    to_council = [one.subject for one in manager.mail("manager@avonmere.gov.uk") if "still waiting" in one.subject]
    assert (len(to_lead), len(to_council)) == ((1, 0) if 0 < stage < 3 else (0, 1) if stage else (0, 0))


def _mail(walker: Walker, role: str, admin: Admin) -> list[str]:
    query = "select a.email from account a join membership m on m.account_id = a.id where m.role = %s"
    row = admin.execute(query, (role,)).fetchone()
    assert row is not None
    return [one.subject for one in walker.mail(str(row[0]))]


def test_who_was_decided_about_is_not_recalled(lead: Walker, admin: Admin) -> None:
    people.make_person(lead.council, agency=OAKFIELD, state="refused")
    with db.unit_of_work(Scope(lead.council, scope.SYSTEM)):
        assert reminding.remind(clock.now().replace(year=2028), "england", Hours()) == 0
    del admin
