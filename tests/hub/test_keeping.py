"""What partners read follows what the report keeps secret, at once; the rest is shared anew by the council."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.hub import commands
from portal.hub.models import HubFormer
from portal.hub.queries import opened, room_of, thread
from portal.hub.queries.sources import formers
from portal.hub.sides import COUNCIL
from portal.kernel import crypto, db
from portal.kernel.errors import Conflict
from portal.kernel.scope import SYSTEM, Scope
from portal.referrals.places import Place
from portal.referrals.queries.record import find
from tests.factories.people import Person
from tests.fixtures.councils import Councils
from tests.hub.making import Case, make_case

HOME = {"lines": "12 CNRY Row", "town": "Avonmere", "postcode": "AV1 4XX"}
SECRET, IMPACT = Place("children", "child_address_secret", 0), Place("concern", "sos_impact")
SAFE, THIRD = Place("people", "person_safe_contact", 0), Place("referrer", "ref_third_party")
SECTIONS: dict[str, Any] = {
    "referrer": {"ref_source_type": ["parent"], "ref_third_party": "no"},
    "children": [{"child_first_name": "Siân CNRY", "child_address": HOME, "child_address_secret": "no"}],
    "people": [{"person_name": "CNRY Mam", "person_phone": "01632 960777", "person_safe_contact": "yes"}],
    "concern": {"sos_what_happened": "CNRY at 12 CNRY Row", "sos_impact": "CNRY little"},
}


@pytest.fixture
def case(councils: Councils) -> Case:
    """A report that keeps nothing secret yet."""
    return make_case(councils, SECTIONS)


def read(case: Case, who: Person) -> dict[str, str]:
    return {label: value for _title, rows in case.seen(who).shared.told["en"].groups for label, value in rows}


def kept(case: Case) -> list[dict[str, Any]]:
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        query = select(AuditEvent.detail).where(AuditEvent.event == "hub.kept")
        return list(session.execute(query).scalars())


def share_anew(case: Case, seen: int) -> int:
    done: int = case.as_council(commands.share_anew, seen)
    return done


def test_an_address_that_becomes_secret_is_taken_out_at_once(case: Case) -> None:
    case.open(case.police)
    case.open(case.health, "summary")
    assert "12 CNRY Row" in case.seen(case.police).shared.text()
    case.correct(SECRET, "yes")
    text = case.seen(case.police).shared.text()
    for secret in ("12 CNRY Row", "AV1 4XX"):
        assert secret not in text
    assert "CNRY little" in text
    access = case.access(case.police)
    assert (access.kept_why, access.corrections) == ("place", 0)
    # Of the other agency, which read a summary, nothing had to be taken out.
    assert case.access(case.health).kept_at is None
    assert kept(case) == [{"agency": str(case.police.actor.agency_id), "why": "place", "messages": 0}]
    assert case.screener.account_id in case.told("hub_in")
    with db.unit_of_work(case.screener.scope):
        found = find(case.screener.actor, Permission.ASK, case.made.reference)
        room = room_of(case.screener.actor, Permission.ASK, found)
        assert room is not None
        (former,) = formers(room, [access.id])
    assert "12 CNRY Row" in former.shared.text()
    with db.unit_of_work(case.police.scope) as session:
        assert session.execute(select(HubFormer.id)).all() == []


def test_a_question_and_messages_that_give_it_away_go_too(case: Case) -> None:
    case.open(case.police, words="CNRY do you know 12 CNRY Row?")
    case.open(case.health, "summary")
    case.as_council(commands.write, "CNRY we were at 12 CNRY Row", uuid4())
    case.answer(case.health, "CNRY we have not heard")
    case.correct(SECRET, "yes")
    assert case.seen(case.police).shared.question == ""
    assert case.seen(case.health).shared.question == "CNRY what do you know?"
    assert [text for text, _new in case.said(case.police)] == ["CNRY we have not heard"]
    assert case.seen(case.police).new == 1
    assert {one["messages"] for one in kept(case)} == {1}
    # What nobody took anything out of is no former version.
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        assert len(session.execute(select(HubFormer.id)).all()) == 1
    assert case.access(case.health).kept_why == "place"


def test_a_name_that_must_not_be_said_any_more_is_kept(case: Case) -> None:
    case.open(case.police)
    case.as_council(commands.write, f"CNRY {case.author.name} told us", uuid4())
    case.correct(THIRD, "yes")
    assert case.said(case.police) == []
    assert case.access(case.police).kept_why == "name"


def test_what_was_written_is_kept_while_it_is_open_to_nobody_too(case: Case) -> None:
    """Whoever gets it later reads what was written before."""
    access = case.open(case.police)
    case.as_council(commands.write, "CNRY we were at 12 CNRY Row", uuid4())
    case.as_council(commands.withdraw, access)
    case.correct(SECRET, "yes")
    case.open(case.health)
    assert case.said(case.health) == []


def test_what_a_partner_writes_after_the_correction_is_kept_too(case: Case) -> None:
    case.open(case.police)
    case.open(case.health)
    case.answer(case.police, "CNRY we know 12 CNRY Row")
    case.correct(SECRET, "yes")
    before = case.told("hub_in").count(case.screener.account_id)
    case.answer(case.police, "CNRY still at 12 CNRY Row")
    case.answer(case.police, "CNRY and nothing more")
    # What an agency wrote itself it goes on reading: or it would learn what is secret by what vanishes.
    assert [text for text, _new in case.said(case.health)] == ["CNRY and nothing more"]
    assert len(case.said(case.police)) == 3
    # The council hears of both.
    assert case.told("hub_in").count(case.screener.account_id) == before + 2
    with db.unit_of_work(case.screener.scope):
        found = find(case.screener.actor, Permission.ASK, case.made.reference)
        room = room_of(case.screener.actor, Permission.ASK, found)
        assert room is not None
        held = [one.text for one in thread(room, COUNCIL) if one.held_at]
    assert held == ["CNRY we know 12 CNRY Row", "CNRY still at 12 CNRY Row"]


def test_whom_nobody_may_contact_is_told_at_once(case: Case) -> None:
    case.open(case.police)
    assert read(case, case.police)["Telephone number or email address"] == "01632 960777"
    case.correct(SAFE, "no")
    now = read(case, case.police)
    assert now["Is it safe for us to contact this person?"] == "No"
    assert now["Telephone number or email address"] == "Not shared in the hub"
    assert case.access(case.police).kept_why == "contact"


def test_another_correction_changes_nothing_until_it_is_shared_anew(case: Case) -> None:
    case.open(case.police)
    with db.unit_of_work(case.police.scope):
        commands.note_read(case.police.actor, case.seen(case.police))
    case.correct(IMPACT, "CNRY much worse")
    assert "CNRY little" in case.seen(case.police).shared.text()
    assert kept(case) == []
    case.correct(SECRET, "yes")
    assert "CNRY little" in case.seen(case.police).shared.text()
    before = len(case.told("hub"))
    assert share_anew(case, 2) == 1
    assert share_anew(case, 2) == 0
    seen = case.seen(case.police)
    assert "CNRY much worse" in seen.shared.text()
    assert "12 CNRY Row" not in seen.shared.text()
    assert seen.shared.question == "CNRY what do you know?"
    assert seen.changed_at is not None
    # They have not read it as it is now.
    assert seen.read_at is None
    assert len(case.told("hub")) == before + 1


def test_sharing_anew_is_refused_for_what_was_not_seen_or_is_closed(case: Case) -> None:
    with pytest.raises(Conflict):
        share_anew(case, 0)
    access = case.open(case.police)
    case.correct(IMPACT, "CNRY much worse")
    with pytest.raises(Conflict):
        share_anew(case, 0)
    case.as_council(commands.withdraw, access)
    with pytest.raises(Conflict):
        share_anew(case, 1)


def test_what_was_opened_after_the_correction_has_it(case: Case) -> None:
    case.correct(IMPACT, "CNRY much worse")
    case.open(case.police)
    assert "CNRY much worse" in case.seen(case.police).shared.text()
    assert case.access(case.police).corrections == 1


def test_a_list_opens_a_short_line_of_each_and_no_answers(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.open(case.police, words=f"CNRY {'x' * 300}")
    case.correct(IMPACT, "CNRY much worse")
    share_anew(case, 1)
    sizes: list[int] = []
    unseal = crypto.unseal

    def counted(key: bytes, blob: bytes, where: bytes) -> bytes:
        plain = unseal(key, blob, where)
        sizes.append(len(plain))
        return plain

    monkeypatch.setattr(crypto, "unseal", counted)
    with db.unit_of_work(case.police.scope):
        (line,) = opened(case.police.actor)
    assert line.shared.told["en"].groups == ()
    assert line.shared.told["en"].children[0].startswith("S")
    assert line.shared.question.endswith("x…")
    # The room's key, and the line: the answers alone are longer.
    assert max(sizes) < 600
    assert len(sizes) <= 3
