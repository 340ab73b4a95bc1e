"""The outbox: one parcel a decision, one sender at a time, nothing lost, and no council waits for another's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.adapters import ports
from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.handover.commands import collecting, outbox, rows
from portal.handover.models import ParcelCollected
from portal.handover.queries.contents import names_of
from portal.handover.states import wait_after
from portal.kernel import clock, db, jobs, scope
from portal.kernel.errors import NotFound, Unavailable
from portal.kernel.scope import Scope
from portal.referrals.models import Notice
from tests.factories.people import make_person
from tests.fixtures.councils import Councils
from tests.handover.making import Case, make_case

Admin = psycopg.Connection[tuple[object, ...]]
JOBS = "select count(*) from procrastinate_jobs where task_name = 'handover.send'"


@pytest.fixture
def case(councils: Councils) -> Case:
    return make_case(councils.england)


def test_a_decision_that_is_handed_over_makes_one_parcel_and_its_job(case: Case, admin: Admin) -> None:
    first = case.decide()
    case.act(lambda actor, found: outbox.follow(actor, found, first.once))
    (parcel,) = case.parcels()
    assert (parcel.decision_id, parcel.event, parcel.state, parcel.tries) == (first.once, "decided", "waiting", 0)
    assert admin.execute(JOBS).fetchone() == (1,)
    assert case.count(AuditEvent.event == Event.PARCEL_MADE) == 1
    case.send()
    parcel = case.parcel()
    assert (parcel.state, parcel.delivered_by, parcel.tries, case.tries()) == ("delivered", "push", 1, ["delivered"])
    case.send()
    assert case.receiver.got == [parcel.id]


@pytest.mark.parametrize(("how", "outcome"), [("none", "assessment"), ("push", "no_further_action")])
def test_what_is_not_handed_over_makes_none(councils: Councils, how: str, outcome: str) -> None:
    case = make_case(councils.england, how)
    case.decide(outcome)
    assert case.parcels() == []


def test_what_is_copied_by_hand_is_never_sent(councils: Councils, admin: Admin) -> None:
    case = make_case(councils.england, "copy")
    case.decide()
    assert (case.parcel().by_hand, case.sweep(), admin.execute(JOBS).fetchone()) == (True, 0, (0,))
    case.change(since=clock.now() - timedelta(days=9))
    assert (case.sweep(), case.parcel().state) == (0, "waiting")


def test_a_correction_overtakes_what_has_not_arrived_and_follows_what_has(case: Case) -> None:
    first = case.decide()
    second = case.correct(first)
    assert [(one.state, one.event) for one in case.parcels()] == [("superseded", "decided"), ("waiting", "corrected")]
    case.send()
    # The case system must hear that it was wrong, whatever counts now.
    case.correct(second, "no_further_action")
    assert [one.state for one in case.parcels()] == ["superseded", "delivered", "waiting"]


def test_nothing_is_told_of_a_correction_before_anything_was_sent(case: Case) -> None:
    case.correct(case.decide(), "no_further_action")
    assert [one.state for one in case.parcels()] == ["superseded"]


def test_two_workers_send_it_once(case: Case) -> None:
    case.decide()
    parcel_id, gate = case.parcel().id, Barrier(4)

    def work(_number: int) -> None:
        gate.wait(timeout=10)
        case.send(parcel_id)

    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(work, range(4)))
    assert (case.receiver.got, case.parcel().tries) == ([parcel_id], 1)


def test_a_killed_sender_is_followed_by_another_with_the_same_id(case: Case) -> None:
    case.decide()
    parcel_id = case.parcel().id
    with db.unit_of_work(Scope(case.council, scope.SYSTEM)):
        token = outbox.lease(parcel_id)
    assert token is not None
    case.send()
    assert (case.receiver.got, case.sweep(), case.parcel().state) == ([], 0, "sending")
    case.change(leased_until=clock.now() - timedelta(seconds=1))
    with db.unit_of_work(Scope(case.council, scope.SYSTEM)) as session:
        session.connection().exec_driver_sql("delete from procrastinate_jobs")
    assert (case.sweep(), case.parcel().state) == (1, "waiting")
    case.send()
    assert (case.receiver.got, case.parcel().state) == ([parcel_id], "delivered")
    # Whoever was thought dead and comes back changes nothing.
    with db.unit_of_work(Scope(case.council, scope.SYSTEM)):
        outbox.settle(parcel_id, token, "unauthorised", "push", 1)
    assert case.parcel().state == "delivered"


def test_what_arrives_although_it_was_overtaken_counts_as_delivered(case: Case) -> None:
    first = case.decide()

    def correct() -> None:
        case.correct(first)

    case.receiver.meanwhile = correct
    case.send()
    assert [one.state for one in case.parcels()] == ["delivered", "waiting"]


def test_it_is_tried_again_later_and_later_and_given_up_after_a_day(case: Case) -> None:
    managers = [make_person(case.council, role="practice_manager") for _ in range(2)]
    case.decide()
    case.receiver.answer = Unavailable("CNRY down")
    case.send()
    parcel = case.parcel()
    assert (parcel.state, parcel.reason, parcel.tries) == ("waiting", "unavailable", 1)
    assert parcel.next_try_at is not None
    assert parcel.next_try_at > clock.now() + timedelta(seconds=50)
    case.send()
    assert len(case.receiver.got) == 1
    case.change(since=clock.now() - timedelta(hours=24))
    case.due()
    case.send()
    assert (case.parcel().state, case.tries()) == ("given_up", ["unavailable"] * 2)
    told = case.count(Notice.kind == "undelivered", Notice.account_id.in_([one.account_id for one in managers]))
    assert told == len(managers)
    assert (case.sweep(), case.count(Notice.kind == "undelivered")) == (0, 2)


def test_one_that_nobody_tries_any_more_is_given_up_by_the_sweep(case: Case) -> None:
    case.decide()
    case.change(since=clock.now() - timedelta(hours=25))
    case.sweep()
    assert case.parcel().state == "given_up"
    # Without a manager or an administrator the council's own mailbox hears of it.
    assert case.count(Notice.kind == "undelivered", Notice.mailbox == case.council.settings.email) == 1


@pytest.mark.parametrize(("said", "kept"), [("too_large", "too_large"), ("CNRY whatever it says", "other")])
def test_a_refusal_says_why_and_is_not_tried_again(case: Case, said: str, kept: str) -> None:
    case.decide()
    case.receiver.answer = ports.Declined(said)
    case.send()
    case.due()
    assert (case.parcel().state, case.parcel().reason, case.sweep()) == ("refused", kept, 0)


def test_whatever_goes_wrong_here_is_tried_again(case: Case) -> None:
    case.decide()
    case.receiver.answer = RuntimeError("CNRY a mistake of ours")
    case.send()
    assert (case.parcel().state, case.parcel().reason, case.tries()) == ("waiting", "broken", ["broken"])


def test_what_was_told_and_not_collected_is_told_again(case: Case) -> None:
    case.decide()
    case.receiver.answer = False
    case.send()
    parcel = case.parcel()
    assert (parcel.state, parcel.reason, case.tries()) == ("waiting", "not_collected", ["told"])
    assert parcel.next_try_at is not None
    assert parcel.next_try_at > clock.now() + timedelta(minutes=14)
    case.due()
    case.send()
    assert case.receiver.got == [parcel.id, parcel.id]


def test_it_is_delivered_once_every_file_was_collected(case: Case) -> None:
    case.decide()
    case.receiver.answer = False
    case.send()
    parcel = case.parcel()
    with db.unit_of_work(Scope(case.council)):
        names = sorted(names_of(parcel.referral_id))
    # Whoever collects is nobody of the council: a signed request without a person.
    for name in (*names[:1], *names):
        assert case.parcel().state != "delivered"
        with db.unit_of_work(Scope(case.council)):
            handed = collecting.collect(parcel.id, name)
            handed.content.close()
        # It counts once it has gone.
        assert case.parcel().state != "delivered"
        with db.unit_of_work(Scope(case.council)):
            collecting.count(parcel.id, handed.file)
    assert (case.parcel().state, case.parcel().delivered_by) == ("delivered", "push")
    assert case.count(ParcelCollected.parcel_id == parcel.id) == len(names)
    assert case.count(AuditEvent.event == Event.PARCEL_COLLECTED) == len(names) + 1
    for wrong in ((parcel.id, "CNRY.pdf"), (uuid4(), names[0])):
        with pytest.raises(NotFound), db.unit_of_work(Scope(case.council)):
            collecting.collect(*wrong)


def test_while_nobody_answers_one_parcel_asks_for_all(case: Case, councils: Councils, admin: Admin) -> None:
    other = make_case(councils.wales)
    other.decide()
    for each in range(3):
        again = make_case(councils.england)
        again.decide()
        assert len(again.parcels()) == each + 1
    admin.execute("delete from procrastinate_jobs")
    assert (case.sweep(), case.sweep()) == (3, 0)
    case.receiver.answer = Unavailable("CNRY down")
    again.receiver.answer = Unavailable("CNRY down")
    again.send()
    again.due()
    admin.execute("delete from procrastinate_jobs")
    assert (again.sweep(), other.sweep()) == (1, 1)


def test_the_job_is_known_by_its_name() -> None:
    assert {rows.JOB, "handover.sweep"} <= set(jobs.app.tasks)


@given(st.integers(min_value=1, max_value=10_000))
def test_the_waits_grow_to_six_hours(tries: int) -> None:
    assert timedelta(minutes=1) <= wait_after(tries) <= wait_after(tries + 1) <= timedelta(hours=6)
