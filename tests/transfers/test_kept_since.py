"""What the sender's report comes to keep secret after its offer is secret at the other council, too."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.forms.queries import version
from portal.kernel import db
from portal.kernel.scope import SYSTEM, Scope
from portal.messaging.commands.correcting import Correcting, correct
from portal.referrals.models import ReferralChild
from portal.referrals.places import Place
from portal.referrals.queries.corrections import as_now, corrections, count
from portal.referrals.queries.record import answers_of, find
from portal.referrals.withholding import keeps_places, unnamed
from tests.factories.hub import make_partner, open_hub
from tests.factories.people import sign_in
from tests.fixtures.councils import Councils
from tests.transfers.cases import Case, make_case
from tests.transfers.test_passing_on import add, send, waits

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
        session.execute(update(ReferralChild).values(home_mark="CNRY mark"))


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
    assert homes(case) == ({""} if place is SECRET else {"CNRY mark"})
    assert warned(case, client) == then
    (reference,) = case.arrivals()
    assert client.get(f"/glan-yr-afon/screening/{reference}").status_code == 200
    send(case, transfer_id, waits(case, transfer_id)[0].id)
    with db.unit_of_work(Scope(case.councils.wales, SYSTEM)) as session:
        query = select(AuditEvent.id).where(AuditEvent.event == "messaging.corrected")
        assert len(session.execute(query).all()) == 1


def test_partners_there_follow(case: Case) -> None:
    transfer_id = case.offer()
    case.accept(transfer_id)
    (reference,) = case.arrivals()
    partner = make_partner(case.councils.wales, "north-wales-police")
    open_hub(case.theirs, reference, partner.actor.agency_id, "CNRY what do you know?")
    fix(case, SECRET)
    send(case, transfer_id, *(one.id for one in waits(case, transfer_id)))
    with db.unit_of_work(Scope(case.councils.wales, SYSTEM)) as session:
        why = session.execute(select(AuditEvent.detail).where(AuditEvent.event == "hub.kept")).scalars().all()
    assert [one["why"] for one in why] == ["place"]
