"""What changes between a proposal, its offer and the answer: who may see it, and what came in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal.auth.agency_types import UNLISTED_ID
from portal.auth.policy import Permission
from portal.files.models import StoredFile
from portal.kernel import db
from portal.kernel.errors import Conflict, NotFound
from portal.kernel.scope import SYSTEM, Scope
from portal.messaging.commands import adding
from portal.messaging.models import Message
from portal.referrals.commands.attaching import Paper, Target, attach
from portal.referrals.models import Attachment, Referral
from portal.referrals.queries.record import find, record_of
from portal.tenants.source_settings import source_of
from portal.transfers.commands import offering, rows
from portal.transfers.commands.passing_on import pass_on
from portal.transfers.envelope import from_text
from portal.transfers.queries.lately import Later, not_sent
from portal.transfers.queries.transfers import arrival, one, record_of_arrival, waiting
from tests.factories.people import make_person, sign_in
from tests.fixtures.councils import Councils
from tests.transfers.cases import Case, make_case


@pytest.fixture
def case(councils: Councils) -> Case:
    return make_case(councils)


def envelope(case: Case) -> Any:
    (reference,) = case.arrivals()
    with db.unit_of_work(case.theirs.scope):
        found = find(case.theirs.actor, Permission.LOOK, reference)
        came = arrival(case.theirs.actor, found.id)
        return from_text(record_of(found).open(record_of_arrival(came.id), "transfer", came.id, "record"))


def put(case: Case, name: str, message: UUID | None = None) -> UUID:
    """A checked file on the report, or on one of its messages."""
    with db.unit_of_work(case.author.scope) as session:
        found = find(case.author.actor, Permission.TRACK, case.made.reference)
        paper = Paper(name, "text/plain", BytesIO(f"CNRY {name}".encode()), "txt")
        file_id = attach(case.author.actor, Target(found.id, found.agency_id, "agency", later=True), paper)
        session.execute(update(StoredFile).where(StoredFile.id == file_id).values(state="ready"))
    if message is not None:
        with db.unit_of_work(Scope(case.councils.england, SYSTEM)) as session:
            session.execute(update(Attachment).where(Attachment.file_id == file_id).values(message_id=message))
    return file_id


def waits(case: Case, transfer_id: UUID) -> tuple[Later, ...]:
    def look(actor: Any, found: Any) -> tuple[Later, ...]:
        return not_sent(actor, found, one(actor, transfer_id), "en")

    found: tuple[Later, ...] = case.act(case.screener, look)
    return found


def add(case: Case) -> UUID:
    once = uuid4()
    case.act(case.author, adding.add, "CNRY one thing more", once, permission=Permission.REPLY)
    return once


def message_of(case: Case) -> UUID:
    with db.unit_of_work(Scope(case.councils.england, SYSTEM)) as session:
        return session.execute(select(Message.id)).scalars().one()


@pytest.mark.parametrize("messages", [False, True])
def test_files_of_messages_go_with_the_messages_only(case: Case, messages: bool) -> None:
    own = put(case, "own.txt")
    add(case)
    theirs = put(case, "theirs.txt", message_of(case))
    transfer_id = case.offer(messages=messages)
    assert case.one(transfer_id).files == 1 + messages
    case.accept(transfer_id)
    assert {one.id for one in envelope(case).files} == ({own, theirs} if messages else {own})


def test_what_is_restricted_while_the_manager_confirms_does_not_go(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody restricts it after the page was opened and before the report is locked."""
    transfer_id, lock = case.propose(), rows.lock_report

    def restrict() -> None:
        with db.unit_of_work(Scope(case.councils.england, SYSTEM)) as session:
            session.execute(update(Referral).values(sight=[case.screener.account_id, case.manager.account_id]))

    def late(referral_id: UUID | None) -> str:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(restrict).result(10)
        return lock(referral_id)

    monkeypatch.setattr(rows, "lock_report", late)
    with pytest.raises((Conflict, NotFound)):
        case.act(case.manager, _confirm, transfer_id, permission=Permission.APPROVE)
    monkeypatch.undo()
    assert case.one(transfer_id, case.manager).state == "proposed"
    with pytest.raises(NotFound):
        case.one(transfer_id)


def _confirm(actor: Any, found: Any, transfer_id: UUID) -> None:
    offering.confirm(actor, found, transfer_id)


def test_what_came_in_after_the_offer_is_told_before_and_after_accepting(case: Case, client: FlaskClient) -> None:
    add(case)
    transfer_id = case.offer()
    root = f"/{case.councils.wales.slug}"
    sign_in(client, case.theirs)
    assert "since it made the offer" not in client.get(f"{root}/transfers/{transfer_id}").text
    add(case)
    put(case, "late.txt")
    page = client.get(f"{root}/transfers/{transfer_id}").text
    assert "2 things have come in to the other council since it made the offer" in page
    assert "one thing more" not in page
    case.accept(transfer_id)
    assert envelope(case).later == 2
    (reference,) = case.arrivals()
    arrived = f"{root}/screening/{reference}/arrived"
    assert "2 things came in to the other council" in client.get(arrived).text
    # What is passed on may be something else, so it is said as long as anything may be missing.
    for _ in range(2):
        add(case)
    case.act(case.screener, pass_on, transfer_id, [one.id for one in waits(case, transfer_id)][-2:])
    page = client.get(arrived).text
    assert "2 things came in to the other council" in page
    assert "2 things were passed on since" in page


def test_the_holding_area_says_what_waits_to_those_who_answer(
    case: Case, client: FlaskClient, statements: list[str]
) -> None:
    case.offer()
    root = f"/{case.councils.wales.slug}"
    sign_in(client, case.theirs)
    client.get(f"{root}/holding-area")
    statements.clear()
    assert "1 transfer from another council waits for an answer" in client.get(f"{root}/holding-area").text
    assert len(statements) <= 8, "\n".join(statements)
    statements.clear()
    assert "1 transfer from another council waits for an answer" in client.get(f"{root}/my-day").text
    assert len(statements) <= 8, "\n".join(statements)
    statements.clear()
    assert "From other councils (1 to answer)" in client.get(f"{root}/transfers?side=out").text
    assert len(statements) <= 8, "\n".join(statements)
    with db.unit_of_work(case.screener.scope):
        assert waiting(case.screener.actor) == (0, 0)
    sign_in(client, case.screener)
    home = client.get(f"/{case.councils.england.slug}/holding-area").text
    assert "waits for an answer" not in home
    admin = make_person(case.councils.wales, role="council_admin")
    with db.unit_of_work(admin.scope):
        assert waiting(admin.actor) == (0, 0)


def test_what_was_transferred_counts_as_another_councils(case: Case) -> None:
    assert source_of({}, UNLISTED_ID, "school", named=True, transferred=True) == "5C"
    assert source_of({"other_la": "8"}, UNLISTED_ID, "school", named=True, transferred=True) == "8"
    assert source_of({}, UNLISTED_ID, "school", named=True) == "10"


def test_a_message_with_files_is_one_thing_and_what_the_council_attached_is_none(case: Case) -> None:
    transfer_id = case.offer()
    add(case)
    for name in ("one.txt", "two.txt"):
        put(case, name, message_of(case))
    with db.unit_of_work(case.screener.scope):
        found = find(case.screener.actor, Permission.LOOK, case.made.reference)
        paper = Paper("ours.txt", "text/plain", BytesIO(b"CNRY ours"), "txt")
        attach(case.screener.actor, Target(found.id, found.agency_id, "council", later=True), paper)
    case.accept(transfer_id)
    assert envelope(case).later == 1
