"""An urgent report alerts the people on duty, once, until somebody acknowledges it; else the managers hear of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from portal.adapters import outbox
from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.kernel import clock, db, scope
from portal.kernel.errors import Forbidden
from portal.kernel.scope import Council, Scope
from portal.messaging.commands import correcting
from portal.messaging.commands.correcting import Correcting
from portal.referrals.commands import duty, following, notices
from portal.referrals.commands.connections import hide
from portal.referrals.models import DutyAlert, Notice
from portal.referrals.places import Place
from portal.referrals.queries.record import find
from portal.screening.commands import holding
from tests.auth.walking import TOKEN
from tests.factories.pages import soup
from tests.factories.people import Person, make_person, sign_in
from tests.fixtures.councils import Councils
from tests.referrals.making import make_draft, send_draft

Admin = psycopg.Connection[tuple[object, ...]]
MAILBOXES = ("duty@avonmere.gov.uk", "edt@avonmere.gov.uk")


@dataclass
class Case:
    """A council that names two mailboxes, an author in it, and those who screen."""

    council: Council
    author: Person
    screener: Person

    def send(self, danger: str = "yes") -> str:
        draft = make_draft(self.author, b_danger_now=danger, b_red_flags=["none"])
        return send_draft(self.author, draft)

    def count(self, *where: object) -> int:
        with db.unit_of_work(Scope(self.council, scope.SYSTEM)) as session:
            return int(session.execute(select(func.count()).where(*where)).scalar_one())  # type: ignore[arg-type] # conditions

    def age(self, minutes: int) -> None:
        """The alerts were raised so many minutes ago."""
        with db.unit_of_work(Scope(self.council, scope.SYSTEM)) as session:
            session.execute(update(DutyAlert).values(raised_at=clock.now() - timedelta(minutes=minutes)))

    def escalate(self) -> int:
        with db.unit_of_work(Scope(self.council, scope.SYSTEM)):
            return duty.escalate()

    def readers(self, kind: str) -> list[str]:
        with db.unit_of_work(Scope(self.council, scope.SYSTEM)) as session:
            query = select(func.coalesce(Notice.mailbox, func.cast(Notice.account_id, Notice.mailbox.type)))
            return sorted(session.execute(query.where(Notice.kind == kind)).scalars())


def mail_to(*addresses: str) -> list[outbox.Kept]:
    with db.unit_of_work(scope.NOWHERE):
        return [one for one in outbox.kept() if one.recipient in addresses]


@pytest.fixture
def case(councils: Councils) -> Case:
    wishes = replace(councils.england.settings.duty, addresses=MAILBOXES)
    council = replace(councils.england, settings=replace(councils.england.settings, duty=wishes))
    return Case(council, make_person(council), make_person(council, role="screener", name="Ali Screener"))


def test_an_urgent_report_tells_each_mailbox_once_and_says_a_reference_and_no_more(
    case: Case, run_jobs: Callable[[], None]
) -> None:
    reference = case.send()
    case.send(danger="no")
    run_jobs()
    run_jobs()
    mail = mail_to(*MAILBOXES)
    assert sorted(one.recipient for one in mail) == list(MAILBOXES)
    for one in mail:
        assert one.subject == f"Reference {reference}: an urgent report has come in"
        assert f"/avonmere/screening/{reference}" in one.body
        assert "CNRY" not in one.body
        assert "Llŷr" not in one.body
    assert case.count(AuditEvent.event == Event.DUTY_ALERTED) == 1


def test_an_alert_whose_job_was_lost_is_sent_all_the_same(
    case: Case, run_jobs: Callable[[], None], admin: Admin
) -> None:
    case.send()
    admin.execute("delete from procrastinate_jobs")
    with db.unit_of_work(Scope(case.council, scope.SYSTEM)) as session:
        session.execute(update(Notice).values(created_at=clock.now() - timedelta(minutes=11)))
        assert notices.defer_stranded() >= len(MAILBOXES)
    run_jobs()
    assert len(mail_to(*MAILBOXES)) == len(MAILBOXES)


def test_without_mailboxes_the_councils_own_one_is_told(councils: Councils, run_jobs: Callable[[], None]) -> None:
    settings = councils.england.settings
    council = replace(councils.england, settings=replace(settings, duty=replace(settings.duty, addresses=())))
    case = Case(council, make_person(council), make_person(council, role="screener"))
    case.send()
    run_jobs()
    assert len(mail_to(council.settings.email)) == 1


def test_a_correction_that_makes_it_urgent_alerts_too_and_only_once(case: Case) -> None:
    reference = case.send(danger="no")
    danger = Correcting(Place("triage", "b_danger_now"), "yes", "I clicked the wrong one", 0, uuid4())
    with db.unit_of_work(case.author.scope):
        correcting.correct(case.author.actor, find(case.author.actor, Permission.REPLY, reference), danger)
    with db.unit_of_work(case.author.scope):
        duty.raise_alert(find(case.author.actor, Permission.REPLY, reference).id)
    assert case.readers("duty") == list(MAILBOXES)


def test_the_banner_is_on_every_page_of_who_screens_until_somebody_acknowledges_it(
    case: Case, client: FlaskClient
) -> None:
    reference = case.send()
    sign_in(client, case.screener)
    for path in ("/holding-area", "/account", "/"):
        banner = soup(client.get(f"/avonmere{path}")).select_one(".app-duty")
        assert banner is not None, path
        assert reference in banner.text
    token = TOKEN.findall(client.get("/avonmere/holding-area").text)[0]
    for times in range(2):
        answer = client.post(f"/avonmere/screening/{reference}/acknowledge", data={"csrf_token": token})
        assert answer.location == f"/avonmere/screening/{reference}"
        shown = client.get(answer.location).text
        assert ("You have acknowledged this urgent report" in shown) is (times == 0)
        assert "app-duty" not in shown
        assert "Alert acknowledged" in shown
    assert case.count(AuditEvent.event == Event.DUTY_ACKNOWLEDGED, AuditEvent.actor_id == case.screener.account_id) == 1


@pytest.mark.parametrize("role", ["referrer", "form_designer", "council_admin"])
def test_nobody_else_sees_the_banner(case: Case, client: FlaskClient, role: str) -> None:
    case.send()
    sign_in(client, case.author if role == "referrer" else make_person(case.council, role=role))
    assert "app-duty" not in client.get("/avonmere/").text


def test_another_council_and_who_has_a_connection_see_nothing(
    case: Case, councils: Councils, client: FlaskClient
) -> None:
    reference = case.send()
    sign_in(client, make_person(councils.wales, role="screener"))
    assert "app-duty" not in client.get("/glan-yr-afon/holding-area").text
    with db.unit_of_work(Scope(case.council, scope.SYSTEM)):
        found = find(scope.SYSTEM, Permission.LOOK, reference)
        hide(case.screener.account_id, [found.id])
    sign_in(client, case.screener)
    assert "app-duty" not in client.get("/avonmere/holding-area").text


def test_claiming_acknowledges(case: Case) -> None:
    reference = case.send()
    with db.unit_of_work(case.screener.scope):
        holding.claim(case.screener.actor, find(case.screener.actor, Permission.CLAIM, reference))
    assert case.count(DutyAlert.acknowledged_by == case.screener.account_id) == 1
    case.age(31)
    assert case.escalate() == 0


def test_who_only_opened_it_for_a_while_acknowledges_nothing(case: Case) -> None:
    reference = case.send()
    with db.unit_of_work(case.screener.scope):
        found = replace(find(case.screener.actor, Permission.LOOK, reference), sight=())
        with pytest.raises(Forbidden):
            duty.acknowledge(case.screener.actor, found)


def test_the_managers_hear_once_when_nobody_acknowledged_it_in_time(case: Case, run_jobs: Callable[[], None]) -> None:
    managers = [make_person(case.council, role="practice_manager") for _ in range(2)]
    reference = case.send()
    case.age(29)
    assert case.escalate() == 0
    case.age(30)
    assert [case.escalate() for _ in range(2)] == [1, 0]
    run_jobs()
    mail = mail_to(*(one.email for one in managers))
    assert len(mail) == 2
    assert {one.subject for one in mail} == {f"Reference {reference}: an urgent report waits"}
    assert case.count(AuditEvent.event == Event.DUTY_ESCALATED) == 1
    assert case.count(DutyAlert.acknowledged_at.is_(None)) == 1


def test_without_a_manager_the_administrators_hear_and_without_those_the_mailboxes(
    case: Case, run_jobs: Callable[[], None]
) -> None:
    case.send()
    case.age(30)
    case.escalate()
    assert case.readers("unseen") == list(MAILBOXES)
    administrator = make_person(case.council, role="council_admin")
    case.send()
    case.age(30)
    case.escalate()
    assert str(administrator.account_id) in case.readers("unseen")
    run_jobs()
    told = mail_to(administrator.email)
    assert len(told) == 1
    assert "No practice manager could be told" in told[0].body


def test_a_report_that_was_taken_back_alerts_nobody_any_more(case: Case, client: FlaskClient) -> None:
    reference = case.send()
    with db.unit_of_work(case.author.scope):
        following.withdraw(case.author.actor, find(case.author.actor, Permission.REPLY, reference), "sent_twice", "")
    case.age(31)
    assert case.escalate() == 0
    sign_in(client, case.screener)
    assert "app-duty" not in client.get("/avonmere/holding-area").text
