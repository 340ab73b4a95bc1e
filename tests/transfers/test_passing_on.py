"""What came in after a report was accepted goes after it: chosen, once each, and late information there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.errors import Conflict, Forbidden, Invalid
from portal.kernel.scope import SYSTEM, Council, Scope
from portal.messaging.commands import adding
from portal.messaging.models import Message
from portal.messaging.queries import Said, thread
from portal.referrals.models import Referral
from portal.referrals.queries.attachments import Attached, of_report
from portal.referrals.queries.record import find
from portal.tenants import resolve
from portal.tenants.queries.owned import ids_of
from portal.transfers.commands.passing_on import pass_on
from portal.transfers.queries.lately import Later, not_sent
from portal.transfers.queries.transfers import one
from tests.factories.pages import fields_of
from tests.factories.people import make_person, sign_in
from tests.fixtures.councils import Councils
from tests.transfers.cases import Case, make_case
from tests.transfers.test_late import put

LATE = "CNRY the aunt rang, says Siân O’Brien 李"


@pytest.fixture
def case(councils: Councils) -> Case:
    return make_case(councils)


def add(case: Case, text: str = LATE) -> None:
    case.act(case.author, adding.add, text, uuid4(), permission=Permission.REPLY)


def waits(case: Case, transfer_id: UUID) -> tuple[Later, ...]:
    def look(actor: Any, found: Any) -> tuple[Later, ...]:
        return not_sent(actor, found, one(actor, transfer_id), "en")

    found: tuple[Later, ...] = case.act(case.screener, look)
    return found


def send(case: Case, transfer_id: UUID, *chosen: UUID) -> int:
    number: int = case.act(case.screener, pass_on, transfer_id, chosen)
    return number


def came(case: Case) -> tuple[tuple[Said, ...], tuple[Attached, ...]]:
    (reference,) = case.arrivals()
    with db.unit_of_work(case.theirs.scope):
        found = find(case.theirs.actor, Permission.LOOK, reference)
        return thread(case.theirs.actor, Permission.LOOK, found), of_report(case.theirs.actor, found.id)


def happened(council: Council, event: str) -> list[dict[str, Any]]:
    with db.unit_of_work(Scope(council, SYSTEM)) as session:
        return list(session.execute(select(AuditEvent.detail).where(AuditEvent.event == event)).scalars())


def test_what_came_since_goes_when_it_is_chosen(case: Case, run_jobs: Callable[[], None]) -> None:
    add(case, "CNRY before the offer")
    early = put(case, "early.txt")
    transfer_id = case.offer()
    case.accept(transfer_id)
    run_jobs()
    assert waits(case, transfer_id) == ()
    add(case)
    late = put(case, "late.txt")
    words, file = waits(case, transfer_id)
    assert (words.text, file.id, file.name) == (LATE, late, "late.txt")
    assert send(case, transfer_id, words.id) == 1
    said, files = came(case)
    assert [one.kind for one in said] == ["addition"]
    assert LATE in said[0].text
    assert case.author.name in said[0].text
    assert "Avonmere" in said[0].text
    assert said[0].author_name == case.theirs.name
    assert [one.file.name for one in files] == ["early.txt"]
    assert [one.id for one in waits(case, transfer_id)] == [late]
    assert send(case, transfer_id, late) == 1
    run_jobs()
    _said, files = came(case)
    assert [(one.file.name, one.later, one.side) for one in files] == [
        ("early.txt", False, "council"), ("late.txt", True, "agency"),
    ]  # fmt: skip
    assert early not in {one.id for one in files}
    assert waits(case, transfer_id) == ()


def test_the_receivers_report_comes_up_again(case: Case) -> None:
    transfer_id = case.offer()
    case.accept(transfer_id)
    (reference,) = case.arrivals()
    with db.unit_of_work(Scope(case.councils.wales, SYSTEM)) as session:
        session.execute(
            update(Referral).where(Referral.reference == reference)
            .values(state="decided", decided_at=func.now(), outcome="no_further_action",
                    owner_id=case.theirs.account_id)
        )  # fmt: skip
    add(case)
    send(case, transfer_id, waits(case, transfer_id)[0].id)
    found = case.found(reference, case.theirs)
    assert (found.unread_by_council, found.new_since is not None) == (1, True)
    assert happened(case.councils.england, "transfers.passed_on") == [
        {"transfer": str(transfer_id), "council": "glan-yr-afon", "messages": 1, "files": 0}
    ]
    assert happened(case.councils.wales, "transfers.came_later") == [
        {"transfer": str(transfer_id), "council": "avonmere", "messages": 1, "files": 0}
    ]


def test_nobody_of_the_sender_stands_on_the_receivers_rows(case: Case) -> None:
    """What leaves with a council takes along whom its rows name."""
    transfer_id = case.offer()
    case.accept(transfer_id)
    add(case)
    send(case, transfer_id, waits(case, transfer_id)[0].id)
    with db.unit_of_work(Scope(case.councils.wales, SYSTEM)):
        named = ids_of(case.councils.wales.id, "account")
    assert named & {case.author.account_id, case.screener.account_id, case.manager.account_id} == set()


def test_twice_is_once(case: Case) -> None:
    transfer_id = case.offer()
    case.accept(transfer_id)
    add(case)
    (words,) = waits(case, transfer_id)
    assert [send(case, transfer_id, words.id) for _ in range(2)] == [1, 0]
    assert len(came(case)[0]) == 1
    assert len(happened(case.councils.wales, "transfers.came_later")) == 1


def test_what_stayed_by_choice_can_still_go(case: Case) -> None:
    add(case, "CNRY stayed here")
    put(case, "stayed.txt")
    transfer_id = case.offer(files=False, messages=False)
    case.accept(transfer_id)
    assert [one.text or one.name for one in waits(case, transfer_id)] == ["CNRY stayed here", "stayed.txt"]


def test_what_cannot_be_passed_on(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    transfer_id = case.offer()
    add(case)
    with pytest.raises(Conflict):
        send(case, transfer_id, uuid4())
    case.accept(transfer_id)
    for chosen, code in (((), "required"), ((uuid4(),), "unknown")):
        with pytest.raises(Invalid) as refused:
            send(case, transfer_id, *chosen)
        assert refused.value.errors == {"things": code}
    (words,) = waits(case, transfer_id)
    lead = make_person(case.councils.england, role="council_admin")
    with db.unit_of_work(case.screener.scope):
        found = find(case.screener.actor, Permission.DECIDE, case.made.reference)
    with db.unit_of_work(lead.scope), pytest.raises(Forbidden):
        pass_on(lead.actor, found, transfer_id, [words.id])
    everyone = resolve.everyone()
    with monkeypatch.context() as patch:
        patch.setattr(resolve, "everyone", lambda: [one for one in everyone if one.id != case.councils.wales.id])
        with pytest.raises(Conflict):
            send(case, transfer_id, words.id)
    with db.unit_of_work(Scope(case.councils.wales, SYSTEM)) as session:
        session.execute(update(Referral).values(state="withdrawn"))
    with pytest.raises(Conflict):
        send(case, transfer_id, words.id)
    with db.unit_of_work(Scope(case.councils.wales, SYSTEM)) as session:
        assert session.execute(select(func.count()).select_from(Message)).scalar_one() == 0
    assert [one.id for one in waits(case, transfer_id)] == [words.id]


def test_the_page_sends_what_is_ticked(case: Case, client: FlaskClient) -> None:
    transfer_id = case.offer()
    case.accept(transfer_id)
    add(case)
    (words,) = waits(case, transfer_id)
    sign_in(client, case.screener)
    page = f"/avonmere/screening/{case.made.reference}/transfer"
    shown = client.get(page)
    assert LATE in shown.text
    typed = fields_of(shown, f"{page}/later")
    for wrong in ([], ["no id"], [str(uuid4())]):
        refused = client.post(f"{page}/later", data=typed | {"things": wrong})
        assert refused.status_code == 422
        assert "Choose what they should get" in refused.text
    for said in ("1 thing was passed on", "They have that already"):
        assert client.post(f"{page}/later", data=typed | {"things": [str(words.id)]}).status_code == 303
        assert said in client.get(page).text
    assert "They have all of it" in client.get(page).text
    sign_in(client, case.theirs)
    (reference,) = case.arrivals()
    assert LATE in client.get(f"/glan-yr-afon/screening/{reference}").text
    assert case.found(reference, case.theirs).unread_by_council == 0
    assert "1 thing was passed on since" in client.get(f"/glan-yr-afon/screening/{reference}/arrived").text
