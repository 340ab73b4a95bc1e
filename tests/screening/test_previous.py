"""Previous contacts: what is found by marks, what people say of it, and what nobody may learn of who may not see it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.scope import Scope
from portal.messaging.commands import correcting
from portal.messaging.commands.correcting import Correcting
from portal.referrals.commands import marks
from portal.referrals.models import Referral, ReferralChild
from portal.referrals.places import Place
from portal.referrals.queries.record import find
from portal.screening.addresses import Filters
from portal.screening.commands import pairing, restricting
from portal.screening.commands.pairing import Given
from portal.screening.models import Pairing
from portal.screening.queries.previous import Contact, pair, previous
from portal.screening.queries.queue import holding_area
from tests.factories.pages import soup
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Child, Made, make_referral
from tests.fixtures.councils import Councils
from tests.referrals.clicking import Person as Browser
from tests.referrals.clicking import filled, main_form
from tests.screening.test_digest import MOST_STATEMENTS

BORN = date(2019, 3, 27)
HOME = "AV9 9ZZ"
SIAN = Child("Siân CNRY", "O’Brien", BORN, postcode=HOME)
NUMBER = "9991000003"
LAST_NAME = Place("children", "child_last_name", item=0)


@dataclass
class Case:
    """A council with a screener, and reports about whom a test wants."""

    councils: Councils
    author: Person
    screener: Person

    def report(self, *children: Child, answers: dict[str, Any] | None = None, **more: Any) -> Made:
        """A report whose children are marked, as sending does it."""
        told = {"children": [self._answers(one) | (answers or {}) for one in children]}
        made = make_referral(self.author.council, self.author, children=children, sections=told, **more)
        with db.unit_of_work(Scope(self.author.council, scope.SYSTEM)):
            assert marks.fill() == 1
        return made

    def _answers(self, child: Child) -> dict[str, Any]:
        return {"child_first_name": child.first_name, "child_last_name": child.last_name}

    def seen(self, made: Made, who: Person | None = None) -> dict[str, Contact]:
        """The previous contacts of a report by their references."""
        with db.unit_of_work((who or self.screener).scope):
            actor = (who or self.screener).actor
            return {one.reference: one for one in previous(actor, find(actor, Permission.LOOK, made.reference))}

    def why(self, made: Made, other: Made) -> tuple[str, ...]:
        """Why the two are like each other; () for no reason."""
        found = self.seen(made).get(other.reference)
        return found.like.reasons if found and found.like else ()

    def act(self, made: Made, other: Made, deed: Any, *words: Any, who: Person | None = None) -> None:
        with db.unit_of_work((who or self.screener).scope):
            actor = (who or self.screener).actor
            both = [find(actor, Permission.SCREEN, one.reference) for one in (made, other)]
            deed(actor, *both, *words)

    def say(self, made: Made, other: Made, kind: str, seen: UUID | None = None, who: Person | None = None) -> None:
        sort = "verdict" if kind in ("same", "possible", "not_same") else "link"
        self.act(made, other, pairing.say, Given(sort, kind, "CNRY because", seen), who=who)


@pytest.fixture
def case(councils: Councils) -> Case:
    return Case(councils, make_person(councils.england), make_person(councils.england, role="screener"))


def count(case: Case, table: Any, *which: Any) -> int:
    with db.unit_of_work(Scope(case.author.council, scope.SYSTEM)) as session:
        return session.execute(select(func.count()).select_from(table).where(*which)).scalar_one()


def test_reports_find_each_other_by_name_number_birthday_and_address(case: Case) -> None:
    one = case.report(SIAN, answers={"child_nhs": NUMBER})
    spelled = case.report(replace(SIAN, first_name="Sian CNRY", last_name="OBRIEN", postcode=""))
    renamed = case.report(Child("Siân", "Rees", date(2011, 1, 2)), answers={"child_nhs": "999 100 0003"})
    unborn_date = case.report(replace(SIAN, born_on=None, postcode=""))
    sibling = case.report(Child("Tom CNRY", "O'Brien", date(2015, 5, 5), postcode="av99zz"))
    neighbour = case.report(Child("Jo CNRY", "Price", date(2001, 1, 1), postcode=HOME))
    stranger = case.report(Child("Bo CNRY", "Evans", date(2002, 2, 2), postcode="AV1 1AA"))
    assert case.why(one, spelled) == ("name_born",)
    assert case.why(one, renamed) == ("number",)
    assert case.why(one, unborn_date) == ("name",)
    assert case.why(one, sibling) == ("family_place",)
    assert case.why(one, neighbour) == ("place",)
    found = case.seen(one)
    assert stranger.reference not in found
    assert one.reference not in found
    assert list(found)[-1] == neighbour.reference  # the least alike comes last
    assert case.why(spelled, one) == ("name_born",)


def test_a_family_is_compared_child_by_child(case: Case) -> None:
    one = case.report(Child("Elin CNRY", "Rees", BORN), Child("Efa CNRY", "Rees", BORN))
    twin = case.report(Child("Efa CNRY", "Rees", BORN))
    found = case.seen(one)[twin.reference]
    assert found.like is not None
    assert found.here is not None
    assert (found.like.reasons, found.here.first) == (("name_born",), "Efa CNRY")


def test_what_may_not_be_seen_leaves_no_trace(case: Case, client: FlaskClient) -> None:
    one, hidden = case.report(SIAN), case.report(SIAN)
    case.say(one, hidden, "same")
    case.say(one, hidden, "duplicate")
    sign_in(client, case.screener)
    browser = Browser(client, "avonmere")
    assert hidden.reference in browser.get(f"/screening/{one.reference}").text
    manager = make_person(case.author.council, role="practice_manager")
    with db.unit_of_work(manager.scope):
        found = find(manager.actor, Permission.RESTRICT, hidden.reference)
        restricting.restrict(manager.actor, found, "adoption", "", [])
    assert case.seen(one) == {}
    assert list(case.seen(one, who=manager)) == [hidden.reference]
    alone = soup(browser.get(f"/screening/{one.reference}")).select_one("#previous")
    assert alone is not None
    assert alone.parent is not None
    assert "No other report here" in alone.parent.text
    assert hidden.reference not in browser.get(f"/screening/{one.reference}/previous").text
    with db.unit_of_work(case.screener.scope) as session:
        # The database itself says so, whatever a query forgets.
        assert session.execute(select(func.count()).select_from(Pairing)).scalar_one() == 0
    browser.get(f"/screening/{one.reference}/previous/{hidden.reference}", 404)
    with pytest.raises(NotFound):
        case.say(one, hidden, "not_same")


def test_another_councils_child_is_not_found(case: Case) -> None:
    one = case.report(SIAN)
    there = replace(case, author=make_person(case.councils.wales))
    elsewhere = there.report(SIAN)
    assert case.seen(one) == {}
    with pytest.raises(NotFound):
        case.say(one, elsewhere, "same")


def test_a_verdict_is_kept_with_who_and_why_and_may_be_taken_back(case: Case) -> None:
    one, other = case.report(SIAN), case.report(SIAN)
    case.say(one, other, "not_same")
    case.say(one, other, "not_same")  # a double click
    (said,) = [contact.verdict for contact in case.seen(other).values()]
    assert said is not None
    assert (said.kind, said.by, said.forward) == ("not_same", case.screener.actor.name, False)
    with db.unit_of_work(case.screener.scope):
        found, there = (find(case.screener.actor, Permission.LOOK, made.reference) for made in (other, one))
        opened = pair(case.screener.actor, found, there).verdict
        assert opened is not None
        assert opened.words == "CNRY because"
    case.say(one, other, "same", said.id)
    now = case.seen(one)[other.reference].verdict
    assert now is not None
    assert now.kind == "same"
    for _click in range(2):
        case.act(one, other, pairing.take_back, "verdict", now.id)
    assert case.seen(one)[other.reference].verdict is None
    assert count(case, Pairing) == 2  # what was said before is kept
    happened = AuditEvent.event.in_(["screening.paired", "screening.pairing_ended"])
    assert count(case, AuditEvent, happened, AuditEvent.subject_id == one.id) == 3
    assert count(case, AuditEvent, happened, AuditEvent.subject_id == other.id) == 3


def test_two_who_say_something_at_once_do_not_overwrite_each_other(case: Case) -> None:
    one, other = case.report(SIAN), case.report(SIAN)
    colleague = make_person(case.author.council, role="screener")
    together = Barrier(2)

    def say(who: Person, kind: str, made: Made, there: Made) -> str:
        together.wait()
        try:
            case.say(made, there, kind, who=who)
        except Conflict:
            return "conflict"
        return kind

    with ThreadPoolExecutor(2) as pool:
        asked = [
            pool.submit(say, case.screener, "same", one, other),
            pool.submit(say, colleague, "not_same", other, one),
        ]
        told = {one.result(timeout=30) for one in asked}
    assert len(told - {"conflict"}) == 1
    assert "conflict" in told
    assert count(case, Pairing, Pairing.ended_at.is_(None)) == 1


def test_what_was_said_outlives_a_correction_and_new_facts_are_found(case: Case) -> None:
    one, other = case.report(SIAN), case.report(SIAN)
    case.say(one, other, "same")
    third = case.report(Child("Siân CNRY", "Rees", BORN))
    with db.unit_of_work(case.author.scope):
        found = find(case.author.actor, Permission.REPLY, other.reference)
        given = Correcting(LAST_NAME, "Rees", "She has another surname", 0, uuid4())
        correcting.correct(case.author.actor, found, given)
    assert case.seen(one)[other.reference].verdict is not None
    assert case.seen(third)[other.reference].like is not None
    (child,) = _children(case, other)
    assert child.name_mark == _children(case, third)[0].name_mark
    assert count(case, ReferralChild, ReferralChild.referral_id == other.id) == 2


def _children(case: Case, made: Made) -> list[ReferralChild]:
    with db.unit_of_work(Scope(case.author.council, scope.SYSTEM)) as session:
        query = select(ReferralChild).where(ReferralChild.referral_id == made.id, ReferralChild.superseded_at.is_(None))
        return list(session.execute(query).scalars())


def test_an_address_that_must_be_kept_secret_leads_nowhere(case: Case) -> None:
    one = case.report(SIAN)
    refuge = case.report(
        Child("Tom CNRY", "O’Brien", date(2014, 1, 1), postcode=HOME), answers={"child_address_secret": "yes"}
    )
    assert case.seen(one) == {}
    (child,) = _children(case, refuge)
    assert (child.home_mark, bool(child.name_mark)) == ("", True)


def test_a_link_needs_a_reason_and_says_which_is_the_duplicate(case: Case) -> None:
    one, other = case.report(SIAN), case.report(Child("Al CNRY", "Voll", None))
    with pytest.raises(Invalid) as wrong:
        case.act(one, other, pairing.say, Given("link", "duplicate", "", None))
    assert wrong.value.errors == {"words": "required"}
    with pytest.raises(Invalid):
        case.act(one, other, pairing.say, Given("verdict", "duplicate", "Why", None))
    with pytest.raises(NotFound):
        case.say(one, one, "duplicate")
    case.say(one, other, "duplicate")
    here, there = case.seen(one)[other.reference].link, case.seen(other)[one.reference].link
    assert here is not None
    assert there is not None
    assert (here.forward, there.forward) == (True, False)


def test_a_link_is_marked_in_the_holding_area_and_leads_to_the_same_outcome(case: Case, client: FlaskClient) -> None:
    one, other = case.report(SIAN, state="decided", owner=case.screener), case.report(SIAN)
    related = case.report(Child("Al CNRY", "Voll", None))
    case.say(other, one, "duplicate")
    case.say(one, related, "incident")
    assert _marks(case) == {other.reference: "duplicate", related.reference: "incident"}
    sign_in(client, case.screener)
    browser = Browser(client, "avonmere")
    page = soup(browser.get(f"/screening/{one.reference}"))
    (offered,) = page.select('a[href*="/decide?outcome="]')
    assert offered["href"] == f"/avonmere/screening/{other.reference}/decide?outcome=assessment"
    assert "Duplicate" in browser.get("/holding-area").text
    with db.unit_of_work(Scope(case.author.council, scope.SYSTEM)) as session:
        restricted = update(Referral).where(Referral.id == one.id).values(sight=[case.author.account_id])
        session.execute(restricted)
    assert _marks(case) == {}


def _marks(case: Case) -> dict[str, str]:
    with db.unit_of_work(case.screener.scope):
        lines = holding_area(case.screener.actor, Filters()).lines
    return {line.reference: line.linked for line in lines if line.linked}


def test_who_opened_a_record_to_read_it_says_nothing_of_it(case: Case) -> None:
    one, other = case.report(SIAN), case.report(SIAN)
    reader = replace(case.screener.actor, opened=frozenset({other.id}))
    with db.unit_of_work(Scope(case.author.council, scope.SYSTEM)) as session:
        session.execute(update(Referral).where(Referral.id == other.id).values(sight=[case.author.account_id]))
    with db.unit_of_work(Scope(case.author.council, reader)):
        found, there = (find(reader, Permission.LOOK, made.reference) for made in (one, other))
        with pytest.raises(Forbidden):
            pairing.say(reader, found, there, Given("verdict", "same", "", None))


def test_a_screener_compares_and_says_so_in_the_browser(case: Case, client: FlaskClient) -> None:
    one, other = case.report(SIAN), case.report(SIAN)
    far = case.report(Child("Al CNRY", "Voll", None))
    sign_in(client, case.screener)
    browser = Browser(client, "avonmere")
    listed = f"/screening/{one.reference}/previous"
    there = f"{listed}/{other.reference}"
    page = browser.get(f"/screening/{one.reference}")
    assert "Very likely the same child" in page.text
    assert "Same name and date of birth; Same postcode" in page.text
    refused = browser.send(f"{there}/verdict", filled(main_form(soup(browser.get(there)), "/verdict")))
    assert refused.status_code == 422
    data = filled(main_form(soup(browser.get(there)), "/verdict")) | {"verdict": ["same"], "because": ["CNRY saw"]}
    assert browser.send(f"{there}/verdict", data).status_code == 303
    assert "Confirmed: the same child" in browser.get(f"/screening/{other.reference}").text
    # A page that was made before somebody else spoke keeps what was typed.
    stale = browser.send(f"{there}/verdict", data | {"verdict": ["not_same"]})
    assert stale.status_code == 409
    assert "CNRY saw" in stale.text
    form = filled(main_form(soup(browser.get(there)), "/verdict")) | {"undo": ["yes"]}
    assert browser.send(f"{there}/verdict", form).status_code == 303
    assert "Confirmed: the same child" not in browser.get(f"/screening/{other.reference}").text
    for typed, status in ((far.reference.lower(), 303), ("AAA-AAA-AAA", 422), (one.reference, 422), ("", 422)):
        sought = filled(main_form(soup(browser.get(listed)), "/previous")) | {"other": [typed]}
        assert browser.send(listed, sought).status_code == status, typed
    away = f"{listed}/{far.reference}"
    link = filled(main_form(soup(browser.get(away)), "/link")) | {"link": ["incident"], "why": ["CNRY one night"]}
    assert browser.send(f"{away}/link", link).status_code == 303
    assert "Same incident" in browser.get(f"/screening/{far.reference}").text


def test_the_page_stays_cheap_with_many_contacts(case: Case, client: FlaskClient, statements: list[str]) -> None:
    one = case.report(SIAN)
    for _number in range(12):
        other = case.report(SIAN)
        case.say(one, other, "possible")
    sign_in(client, case.screener)
    client.get(f"/avonmere/screening/{one.reference}")
    statements.clear()
    assert client.get(f"/avonmere/screening/{one.reference}").status_code == 200
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)


def test_marking_again_changes_nothing(case: Case) -> None:
    one = case.report(SIAN, answers={"child_nhs": NUMBER})
    before = _children(case, one)[0].nhs_mark
    with db.unit_of_work(Scope(case.author.council, scope.SYSTEM)) as session:
        assert marks.fill() == 0
        session.execute(update(ReferralChild).values(marks_version=0, nhs_mark=""))
    with db.unit_of_work(Scope(case.author.council, scope.SYSTEM)):
        assert marks.fill() == 1
    assert before
    assert _children(case, one)[0].nhs_mark == before
    assert NUMBER not in before


def test_a_letter_stands_where_it_reached_the_council_not_where_it_was_taken_down(case: Case) -> None:
    mine, letter, later = case.report(SIAN), case.report(SIAN), case.report(SIAN)
    came = clock.now() - timedelta(days=400)
    with db.unit_of_work(Scope(case.author.council, scope.SYSTEM)) as session:
        taken = update(Referral).where(Referral.id == letter.id)
        session.execute(taken.values(channel="letter", author_only=True, received_at=came, sent_at=clock.now()))
    found = case.seen(mine)
    assert list(found) == [later.reference, letter.reference]
    assert found[letter.reference].came_at == came
