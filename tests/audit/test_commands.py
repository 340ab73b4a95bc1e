"""Every command that writes leaves exactly its own events, in its transaction; a refused one leaves none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import psycopg
import pytest
from flask.testing import FlaskClient

from portal.audit.events import Event
from portal.auth.commands import memberships, standing
from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.errors import Conflict, Invalid
from portal.messaging import commands as messaging
from portal.referrals.commands import drafts, following
from portal.referrals.queries.drafts import find_draft
from portal.referrals.queries.record import Found, find
from portal.screening.commands import decisions, holding
from portal.screening.commands.decisions import Given
from tests.auth.walking import Walker
from tests.factories.decisions import grounds
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import make_referral
from tests.faults.test_database import urgent
from tests.fixtures.councils import Councils

Admin = psycopg.Connection[tuple[object, ...]]
Jobs = Callable[[], None]


@dataclass
class Trail:
    """What was recorded since the last look."""

    admin: Admin
    seen: int = 0

    def new(self) -> list[str]:
        """The events since, in their order."""
        rows = [str(row[0]) for row in self.admin.execute("select event from audit_event order by at, id")]
        found, self.seen = rows[self.seen :], len(rows)
        return found


@pytest.fixture
def author(councils: Councils) -> Person:
    """A referrer in Avonmere."""
    return make_person(councils.england)


@pytest.fixture
def screener(councils: Councils) -> Person:
    """A screener in Avonmere."""
    return make_person(councils.england, role="screener")


@pytest.fixture
def trail(admin: Admin) -> Trail:
    """The trail from now on."""
    return Trail(admin)


@contextmanager
def seen_by(person: Person, permission: Permission, reference: str) -> Iterator[Found]:
    """A command's transaction, with the report as that person finds it."""
    with db.unit_of_work(person.scope):
        yield find(person.actor, permission, reference)


def given(**changed: object) -> Given:
    base = {
        "outcome": "", "route": "MASH", "rationale": "CNRY because", "told": "CNRY thanks", "seen": 1, "once": uuid4(),
        "grounds": grounds(),
    }  # fmt: skip
    return Given(**(base | changed))  # type: ignore[arg-type] # a mapping of mixed types


def test_a_report_from_its_claim_to_its_outcome(author: Person, screener: Person, trail: Trail) -> None:
    reference = make_referral(author.council, author).reference
    trail.new()
    with seen_by(screener, Permission.CLAIM, reference) as found:
        holding.claim(screener.actor, found)
    assert trail.new() == [Event.STAGE_ENTERED, Event.REFERRAL_CLAIMED]
    with seen_by(screener, Permission.SCREEN, reference) as found:
        holding.change_priority(screener.actor, found, "urgent", "CNRY is in danger")
    assert trail.new() == [Event.PRIORITY_CHANGED]
    with seen_by(screener, Permission.ASK, reference) as found:
        messaging.ask(screener.actor, found, "When CNRY?", uuid4())
    assert trail.new() == [Event.QUESTION_ASKED]
    with seen_by(author, Permission.REPLY, reference) as found:
        messaging.reply(author.actor, found, "Then CNRY", uuid4())
    assert trail.new() == [Event.REPLY_SENT]
    with seen_by(screener, Permission.SCREEN, reference) as found:
        messaging.mark_read(screener.actor, found, "council")
        messaging.mark_read(screener.actor, found, "council")
    assert trail.new() == [Event.MESSAGE_READ]
    outcome = author.council.settings.outcomes[0].key
    with seen_by(screener, Permission.DECIDE, reference) as found:
        decisions.decide(screener.actor, found, given(outcome=outcome))
    assert trail.new() == [Event.DECIDED]
    for _ in range(2):
        with seen_by(author, Permission.TRACK, reference) as found:
            decisions.see_outcome(author.actor, found)
    assert trail.new() == [Event.OUTCOME_READ]


def test_the_same_thing_twice_is_recorded_once(author: Person, screener: Person, trail: Trail) -> None:
    reference = make_referral(author.council, author).reference
    trail.new()
    for _ in range(2):
        with seen_by(screener, Permission.CLAIM, reference) as found:
            holding.claim(screener.actor, found)
    once = uuid4()
    for _ in range(2):
        with seen_by(screener, Permission.ASK, reference) as found:
            messaging.ask(screener.actor, found, "When CNRY?", once)
    for _ in range(2):
        with seen_by(screener, Permission.CLAIM, reference) as found:
            holding.release(screener.actor, found)
    assert trail.new() == [
        Event.STAGE_ENTERED, Event.REFERRAL_CLAIMED, Event.QUESTION_ASKED, Event.REFERRAL_RELEASED,
    ]  # fmt: skip


def test_what_is_refused_is_not_recorded_as_done(author: Person, screener: Person, trail: Trail) -> None:
    other = make_person(author.council, role="screener")
    reference = make_referral(author.council, author, state="screening", owner=screener).reference
    closed = make_referral(author.council, author, state="decided", owner=screener).reference
    trail.new()
    with pytest.raises(Conflict), seen_by(other, Permission.CLAIM, reference) as found:
        holding.claim(other.actor, found)
    with pytest.raises(Conflict), seen_by(author, Permission.TRACK, closed) as found:
        following.withdraw(author.actor, found, "sent_twice")
    with pytest.raises(Invalid), seen_by(screener, Permission.DECIDE, reference) as found:
        decisions.decide(screener.actor, found, given(seen=0))
    assert trail.new() == []


def test_drafts(author: Person, trail: Trail) -> None:
    with db.unit_of_work(author.scope):
        draft_id = drafts.start(author.actor, "full", "en")
    assert draft_id is not None
    assert trail.new() == [Event.REFERRAL_STARTED]
    with db.unit_of_work(author.scope):
        draft = find_draft(author.actor, draft_id)
        drafts.save(author.actor, draft, "other", {"oth_anything": "CNRY"}, 0, complete=True)
    assert trail.new() == [Event.REFERRAL_SAVED]
    with db.unit_of_work(author.scope):
        drafts.throw_away(author.actor, find_draft(author.actor, draft_id))
    assert trail.new() == [Event.DRAFT_DELETED]


def test_withdrawing(author: Person, trail: Trail) -> None:
    reference = make_referral(author.council, author).reference
    trail.new()
    with seen_by(author, Permission.TRACK, reference) as found:
        following.withdraw(author.actor, found, "sent_twice")
    assert trail.new() == [Event.REFERRAL_WITHDRAWN]
    begun = make_referral(author.council, author, state="screening", owner=make_person(author.council, role="screener"))
    trail.new()
    for _ in range(2):
        with seen_by(author, Permission.TRACK, begun.reference) as found:
            following.withdraw(author.actor, found, "sent_twice")
    assert trail.new() == [Event.WITHDRAWAL_ASKED]


@pytest.mark.parametrize(
    ("decision", "state", "event"),
    [
        ("approve", "pending", Event.MEMBERSHIP_APPROVED),
        ("refuse", "pending", Event.MEMBERSHIP_REFUSED),
        ("end", "active", Event.MEMBERSHIP_ENDED),
    ],
)
def test_memberships(councils: Councils, trail: Trail, decision: str, state: str, event: Event) -> None:
    admin = make_person(councils.england, role="council_admin")
    person = make_person(councils.england, state=state)
    assert person.actor.membership_id is not None
    with db.unit_of_work(admin.scope):
        if decision == "end":
            standing.end(admin.actor, person.actor.membership_id, 1, "left", "")
        else:
            memberships.decide(admin.actor, person.actor.membership_id, decision, 1)
    assert trail.new() == [event]


def test_sending_by_its_page_and_the_email_about_it(
    client: FlaskClient, author: Person, trail: Trail, run_jobs: Jobs
) -> None:
    sign_in(client, author)
    path, data = urgent(client, author)
    trail.new()
    first, second = client.post(path, data=data), client.post(path, data=data)
    assert first.headers["Location"] == second.headers["Location"]
    assert trail.new() == [Event.REFERRAL_STARTED, Event.REFERRAL_SENT, Event.DUTY_ALERTED]
    run_jobs()
    run_jobs()
    # Its author is told, and the people on duty.
    assert trail.new() == [Event.NOTICE_SENT, Event.NOTICE_SENT]


def test_a_refused_sign_in_is_recorded_although_its_page_is_rolled_back(
    client: FlaskClient, councils: Councils, trail: Trail, run_jobs: Jobs
) -> None:
    walker = Walker(client, councils.england, run_jobs)
    answer = walker.post("/sign-in", {"email": "nobody@example.org.uk", "password": "not the password at all"})
    assert answer.status_code == 422
    assert trail.new() == [Event.SIGN_IN_REFUSED]


def test_reading_a_refused_page_is_recorded(
    client: FlaskClient, author: Person, screener: Person, trail: Trail
) -> None:
    reference = make_referral(author.council, author, state="screening", owner=screener).reference
    other = make_person(author.council, role="screener")
    sign_in(client, other)
    trail.new()
    walker = Walker(client, author.council, lambda: None)
    answer = walker.post(f"/screening/{reference}/claim", page="/account")
    assert answer.status_code == 409
    assert trail.new() == [Event.REFERRAL_READ]
