"""A report goes to another council: by two people of the one, and in one transaction of both when the other accepts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select, update

from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.forms.queries import version
from portal.kernel import db
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.scope import SYSTEM, Council, Scope
from portal.messaging import commands as messaging
from portal.messaging.commands import adding
from portal.messaging.queries import given_away
from portal.referrals.commands import following
from portal.referrals.commands.connections import declare
from portal.referrals.models import Notice, Referral, ReferralChild
from portal.referrals.queries.connections import Declared
from portal.referrals.queries.record import answers_of, caller_of, children_of, find, record_of
from portal.referrals.withholding import keeps_places, unnamed
from portal.screening.commands import decisions, holding
from portal.screening.grounds import Grounds
from portal.screening.queries.decision import decision
from portal.tenants import resolve
from portal.transfers.commands import answering, arriving, offering
from portal.transfers.envelope import Envelope, from_text
from portal.transfers.queries.transfers import arrival, listed, record_of_arrival
from tests.factories.decisions import given as decided
from tests.factories.people import make_person
from tests.fixtures.councils import Councils
from tests.transfers.cases import WHY, Case, make_case


@pytest.fixture
def case(councils: Councils) -> Case:
    return make_case(councils)


def envelope(case: Case, reference: str) -> Envelope:
    """What came with an arrival."""
    with db.unit_of_work(case.theirs.scope):
        found = find(case.theirs.actor, Permission.LOOK, reference)
        came = arrival(case.theirs.actor, found.id)
        return from_text(record_of(found).open(record_of_arrival(came.id), "transfer", came.id, "record"))


def count(council: Council, table: Any, *which: Any) -> int:
    with db.unit_of_work(Scope(council, SYSTEM)) as session:
        return session.execute(select(func.count()).select_from(table).where(*which)).scalar_one()


def told(council: Council) -> int:
    return count(council, Notice, Notice.kind == "transfer")


def happened(council: Council) -> list[str]:
    """The audit trail of transfers, in one council."""
    with db.unit_of_work(Scope(council, SYSTEM)) as session:
        query = select(AuditEvent.event).where(AuditEvent.event.startswith("transfers.")).order_by(AuditEvent.at)
        return [one.removeprefix("transfers.") for one in session.execute(query).scalars()]


def test_an_offer_says_the_least_and_stays_the_senders(case: Case) -> None:
    transfer_id = case.offer()
    seen = case.one(transfer_id)
    assert (seen.side, seen.state, seen.words["why"], seen.children, seen.age) == ("in", "offered", WHY, 1, "5_to_9")
    assert (seen.reference, seen.referral_id, seen.files) == ("", None, 0)
    assert "Llŷr" not in str(seen)
    sent, came = case.row(transfer_id, case.councils.england), case.row(transfer_id, case.councils.wales)
    assert (sent.envelope, came.envelope_key) == (None, None)
    assert sent.envelope_key
    assert came.envelope
    found = case.found(case.made.reference, case.screener)
    assert (found.state, found.owner_id) == ("screening", case.screener.account_id)
    assert told(case.councils.wales) == 1
    assert (happened(case.councils.england), happened(case.councils.wales)) == (["proposed", "offered"], ["came"])


def test_accepting_makes_one_report_and_decides_the_other(case: Case) -> None:
    transfer_id = case.offer()
    assert case.accept(transfer_id)
    assert not case.accept(transfer_id)
    (reference,) = case.arrivals()
    here, there = case.found(reference, case.theirs), case.found(case.made.reference, case.screener)
    assert (here.state, here.channel, here.route, here.initials) == ("sent", "transfer", there.route, there.initials)
    assert here.due_at
    assert (there.state, there.outcome) == ("decided", "transfer")
    with db.unit_of_work(case.theirs.scope):
        (child,) = children_of(here)
        assert (child.first_name, child.last_name) == ("Siân CNRY", "Llŷr")
        caller = caller_of(here)
    assert case.author.name in caller.name
    assert "Avonmere" in caller.agency
    assert case.made.reference in caller.reach
    with db.unit_of_work(case.screener.scope):
        now = decision(case.screener.actor, Permission.DECIDE, there)
    assert now is not None
    assert (now.decided_by, now.approved_by) == (case.screener.name, case.manager.name)
    assert now.rationale == WHY
    assert reference in now.told
    assert case.councils.wales.settings.phones.hub.number in now.told
    assert now.grounds is not None
    assert now.grounds.consulted[0].name == case.theirs.name
    assert case.one(transfer_id, case.screener).other_reference == reference
    for council in case.councils:
        row = case.row(transfer_id, council)
        assert (row.state, row.envelope, row.envelope_key) == ("accepted", None, None)
    assert happened(case.councils.england) == ["proposed", "offered", "accepted"]
    assert happened(case.councils.wales) == ["came", "arrived"]
    assert count(case.councils.england, Notice, Notice.kind == "outcome") == 1


def test_all_that_was_said_comes_readable(case: Case) -> None:
    case.act(case.screener, messaging.ask, "CNRY where is she now?", case.wanted().once, permission=Permission.ASK)
    case.accept(case.offer())
    (reference,) = case.arrivals()
    came = envelope(case, reference)
    text = came.text()
    assert "She said CNRY at breakfast" in text
    assert "where is she now?" in text
    assert came.phone == "01632 960555"
    with db.unit_of_work(case.theirs.scope):
        said = answers_of(case.found(reference, case.theirs)).sections["urgent"]
    assert said["child_name"] == "Siân CNRY Llŷr"
    assert said["sos_what_happened"] == "She said CNRY at breakfast"


def test_messages_stay_where_that_was_chosen(case: Case) -> None:
    case.act(case.screener, messaging.ask, "CNRY where is she now?", case.wanted().once, permission=Permission.ASK)
    case.accept(case.offer(messages=False))
    assert "where is she now?" not in envelope(case, case.arrivals()[0]).text()


def test_an_address_that_is_kept_is_kept_there_too(councils: Councils) -> None:
    secret = {"concern": {"sos_what_happened": "CNRY"}, "urgent": {"child_address_secret": "yes"}}
    case = make_case(councils, sections=secret)
    case.accept(case.offer())
    (reference,) = case.arrivals()
    assert envelope(case, reference).secret
    with db.unit_of_work(case.theirs.scope):
        kept = answers_of(case.found(reference, case.theirs))
        assert keeps_places(kept.triage, kept.sections)
    assert count(councils.wales, ReferralChild, ReferralChild.home_mark != "") == 0


def test_whoever_asked_to_stay_unnamed_stays_so_there_too(councils: Councils) -> None:
    asked = {"concern": {"sos_what_happened": "CNRY"}, "referrer": {"ref_third_party": "yes"}}
    case = make_case(councils, sections=asked)
    case.accept(case.offer())
    (reference,) = case.arrivals()
    assert envelope(case, reference).unnamed
    with db.unit_of_work(case.theirs.scope):
        found = case.found(reference, case.theirs)
        kept = answers_of(found)
        assert unnamed(version(found.form_version_id).form, kept.triage, kept.sections)
        assert given_away(case.theirs.actor, found, f"CNRY ask {case.author.name}")


def test_whoever_must_not_see_the_family_can_still_take_it_in(case: Case) -> None:
    """Somebody must: it is there for the others of that council from then on, and not for them."""
    transfer_id = case.offer()
    with db.unit_of_work(case.theirs.scope):
        declare(case.theirs.actor, Declared("Siân CNRY", "Llŷr", None))
    assert case.accept(transfer_id)
    (reference,) = case.arrivals()
    with pytest.raises(NotFound):
        case.found(reference, case.theirs)
    assert case.found(reference, make_person(case.councils.wales, role="screener")).state == "sent"
    assert case.found(case.made.reference, case.screener).state == "decided"


def test_an_offer_of_a_council_that_has_left_can_be_ended_on_each_side(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, theirs = case.offer(), case.councils
    everyone = resolve.everyone()
    monkeypatch.setattr(resolve, "everyone", lambda: [one for one in everyone if one.id != theirs.england.id])
    case.decline(mine)
    assert case.one(mine).state == "declined"
    monkeypatch.setattr(resolve, "everyone", lambda: [one for one in everyone if one.id != theirs.wales.id])
    case.act(case.screener, offering.take_back, mine)
    assert case.one(mine, case.screener).state == "withdrawn"


def test_declining_leaves_it_where_it_was(case: Case) -> None:
    transfer_id = case.offer()
    with pytest.raises(Invalid):
        case.decline(transfer_id, "  ")
    case.decline(transfer_id)
    case.decline(transfer_id)
    mine, theirs = case.one(transfer_id, case.screener), case.one(transfer_id)
    assert (mine.state, mine.reason, mine.words["why"]) == ("declined", "CNRY not ours", WHY)
    assert (theirs.state, "why" in theirs.words) == ("declined", False)
    assert case.row(transfer_id, case.councils.wales).envelope is None
    assert case.row(transfer_id, case.councils.england).envelope_key is None
    assert case.found(case.made.reference, case.screener).state == "screening"
    assert case.arrivals() == []
    with pytest.raises(Conflict):
        case.accept(transfer_id)
    case.accept(case.offer())


def test_only_somebody_else_sends_it(case: Case) -> None:
    manager = make_person(case.councils.england, role="practice_manager")
    case.act(case.screener, holding.release)
    case.act(manager, holding.claim)
    given = case.wanted()
    case.act(manager, offering.propose, given)
    with pytest.raises(Forbidden):
        case.act(manager, offering.confirm, given.once, permission=Permission.APPROVE)
    with pytest.raises(Forbidden):
        case.act(case.screener, offering.confirm, given.once)
    case.act(case.manager, offering.send_back, given.once, "CNRY ask them first", permission=Permission.APPROVE)
    one = case.one(given.once, manager)
    assert (one.state, one.reason) == ("sent_back", "CNRY ask them first")
    with pytest.raises(Conflict):
        case.act(case.manager, offering.confirm, given.once, permission=Permission.APPROVE)


def test_what_cannot_be_proposed(case: Case) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "council": {"council": "avonmere"},
        "why": {"why": " "},
        "consent": {"grounds": Grounds()},
    }
    for name, changes in wrong.items():
        with pytest.raises(Invalid) as error:
            case.propose(**changes)
        assert name in error.value.errors
    with pytest.raises(Conflict):
        case.act(case.manager, offering.propose, case.wanted())
    given = case.wanted()
    for _ in range(2):
        case.act(case.screener, offering.propose, given)
    with pytest.raises(Conflict):
        case.propose()
    assert happened(case.councils.england) == ["proposed"]


def test_what_is_restricted_goes_nowhere(case: Case) -> None:
    transfer_id = case.offer()
    with db.unit_of_work(Scope(case.councils.england, SYSTEM)) as session:
        session.execute(update(Referral).values(sight=[case.screener.account_id]))
    with pytest.raises(Conflict):
        case.accept(transfer_id)
    assert case.arrivals() == []
    assert case.row(transfer_id, case.councils.wales).state == "offered"


def test_what_is_taken_back_or_closed_is_gone_for_both(case: Case) -> None:
    back = case.offer()
    for _ in range(2):
        case.act(case.screener, offering.take_back, back)
    assert (case.one(back).state, case.one(back, case.screener).state) == ("withdrawn", "withdrawn")
    closed = case.offer()
    given = decided("no_further_action", "MASH", "CNRY first", "CNRY nothing more", 0)
    case.act(case.screener, decisions.decide, given)
    assert (case.one(closed).state, case.one(closed, case.screener).state) == ("overtaken", "overtaken")
    for transfer_id in (back, closed):
        with pytest.raises(Conflict):
            case.accept(transfer_id)
        assert case.row(transfer_id, case.councils.wales).envelope is None
    assert case.arrivals() == []


def test_its_author_withdraws_what_is_offered(case: Case) -> None:
    transfer_id = case.offer()
    case.act(case.screener, holding.release)
    case.act(case.author, following.withdraw, "wrong_council", permission=Permission.TRACK)
    assert case.one(transfer_id).state == "overtaken"


def test_put_back_meanwhile_it_can_be_accepted(case: Case) -> None:
    transfer_id = case.offer()
    case.act(case.screener, holding.release)
    assert case.accept(transfer_id)
    assert case.found(case.made.reference, case.screener).state == "decided"


def test_what_came_meanwhile_waits_to_be_read(case: Case) -> None:
    transfer_id = case.offer()
    case.act(case.author, adding.add, "CNRY one thing more", case.wanted().once, permission=Permission.REPLY)
    case.accept(transfer_id)
    found = case.found(case.made.reference, case.screener)
    assert found.unread_by_council == 1
    assert found.new_since is not None


def test_it_can_go_on_to_a_third_with_all_that_came(case: Case) -> None:
    case.accept(case.offer())
    (reference,) = case.arrivals()
    manager = make_person(case.councils.wales, role="practice_manager")
    with db.unit_of_work(case.theirs.scope):
        holding.claim(case.theirs.actor, find(case.theirs.actor, Permission.CLAIM, reference))
    given = case.wanted(council="avonmere")
    with db.unit_of_work(case.theirs.scope):
        offering.propose(case.theirs.actor, find(case.theirs.actor, Permission.DECIDE, reference), given)
    with db.unit_of_work(manager.scope):
        offering.confirm(manager.actor, find(manager.actor, Permission.APPROVE, reference), given.once)
    case.accept(given.once, case.screener)
    assert case.row(given.once, case.councils.england).state == "accepted"
    assert case.found(reference, case.theirs).state == "decided"


def together(*deeds: Callable[[], Any]) -> list[Any]:
    """Both at once; what each gave or raised."""
    barrier = Barrier(len(deeds))

    def run(deed: Callable[[], Any]) -> Any:
        barrier.wait(10)
        try:
            return deed()
        except Conflict as conflict:
            return conflict

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def test_two_accept_at_once_and_it_is_one(case: Case) -> None:
    other = make_person(case.councils.wales, role="screener")
    transfer_id = case.offer()
    made = together(lambda: case.accept(transfer_id), lambda: case.accept(transfer_id, other))
    assert sorted(made) == [False, True]
    assert len(case.arrivals()) == 1


@pytest.mark.parametrize("end", ["take back", "decide"])
def test_accepted_or_ended_but_never_both(case: Case, end: str) -> None:
    transfer_id = case.offer()
    given = decided("no_further_action", "MASH", "CNRY first", "CNRY nothing more", 0)

    def ends() -> None:
        if end == "decide":
            case.act(case.screener, decisions.decide, given)
        else:
            case.act(case.screener, offering.take_back, transfer_id)

    together(lambda: case.accept(transfer_id), ends)
    accepted = len(case.arrivals()) == 1
    states = {case.row(transfer_id, council).state for council in case.councils}
    assert len(states) == 1
    assert (states == {"accepted"}) is accepted
    found = case.found(case.made.reference, case.screener)
    assert (found.outcome == "transfer") is accepted


def test_killed_in_the_middle_nothing_has_happened(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    transfer_id = case.offer()
    make = arriving.make

    def dies(*given: Any) -> Any:
        make(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr(arriving, "make", dies)
    with pytest.raises(KeyboardInterrupt):
        case.accept(transfer_id)
    assert case.arrivals() == []
    assert {case.row(transfer_id, council).state for council in case.councils} == {"offered"}
    monkeypatch.undo()
    assert case.accept(transfer_id)


def test_a_refusal_leaves_the_connection_in_its_own_council(case: Case) -> None:
    transfer_id = case.offer()
    case.act(case.screener, offering.take_back, transfer_id)
    with db.unit_of_work(case.theirs.scope) as session:
        before = session.execute(select(func.current_setting("app.tenant_id"))).scalar_one()
        with pytest.raises(Conflict):
            answering.accept(case.theirs.actor, transfer_id)
        after = session.execute(select(func.current_setting("app.tenant_id"))).scalar_one()
    assert before == after == str(case.councils.wales.id)


def test_nobody_else_has_it(case: Case) -> None:
    transfer_id = case.offer()
    for who in (case.author, make_person(case.councils.wales), make_person(case.councils.wales, role="council_admin")):
        with pytest.raises(NotFound):
            case.one(transfer_id, who)
        with pytest.raises((Forbidden, NotFound)):
            case.accept(transfer_id, who)
    with db.unit_of_work(case.screener.scope):
        assert listed(case.screener.actor, "in") == ()
