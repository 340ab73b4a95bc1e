"""What follows from a decision, while services die: the whole of it or nothing, and once in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from portal.adapters import ports
from portal.adapters.ports import Clean, Signatures
from portal.adapters.push import Push
from portal.files.commands import judging
from portal.handover.commands import outbox, rows
from portal.kernel import clock, db, scope
from portal.kernel.errors import Unavailable
from portal.kernel.scope import Scope
from portal.referrals.commands import duty
from portal.referrals.models import DutyAlert
from portal.screening.commands import decisions
from portal.tenants.handover_settings import Receiver as Where
from tests.earlyhelp import making as helping
from tests.factories.people import make_person
from tests.factories.referrals import make_referral
from tests.faults.conftest import Outage
from tests.faults.test_mail_and_worker import DUE
from tests.fixtures.app import free_port
from tests.fixtures.case_systems import Receiver
from tests.fixtures.councils import Councils
from tests.fixtures.mail import Peer
from tests.handover.making import handing, make_case
from tests.handover.test_files_follow import attach
from tests.handover.test_pushing import HERE, make_secret
from tests.referrals.test_stopping_store import Between, store_between

Admin = psycopg.Connection[tuple[object, ...]]
SIGNATURES = Signatures("test", None)
WHOLE = ("decision", "early_help_offer", "parcel", "notice")


def counts(admin: Admin) -> dict[str, int]:
    """How many rows a decision has left, and jobs of them."""
    found = {}
    for table in (*WHOLE, "procrastinate_jobs"):
        (number,) = admin.execute(f"select count(*) from {table}".encode()).fetchone() or (0,)
        found[table] = int(str(number))
    return found


def test_a_database_that_dies_while_a_report_is_decided_leaves_all_or_nothing(
    outage: Outage, there: Councils, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An offer to an early-help team and a parcel for the case system are made in the decision's transaction."""
    usual = handing(there.england, "push", outcomes=("early_help",))
    case = helping.Case(usual)
    with outage.admin() as admin:
        before = counts(admin)
    made = rows.make

    def dies(*given: Any, **more: Any) -> None:
        made(*given, **more)
        outage.stop()

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "make", dies)
        with pytest.raises((Unavailable, DBAPIError)):
            case.decide()
    outage.start()
    with outage.admin() as admin:
        assert counts(admin) == before
        (state,) = admin.execute("select state from referral where id = %s", (case.made.id,)).fetchone() or ("",)
        assert state == "screening"
        # Pressed again, and once more: one of each.
        case.act(case.screener, decisions.decide, case.given)
        after = counts(admin)
        case.act(case.screener, decisions.decide, case.given)
        assert counts(admin) == after
    assert {name: after[name] - before[name] for name in WHOLE[:3]} == dict.fromkeys(WHOLE[:3], 1)


@pytest.fixture
def store(app: Flask, s3_peer: dict[str, str]) -> Iterator[Between]:
    """A store that is down while `left` is 0."""
    del app
    with store_between(s3_peer, "deciding") as made:
        yield made


@pytest.fixture
def passes() -> Iterator[None]:
    """A scanner to which every file is clean."""
    before, clean = ports.scanner(), Clean(SIGNATURES)

    class Scanner:
        there = True

        def scan(self, _file: object) -> Clean:
            return clean

        def signatures(self) -> Signatures:
            return SIGNATURES

    ports.use_scanner(Scanner())
    yield
    ports.use_scanner(before)


@pytest.mark.usefixtures("passes")
def test_a_store_that_is_down_while_a_parcel_is_made(councils: Councils, store: Between) -> None:
    """The parcel waits and says that something did not answer; once the store is back it goes, whole and once."""
    case = make_case(councils.england)
    (file_id,) = attach(case)
    with db.unit_of_work(Scope(case.council, scope.SYSTEM)):
        judging.judge(file_id)
    case.decide()
    read: list[int] = []

    def reads() -> None:
        for one in case.receiver.parcels[-1].files:
            with one.open() as opened:
                read.append(len(opened.read()))

    case.receiver.meanwhile = reads
    store.left = 0
    case.send()
    assert (case.parcel().state, case.parcel().reason) == ("waiting", "unavailable")
    store.left = None
    case.due()
    read.clear()
    case.send()
    assert (case.parcel().state, case.tries()) == ("delivered", ["unavailable", "delivered"])
    assert read == [one.size for one in case.receiver.parcels[-1].files]


def test_a_mail_server_that_is_down_while_an_alert_is_due(
    councils: Councils, mail_by_smtp: Peer, admin: Admin, run_jobs: Callable[[], None]
) -> None:
    """Whoever is on duty hears of an urgent report once the server is back, once, and so do the managers."""
    council = councils.england
    author, _manager = make_person(council), make_person(council, role="practice_manager")
    made = make_referral(council, author, route="MASH_URGENT")
    mail_by_smtp.stop()
    with db.unit_of_work(Scope(council, scope.SYSTEM)):
        duty.raise_alert(made.id)
    run_jobs()
    long_ago = clock.now() - timedelta(minutes=2 * council.settings.duty.minutes)
    with db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
        session.execute(update(DutyAlert).values(raised_at=long_ago))
    for _twice in range(2):
        with db.unit_of_work(Scope(council, scope.SYSTEM)):
            duty.escalate()
        run_jobs()
    waiting = "select count(*) from notice where kind in ('duty', 'unseen') and state = 'pending'"
    (pending,) = admin.execute(waiting).fetchone() or (0,)
    assert mail_by_smtp.messages == []
    mail_by_smtp.start()
    for _twice in range(2):
        admin.execute(DUE)
        run_jobs()
    told = [address for addresses in mail_by_smtp.recipients for address in addresses]
    assert sorted(told) == sorted(set(told))
    assert len(told) == pending
    assert set(council.settings.duty.addresses) < set(told)


def test_a_case_system_that_is_down_and_comes_back(councils: Councils, receiver: Receiver) -> None:
    """While nobody listens the parcel waits and one at a time asks; then it is told under the same id."""
    council = councils.england
    make_secret(council)
    case = make_case(council, "push", push=Where(receiver.address))
    port = [free_port()]
    ports.use_case_systems(
        lambda _how, _where, kept: Push(
            f"https://localhost:{port[-1]}/parcels", kept, networks=HERE, ports=(port[-1],), seconds=5
        )
    )
    case.decide()
    for _twice in range(2):
        case.send()
        assert (case.parcel().state, case.parcel().reason) == ("waiting", "unavailable")
        case.due()
    port.append(receiver.port)
    case.send()
    assert case.tries() == ["unavailable", "unavailable", "told"]
    assert [one.headers["webhook-id"] for one in receiver.said] == [str(case.parcel().id)]
    ports.use_case_systems(lambda _how, _where, _kept: case.receiver)
