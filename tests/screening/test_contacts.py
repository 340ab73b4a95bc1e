"""Contacts from elsewhere: taken down once, in the queue like any other, seen by no agency; nobody is written to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from portal.audit.models import AuditEvent
from portal.auth.agency_types import PUBLIC_ID, UNLISTED_ID
from portal.auth.models import AgencyApproval, Membership
from portal.auth.policy import Permission
from portal.forms.queries import newest
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.scope import Scope
from portal.messaging import commands as messaging
from portal.referrals.commands import contacts, recounting
from portal.referrals.commands.attaching import Paper
from portal.referrals.commands.connections import declare
from portal.referrals.commands.contacts import Given
from portal.referrals.elsewhere import Caller
from portal.referrals.models import Attachment, DutyAlert, Notice, Referral
from portal.referrals.queries.connections import Declared
from portal.referrals.queries.mine import reports
from portal.referrals.queries.record import Found, answers_of, caller_of, children_of, find
from portal.referrals.sifting import Filters as Mine
from portal.screening import received
from portal.screening.addresses import Filters
from portal.screening.commands import decisions, holding, restricting
from portal.screening.queries.lines import Line
from portal.screening.queries.queue import holding_area
from portal.tenants.opening import hours_of
from portal.tenants.queries.agencies import Filters as AgencyFilters
from portal.tenants.queries.agencies import listed
from tests.factories.decisions import given as decided
from tests.factories.pages import soup
from tests.factories.people import Person, make_person, sign_in
from tests.fixtures.councils import Councils
from tests.referrals.clicking import Person as Browser
from tests.referrals.clicking import filled, main_form

ANSWERS = {"child_name": "Siân CNRY O’Brien", "cfc_child_now": "not_known", "sos_what_happened": "CNRY a bruise"}
CALLER = Caller("CNRY Mair, a neighbour", "", "01632 960222")


@dataclass
class Case:
    """A council with a screener who takes calls."""

    councils: Councils
    screener: Person

    def given(self, **changes: Any) -> Given:
        usual: dict[str, Any] = {
            "channel": "telephone", "agency_id": PUBLIC_ID, "caller": CALLER, "route": "MASH", "answers": ANSWERS,
            "language": "en", "once": uuid4(),
        }  # fmt: skip
        return Given(**usual | changes)

    def log(self, given: Given | None = None, papers: tuple[Paper, ...] = (), who: Person | None = None) -> str:
        person = who or self.screener
        with db.unit_of_work(person.scope):
            return contacts.log(person.actor, newest(), given or self.given(), papers)

    def found(self, reference: str, who: Person | None = None) -> Found:
        person = who or self.screener
        with db.unit_of_work(person.scope):
            return find(person.actor, Permission.LOOK, reference)

    def lines(self, **filters: Any) -> dict[str, Line]:
        with db.unit_of_work(self.screener.scope):
            found = holding_area(self.screener.actor, Filters(**filters)).lines
        return {line.reference: line for line in found}

    def count(self, table: Any, *which: Any) -> int:
        with db.unit_of_work(Scope(self.screener.council, scope.SYSTEM)) as session:
            return session.execute(select(func.count()).select_from(table).where(*which)).scalar_one()


@pytest.fixture
def case(councils: Councils) -> Case:
    return Case(councils, make_person(councils.england, role="screener", name="Owain Prys"))


def police(case: Case) -> Person:
    """The safeguarding lead of a force that reports here."""
    return make_person(case.screener.council, agency="severn-vale-police", role="agency_lead")


def test_a_call_is_in_the_queue_with_the_clock_of_its_route(case: Case) -> None:
    urgent, usual = case.log(case.given(route="MASH_URGENT")), case.log()
    lines = case.lines()
    assert list(lines) == [urgent, usual]
    line = lines[usual]
    assert (line.channel, line.state, line.route, line.agency["en"]) == (
        "telephone", "sent", "MASH", "Member of the public",
    )  # fmt: skip
    assert lines[urgent].due_at < line.due_at
    assert case.count(DutyAlert) == 1
    assert set(case.lines(channel="letter")) == set()
    assert set(case.lines(channel="telephone")) == {urgent, usual}
    found = case.found(usual)
    with db.unit_of_work(case.screener.scope):
        assert caller_of(found) == CALLER
        assert answers_of(found).sections["urgent"]["sos_what_happened"] == "CNRY a bruise"
        (child,) = children_of(found)
    assert (child.first_name, child.last_name) == ("Siân", "CNRY O’Brien")
    logged = AuditEvent.event == "referrals.contact_logged"
    assert case.count(AuditEvent, logged, AuditEvent.subject_id == found.id) == 1


def test_the_clock_begins_when_it_reached_the_council(case: Case) -> None:
    came = clock.now().replace(microsecond=0) - timedelta(hours=30)
    given = case.given(received_at=came)
    reference = case.log(given)
    assert case.log(given) == reference
    found, council = case.found(reference), case.screener.council
    assert found.sent_at is not None
    assert (found.came_at, found.sent_at > came) == (came, True)
    due = clock.due_after_working_days(
        came, council.settings.clock.decide_working_days, council.nation, hours_of(council)
    )
    assert found.due_at == due == case.lines()[reference].due_at
    assert case.lines()[reference].sent_at == came
    with db.unit_of_work(Scope(council, scope.SYSTEM)):
        recounting.recount(council)
    assert case.found(reference).due_at == due
    for ago, wrong in ((timedelta(hours=-1), "future"), (timedelta(days=4), "old"), (timedelta(days=29), "too_old")):
        with pytest.raises(Invalid) as refused:
            case.log(case.given(received_at=clock.now() - ago))
        assert refused.value.errors == {"received": wrong}
    assert case.log(case.given(received_at=clock.now() - timedelta(days=4), sure=True)) != reference
    with pytest.raises(Conflict):
        case.log(replace(given, received_at=came - timedelta(hours=1)))


@pytest.mark.parametrize(
    ("typed", "means"),
    [("14:05", time(14, 5)), ("9.05", time(9, 5)), ("2pm", time(14)), ("12 am", time(0)), ("12:30 pm", time(12, 30)),
     ("14", None), ("24:00", None), ("13pm", None), ("", None), ("half past two", None)],
)  # fmt: skip
def test_a_time_of_the_clock_is_read_as_people_write_it(typed: str, means: time | None) -> None:
    assert received.time_of(typed) == means


def test_clicking_twice_takes_it_down_once_and_another_text_is_not_lost(case: Case) -> None:
    given = case.given()
    assert case.log(given) == case.log(given)
    with pytest.raises(Conflict) as other:
        case.log(case.given(once=given.once, answers=ANSWERS | {"sos_what_happened": "CNRY something else"}))
    assert other.value.now["reference"] in case.lines()
    colleague = make_person(case.screener.council, role="screener")
    with pytest.raises(Conflict):
        case.log(given, who=colleague)
    assert len(case.lines()) == 1


def test_no_agency_sees_what_was_taken_down_of_its_people(case: Case) -> None:
    lead = police(case)
    agency = lead.actor.agency_id
    assert agency is not None
    reference = case.log(case.given(channel="police", agency_id=agency))
    assert case.lines(agency=agency)[reference].channel == "police"
    with db.unit_of_work(lead.scope) as session:
        assert reports(lead.actor, Mine(agency=True)).lines == ()
        # The database itself hides it, whatever a query forgets.
        assert session.execute(select(func.count()).select_from(Referral)).scalar_one() == 0
    with pytest.raises(NotFound), db.unit_of_work(lead.scope):
        find(lead.actor, Permission.TRACK, reference)
    manager = make_person(case.screener.council, role="practice_manager")
    with pytest.raises(Conflict), db.unit_of_work(manager.scope):
        restricting.cut_agency(manager.actor, find(manager.actor, Permission.RESTRICT, reference), author_only=False)


def test_the_rows_that_are_no_agency_have_no_people_and_are_on_no_list(
    case: Case, admin: psycopg.Connection[tuple[object, ...]]
) -> None:
    council = case.screener.council
    values: dict[str, Any] = {"tenant_id": council.id, "agency_id": PUBLIC_ID}
    for table in (Membership, AgencyApproval):
        more = {"account_id": case.screener.account_id, "role": "referrer"} if table is Membership else {}
        with pytest.raises(IntegrityError, match="listed"), db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
            session.execute(insert(table).values(**values, **more))
    with pytest.raises(psycopg.errors.CheckViolation):
        case.log()
        admin.execute("update referral set author_only = false where channel = 'telephone'")
    with db.unit_of_work(Scope(council, scope.SYSTEM)):
        lines, _more = listed(AgencyFilters(state="none"))
        everybody, _rest = listed(AgencyFilters(text="Member of the public"))
    assert {PUBLIC_ID, UNLISTED_ID}.isdisjoint({one.id for one in (*lines, *everybody)})


def test_what_cannot_be_taken_down_is_refused(case: Case) -> None:
    for changes, wrong in (
        ({"channel": "portal"}, "channel"),
        ({"route": "NOWHERE"}, "route"),
        ({"agency_id": uuid4()}, "agency"),
        ({"answers": {**ANSWERS, "sos_what_happened": " "}}, "answers"),
    ):
        with pytest.raises(Invalid) as refused:
            case.log(case.given(**changes))
        assert set(refused.value.errors) == {wrong}
    for role in ("referrer", "form_designer"):
        with pytest.raises(Forbidden):
            case.log(who=make_person(case.screener.council, role=role))
    assert case.lines() == {}


def test_nobody_is_asked_or_told_by_email(case: Case) -> None:
    reference = case.log()
    colleague = make_person(case.screener.council, role="screener")

    def act(deed: Any, *words: Any) -> None:
        with db.unit_of_work(colleague.scope):
            deed(colleague.actor, find(colleague.actor, Permission.SCREEN, reference), *words)

    act(holding.claim)
    with pytest.raises(Conflict):
        act(messaging.ask, "CNRY when?", uuid4())
    act(decisions.decide, decided("assessment", "MASH", "Because", "We visit.", 0))
    assert case.found(reference).state == "decided"
    assert case.count(Notice) == 0


def test_whoever_must_not_see_the_family_hands_it_over_at_once(case: Case) -> None:
    with db.unit_of_work(case.screener.scope):
        declare(case.screener.actor, Declared("", "O’Brien", None))
    reference = case.log(case.given(answers=ANSWERS | {"child_name": "Siân O’Brien"}))
    with pytest.raises(NotFound):
        case.found(reference)
    colleague = make_person(case.screener.council, role="screener")
    assert case.found(reference, colleague).channel == "telephone"


def page(browser: Browser) -> dict[str, list[str]]:
    return filled(main_form(soup(browser.get("/holding-area/contact")), ""))


def test_a_screener_takes_a_letter_down_in_the_browser(case: Case, client: FlaskClient) -> None:
    sign_in(client, case.screener)
    browser = Browser(client, "avonmere")
    assert "/holding-area/contact" in browser.get("/holding-area").text
    empty = browser.send("/holding-area/contact", page(browser))
    assert empty.status_code == 422
    for words in ("Say how it reached you", "Choose who told you", "Choose which way it goes"):
        assert words in empty.text
    typed = page(browser) | {
        "channel": ["form"], "agency": [str(UNLISTED_ID)], "agency_name": [""], "caller": ["CNRY 李 O'Brien"],
        "reach": [""], "route": ["EARLY_HELP"], "child_name": ["CNRY Cai"], "cfc_child_now": ["At home"],
        "sos_what_happened": ["CNRY the form says so"],
    }  # fmt: skip
    again = browser.send("/holding-area/contact", typed)
    assert again.status_code == 422
    for words in ("Enter the name of the agency", "Choose the file with the partner’s form", "CNRY the form says so"):
        assert words in again.text
    days_ago = clock.today() - timedelta(days=5)
    for day, at, says in (
        (clock.today() + timedelta(days=1), "09:00", "It cannot have reached you in the future"),
        (days_ago, "noon", "Enter the time at which it reached you"),
        (days_ago, "09:00", "say below that it is right"),
    ):
        typed |= {"received-day": [str(day.day)], "received-month": [str(day.month)], "received_time": [at]}
        typed |= {"received-year": [str(day.year)]}
        assert says in browser.send("/holding-area/contact", typed).text
    typed["received_sure"] = ["yes"]
    upload: dict[str, Any] = {name: values for name, values in typed.items() if values} | {
        "agency_name": ["CNRY Little Acorns"], "files": (BytesIO(b"The form, CNRY"), "form.txt", "text/plain"),
    }  # fmt: skip
    sent = client.post("/avonmere/holding-area/contact", data=upload, content_type="multipart/form-data")
    assert sent.status_code == 303, soup(sent).text
    there = sent.headers["Location"].removeprefix("/avonmere")
    shown = browser.get(there).text
    for words in (
        "Partner’s own form",
        "CNRY Little Acorns",
        "form.txt",
        "nobody can be written to here",
        "(taken down ",
        f"{days_ago:%-d %B %Y}",
    ):
        assert words in shown
    assert "Ask the referrer" not in shown
    assert case.count(Attachment) == 1
    assert "Partner’s own form" in browser.get("/holding-area?channel=form").text
    twice = client.post(
        "/avonmere/holding-area/contact",
        data={**upload, "files": (BytesIO(b"The form, CNRY"), "form.txt", "text/plain")},
        content_type="multipart/form-data",
    )
    assert twice.headers["Location"] == sent.headers["Location"]
    assert case.count(Attachment) == 1
    assert UUID(str(case.found(there.rsplit("/", 1)[1]).agency_id)) == UNLISTED_ID
