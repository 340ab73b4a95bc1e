"""The hub's pages: from the screener to a partner and back, what was typed stays, and the referrer sees nothing."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal.audit.models import AuditEvent
from portal.auth.commands import standing
from portal.auth.models import Membership
from portal.hub import commands
from portal.kernel import db
from portal.kernel.scope import SYSTEM, Scope
from portal.referrals.letters import letter
from portal.referrals.models import Notice
from portal.referrals.places import Place
from portal.referrals.queries.notices import to_tell
from tests.factories.hub import make_partner, open_hub
from tests.factories.pages import fields_of, soup
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils
from tests.hub.making import HOME, make_case

POLICE, HEALTH = "severn-vale-police", "example-infirmary"
MOST_STATEMENTS = 8
SECTIONS = {
    "referrer": {"ref_third_party": "yes"},
    "concern": {"sos_what_happened": "He told CNRY once"},
}  # fmt: skip


def post(client: FlaskClient, address: str, action: str, **typed: Any) -> Any:
    """Send the form of that page whose action ends so; to where that form says."""
    found = client.get(address)
    form = next(one for one in soup(found).find_all("form") if str(one.get("action", "")).endswith(action))
    return client.post(str(form["action"]), data={**fields_of(found, action), **typed})


@pytest.fixture
def there(councils: Councils) -> tuple[Person, Person, Made]:
    council = councils.england
    author, screener = make_person(council, agency="oakfield-primary"), make_person(council, role="screener")
    return author, screener, make_referral(council, author, state="screening", owner=screener, sections=SECTIONS)


def _open_it(client: FlaskClient, page: str, author: Person, police: Person) -> None:
    """As a screener does: first without saying what, then with a name that is kept secret, then confirmed."""
    refused = post(client, page, "/hub", question="CNRY typed <b>", agency=str(police.actor.agency_id))
    assert refused.status_code == 422
    assert "Select what they may see" in refused.text
    assert "CNRY typed &lt;b&gt;</textarea>" in refused.text
    wanted = {"agency": str(police.actor.agency_id), "what": "answers"}
    held = post(client, page, "/hub", question=f"CNRY {author.name}", **wanted)
    assert held.status_code == 422
    box = soup(held).find("input", {"name": "confirmed"})
    assert box is not None
    good = {**fields_of(held, "/hub"), **wanted, "confirmed": str(box["value"])}
    assert client.post(page, data=good).status_code == 303


def test_from_the_screener_to_the_police_and_back(
    there: tuple[Person, Person, Made], client: FlaskClient, statements: list[str]
) -> None:
    author, screener, made = there
    police, health = make_partner(made.council, agency=POLICE), make_partner(made.council, agency=HEALTH)
    slug = made.council.slug
    page, theirs = f"/{slug}/screening/{made.reference}/hub", f"/{slug}/hub/{made.reference}"
    sign_in(client, screener)
    assert page in client.get(f"/{slug}/screening/{made.reference}").text
    _open_it(client, page, author, police)
    assert post(client, page, "/hub/message", message="CNRY anything?").status_code == 303
    # The other agency is no choice twice, and the one that has it is none.
    choices = [str(one["value"]) for one in soup(client.get(page)).select("select[name=agency] option")]
    assert choices == ["", str(health.actor.agency_id)]
    sign_in(client, police)
    statements.clear()
    listed = client.get(f"/{slug}/hub")
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)
    assert made.reference in listed.text
    assert "Not read yet" in listed.text
    assert 'href="/avonmere/hub"' in client.get(f"/{slug}/").text
    read = client.get(theirs)
    assert "CNRY anything?" in read.text
    assert "He told CNRY once" in read.text
    assert client.post(theirs, data={**fields_of(read, made.reference), "message": " "}).status_code == 422
    assert post(client, theirs, made.reference, message="CNRY we know him").status_code == 303
    assert "Not read yet" not in client.get(f"/{slug}/hub").text
    for other, status in ((author, 403), (health, 404)):
        sign_in(client, other)
        assert client.get(theirs).status_code == status
        assert client.post(theirs, data={"message": "CNRY no"}).status_code in (status, 400)
    sign_in(client, author)
    seen = client.get(f"/{slug}/referrals/{made.reference}").text
    assert "CNRY we know him" not in seen
    assert "Hub" not in seen
    assert "partners" not in seen
    sign_in(client, screener)
    report = client.get(f"/{slug}/screening/{made.reference}").text
    assert "1 agency, 1 new message" in report
    assert "Opened to partners in the hub" in report
    assert "CNRY we know him" in client.get(page).text
    assert "1 new message" not in client.get(f"/{slug}/screening/{made.reference}").text


def test_what_is_told_in_another_language_says_so(there: tuple[Person, Person, Made], client: FlaskClient) -> None:
    """A council without Welsh tells in English, also on a Welsh page."""
    author, screener, made = there
    police, slug = make_partner(made.council, agency=POLICE), made.council.slug
    sign_in(client, screener)
    _open_it(client, f"/{slug}/screening/{made.reference}/hub", author, police)
    sign_in(client, police)
    client.set_cookie("language", "cy", domain="localhost")
    for address in (f"/{slug}/hub", f"/{slug}/hub/{made.reference}"):
        told = soup(client.get(address)).find(string=re.compile("years old"))
        assert told is not None
        closest = told.find_parent(lang=True)
        assert closest is not None
        assert closest["lang"] == "en", address
    answers = soup(client.get(f"/{slug}/hub/{made.reference}")).find(string=re.compile("CNRY once"))
    assert answers is not None
    assert answers.find_parent("div", lang="en") is not None


def test_whoever_is_shown_it_with_a_refused_form_has_read_it(
    there: tuple[Person, Person, Made], client: FlaskClient
) -> None:
    _author, screener, made = there
    police = make_partner(made.council, agency=POLICE)
    open_hub(screener, made.reference, police.actor.agency_id, "CNRY?", "summary")

    def recorded(event: str) -> int:
        with db.unit_of_work(Scope(made.council, SYSTEM)) as session:
            return len(session.execute(select(AuditEvent.id).where(AuditEvent.event == event)).all())

    address = f"/{made.council.slug}/hub/{made.reference}"
    sign_in(client, police)
    typed = fields_of(client.get(address), made.reference)
    before = recorded("hub.read")
    assert client.post(address, data={**typed, "message": ""}).status_code == 422
    assert recorded("hub.read") == before + 1
    page = f"/{made.council.slug}/screening/{made.reference}/hub"
    sign_in(client, screener)
    token = {name: value for name, value in fields_of(client.get(page), "/hub/withdraw").items() if "csrf" in name}
    before = recorded("referrals.read")
    assert client.post(f"{page}/anew", data={**token, "seen": "7"}).status_code == 409
    assert recorded("referrals.read") == before + 1


def test_what_was_typed_stays_when_it_was_taken_back_meanwhile(
    there: tuple[Person, Person, Made], client: FlaskClient
) -> None:
    _author, screener, made = there
    police = make_partner(made.council, agency=POLICE)
    open_hub(screener, made.reference, police.actor.agency_id, "CNRY?", "summary")
    address = f"/{made.council.slug}/hub/{made.reference}"
    page = f"/{made.council.slug}/screening/{made.reference}/hub"
    sign_in(client, police)
    typed = {**fields_of(client.get(address), made.reference), "message": "CNRY long <answer>"}
    other = client.application.test_client()
    sign_in(other, screener)
    writing = {**fields_of(other.get(page), "/hub/message"), "message": "CNRY too late"}
    assert post(other, page, "/hub/withdraw").status_code == 303
    gone = client.post(address, data=typed)
    assert gone.status_code == 404
    assert "CNRY long &lt;answer&gt;" in gone.text
    assert "999" in gone.text
    late = other.post(f"{page}/message", data=writing)
    assert late.status_code == 409
    assert "CNRY too late" in late.text
    assert "Taken back" in other.get(page).text


def test_an_administrator_makes_a_partner_and_ends_it(councils: Councils, client: FlaskClient) -> None:
    council = councils.england
    admin, person = make_person(council, role="council_admin"), make_person(council, agency=POLICE)
    address, hub = f"/{council.slug}/people/{person.actor.membership_id}", f"/{council.slug}/hub"

    def takes_part() -> bool:
        other = client.application.test_client()
        sign_in(other, person)
        return other.get(hub).status_code == 200

    sign_in(client, admin)
    assert f"{address}/hub" in client.get(address).text
    assert post(client, f"{address}/hub", "/hub", do="").status_code == 422
    assert not takes_part()
    for _ in range(2):
        token = fields_of(client.get(f"{address}/hub"), "/hub")
        assert client.post(f"{address}/hub", data={**token, "do": "make"}).status_code == 303
    assert takes_part()
    assert post(client, f"{address}/hub", "/hub").status_code == 303
    assert not takes_part()
    assert post(client, f"{address}/hub", "/hub").status_code == 303
    assert client.post(f"{address}/hub", data={**token, "do": "make"}).status_code == 303
    # Whoever is let in again after they left is not a partner by that.
    with db.unit_of_work(admin.scope):
        standing.end(admin.actor, person.actor.membership_id, 1, "left", "")  # type: ignore[arg-type] # they have one
    with db.unit_of_work(Scope(council, SYSTEM)) as session:
        session.execute(update(Membership).values(state="active", why=""))
    assert not takes_part()


def test_a_notice_says_that_there_is_news_and_nothing_else(there: tuple[Person, Person, Made]) -> None:
    _author, screener, made = there
    police = make_partner(made.council, agency=POLICE, language="cy")
    open_hub(screener, made.reference, police.actor.agency_id, "CNRY what do you know?")
    with db.unit_of_work(Scope(made.council, SYSTEM)) as session:
        (notice_id,) = session.execute(select(Notice.id).where(Notice.kind == "hub")).scalars()
        told = letter(made.council, to_tell(notice_id))
    assert told.to == police.email
    assert f"/{made.council.slug}/hub/{made.reference}" in told.body
    assert "Mae newyddion yn yr hyb" in told.body
    assert "CNRY" not in told.body + told.subject


def test_the_council_shares_it_anew_and_partners_read_since_when(councils: Councils, client: FlaskClient) -> None:
    case = make_case(councils)
    slug, theirs = case.council.slug, f"/{case.council.slug}/hub/{case.made.reference}"
    page = f"/{slug}/screening/{case.made.reference}/hub"
    case.open(case.police)
    sign_in(client, case.screener)
    assert "There is nothing to share anew" in client.get(f"{page}/anew").text
    assert "corrected since" not in client.get(page).text
    case.correct(Place("concern", "sos_impact"), "CNRY much worse <b>")
    assert "1 answer was corrected since this was shared" in client.get(page).text
    shown = client.get(f"{page}/anew")
    assert "CNRY much worse &lt;b&gt;" in shown.text
    assert "CNRY o’r gwaethaf" in shown.text
    stale = fields_of(shown, "/anew")
    case.correct(Place("concern", "sos_impact"), "CNRY worse still")
    late = client.post(f"{page}/anew", data=stale)
    assert late.status_code == 409
    assert "Nothing was shared" in late.text
    for _ in range(2):
        assert client.post(f"{page}/anew", data=fields_of(late, "/anew")).status_code == 303
    told = client.get(page).text
    assert "Shared anew with 1 agency" in told
    assert "Shared anew by" in told
    assert "CNRY o’r gwaethaf" in told
    other = client.application.test_client()
    sign_in(other, case.police)
    assert "Updated, not read yet" in other.get(f"/{slug}/hub").text
    read = other.get(theirs).text
    assert "Updated on" in read
    assert "CNRY worse still" in read


def test_the_council_is_told_what_was_taken_out_and_why(councils: Councils, client: FlaskClient) -> None:
    case = make_case(councils, {"children": [{"child_address": HOME, "child_address_secret": "no"}]})
    page = f"/{case.council.slug}/screening/{case.made.reference}/hub"
    case.open(case.police, words="CNRY who lives at 12 CNRY Row?")
    case.as_council(commands.write, "CNRY at 12 CNRY Row lives nobody", uuid4())
    case.answer(case.police, "CNRY we were in CNRY Row")
    case.correct(Place("children", "child_address_secret", 0), "yes")
    sign_in(client, case.screener)
    told = client.get(page).text
    assert "where somebody is must be kept secret now" in told
    assert "Your question gave it away" in told
    assert "Kept from partners now" in told
    sign_in(client, case.police)
    read = client.get(f"/{case.council.slug}/hub/{case.made.reference}").text
    assert "Do not pass it on" in read
    assert "12 CNRY Row" not in read
    # What they wrote themselves stays: what vanishes would say what is secret.
    assert "CNRY we were in CNRY Row" in read
    assert "Kept from partners" not in read
    assert "Not shown any more" in client.get(f"/{case.council.slug}/hub").text
