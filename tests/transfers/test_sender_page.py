"""What the sender's page says once a report was accepted: what was read, what is missing, who had it before."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, text, update

from portal.files.models import StoredFile
from portal.kernel import clock, db
from portal.kernel.errors import Unavailable
from portal.kernel.scope import SYSTEM, Scope
from portal.tenants import vault
from portal.transfers.commands import files
from portal.transfers.commands.rows import lock
from portal.transfers.models import Transfer
from portal.transfers.words import rows
from tests.factories.pages import fields_of
from tests.factories.people import sign_in
from tests.fixtures.councils import Councils
from tests.transfers.cases import Case, make_case
from tests.transfers.test_late import put
from tests.transfers.test_passing_on import LATE, add, came, happened, send, waits


@pytest.fixture
def case(councils: Councils) -> Case:
    return make_case(councils)


def reads(case: Case) -> int:
    return happened(case.councils.england, "referrals.read").count({"part": "transfer"})


def test_who_reads_the_messages_on_it_is_noted(case: Case, client: FlaskClient) -> None:
    page = f"/avonmere/screening/{case.made.reference}/transfer"
    transfer_id = case.offer()
    sign_in(client, case.screener)
    client.get(page)
    case.accept(transfer_id)
    client.get(page)
    assert reads(case) == 0
    add(case)
    assert LATE in client.get(page).text
    assert reads(case) == 1
    refused = client.post(f"{page}/later", data=fields_of(client.get(page), f"{page}/later") | {"things": []})
    assert (refused.status_code, LATE in refused.text) == (422, True)
    assert reads(case) == 3


def turn(case: Case, file_id: UUID, **values: Any) -> None:
    with db.unit_of_work(Scope(case.councils.england, SYSTEM)) as session:
        session.execute(update(StoredFile).where(StoredFile.id == file_id).values(**values))


def bring(case: Case, transfer_id: UUID, file_id: UUID) -> None:
    with db.unit_of_work(Scope(case.councils.wales, SYSTEM)):
        files.bring(transfer_id, file_id)


def test_a_file_that_could_not_be_brought_can_go_again(case: Case, run_jobs: Callable[[], None]) -> None:
    file_id = put(case, "early.txt")
    transfer_id = case.offer()
    case.accept(transfer_id)
    assert waits(case, transfer_id) == ()
    with db.unit_of_work(Scope(case.councils.england, SYSTEM)) as session:
        digest = session.execute(select(StoredFile.sha256).where(StoredFile.id == file_id)).scalar_one()
    turn(case, file_id, sha256="0" * 64)
    bring(case, transfer_id, file_id)
    assert case.one(transfer_id).files_missing == 1
    assert [one.id for one in waits(case, transfer_id)] == [file_id]
    turn(case, file_id, sha256=digest)
    assert send(case, transfer_id, file_id) == 1
    one = case.one(transfer_id)
    assert (one.files_left, one.files_missing) == (1, 0)
    assert waits(case, transfer_id) == ()
    assert case.row(transfer_id, case.councils.england).sent.count(file_id) == 1
    run_jobs()
    assert [each.file.name for each in came(case)[1]] == ["early.txt"]


@pytest.mark.parametrize("state", ["checking", "unreadable"])
def test_one_that_is_looked_at_anew_is_waited_for(case: Case, state: str) -> None:
    file_id = put(case, "early.txt")
    transfer_id = case.offer()
    case.accept(transfer_id)
    turn(case, file_id, state=state)
    with pytest.raises(Unavailable):
        bring(case, transfer_id, file_id)
    one = case.one(transfer_id)
    assert (one.files_left, one.files_missing) == (1, 0)


def test_nobody_waits_while_a_file_is_fetched(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    file_id = put(case, "early.txt")
    transfer_id = case.offer()
    case.accept(transfer_id)
    read = files._read

    def take() -> None:
        with db.unit_of_work(Scope(case.councils.wales, SYSTEM)) as session:
            session.execute(text("set local lock_timeout = '3s'"))
            lock(transfer_id)

    def slow(*asked: Any) -> Any:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(take).result(20)
        return read(*asked)

    monkeypatch.setattr(files, "_read", slow)
    bring(case, transfer_id, file_id)
    assert len(came(case)[1]) == 1


def test_who_had_it_before_is_named(case: Case, client: FlaskClient) -> None:
    """Taken up again and transferred once more: nothing more goes to the first."""
    first, second = case.offer(), uuid4()
    case.accept(first)
    sign_in(client, case.screener)
    page = f"/avonmere/screening/{case.made.reference}/transfer"
    assert "took this over before" not in client.get(page).text
    with db.unit_of_work(Scope(case.councils.england, SYSTEM)) as session:
        row = session.execute(select(Transfer).where(Transfer.id == first)).scalar_one()
        values = {column.key: getattr(row, column.key) for column in Transfer.__table__.columns}
        again = {"id": second, "words": None, "proposed_at": clock.now() + timedelta(minutes=1),
                     "wrapped_key": vault.new_record_key("transfer", second)}  # fmt: skip
        session.execute(insert(Transfer).values(**values | again))
        session.execute(update(Transfer).where(Transfer.id == first).values(other_id=uuid4()))
    assert "took this over before. Nothing more is passed on to them here" in client.get(page).text


def test_only_an_open_offer_is_seen_by_few(case: Case, app: Flask) -> None:
    transfer_id = case.offer()
    with db.unit_of_work(Scope(case.councils.england, SYSTEM)) as session:
        session.execute(update(Transfer).values(restricted=True))
    found = case.one(transfer_id, case.screener)
    with db.unit_of_work(case.screener.scope), app.test_request_context("/"):
        assert "Restricted" in {one["key"] for one in rows(found)}
        assert "Restricted" not in {one["key"] for one in rows(replace(found, state="accepted"))}
