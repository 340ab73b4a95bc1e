"""Losing access by itself: away for 90 days, an address that takes no mail, nobody who confirms; told in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from portal.adapters import ports
from portal.adapters.ports import Email, Mailer
from portal.auth.commands import attesting, idle
from portal.kernel import clock, db, jobs, scope
from portal.kernel.scope import Council, Scope
from tests.auth.walking import Walker
from tests.factories import people
from tests.factories.people import Person

Admin = psycopg.Connection[tuple[object, ...]]
OAKFIELD = "oakfield-primary"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def on(day: int) -> datetime:
    return START + timedelta(days=day, minutes=1)


@pytest.fixture
def member(walker: Walker, admin: Admin) -> Person:
    """Somebody who was here on the first day and never again."""
    person = people.make_person(walker.council, agency=OAKFIELD)
    _here_last(admin, person, START)
    return person


def _here_last(admin: Admin, person: Person, moment: datetime) -> None:
    query = "update membership set asked_at = %s, decided_at = %s, used_at = %s where id = %s"
    admin.execute(query, (moment, moment, moment, person.actor.membership_id))


def look_after(council: Council, day: int) -> int:
    """Run the daily job twice: the second run changes nothing."""
    with db.unit_of_work(Scope(council, scope.SYSTEM)):
        found = idle.look_after(on(day))
    with db.unit_of_work(Scope(council, scope.SYSTEM)):
        assert idle.look_after(on(day)) == 0
    return found


def standing(admin: Admin, person: Person) -> tuple[object, ...]:
    row = admin.execute("select state, why from membership where id = %s", (person.actor.membership_id,)).fetchone()
    assert row is not None
    return row


def test_whoever_is_away_is_warned_suspended_and_ended(walker: Walker, admin: Admin, member: Person) -> None:
    look_after(walker.council, 75)
    assert walker.mail(member.email) == []
    look_after(walker.council, 76)
    assert "Sign in to keep" in walker.mail(member.email)[0].subject
    look_after(walker.council, 89)
    assert standing(admin, member) == ("active", "")
    look_after(walker.council, 90)
    assert standing(admin, member) == ("suspended", "idle")
    assert "suspended" in walker.mail(member.email)[0].subject
    look_after(walker.council, 364)
    assert standing(admin, member) == ("suspended", "idle")
    look_after(walker.council, 365)
    assert standing(admin, member) == ("ended", "idle")
    events = admin.execute("select event from audit_event where event like 'auth.%' order by at").fetchall()
    assert {str(row[0]) for row in events} >= {
        "auth.idle_warned", "auth.membership_suspended", "auth.membership_ended",
    }  # fmt: skip


def test_nobody_is_suspended_without_notice(walker: Walker, admin: Admin, member: Person) -> None:
    look_after(walker.council, 200)
    assert standing(admin, member) == ("active", "")
    look_after(walker.council, 213)
    assert standing(admin, member) == ("active", "")
    look_after(walker.council, 214)
    assert standing(admin, member) == ("suspended", "idle")


def test_whoever_comes_back_stays(
    walker: Walker, admin: Admin, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_after(walker.council, 80)
    monkeypatch.setattr(clock, "now", lambda: on(85))
    people.sign_in(walker.client, member)
    admin.execute("update account_session set created_at = %s, seen_at = %s", (on(85), on(85)))
    assert walker.get("/referrals").status_code == 200
    look_after(walker.council, 120)
    assert standing(admin, member) == ("active", "")
    assert admin.execute("select warned_at from membership").fetchone() == (None,)


def test_an_address_that_was_never_proved_does_not_count_as_being_here(
    walker: Walker, admin: Admin, member: Person
) -> None:
    admin.execute("update account set email_proved_at = null")
    admin.execute("update membership set used_at = %s", (on(89),))
    look_after(walker.council, 80)
    look_after(walker.council, 95)
    assert standing(admin, member) == ("suspended", "idle")


def test_the_council_hears_of_a_last_lead_and_keeps_its_last_administrator(walker: Walker, admin: Admin) -> None:
    lead = people.make_person(walker.council, role="agency_lead", agency=OAKFIELD)
    administrator = people.make_person(walker.council, role="council_admin")
    for person in (lead, administrator):
        _here_last(admin, person, START)
    look_after(walker.council, 76)
    look_after(walker.council, 90)
    assert standing(admin, lead) == ("suspended", "idle")
    assert standing(admin, administrator) == ("active", "")
    assert "no safeguarding lead" in {one.subject.split(" - ")[0][-20:] for one in walker.mail(administrator.email)}


def test_a_sponsorship_ends(walker: Walker, admin: Admin, member: Person) -> None:
    admin.execute("update membership set sponsored = true, ends_at = %s, used_at = %s", (on(30), on(30)))
    look_after(walker.council, 29)
    assert standing(admin, member) == ("active", "")
    look_after(walker.council, 31)
    assert standing(admin, member) == ("ended", "expired")


class Refusing(Mailer):
    """A mail server that takes nothing for one address."""

    returns = False

    def __init__(self, to: str, other: Mailer, *, no_mailbox: bool) -> None:
        self.to, self.other, self.no_mailbox = to, other, no_mailbox

    def send(self, email: Email) -> None:
        if email.to == self.to:
            raise ports.Refused("said no", no_mailbox=self.no_mailbox)
        self.other.send(email)

    def check(self) -> None:
        """Always there."""

    def returned(self) -> Iterator[list[ports.Return]]:
        return iter(())


@pytest.fixture
def refusing() -> Iterator[Callable[..., None]]:
    before = ports.mailer()
    yield lambda to, *, no_mailbox=True: ports.use_mailer(Refusing(to, before, no_mailbox=no_mailbox))
    ports.use_mailer(before)


def write_to(walker: Walker, person: Person) -> None:
    """Have an email sent to somebody."""
    with db.unit_of_work(Scope(walker.council, scope.SYSTEM)):
        jobs.enqueue("auth.send_changed", membership_id=person.actor.membership_id or person.account_id)
    walker.jobs()


def test_a_mailbox_that_is_gone_suspends_at_once_and_those_who_look_after_the_person_are_told(
    walker: Walker, admin: Admin, refusing: Callable[..., None]
) -> None:
    lead = people.make_person(walker.council, role="agency_lead", agency=OAKFIELD)
    person = people.make_person(walker.council, agency=OAKFIELD, email="gone@oakfield.avonmere.sch.uk")
    people.sign_in(walker.client, person)
    refusing(person.email)
    write_to(walker, person)
    assert standing(admin, person) == ("suspended", "mail")
    assert walker.get("/account").status_code == 303, "their sessions end"
    letters = walker.mail(lead.email)
    assert "no longer works" in letters[0].subject
    assert person.name not in letters[0].body
    audited = admin.execute("select detail->>'reason' from audit_event where event = 'auth.membership_suspended'")
    assert audited.fetchall() == [("mail",)]


def test_the_council_is_told_of_a_last_lead_whose_mailbox_is_gone_and_keeps_its_own_people(
    walker: Walker, admin: Admin, refusing: Callable[..., None]
) -> None:
    administrator = people.make_person(walker.council, role="council_admin")
    lead = people.make_person(walker.council, role="agency_lead", agency=OAKFIELD)
    refusing(lead.email)
    write_to(walker, lead)
    assert standing(admin, lead) == ("suspended", "mail")
    subjects = " ".join(one.subject for one in walker.mail(administrator.email))
    assert "no safeguarding lead" in subjects
    refusing(administrator.email)
    write_to(walker, administrator)
    assert standing(admin, administrator) == ("active", "")


def test_what_a_mail_server_thinks_of_us_is_nobodys_fault(
    walker: Walker, admin: Admin, refusing: Callable[..., None]
) -> None:
    person = people.make_person(walker.council, agency=OAKFIELD)
    refusing(person.email, no_mailbox=False)
    write_to(walker, person)
    assert standing(admin, person) == ("active", "")
    assert admin.execute("select count(*) from account where mail_failed_at is not null").fetchone() == (0,)


def test_where_many_mailboxes_go_missing_at_once_it_takes_a_second_refusal_a_day_later(
    walker: Walker, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = [people.make_person(walker.council, agency=OAKFIELD) for _ in range(5)]

    def refuse(person: Person, hours: int) -> str:
        moment = datetime.now(UTC) + timedelta(hours=hours)
        monkeypatch.setattr(clock, "now", lambda: moment)
        with db.unit_of_work(Scope(walker.council, scope.SYSTEM)):
            idle.mail_refused(person.email)
        return str(standing(admin, person)[0])

    assert [refuse(person, 0) for person in group] == ["suspended"] * 3 + ["active"] * 2
    assert refuse(group[3], 0) == "active"
    assert refuse(group[3], 25) == "suspended"
    with db.unit_of_work(Scope(walker.council, scope.SYSTEM)):
        idle.mail_taken(group[4].email)
    assert refuse(group[4], 0) == "active", "an earlier refusal that was a mistake is forgotten"


def remind(council: Council, day: int) -> int:
    with db.unit_of_work(Scope(council, scope.SYSTEM)):
        return attesting.remind(on(day))


def test_a_lead_confirms_the_list_every_90_days(
    walker: Walker, new_walker: Callable[[], Walker], admin: Admin, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = people.make_person(walker.council, role="agency_lead", agency=OAKFIELD)
    leaver = people.make_person(walker.council, agency=OAKFIELD)
    _here_last(admin, leaver, START)
    assert remind(walker.council, 89) == 0
    assert [remind(walker.council, day) for day in (90, 91, 97, 98)] == [1, 0, 1, 0]
    assert [one.subject for one in walker.mail(lead.email) if "Confirm who" in one.subject] != []
    manager = new_walker()
    people.sign_in(manager.client, people.make_person(walker.council, role="practice_manager"))
    people.sign_in(walker.client, lead)
    assert "late with" in manager.get("/people").text
    assert manager.get("/people/confirm").status_code == 404
    assert member.name in walker.get("/people/confirm").text
    fields = {f"keep-{member.actor.membership_id}": "keep"}
    refused = walker.post("/people/confirm", fields)
    assert refused.status_code == 422
    assert f"Select whether {leaver.name}" in refused.text
    fields[f"keep-{leaver.actor.membership_id}"] = "end"
    assert walker.where(walker.post("/people/confirm", fields)) == "/people"
    assert standing(admin, leaver) == ("ended", "left")
    assert standing(admin, member) == ("active", "")
    assert "nobody to confirm" in walker.get("/people/confirm").text
    assert "late with" not in manager.get("/people").text
    del monkeypatch
