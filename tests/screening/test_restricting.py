"""A restricted report is there for its list only, and nobody lifts that alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.messaging.queries import thread
from portal.referrals.queries.mine import reports
from portal.referrals.queries.past import Span, how_many
from portal.referrals.queries.record import Found, find
from portal.screening.addresses import Filters
from portal.screening.commands import restricting
from portal.screening.queries.counts import counts
from portal.screening.queries.queue import holding_area
from tests.factories.pages import same_for_everyone, submit
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils


@pytest.fixture
def author(councils: Councils) -> Person:
    return make_person(councils.england)


@pytest.fixture
def manager(councils: Councils) -> Person:
    return make_person(councils.england, role="practice_manager")


@pytest.fixture
def other(councils: Councils) -> Person:
    return make_person(councils.england, role="practice_manager")


@pytest.fixture
def screener(councils: Councils) -> Person:
    return make_person(councils.england, role="screener")


def seen(who: Person, made: Made, permission: Permission = Permission.SCREEN) -> Found:
    with db.unit_of_work(who.scope):
        return find(who.actor, permission, made.reference)


def restrict(who: Person, made: Made, *people: Person, reason: str = "adoption", words: str = "") -> None:
    with db.unit_of_work(who.scope):
        found = find(who.actor, Permission.RESTRICT, made.reference)
        restricting.restrict(who.actor, found, reason, words, [one.account_id for one in people])


def test_for_everybody_off_the_list_it_does_not_exist(
    client: FlaskClient, author: Person, manager: Person, screener: Person
) -> None:
    made = make_referral(author.council, author, state="screening", owner=screener)
    restrict(manager, made)
    sign_in(client, screener)
    root = f"/{author.council.slug}"
    hidden = client.get(f"{root}/screening/{made.reference}")
    missing = client.get(f"{root}/screening/AAA-AAA-AAA")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert same_for_everyone(hidden).replace(made.reference.encode(), b"AAA-AAA-AAA") == same_for_everyone(missing)
    assert made.reference not in client.get(f"{root}/holding-area").get_data(as_text=True)
    with db.unit_of_work(screener.scope):
        assert counts(screener.actor).todo == 0
        assert counts(screener.actor).mine == 0
        assert holding_area(screener.actor, Filters()).lines == ()
    assert seen(manager, made).sight == (manager.account_id,)
    # Nobody owns what they cannot see.
    assert seen(manager, made).owner_id is None
    with pytest.raises(NotFound):
        seen(screener, made)


def test_its_words_are_for_the_list_and_its_author_keeps_it(author: Person, manager: Person, screener: Person) -> None:
    made = make_referral(author.council, author)
    before = seen(screener, made)
    restrict(manager, made, screener, reason="other", words="Because of her uncle CNRY")
    assert seen(screener, made).sight is not None
    with db.unit_of_work(author.scope):
        assert [line.reference for line in reports(author.actor).lines] == [made.reference]
        assert find(author.actor, Permission.TRACK, made.reference).sight is None
    stranger = make_person(author.council, role="screener")
    with db.unit_of_work(stranger.scope):
        assert thread(stranger.actor, Permission.SCREEN, before) == ()


def test_no_designer_counts_it(author: Person, manager: Person) -> None:
    made = make_referral(author.council, author)
    span = Span("concern", datetime(2000, 1, 1, tzinfo=UTC), datetime.now(UTC) + timedelta(days=2))
    system = manager.scope
    with db.unit_of_work(system):
        assert how_many(span) == 1
    restrict(manager, made)
    with db.unit_of_work(system):
        assert how_many(span) == 0


def test_another_reason_needs_words(author: Person, manager: Person) -> None:
    made = make_referral(author.council, author)
    for reason, wrong in (("other", "words"), ("made_up", "reason")):
        with pytest.raises(Invalid) as error:
            restrict(manager, made, reason=reason)
        assert set(error.value.errors) == {wrong}


def test_two_people_lift_it(author: Person, manager: Person, other: Person, screener: Person) -> None:
    made = make_referral(author.council, author)
    restrict(manager, made, other)
    with db.unit_of_work(manager.scope):
        restricting.ask_to_lift(manager.actor, find(manager.actor, Permission.RESTRICT, made.reference))
    with pytest.raises(Forbidden), db.unit_of_work(manager.scope):
        restricting.lift(manager.actor, find(manager.actor, Permission.RESTRICT, made.reference))
    with pytest.raises(NotFound):
        seen(screener, made)
    with db.unit_of_work(other.scope):
        restricting.lift(other.actor, find(other.actor, Permission.RESTRICT, made.reference))
    assert seen(screener, made).sight is None
    with db.unit_of_work(manager.scope) as session:
        events = session.execute(select(AuditEvent.event).where(AuditEvent.subject_id == made.id)).scalars().all()
    assert {Event.RESTRICTED, Event.LIFTING_ASKED, Event.RESTRICTION_LIFTED} <= set(events)


def test_the_author_alone_sees_it_at_their_agency(author: Person, manager: Person) -> None:
    made = make_referral(author.council, author)
    lead = make_person(author.council, role="agency_lead")
    assert lead.actor.agency_id == author.actor.agency_id
    assert seen(lead, made, Permission.TRACK)
    with db.unit_of_work(manager.scope):
        found = find(manager.actor, Permission.RESTRICT, made.reference)
        restricting.cut_agency(manager.actor, found, author_only=True)
    with pytest.raises(NotFound):
        seen(lead, made, Permission.TRACK)
    assert seen(author, made, Permission.TRACK)


def test_a_manager_does_it_on_the_pages(client: FlaskClient, author: Person, manager: Person) -> None:
    made = make_referral(author.council, author)
    sign_in(client, manager)
    address = f"/screening/{made.reference}/restrict"
    assert submit(client, author.council, address, address).status_code == 422
    typed = {"reason": "refuge", "words": "CNRY House"}
    assert submit(client, author.council, address, address, typed).status_code == 303
    page = client.get(f"/{author.council.slug}{address}").get_data(as_text=True)
    assert "CNRY House" in page
    assert "Ask to lift the restriction" in page
