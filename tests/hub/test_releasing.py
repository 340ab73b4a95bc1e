"""What is held in the hub: its writer does not learn of it, and the council shows it to partners with a reason."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.hub import commands
from portal.hub.models import HubMessage, HubRelease
from portal.hub.queries import find_opened, thread
from portal.hub.queries.files import of_room
from portal.hub.queries.held import find_held, releases
from portal.hub.sides import COUNCIL
from portal.kernel import db
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import SYSTEM, Scope
from portal.referrals.commands.attaching import Paper
from portal.referrals.places import Place
from portal.referrals.queries.record import find
from portal.screening.commands import restricting
from tests.factories.hub import make_partner
from tests.factories.pages import fields_of, soup
from tests.factories.people import Person, make_person, sign_in
from tests.files.making import pdf
from tests.hub.making import POLICE, Case

GUESS = "CNRY is it 12 CNRY Row?"


def heard(case: Case, event: Event) -> list[dict[str, Any]]:
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        return list(session.execute(select(AuditEvent.detail).where(AuditEvent.event == str(event))).scalars())


def held(case: Case) -> list[UUID]:
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        query = select(HubMessage.id).where(HubMessage.held_at.is_not(None)).order_by(HubMessage.sent_at)
        return list(session.execute(query).scalars())


def mark_of(case: Case, message_id: UUID) -> str:
    marked: str = case.as_council(lambda actor, found: find_held(actor, found, message_id)[1].mark)
    return marked


def release(case: Case, message_id: UUID, why: str = "CNRY they know it", confirmed: str | None = None) -> bool:
    mark = mark_of(case, message_id) if confirmed is None else confirmed
    done: bool = case.as_council(commands.release, message_id, why, mark)
    return done


def paper(name: str) -> Paper:
    return Paper(name, "application/pdf", BytesIO(pdf()), "pdf")


def files(case: Case, who: Person) -> list[str]:
    with db.unit_of_work(who.scope):
        room = find_opened(who.actor, case.made.reference).room
        return [one.file.name for one in of_room(room, who.actor.agency_id or COUNCIL)]


def test_a_partner_who_guesses_reads_the_same_whether_it_hits_or_not(case: Case, client: FlaskClient) -> None:
    case.open(case.police)
    case.open(case.health)
    colleague = make_partner(case.council, agency=POLICE)
    theirs = f"/{case.council.slug}/hub/{case.made.reference}"
    sign_in(client, case.police)
    seen = []
    for words in ("CNRY is it 99 Nowhere Lane?", GUESS):
        page = client.get(theirs)
        sent = client.post(theirs, data={**fields_of(page, theirs), "message": words})
        assert sent.status_code == 303
        after = soup(client.get(theirs))
        flash = after.select_one(".govuk-notification-banner")
        mine = after.select(".app-message--mine")[-1]
        seen.append((flash.get_text(" ", strip=True) if flash else "", [str(one.name) for one in mine.find_all()]))
        assert words in mine.text
        listed = soup(client.get(f"/{case.council.slug}/hub")).select("td")
        assert all("new message" not in one.text for one in listed)
    assert seen[0] == seen[1]
    # What their agency wrote it goes on reading; another agency does not read what hit.
    for who in (case.police, colleague):
        assert [words for words, _new in case.said(who)] == ["CNRY is it 99 Nowhere Lane?", GUESS]
    assert [words for words, _new in case.said(case.health)] == ["CNRY is it 99 Nowhere Lane?"]
    with db.unit_of_work(case.police.scope):
        room = find_opened(case.police.actor, case.made.reference).room
        assert all(one.held_at is None for one in thread(room, case.police.actor.agency_id or COUNCIL))
    assert Counter(case.told("hub"))[case.health.account_id] == 1


def test_a_guess_in_the_name_of_a_file_is_there_for_its_writer_alone(case: Case) -> None:
    case.open(case.police)
    case.open(case.health)
    once = uuid4()
    for name in ("CNRY plan.pdf", "12 CNRY Row.pdf"):
        with db.unit_of_work(case.police.scope):
            opened = find_opened(case.police.actor, case.made.reference)
            content = BytesIO(pdf() + name.encode())
            commands.answer(
                case.police.actor, opened, "CNRY see", once, [Paper(name, "application/pdf", content, "pdf")]
            )
        # The second comes with a message of before, which is looked at again.
        assert bool(held(case)) == (name != "CNRY plan.pdf")
    assert len(files(case, case.police)) == 2
    assert files(case, case.health) == []


def test_whoever_read_it_before_it_was_held_is_not_told_again(case: Case) -> None:
    case.open(case.police)
    case.open(case.health)
    case.answer(case.police, GUESS)
    (message_id,) = held(case)
    health = case.health.actor.agency_id
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        read = {"read_by": func.array_append(HubMessage.read_by, health)}
        session.execute(update(HubMessage).where(HubMessage.id == message_id).values(read))
    before = Counter(case.told("hub"))
    assert release(case, message_id) is True
    assert not Counter(case.told("hub")) - before


def test_somebody_of_the_council_shows_it_once_with_a_reason(case: Case) -> None:
    case.open(case.police)
    case.open(case.health)
    case.answer(case.police, GUESS)
    (message_id,) = held(case)
    for who in (case.police, case.health):
        with db.unit_of_work(who.scope):
            commands.note_read(who.actor, find_opened(who.actor, case.made.reference))
    before = Counter(case.told("hub"))
    assert release(case, message_id) is True
    assert release(case, message_id) is False
    assert case.said(case.health) == [(GUESS, True)]
    # The other agency hears of it, and its writer of nothing.
    assert Counter(case.told("hub")) - before == {case.health.account_id: 1}
    assert heard(case, Event.HUB_RELEASED) == [{"entry": str(message_id), "values": 1, "files": 0}]
    with db.unit_of_work(case.screener.scope):
        found = find(case.screener.actor, Permission.ASK, case.made.reference)
        room, one = find_held(case.screener.actor, found, message_id)
        assert one.said.released_at is not None
        (shown,) = releases(room, [message_id])
    assert (shown.by, shown.why) == (case.screener.name, "CNRY they know it")
    with db.unit_of_work(case.police.scope) as session:
        assert session.execute(select(HubRelease.id)).all() == []


@pytest.mark.parametrize(
    ("why", "confirmed", "errors"),
    [
        (" ", None, {"why": "required"}),
        ("x" * 1001, None, {"why": "too_long"}),
        ("CNRY", "", {"confirmed": "required"}),
        ("", "", {"why": "required", "confirmed": "required"}),
    ],
)
def test_without_a_reason_and_a_look_nothing_is_shown(
    case: Case, why: str, confirmed: str | None, errors: dict[str, str]
) -> None:
    case.open(case.police)
    case.answer(case.police, GUESS)
    (message_id,) = held(case)
    with pytest.raises(Invalid) as refused:
        release(case, message_id, why, confirmed)
    assert refused.value.errors == errors
    assert held(case) == [message_id]


def test_what_is_not_as_its_page_showed_it_is_not_shown(case: Case) -> None:
    case.open(case.police)
    once = uuid4()
    case.answer(case.police, GUESS, once)
    (message_id,) = held(case)
    seen = mark_of(case, message_id)
    with db.unit_of_work(case.police.scope):
        opened = find_opened(case.police.actor, case.made.reference)
        commands.answer(case.police.actor, opened, GUESS, once, [paper("CNRY plan.pdf")])
    with pytest.raises(Conflict):
        release(case, message_id, confirmed=seen)
    with pytest.raises(NotFound):
        release(case, uuid4(), confirmed=seen)
    seen = mark_of(case, message_id)
    case.correct(Place("children", "child_address", 0), {"lines": "3 CNRY Lane", "town": "A", "postcode": "AV1 4XY"})
    # What is secret besides now is not in it: the same is confirmed.
    assert release(case, message_id, confirmed=seen) is True


def test_what_was_secret_between_two_corrections_is_looked_for_too(case: Case) -> None:
    case.open(case.police)
    case.open(case.health)
    for lines in ("3 CNRY Lane", "5 CNRY Square"):
        where = {"lines": lines, "town": "Avonmere", "postcode": "AV1 4XY"}
        case.correct(Place("children", "child_address", 0), where)
    case.answer(case.police, "CNRY she was at 3 CNRY Lane")
    assert case.said(case.health) == []
    with pytest.raises(Invalid) as refused:
        case.as_council(commands.write, "CNRY was she at 3 CNRY Lane?", uuid4())
    assert refused.value.errors == {"message": "protected"}


def test_while_the_report_is_restricted_nothing_is_shown(case: Case) -> None:
    case.open(case.police)
    case.answer(case.police, GUESS)
    (message_id,) = held(case)
    seen = mark_of(case, message_id)
    with db.unit_of_work(case.manager.scope):
        found = find(case.manager.actor, Permission.RESTRICT, case.made.reference)
        restricting.restrict(case.manager.actor, found, "adoption", "", (case.screener.account_id,))
    with pytest.raises(Conflict):
        release(case, message_id, confirmed=seen)


def test_of_two_who_show_it_at_once_one_does(case: Case) -> None:
    case.open(case.police)
    case.answer(case.police, GUESS)
    (message_id,) = held(case)
    seen = mark_of(case, message_id)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: release(case, message_id, confirmed=seen), range(2)))
    assert sorted(done) == [False, True]
    assert len(heard(case, Event.HUB_RELEASED)) == 1


def test_a_second_click_on_what_was_shown_does_not_hold_it_again(case: Case) -> None:
    case.open(case.police)
    case.open(case.health)
    once = uuid4()
    case.answer(case.police, GUESS, once)
    (message_id,) = held(case)
    release(case, message_id)
    case.answer(case.police, GUESS, once)
    assert held(case) == []


def test_the_page_of_what_is_held(case: Case, client: FlaskClient) -> None:
    case.open(case.police)
    case.open(case.health)
    with db.unit_of_work(case.police.scope):
        opened = find_opened(case.police.actor, case.made.reference)
        commands.answer(case.police.actor, opened, GUESS, uuid4(), [paper("CNRY plan.pdf")])
    sign_in(client, case.screener)
    ours = f"/{case.council.slug}/screening/{case.made.reference}/hub"
    (href,) = [str(one["href"]) for one in soup(client.get(ours)).find_all("a") if "/hub/held/" in str(one.get("href"))]
    page = client.get(href)
    for words in (GUESS, "CNRY plan.pdf", "12 CNRY Row", "Open each of them first"):
        assert words in page.text
    refused = client.post(href, data={**fields_of(page, href), "why": "CNRY <b>typed"})
    assert refused.status_code == 422
    assert "Confirm that you have looked at it" in refused.text
    assert "CNRY &lt;b&gt;typed</textarea>" in refused.text
    box = soup(refused).find("input", {"name": "confirmed"})
    assert box is not None
    good = {**fields_of(refused, href), "why": "CNRY <b>they know", "confirmed": str(box["value"])}
    assert client.post(href, data={**good, "confirmed": "0" * 64}).status_code == 409
    assert client.post(href, data=good).status_code == 303
    assert client.post(href, data=good).status_code == 303
    shown = client.get(ours).text
    assert "CNRY &lt;b&gt;they know" in shown
    assert "/hub/held/" not in shown
    assert "not held any more" in client.get(href).text
    # Its reason is the council's.
    for who in (case.police, case.health):
        sign_in(client, who)
        theirs = client.get(f"/{case.council.slug}/hub/{case.made.reference}").text
        assert GUESS in theirs
        assert "they know" not in theirs
        assert client.get(href).status_code in (403, 404)


def test_whoever_only_reads_for_a_while_shows_nothing(case: Case, client: FlaskClient) -> None:
    case.open(case.police)
    case.answer(case.police, GUESS)
    (message_id,) = held(case)
    sign_in(client, make_person(case.council, role="council_admin"))
    href = f"/{case.council.slug}/screening/{case.made.reference}/hub/held/{message_id}"
    assert client.get(href).status_code in (403, 404)
