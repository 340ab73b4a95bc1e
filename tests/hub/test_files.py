"""Files of messages in the hub: with the message or not at all, checked first, read by its readers, gone with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, text, update
from werkzeug.test import TestResponse

from portal.adapters import outbox, ports
from portal.adapters.ports import Harmful, Signatures, Verdict
from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.files import states
from portal.files import tasks as file_tasks
from portal.files.commands import judging, keeping
from portal.files.models import GoneObject, StoredFile
from portal.hub import commands
from portal.hub.models import HubMessage
from portal.hub.queries import find_opened
from portal.kernel import clock, db, scope
from portal.kernel.errors import Invalid
from portal.kernel.scope import SYSTEM, Scope
from portal.referrals.commands import attaching
from portal.referrals.commands.attaching import Paper
from portal.referrals.models import Referral
from portal.referrals.places import Place
from tests.factories.pages import fields_of, soup
from tests.factories.people import make_person, sign_in
from tests.files.making import pdf
from tests.fixtures.councils import Councils
from tests.hub.making import HOME, Case, make_case

MARKER = ("CNRY chronology.pdf", pdf())


# One that is made a second later has another name of its own inside: it would be another file.
def paper(name: str = "CNRY chronology.pdf", content: bytes | None = None) -> Paper:
    return Paper(name, "application/pdf", BytesIO(MARKER[1] if content is None else content), "pdf")


def post(client: FlaskClient, page: str, form: str, words: str, *files: tuple[str, bytes]) -> TestResponse:
    sent = [(BytesIO(content), name, "application/pdf") for name, content in files]
    fields = fields_of(client.get(page), form) | {"message": words, "message-files": sent}
    return client.post(page if form == page else f"{page}/message", data=fields, content_type="multipart/form-data")


def kept(case: Case) -> list[UUID]:
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        return list(session.execute(select(StoredFile.id).where(StoredFile.hub_room_id.is_not(None))).scalars())


def make_ready(case: Case) -> None:
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        session.execute(update(StoredFile).values(state="ready"))


def links(page: TestResponse) -> list[str]:
    return [str(one["href"]) for one in soup(page).select("li.app-file a[download]")]


def heard(case: Case, event: str) -> list[dict[str, Any]]:
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        return list(session.execute(select(AuditEvent.detail).where(AuditEvent.event == event)).scalars())


def test_a_file_goes_both_ways_once_it_is_checked(case: Case, client: FlaskClient) -> None:
    case.open(case.police)
    slug, reference = case.council.slug, case.made.reference
    ours, theirs = f"/{slug}/screening/{reference}/hub", f"/{slug}/hub/{reference}"
    sign_in(client, case.police)
    assert post(client, theirs, theirs, "CNRY see this", MARKER).status_code == 303
    desk = client.application.test_client()
    sign_in(desk, case.screener)
    shown = desk.get(ours)
    assert "CNRY chronology.pdf" in shown.text
    # Nobody gets it before it was checked.
    assert links(shown) == []
    make_ready(case)
    (href,) = links(desk.get(ours))
    given = desk.get(href)
    assert given.data == MARKER[1]
    assert "attachment" in given.headers["Content-Disposition"]
    assert post(desk, ours, "/hub/message", "CNRY and this", ("CNRY plan.pdf", pdf() + b"\n%more")).status_code == 303
    make_ready(case)
    assert len(links(client.get(theirs))) == 2
    assert client.get(links(client.get(theirs))[1]).status_code == 200
    assert sorted(one["side"] for one in heard(case, "hub.file_added")) == ["agency", "council"]
    assert len(heard(case, "hub.file_opened")) == 2
    # A link is good for whoever had the page.
    assert desk.get(links(client.get(theirs))[1]).status_code == 403
    for nobody in (case.author, case.health):
        other = client.application.test_client()
        sign_in(other, nobody)
        assert other.get(links(client.get(theirs))[0]).status_code in (403, 404)
    sign_in(client, case.author)
    assert "chronology" not in client.get(f"/{slug}/referrals/{reference}").text


def test_what_is_wrong_with_a_file_sends_nothing_and_keeps_the_words(case: Case, client: FlaskClient) -> None:
    case.open(case.police)
    theirs = f"/{case.council.slug}/hub/{case.made.reference}"
    sign_in(client, case.police)
    refused = post(client, theirs, theirs, "CNRY <b>words</b>", ("CNRY setup.exe", b"MZ.."))
    assert refused.status_code == 422
    assert "CNRY &lt;b&gt;words&lt;/b&gt;</textarea>" in refused.text
    assert "CNRY setup.exe" in refused.text
    assert kept(case) == []
    assert case.said(case.police) == []
    with pytest.raises(Invalid) as empty, db.unit_of_work(case.police.scope):
        opened = find_opened(case.police.actor, case.made.reference)
        commands.answer(case.police.actor, opened, "CNRY", uuid4(), [paper(), paper("CNRY b.pdf", b"")])
    assert empty.value.errors == {"file": "empty", "number": "1"}
    assert kept(case) == []


def test_the_same_form_twice_is_one_message_with_one_file(case: Case) -> None:
    case.open(case.police)
    once = uuid4()
    for _ in range(2):
        case.as_council(commands.write, "CNRY look", once, [paper()])
    assert len(kept(case)) == 1


def test_a_file_goes_with_its_report_and_its_object_with_it(case: Case) -> None:
    case.open(case.police)
    case.as_council(commands.write, "CNRY look", uuid4(), [paper()])
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        key = session.execute(select(StoredFile.object_key)).scalar_one()
        session.execute(delete(Referral))
        assert session.execute(select(StoredFile.id)).all() == []
        assert key in session.execute(select(GoneObject.id)).scalars().all()


def test_a_file_of_a_message_that_is_held_is_held_too(councils: Councils, client: FlaskClient) -> None:
    case = make_case(councils, {"children": [{"child_address": HOME, "child_address_secret": "no"}]})
    case.open(case.police)
    case.as_council(commands.write, "CNRY the plan of 12 CNRY Row", uuid4(), [paper()])
    make_ready(case)
    sign_in(client, case.police)
    theirs = f"/{case.council.slug}/hub/{case.made.reference}"
    (href,) = links(client.get(theirs))
    assert client.get(href).status_code == 200
    case.correct(Place("children", "child_address_secret", 0), "yes")
    assert links(client.get(theirs)) == []
    assert client.get(href).status_code == 404


def test_files_are_held_by_what_their_message_does_not_say(councils: Councils, client: FlaskClient) -> None:
    case = make_case(councils, {"children": [{"child_address": HOME, "child_address_secret": "no"}]})
    case.open(case.police)
    case.as_council(commands.write, "CNRY the plan", uuid4(), [paper("12 CNRY Row.pdf")])
    case.as_council(commands.write, "CNRY no file", uuid4())
    make_ready(case)
    sign_in(client, case.police)
    theirs = f"/{case.council.slug}/hub/{case.made.reference}"
    (href,) = links(client.get(theirs))
    case.correct(Place("children", "child_address_secret", 0), "yes")
    read = client.get(theirs).text
    assert "CNRY Row" not in read
    assert "CNRY no file" in read
    assert client.get(href).status_code == 404
    sign_in(client, case.screener)
    told = client.get(f"/{case.council.slug}/screening/{case.made.reference}/hub").text
    assert "1 message with files is kept from partners" in told
    assert "12 CNRY Row.pdf" in told


def test_a_partners_file_with_a_secret_name_is_the_councils_alone(case: Case, client: FlaskClient) -> None:
    case.open(case.police)
    case.open(case.health)
    theirs = f"/{case.council.slug}/hub/{case.made.reference}"
    sign_in(client, case.police)
    assert post(client, theirs, theirs, "CNRY see", ("12 CNRY Row.pdf", pdf())).status_code == 303
    assert "Your message was sent to the hub" in client.get(theirs).text
    assert case.said(case.health) == []
    assert heard(case, "hub.kept") == [{"agency": str(case.police.actor.agency_id), "why": "place", "messages": 1}]


def test_a_held_answer_that_comes_again_is_once_and_can_bring_a_file(case: Case) -> None:
    case.open(case.police)
    case.open(case.health)
    once = uuid4()
    for papers in ([], [], [paper()], [paper()]):
        with db.unit_of_work(case.police.scope):
            opened = find_opened(case.police.actor, case.made.reference)
            commands.answer(case.police.actor, opened, "CNRY at 12 CNRY Row", once, papers)
        assert case.said(case.health) == []
    assert len(kept(case)) == 1
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        assert len(session.execute(select(HubMessage.id)).all()) == 1


def test_the_report_is_held_by_nobody_while_files_are_stored(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor do the referrer's own files wait for them."""
    case.open(case.police)
    keep, free = keeping.keep, []

    def others_at_work() -> None:
        with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
            session.execute(text("set local lock_timeout = '2s'"))
            session.execute(select(Referral.id).with_for_update(key_share=True))
            attaching.take_turns(case.made.id)
            free.append(True)

    def slow(*given: Any, **named: Any) -> UUID:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(others_at_work).result()
        return keep(*given, **named)

    monkeypatch.setattr(keeping, "keep", slow)
    case.as_council(commands.write, "CNRY look", uuid4(), [paper()])
    with db.unit_of_work(case.police.scope):
        opened = find_opened(case.police.actor, case.made.reference)
        commands.answer(case.police.actor, opened, "CNRY see", uuid4(), [paper("CNRY b.pdf", pdf() + b"\n%b")])
    assert free == [True, True]


class FindsHarm:
    """A scanner that finds something in every file."""

    there = True

    def scan(self, file: object) -> Verdict:
        del file
        return Harmful("Test.CNRY", Signatures("test", None))

    def signatures(self) -> Signatures:
        return Signatures("test", None)


@pytest.fixture
def harmful() -> Iterator[None]:
    before = ports.scanner()
    ports.use_scanner(FindsHarm())
    yield
    ports.use_scanner(before)


@pytest.mark.usefixtures("harmful")
def test_a_harmful_file_is_given_to_nobody_and_told(case: Case, client: FlaskClient) -> None:
    case.open(case.police)
    with db.unit_of_work(case.police.scope):
        opened = find_opened(case.police.actor, case.made.reference)
        commands.answer(case.police.actor, opened, "CNRY see", uuid4(), [paper()])
    (file_id,) = kept(case)
    before = len(case.told("hub"))
    with db.unit_of_work(Scope(case.council, SYSTEM)):
        judging.judge(file_id)
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        assert session.execute(select(StoredFile.state)).scalar_one() == states.HARMFUL
    assert case.told("harmful_in") == [case.screener.account_id]
    # Whoever sent it hears that there is news.
    assert len(case.told("hub")) == before + 1
    sign_in(client, case.screener)
    shown = client.get(f"/{case.council.slug}/screening/{case.made.reference}/hub")
    assert "CNRY chronology.pdf" in shown.text
    assert links(shown) == []


@pytest.mark.usefixtures("harmful")
def test_harm_that_is_found_later_is_told_to_whoever_may_have_a_copy(case: Case, client: FlaskClient) -> None:
    second = make_person(case.council, role="screener")
    case.open(case.police)
    access = case.open(case.health)
    case.as_council(commands.write, "CNRY look", uuid4(), [paper()])
    make_ready(case)
    ours = f"/{case.council.slug}/screening/{case.made.reference}/hub"
    theirs = f"/{case.council.slug}/hub/{case.made.reference}"
    for who, page in ((second, ours), (case.health, theirs), (case.police, theirs)):
        sign_in(client, who)
        assert client.get(links(client.get(page))[0]).status_code == 200
    case.as_council(commands.withdraw, access)
    before = case.told("hub")
    (file_id,) = kept(case)
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        session.execute(update(StoredFile).values(state="checking"))
    with db.unit_of_work(Scope(case.council, SYSTEM)):
        judging.judge(file_id)
    # The other screener, and the partner from whom it was taken back, have a copy; nobody hears of it twice.
    assert Counter(case.told("harmful_in")) == dict.fromkeys(
        (case.screener.account_id, second.account_id, case.health.account_id), 1
    )
    assert Counter(case.told("hub")) - Counter(before) == {case.police.account_id: 1}


def test_the_name_of_a_councils_file_is_looked_at_and_confirmed_too(case: Case, client: FlaskClient) -> None:
    case.open(case.police)
    ours = f"/{case.council.slug}/screening/{case.made.reference}/hub"
    sign_in(client, case.screener)
    file = ("12 CNRY Row.pdf", pdf())
    refused = post(client, ours, "/hub/message", "CNRY the plan", file)
    assert refused.status_code == 422
    assert "The name of a file gives away" in refused.text
    # The browser does not keep the file: it has to be chosen again.
    assert "Choose the files again" in refused.text
    assert kept(case) == []
    again: dict[str, Any] = fields_of(refused, "/hub/message")
    box = soup(refused).find("input", {"name": "confirmed"})
    assert box is not None
    again |= {"confirmed": str(box["value"]), "message-files": [(BytesIO(pdf()), file[0], "application/pdf")]}
    sent = client.post(f"{ours}/message", data=again, content_type="multipart/form-data")
    assert sent.status_code == 303
    assert len(kept(case)) == 1
    assert heard(case, str(Event.HELD_CONFIRMED)) == [{"values": 1}]


def test_a_report_that_is_taken_back_while_a_file_is_stored_is_gone_and_the_words_are_kept(
    case: Case, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    access, keep = case.open(case.police), keeping.keep

    def meanwhile(*given: Any, **named: Any) -> UUID:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(case.as_council, commands.withdraw, access).result()
        return keep(*given, **named)

    monkeypatch.setattr(keeping, "keep", meanwhile)
    theirs = f"/{case.council.slug}/hub/{case.made.reference}"
    sign_in(client, case.police)
    gone = post(client, theirs, theirs, "CNRY what I typed", MARKER)
    assert gone.status_code == 404
    assert "CNRY what I typed" in gone.text
    assert kept(case) == []
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        assert session.execute(select(HubMessage.id)).all() == []


def test_what_is_found_late_in_the_hub_is_closed_and_told_as_it_is(
    case: Case, client: FlaskClient, run_jobs: Callable[[], None]
) -> None:
    case.open(case.police)
    case.as_council(commands.write, "CNRY look", uuid4(), [paper()])
    make_ready(case)
    theirs = f"/{case.council.slug}/hub/{case.made.reference}"
    sign_in(client, case.police)
    (href,) = links(client.get(theirs))
    assert client.get(href).status_code == 200
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        session.execute(update(StoredFile).values(asked_at=clock.now() - timedelta(days=1), signatures="older"))
    before = ports.scanner()
    ports.use_scanner(FindsHarm())
    try:
        file_tasks.look_again(0)
        run_jobs()
    finally:
        ports.use_scanner(before)
    assert client.get(href).status_code == 404
    shown = client.get(theirs)
    assert links(shown) == []
    assert "If you have opened it or kept a copy" in shown.text
    with db.unit_of_work(scope.NOWHERE):
        (security,) = outbox.kept(case.council.settings.security_contact)
    assert "somebody may have opened it" in security.body
    assert "before anybody could open it" not in security.body
