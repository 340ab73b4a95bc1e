"""Who takes part in a room and when they last read it, and that nobody is told of it more than once a day unread."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal.hub import commands, telling
from portal.hub.models import HubAccess, HubMessage, HubRoom
from portal.hub.queries import find_opened, thread
from portal.hub.queries.members import colleagues, everybody
from portal.kernel import db
from portal.kernel.scope import SYSTEM, Scope
from portal.referrals.models import Notice
from tests.factories.hub import make_partner
from tests.factories.people import Person, agency_id, sign_in
from tests.hub.making import POLICE, Case


def write(case: Case, text: str = "CNRY anything?") -> None:
    case.as_council(commands.write, text, uuid4())


def look(case: Case, who: Person) -> None:
    with db.unit_of_work(who.scope):
        found = find_opened(who.actor, case.made.reference)
        commands.note_read(who.actor, found)


def told(case: Case, who: Person) -> int:
    return case.told("hub").count(who.account_id)


def a_day_passes(case: Case) -> None:
    """All that was told and written was a day earlier."""
    day = timedelta(hours=25)
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        session.execute(update(Notice).where(Notice.kind == "hub").values(created_at=Notice.created_at - day))
        session.execute(update(HubMessage).values(sent_at=HubMessage.sent_at - day))


def held_back(case: Case) -> int:
    with db.unit_of_work(Scope(case.council, SYSTEM)):
        return telling.tell_held_back()


def test_a_partner_who_has_not_looked_is_told_once_a_day(case: Case) -> None:
    case.open(case.police)
    for _ in range(3):
        write(case)
    assert told(case, case.police) == 1
    assert held_back(case) == 0
    a_day_passes(case)
    # One of all three; and then nothing until there is something new.
    assert held_back(case) == 1
    assert held_back(case) == 0
    a_day_passes(case)
    assert held_back(case) == 0
    assert told(case, case.police) == 2


def test_whoever_has_looked_is_told_of_the_next(case: Case) -> None:
    case.open(case.police)
    look(case, case.police)
    write(case)
    assert told(case, case.police) == 2
    write(case)
    assert told(case, case.police) == 2


def test_what_is_opened_again_is_told_again(case: Case) -> None:
    """What they were told within the day was of what was taken back."""
    case.as_council(commands.withdraw, case.open(case.police))
    case.open(case.police)
    assert told(case, case.police) == 2


def test_a_colleague_who_has_looked_keeps_nothing_from_another(case: Case) -> None:
    second = make_partner(case.council, agency=POLICE, name="CNRY Second")
    case.open(case.police)
    write(case)
    look(case, case.police)
    with db.unit_of_work(case.police.scope):
        room = find_opened(case.police.actor, case.made.reference).room
        commands.mark_read(room, agency_id(POLICE), [one.id for one in thread(room, agency_id(POLICE))])
    a_day_passes(case)
    assert held_back(case) == 1
    assert (told(case, case.police), told(case, second)) == (1, 2)
    # Nor does what a colleague wrote: of that nobody of their own is told.
    case.answer(case.police, "CNRY yes")
    a_day_passes(case)
    assert held_back(case) == 0


def test_what_was_read_or_is_not_there_for_somebody_is_not_told_later(case: Case) -> None:
    access = case.open(case.police)
    write(case)
    a_day_passes(case)
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        session.execute(update(HubAccess).values(unseen_by=[case.police.account_id]))
    assert held_back(case) == 0
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        session.execute(update(HubAccess).values(unseen_by=[]))
    case.as_council(commands.withdraw, access)
    assert held_back(case) == 0


def test_the_council_reads_who_takes_part_and_when_they_last_read(case: Case) -> None:
    second = make_partner(case.council, agency=POLICE, name="CNRY Second")
    case.open(case.police)
    look(case, case.police)
    with db.unit_of_work(case.screener.scope):
        live = [case.access(case.police)]
        found = everybody(case.made.id, live)
        assert {one.name for one in found} == {case.police.name, second.name}
        read = {one.name: one.read_at for one in found}
        assert read[second.name] is None
        assert read[case.police.name] is not None
        # Nobody takes part before it was opened, however long they are a partner.
        assert all(one.since >= live[0].opened_at for one in found)
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        session.execute(update(HubAccess).values(unseen_by=[second.account_id]))
    with db.unit_of_work(case.screener.scope):
        assert {one.name for one in everybody(case.made.id, live)} == {case.police.name}


def test_a_partner_reads_of_their_own_people_and_of_other_agencies_the_name(case: Case, client: FlaskClient) -> None:
    case.open(case.police)
    access = case.open(case.health)
    with db.unit_of_work(case.police.scope):
        mine, others = colleagues(find_opened(case.police.actor, case.made.reference), agency_id(POLICE))
    assert {one.name for one in mine} == {case.police.name}
    assert {one.read_at for one in mine} == {None}
    assert len(others) == 1
    sign_in(client, case.police)
    address = f"/{case.council.slug}/hub/{case.made.reference}"
    page = client.get(address).text
    assert "Also open to:" in page
    assert case.health.name not in page
    case.as_council(commands.withdraw, access)
    assert "Also open to:" not in client.get(address).text
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        assert session.execute(select(HubRoom.open_to)).scalar_one() == [agency_id(POLICE)]
    sign_in(client, case.screener)
    told_page = client.get(f"/{case.council.slug}/screening/{case.made.reference}/hub").text
    assert "1 partner takes part" in told_page
    assert "Last read it:" in told_page
