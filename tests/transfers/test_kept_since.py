"""What the sender's report comes to keep secret after its offer is secret at the other council, too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.earlyhelp.queries.secrets import comes_to_keep
from portal.forms.queries import newest, version
from portal.kernel import db
from portal.kernel.errors import Conflict
from portal.kernel.scope import SYSTEM, Actor, Council, Scope
from portal.messaging.commands import corrected
from portal.messaging.commands.correcting import Correcting, correct
from portal.referrals.models import Referral, ReferralChild
from portal.referrals.places import Place
from portal.referrals.queries.corrections import as_now, corrections, count
from portal.referrals.queries.record import Found, answers_of, find
from portal.referrals.withholding import keeps_places, unnamed
from portal.transfers.commands import arriving
from tests.factories.people import Person, sign_in
from tests.fixtures.councils import Councils
from tests.transfers.cases import Case, make_case
from tests.transfers.test_passing_on import LATE, add, came, send, waits

HOME = {"lines": "12 CNRY Row", "town": "Avonmere", "postcode": "AV1 4XX"}
SECTIONS: dict[str, Any] = {
    "referrer": {"ref_phone": "01632 960555", "ref_source_type": ["parent"], "ref_third_party": "no"},
    "children": [{"child_first_name": "Siân CNRY", "child_address": HOME, "child_address_secret": "no"}],
    "concern": {"sos_what_happened": "CNRY at 12 CNRY Row"},
}
SECRET, NAMELESS = Place("children", "child_address_secret", 0), Place("referrer", "ref_third_party")


@pytest.fixture
def case(councils: Councils) -> Case:
    """A report that keeps nothing secret yet."""
    return make_case(councils, sections=SECTIONS)


def fix(case: Case, place: Place) -> None:
    """The referrer corrects an answer to yes."""
    with db.unit_of_work(case.author.scope):
        found = find(case.author.actor, Permission.REPLY, case.made.reference)
        correct(case.author.actor, found, Correcting(place, "yes", "CNRY I misheard", count(found), uuid4()))


def kept(case: Case) -> tuple[bool, bool]:
    """What the report keeps secret at the other council: places, names."""
    (reference,) = case.arrivals()
    with db.unit_of_work(case.theirs.scope):
        found = find(case.theirs.actor, Permission.LOOK, reference)
        now = as_now(answers_of(found), corrections(case.theirs.actor, Permission.LOOK, found))
        form = version(found.form_version_id).form
        return keeps_places(now.triage, now.sections), unnamed(form, now.triage, now.sections)


def homes(case: Case) -> set[str]:
    with db.unit_of_work(Scope(case.councils.wales, SYSTEM)) as session:
        return set(session.execute(select(ReferralChild.home_mark)).scalars())


def move_in(case: Case) -> None:
    """The child at the other council can be found by its address."""
    with db.unit_of_work(Scope(case.councils.wales, SYSTEM)) as session:
        session.execute(update(ReferralChild).values(home_mark="some mark"))


@pytest.mark.parametrize(("place", "then"), [(SECRET, (True, False)), (NAMELESS, (False, True))])
def test_what_is_corrected_before_the_answer_is_secret_on_arrival(
    case: Case, place: Place, then: tuple[bool, bool], client: FlaskClient
) -> None:
    transfer_id = case.offer()
    fix(case, place)
    case.accept(transfer_id)
    assert kept(case) == then
    if place is SECRET:
        assert homes(case) == {""}
    assert warned(case, client) == then


def warned(case: Case, client: FlaskClient) -> tuple[bool, bool]:
    (reference,) = case.arrivals()
    sign_in(client, case.theirs)
    page = client.get(f"/glan-yr-afon/screening/{reference}/arrived").text
    return "An address must be kept from somebody" in page, "asks to stay unnamed" in page


@pytest.mark.parametrize(("place", "then"), [(SECRET, (True, False)), (NAMELESS, (False, True))])
def test_what_is_corrected_after_it_becomes_secret_with_the_next_thing(
    case: Case, place: Place, then: tuple[bool, bool], client: FlaskClient
) -> None:
    transfer_id = case.offer()
    case.accept(transfer_id)
    move_in(case)
    assert kept(case) == (False, False)
    fix(case, place)
    # Whatever goes next takes it along.
    add(case)
    send(case, transfer_id, waits(case, transfer_id)[-1].id)
    assert kept(case) == then
    assert homes(case) == ({""} if place is SECRET else {"some mark"})
    assert warned(case, client) == then
    (reference,) = case.arrivals()
    assert client.get(f"/glan-yr-afon/screening/{reference}").status_code == 200
    send(case, transfer_id, waits(case, transfer_id)[0].id)
    with db.unit_of_work(Scope(case.councils.wales, SYSTEM)) as session:
        query = select(AuditEvent.id).where(AuditEvent.event == "messaging.corrected")
        assert len(session.execute(query).all()) == 1


@pytest.mark.parametrize("place", [SECRET, NAMELESS])
def test_whoever_has_shared_it_there_follows(case: Case, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub and the early-help team hear of it as of a correction that was made there."""
    followed: list[tuple[str, bool]] = []

    def follow(_actor: Actor, found: Found) -> None:
        made = corrections(SYSTEM, Permission.LOOK, found)
        followed.append((found.reference, comes_to_keep(found, answers_of(found), made)))

    transfer_id = case.offer()
    case.accept(transfer_id)
    fix(case, place)
    monkeypatch.setattr(corrected, "_FOLLOWERS", [follow])
    send(case, transfer_id, *(one.id for one in waits(case, transfer_id)))
    assert followed == [(case.arrivals()[0], True)]


def test_whoever_stays_unnamed_is_not_named_with_what_is_passed_on(case: Case) -> None:
    transfer_id = case.offer()
    case.accept(transfer_id)
    add(case)
    fix(case, NAMELESS)
    send(case, transfer_id, *(one.id for one in waits(case, transfer_id)))
    said, _files = came(case)
    assert len(said) == 2
    for one in said:
        assert case.author.name not in one.text
        assert "Fe'i hysgrifennwyd yno" in one.text


def test_what_is_restricted_since_does_not_go_to_a_report_that_everybody_sees(case: Case, client: FlaskClient) -> None:
    transfer_id = case.offer()
    case.accept(transfer_id)
    add(case)
    (words,) = waits(case, transfer_id)
    restrict(case.councils.england, case.screener)
    with pytest.raises(Conflict):
        send(case, transfer_id, words.id)
    assert came(case) == ((), ())
    sign_in(client, case.screener)
    path = f"/avonmere/screening/{case.made.reference}/transfer"
    page = client.get(path).text
    assert "Nothing more of it can be passed on here: ring them" in page
    assert LATE not in page
    assert f"{path}/later" not in page
    restrict(case.councils.wales, case.theirs)
    assert LATE in client.get(path).text
    assert send(case, transfer_id, words.id) == 1


def restrict(council: Council, *people: Person) -> None:
    with db.unit_of_work(Scope(council, SYSTEM)) as session:
        session.execute(update(Referral).values(sight=[one.account_id for one in people]))


def test_a_council_without_a_short_form_keeps_it_too(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    fix(case, SECRET)
    fix(case, NAMELESS)
    offered = case.offer()
    whole = newest

    def without() -> Any:
        form = whole()
        return replace(form, form=replace(form.form, urgent=()))

    monkeypatch.setattr(arriving, "newest", without)
    case.accept(offered)
    assert kept(case) == (True, True)
