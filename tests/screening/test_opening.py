"""Opening a restricted record with a reason: for an hour, told at once, and never past one's own connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.adapters import outbox
from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.kernel import clock, db
from portal.kernel.errors import Forbidden, NotFound
from portal.referrals.commands.connections import declare
from portal.referrals.letters import letter
from portal.referrals.models import Notice
from portal.referrals.queries.connections import Declared
from portal.referrals.queries.notices import to_tell
from portal.referrals.queries.record import find
from portal.screening.commands import opening
from portal.screening.queries.openings import openings
from tests.factories.pages import submit
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Child, Made, make_referral
from tests.fixtures.councils import Councils


@pytest.fixture
def manager(councils: Councils) -> Person:
    return make_person(councils.england, role="practice_manager")


@pytest.fixture
def screener(councils: Councils) -> Person:
    return make_person(councils.england, role="screener")


@pytest.fixture
def made(manager: Person) -> Made:
    author = make_person(manager.council)
    return make_referral(manager.council, author, sight=[manager.account_id], children=[Child(last_name="CNRYLlyr")])


def address(made: Made) -> str:
    return f"/{made.council.slug}/screening/{made.reference}"


def ask(client: FlaskClient, made: Made, **fields: str) -> int:
    asked = {"reference": made.reference, "reason": "cover", "words": "On duty tonight", **fields}
    return submit(client, made.council, "/restricted", "/restricted", asked).status_code


def test_it_opens_for_an_hour_and_ends_by_itself(
    client: FlaskClient, made: Made, screener: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An hour ago, because a session is as old as its row.
    begun = datetime.now(clock.LONDON) - timedelta(minutes=60)
    monkeypatch.setattr(clock, "now", lambda: begun)
    sign_in(client, screener)
    assert client.get(address(made)).status_code == 404
    assert ask(client, made) == 303
    page = client.get(address(made))
    assert page.status_code == 200
    assert "You opened this restricted record" in page.get_data(as_text=True)
    opened = replace(screener, actor=replace(screener.actor, opened=frozenset({made.id})))
    # To read it: nobody takes what they will not see in an hour.
    assert "/claim" not in page.get_data(as_text=True)
    with pytest.raises(Forbidden), db.unit_of_work(opened.scope):
        find(opened.actor, Permission.CLAIM, made.reference)
    for passed, status in ((timedelta(minutes=60, seconds=-1), 200), (timedelta(minutes=60, seconds=1), 404)):
        monkeypatch.setattr(clock, "now", lambda at=begun + passed: at)
        sign_in(client, screener)
        assert client.get(address(made)).status_code == status


def test_the_managers_are_told_the_reference_and_may_end_it(
    client: FlaskClient, made: Made, manager: Person, screener: Person
) -> None:
    second = make_person(manager.council, role="practice_manager")
    sign_in(client, screener)
    assert ask(client, made) == 303
    assert ask(client, made) == 303  # twice is once
    with db.unit_of_work(second.scope) as session:
        told = select(Notice.account_id).where(Notice.kind == "opened")
        with db.as_system():
            assert set(session.execute(told).scalars()) == {manager.account_id, second.account_id}
            notice = session.execute(select(Notice.id).where(Notice.account_id == second.account_id)).scalar_one()
            email = letter(made.council, to_tell(notice))
        assert made.reference in email.subject
        assert "CNRY" not in email.body
        found = openings(second.actor)
        assert [(one.reference, one.who, one.words) for one in found] == [
            (made.reference, screener.name, "On duty tonight")
        ]
        opening.end(second.actor, found[0].id)
    assert client.get(address(made)).status_code == 404
    with pytest.raises(NotFound), db.unit_of_work(second.scope):
        find(second.actor, Permission.SCREEN, made.reference)
    with pytest.raises(Forbidden), db.unit_of_work(screener.scope):
        openings(screener.actor)
    with db.unit_of_work(manager.scope) as session:
        events = session.execute(select(AuditEvent.event).where(AuditEvent.subject_id == made.id)).scalars().all()
    assert Event.RECORD_OPENED in events
    assert Event.OPENING_ENDED in events


def test_the_managers_have_the_email_at_once_and_it_names_nobody(
    client: FlaskClient, made: Made, manager: Person, screener: Person, run_jobs: Callable[[], None]
) -> None:
    sign_in(client, screener)
    assert ask(client, made, words="For Cai CNRYLlyr") == 303
    run_jobs()
    with db.unit_of_work(manager.scope):
        (email,) = outbox.kept(manager.email)
    assert made.reference in email.subject
    assert "/restricted/openings" in email.body
    for name in (screener.name, "Cai", "Llyr", "On duty"):
        assert name not in email.subject + email.body


def test_without_a_manager_to_tell_the_administrators_are_and_without_one_the_mailbox_for_security(
    client: FlaskClient, made: Made, manager: Person, screener: Person, run_jobs: Callable[[], None]
) -> None:
    # They lead to it past the manager's connection, which the email must not tell.
    with db.unit_of_work(manager.scope):
        declare(manager.actor, Declared("", "CNRYLlyr", None))
    sign_in(client, screener)
    assert ask(client, made) == 303
    run_jobs()
    admin = make_person(manager.council, role="council_admin")
    second = make_person(manager.council, role="screener")
    sign_in(client, second)
    assert ask(client, made) == 303
    run_jobs()
    contact = manager.council.settings.security_contact
    with db.unit_of_work(manager.scope):
        assert outbox.kept(manager.email) == []
        ((alone,), (led,)) = outbox.kept(contact), outbox.kept(admin.email)
    assert "whoever runs the portal" in alone.body
    assert "Sign in" not in alone.body
    assert f"/{made.council.slug}/people" in led.body
    for email in (alone, led):
        assert made.reference in email.subject
        for name in (screener.name, second.name, manager.name, "Llyr", "On duty"):
            assert name not in email.subject + email.body


def test_a_manager_who_opens_it_alone_is_not_the_only_one_who_knows(
    client: FlaskClient, councils: Councils, run_jobs: Callable[[], None]
) -> None:
    manager = make_person(councils.england, role="practice_manager")
    owner = make_person(councils.england, role="screener")
    made = make_referral(manager.council, make_person(manager.council), sight=[owner.account_id])
    admin = make_person(manager.council, role="council_admin")
    sign_in(client, manager)
    assert ask(client, made) == 303
    run_jobs()
    with db.unit_of_work(manager.scope):
        assert len(outbox.kept(admin.email)) == 1


def test_nothing_tells_a_record_that_exists_from_one_that_does_not(
    client: FlaskClient, made: Made, screener: Person
) -> None:
    sign_in(client, screener)
    for fields in ({"reason": ""}, {"words": ""}):
        assert ask(client, made, **fields) == 422
    with db.unit_of_work(screener.scope):
        declare(screener.actor, Declared("", "CNRY-Llŷr", date(2019, 3, 27)))
    usual = {"reason": "cover", "words": "On duty"}
    mine = submit(client, made.council, "/restricted", "/restricted", {"reference": made.reference, **usual}).get_data(
        as_text=True
    )
    none = submit(client, made.council, "/restricted", "/restricted", {"reference": "AAA-AAA-AAA", **usual}).get_data(
        as_text=True
    )
    assert "No record that you can open has this reference" in mine
    assert len(mine) == len(none)
    assert client.get(address(made)).status_code == 404
