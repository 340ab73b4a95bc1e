"""Which files of a report a team can open: those that a screener chose, and only while it has the report."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from portal.auth.policy import Permission
from portal.earlyhelp.commands import along
from portal.files.models import StoredFile
from portal.kernel import db
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import SYSTEM, Scope
from portal.referrals.commands.attaching import Paper, Target, attach
from portal.referrals.models import Referral
from portal.referrals.queries import attachments
from portal.referrals.queries.record import find
from tests.earlyhelp.making import Case
from tests.earlyhelp.test_pages import OFFER, TEAM, Browser
from tests.factories.pages import fields_of
from tests.factories.people import Person, make_person
from tests.fixtures.councils import Councils

FILES = f"{OFFER}/files"


@pytest.fixture
def case(councils: Councils) -> Case:
    return Case(councils.england)


def put(case: Case, name: str, state: str = "ready") -> UUID:
    """A file on the report."""
    with db.unit_of_work(case.author.scope) as session:
        found = find(case.author.actor, Permission.TRACK, case.made.reference)
        paper = Paper(name, "text/plain", BytesIO(f"CNRY {name}".encode()), "txt")
        file_id = attach(case.author.actor, Target(found.id, found.agency_id, "agency", later=True), paper)
        session.execute(update(StoredFile).where(StoredFile.id == file_id).values(state=state))
    return file_id


def choose(case: Case, wanted: list[UUID], seen: tuple[UUID, ...] = ()) -> None:
    offer_id = case.offers()[0].id

    def deed(actor: Any, found: Any) -> None:
        along.choose_files(actor, found, offer_id, wanted=wanted, seen=seen)

    case.act(case.screener, deed)


def opens(who: Person, file_id: UUID) -> bool:
    with db.unit_of_work(who.scope):
        try:
            return attachments.find(who.actor, file_id).id == file_id
        except NotFound:
            return False


def test_a_team_opens_what_was_chosen_and_nothing_else_and_only_while_it_has_it(case: Case) -> None:
    first, second, dirty = put(case, "one.txt"), put(case, "two.txt"), put(case, "three.txt", "checking")
    case.decide()
    assert not opens(case.worker, first)
    choose(case, [first])
    assert (opens(case.worker, first), opens(case.worker, second)) == (True, False)
    for other in (
        make_person(case.council, role="form_designer"),
        make_person(case.council, agency="riverside-academy"),
    ):
        assert not opens(other, first)
    for wrong in (dirty, uuid4()):
        with pytest.raises(Invalid):
            choose(case, [wrong], (first,))
    choose(case, [second], (first,))
    choose(case, [second], (first,))
    assert (opens(case.worker, first), opens(case.worker, second), case.trail("earlyhelp.files")) == (False, True, 2)
    with pytest.raises(Conflict):
        choose(case, [], (first,))
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        session.execute(update(Referral).values(sight=[case.screener.account_id]))
    assert not opens(case.worker, second)
    with db.unit_of_work(Scope(case.council, SYSTEM)) as session:
        session.execute(update(Referral).values(sight=None))
    case.answer("decline", "full", "CNRY no room")
    assert not opens(case.worker, second)
    with pytest.raises(Conflict):
        choose(case, [first], (second,))


def test_the_pages_choose_list_and_give_out(councils: Councils, client: FlaskClient) -> None:
    case = Case(councils.wales)
    chosen, kept = put(case, "CNRY plan.txt"), put(case, "CNRY other.txt")
    case.decide()
    here = Browser(client, case).as_person(case.screener)
    refused = here.post(OFFER, OFFER, team="north", files=[str(uuid4())])
    assert (refused.status_code, "is not there any more, or is still being checked" in refused.text) == (422, True)
    assert here.post(OFFER, OFFER, team="north", files=[str(chosen)]).status_code == 303
    page = here.as_person(case.worker).get(TEAM)
    assert ("CNRY plan.txt" in page.text, "CNRY other.txt" in page.text) == (True, False)
    assert "There are more files with this" in page.text
    assert "Added by" not in page.text
    links = [part.split('"')[0] for part in page.text.split('href="') if f"/files/{chosen}/get/" in part.split('"')[0]]
    given = client.get(links[0])
    assert (given.status_code, given.data, case.trail("referrals.file_opened")) == (200, b"CNRY CNRY plan.txt", 1)
    assert client.get(links[0].replace(str(chosen), str(kept))).status_code == 404
    gone = client.get(links[0][:-3])
    assert gone.headers["Location"].startswith(f"{here.root}/early-help/{here.reference}")
    here.as_person(case.screener)
    form = here.form(OFFER, FILES)
    for _click in range(2):
        assert here.send(FILES, {**form, "files": [str(chosen), str(kept)]}).status_code == 303
    assert here.send(FILES, {**form, "files": []}).status_code == 409
    assert here.send(FILES, {**form, "offer": "x"}).status_code == 422
    assert len(case.offers()[0].files) == 2
    case.answer("accept")
    assert "CNRY other.txt" in here.as_person(case.worker).get(TEAM).text


def test_a_report_without_files_asks_for_none(case: Case, client: FlaskClient) -> None:
    case.decide()
    here = Browser(client, case).as_person(case.screener)
    assert "Which files can the team open" not in here.get(OFFER).text
    assert here.as_person(case.worker).get(TEAM).status_code == 200


def test_the_trail_says_which_files_a_team_could_open(councils: Councils) -> None:
    case = Case(councils.wales).decide()
    first, second = put(case, "CNRY one.txt"), put(case, "CNRY two.txt")
    case.offer("south", files=(first,))
    assert [one["files"] for one in case.details("earlyhelp.offered")] == [str(first)]
    both = sorted([first, second])
    choose(case, both, (first,))
    choose(case, [], tuple(both))
    assert case.details("earlyhelp.files") == [
        {"added": str(second), "removed": "", "why": "hand"},
        {"added": "", "removed": f"{both[0]} {both[1]}", "why": "hand"},
    ]


def test_a_switch_of_language_keeps_what_is_ticked_and_saves_nothing(councils: Councils, client: FlaskClient) -> None:
    case = Case(councils.wales)
    one, other = put(case, "CNRY one.txt"), put(case, "CNRY two.txt")
    case.decide().offer("south", files=(one,))
    here = Browser(client, case).as_person(case.screener)
    form = here.form(OFFER, FILES)
    page = here.send(FILES, {**form, "files": [str(other)], "only_language": "1", "lang": "cy"})
    ticked = [part.split('value="')[1].split('"')[0] for part in page.text.split("<input") if " checked" in part]
    assert (page.status_code, ticked, case.offers()[0].files) == (422, [str(other)], (one,))
    assert fields_of(page, FILES.format(here.reference))["seen"] == str(one)
