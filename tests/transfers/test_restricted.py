"""What is restricted goes restricted: offered by people on its list, seen and answered by those who may restrict there,
and restricted there from its first moment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.errors import Conflict, Forbidden, NotFound
from portal.kernel.scope import SYSTEM, Council, Scope
from portal.referrals.deadlines import URGENT_RANK
from portal.referrals.models import Notice, Referral
from portal.referrals.queries.record import find
from portal.screening.commands import restricting
from portal.screening.queries.restricting import restriction
from portal.transfers.commands import answering, offering
from portal.transfers.models import Transfer
from portal.transfers.queries.transfers import listed, one, waiting
from tests.factories.people import Person, make_person, sign_in
from tests.fixtures.councils import Councils
from tests.transfers.cases import Case, make_case

WORDS = "CNRY the mother works here"


@pytest.fixture
def case(councils: Councils) -> Case:
    """A report that the manager has restricted to the screener who has it, and to themself."""
    case = make_case(councils)
    people = (case.screener.account_id,)
    case.act(case.manager, restricting.restrict, "staff_family", WORDS, people, permission=Permission.RESTRICT)
    return case


@pytest.fixture
def head(case: Case) -> Person:
    """Who may restrict at the other council."""
    return make_person(case.councils.wales, role="practice_manager", name="Nerys CNRY Rees", language="en")


def told(council: Council) -> set[Any]:
    with db.unit_of_work(Scope(council, SYSTEM)) as session:
        query = select(Notice.account_id).where(Notice.kind == "transfer")
        return set(session.execute(query).scalars())


def test_two_people_on_its_list_send_it_and_nobody_else_hears(case: Case) -> None:
    other = make_person(case.councils.england, role="practice_manager")
    given = case.propose()
    assert told(case.councils.england) == {case.manager.account_id}
    with pytest.raises(NotFound):
        case.act(other, offering.confirm, given, permission=Permission.APPROVE)
    with pytest.raises(NotFound):
        case.one(given, other)
    case.act(case.manager, offering.confirm, given, permission=Permission.APPROVE)
    assert case.one(given, case.screener).restricted


def test_without_a_second_person_on_its_list_it_is_not_proposed(councils: Councils, client: FlaskClient) -> None:
    case = make_case(councils)
    with db.unit_of_work(case.screener.scope) as session:
        found = find(case.screener.actor, Permission.DECIDE, case.made.reference)
        session.execute(_sight(found.id, case.screener.account_id))
    with pytest.raises(Conflict):
        case.propose()
    sign_in(client, case.screener)
    page = client.get(f"/avonmere/screening/{case.made.reference}/transfer").text
    assert "nobody else on its list may send it" in page
    assert "Propose the transfer" not in page


def _sight(referral_id: UUID, *people: UUID) -> Any:
    return update(Referral).where(Referral.id == referral_id).values(sight=list(people))


def test_of_an_urgent_one_no_mailbox_hears_where_somebody_may_restrict(case: Case, head: Person) -> None:
    with db.unit_of_work(Scope(case.councils.england, SYSTEM)) as session:
        session.execute(update(Referral).where(Referral.id == case.made.id).values(urgency=URGENT_RANK))
    case.offer()
    assert case.councils.wales.settings.duty.addresses
    assert head.account_id in told(case.councils.wales)
    assert None not in told(case.councils.wales)


def test_there_only_those_who_may_restrict_see_and_answer_it(case: Case, head: Person, client: FlaskClient) -> None:
    transfer_id = case.offer()
    assert head.account_id in told(case.councils.wales)
    assert case.theirs.account_id not in told(case.councils.wales)
    for deed in (case.accept, case.decline):
        with pytest.raises(NotFound):
            deed(transfer_id)
    with pytest.raises(NotFound):
        case.one(transfer_id)
    for who, number in ((case.theirs, 0), (head, 1)):
        with db.unit_of_work(who.scope):
            assert len(listed(who.actor, "in")) == number
            assert waiting(who.actor)[0] == number
    sign_in(client, case.theirs)
    assert client.get(f"/glan-yr-afon/transfers/{transfer_id}").status_code == 404
    assert "Avonmere" not in client.get("/glan-yr-afon/transfers").text
    sign_in(client, head)
    assert (
        "Only people here who may restrict reports see the offer"
        in client.get(f"/glan-yr-afon/transfers/{transfer_id}").text
    )
    assert "Restricted" in client.get("/glan-yr-afon/transfers").text


def test_it_arrives_restricted(case: Case, head: Person) -> None:
    transfer_id = case.offer()
    assert case.accept(transfer_id, head)
    (reference,) = case.arrivals()
    with pytest.raises(NotFound):
        case.found(reference, case.theirs)
    found = case.found(reference, head)
    assert found.sight is not None
    assert head.account_id in found.sight
    assert case.theirs.account_id not in found.sight
    with db.unit_of_work(head.scope):
        now = restriction(find(head.actor, Permission.RESTRICT, reference))
    assert (now.reason, now.marked_by) == ("staff_family", head.name)
    assert WORDS in now.words
    with db.unit_of_work(case.theirs.scope):
        assert listed(case.theirs.actor, "in") == ()
    there = case.found(case.made.reference, case.screener)
    assert (there.state, there.outcome, there.sight is not None) == ("decided", "transfer", True)


def test_declined_it_stays_with_those_who_saw_it(case: Case, head: Person) -> None:
    transfer_id = case.offer()
    case.decline(transfer_id, who=head)
    assert case.one(transfer_id, head).state == "declined"
    with pytest.raises(NotFound):
        case.one(transfer_id)


def test_what_is_restricted_after_its_proposal_is_proposed_anew(councils: Councils) -> None:
    case = make_case(councils)
    transfer_id = case.propose()
    people = (case.screener.account_id,)
    case.act(case.manager, restricting.restrict, "adoption", "", people, permission=Permission.RESTRICT)
    with pytest.raises(Conflict):
        case.act(case.manager, offering.confirm, transfer_id, permission=Permission.APPROVE)
    case.act(case.screener, offering.take_back, transfer_id)
    assert case.one(case.offer(), case.screener).restricted


def test_whoever_opened_it_for_a_while_sends_nothing(case: Case) -> None:
    given = case.propose()
    other = make_person(case.councils.england, role="practice_manager")
    with db.unit_of_work(case.manager.scope):
        found = find(case.manager.actor, Permission.APPROVE, case.made.reference)
    looking = replace(other.actor, opened=frozenset({found.id}))
    with db.unit_of_work(Scope(other.council, looking)), pytest.raises(Forbidden):
        offering.confirm(looking, found, given)


def test_a_query_that_forgets_everything_finds_it_for_the_same_people(case: Case, head: Person) -> None:
    """The wall of the table itself, asked without any of our clauses."""
    transfer_id = case.offer()
    wales = case.councils.wales
    seen = {}
    for role in ("screener", "practice_manager", "council_admin", "form_designer", "early_help_worker"):
        who = make_person(wales, role=role)
        with db.unit_of_work(who.scope) as session:
            seen[role] = bool(session.execute(select(Transfer.id).where(Transfer.id == transfer_id)).first())
    assert seen == {role: role == "practice_manager" for role in seen}
    with db.unit_of_work(Scope(wales, SYSTEM)) as session:
        assert session.execute(select(Transfer.id)).first()
    left = make_person(wales, role="practice_manager", state="suspended")
    with db.unit_of_work(left.scope) as session:
        assert not session.execute(select(Transfer.id)).first()
    with db.unit_of_work(case.theirs.scope), pytest.raises((NotFound, Forbidden)):
        answering.accept(case.theirs.actor, transfer_id)
    with db.unit_of_work(head.scope):
        assert one(head.actor, transfer_id).state == "offered"
