"""The same child twice: who is asked before sending, who is told nothing, and what becomes of what was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.files.models import StoredFile
from portal.kernel import clock, db
from portal.messaging.queries import thread
from portal.referrals.commands import attaching
from portal.referrals.commands.attaching import Coming, Paper, Target
from portal.referrals.duplicates import same_child
from portal.referrals.models import Referral
from portal.referrals.queries.attachments import of_report
from portal.referrals.queries.record import find
from tests.factories.people import Person as Somebody
from tests.factories.people import make_person, sign_in
from tests.factories.referrals import Child, Made, make_referral
from tests.fixtures.councils import Councils
from tests.referrals.clicking import Person, filled, main_form, soup
from tests.referrals.making import make_draft

BORN = date(2019, 3, 27)
SIAN = Child("Siân", "O’Brien", BORN)
NAMES: dict[str, Any] = {"child_unborn": "no", "child_first_name": "Sian", "child_last_name": "OBrien"}

MOVED = ("referrals.file_added", "referrals.file_moved")


@dataclass
class Case:
    """Somebody who is about to send a report about Siân O’Brien."""

    council: Councils
    who: Somebody
    browser: Person
    draft: str

    @property
    def check(self) -> str:
        return f"/report/{self.draft}/check"

    def warned(self) -> bool:
        return "may have been reported already" in self.browser.get(self.check).text


@pytest.fixture
def case(client: FlaskClient, councils: Councils) -> Case:
    who = make_person(councils.england, name="Elin Author")
    sign_in(client, who)
    draft = make_draft(who, b_danger_now="no", oth_anything="A second bruise", **NAMES)
    return Case(councils, who, Person(client, "avonmere"), str(draft))


def before(case: Case, author: Somebody | None = None, days: int = 3, **more: object) -> Made:
    sent = clock.now() - timedelta(days=days)
    return make_referral(case.council.england, author or case.who, children=(SIAN,), sent_at=sent, **more)  # type: ignore[arg-type]


def test_one_is_asked_and_may_send_all_the_same(case: Case) -> None:
    plain = filled(main_form(soup(case.browser.get(case.check)), "/check"))
    made = before(case)
    # From a page that did not name it: nothing is sent yet.
    again = case.browser.send(case.check, plain)
    assert again.status_code == 409
    assert made.reference in again.text
    sent = case.browser.send(case.check, filled(main_form(soup(again), "/check")))
    assert sent.headers["Location"].endswith("/receipt")


def test_one_adds_to_it_instead_and_nothing_is_lost(case: Case) -> None:
    made = before(case)
    page = soup(case.browser.get(case.check))
    carry = next(str(a["href"]) for a in page.select("#earlier ~ ul a") if "instead" in a.text)
    shown = soup(case.browser.get(carry))
    assert "A second bruise" in shown.text
    data = filled(main_form(shown))
    assert {case.browser.send(carry, data).headers["Location"] for _click in range(2)} == {
        f"/avonmere/referrals/{made.reference}"
    }
    case.browser.get(case.check, 410)
    with db.unit_of_work(case.who.scope) as session:
        found = find(case.who.actor, Permission.TRACK, made.reference)
        said = thread(case.who.actor, Permission.TRACK, found)
        assert session.execute(select(func.count()).select_from(Referral)).scalar_one() == 1
    assert [one.kind for one in said] == ["addition"]
    assert "A second bruise" in said[0].text
    assert "OBrien" in said[0].text


def test_the_files_go_along_and_nothing_stays_behind(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    made, draft_id = before(case), UUID(case.draft)
    agency = case.who.actor.agency_id
    assert agency is not None
    draft = Target(draft_id, agency, "agency", later=False)
    with db.unit_of_work(case.who.scope):
        attaching.attach(case.who.actor, draft, Paper("Siân 李.pdf", "", BytesIO(b"%PDF-1.7 drawn")))
        attaching.begin(case.who.actor, draft, Coming("half.pdf", "", 10))
    carry = f"/report/{case.draft}/add-to/{made.reference}"
    shown = soup(case.browser.get(carry))
    assert [one.get_text(strip=True) for one in shown.select(".app-file__name")] == ["Siân 李.pdf"]
    assert "was not sent completely" in shown.text
    with monkeypatch.context() as full:
        full.setattr(attaching, "MOST_FILES", 0)
        refused = case.browser.send(carry, filled(main_form(shown)))
    assert refused.status_code == 422
    assert "there cannot be more" in soup(refused).select(".govuk-error-summary")[0].text
    for _click in range(2):
        assert case.browser.send(carry, filled(main_form(shown))).status_code == 303
    with db.unit_of_work(case.who.scope) as session:
        found = find(case.who.actor, Permission.TRACK, made.reference)
        (said,) = thread(case.who.actor, Permission.TRACK, found)
        files = of_report(case.who.actor, found.id)
        told = session.execute(
            select(AuditEvent.event, AuditEvent.subject_id).where(AuditEvent.event.in_(MOVED)).order_by(AuditEvent.at)
        ).all()
        assert session.execute(select(func.count()).select_from(StoredFile)).scalar_one() == 1
    assert [(one.file.name, one.later, one.message_id) for one in files] == [("Siân 李.pdf", True, said.id)]
    assert [tuple(one) for one in told][1:] == [(MOVED[1], draft_id), (MOVED[0], found.id)]
    page = soup(case.browser.get(f"/referrals/{made.reference}"))
    assert len(page.select(f"#message-{said.id} .app-file")) == 1


def test_what_is_old_withdrawn_or_about_another_child_asks_nobody(case: Case) -> None:
    before(case, days=50)
    before(case, state="withdrawn")
    make_referral(case.council.england, case.who, children=(Child("Gwen", "Llŷr"),))
    assert not case.warned()
    before(case, days=40)
    assert case.warned()


def test_a_colleagues_report_is_told_to_the_lead_and_to_nobody_else(
    case: Case, client: FlaskClient, councils: Councils
) -> None:
    made = before(case, make_person(councils.england, name="Conor Colleague"))
    assert not case.warned()
    lead = make_person(councils.england, role="agency_lead")
    sign_in(client, lead)
    case.draft = str(make_draft(lead, **NAMES))
    page = case.browser.get(case.check).text
    assert made.reference in page
    assert "Conor Colleague" in page
    hidden = before(case, make_person(councils.england, name="Only Me"), author_only=True)
    page = case.browser.get(case.check).text
    assert hidden.reference not in page
    assert "Only Me" not in page
    case.browser.get(f"/report/{case.draft}/add-to/{hidden.reference}", 404)


CHILDREN = st.builds(
    Child,
    first_name=st.sampled_from(("", "Siân", "Sian", "Gwen", "李")),
    last_name=st.sampled_from(("", "O’Brien", "OBrien", "Llŷr")),
    born_on=st.sampled_from((None, BORN, date(2020, 1, 1))),
)


@given(CHILDREN, CHILDREN)
def test_it_does_not_matter_which_came_first(one: Child, other: Child) -> None:
    assert same_child(one, other) == same_child(other, one)
    if one.born_on and other.born_on and one.born_on != other.born_on:
        assert not same_child(one, other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Child("Siân", "O’Brien", None), Child("SIAN", "OBrien", BORN), True),
        (Child("Katie", "Llŷr", BORN), Child("Kate", "Llyr", BORN), True),
        (Child("李", "", None), Child("李", "", None), True),
        (Child("李", "", BORN), Child("李", "Wang", BORN), True),
        (Child("Siân", "Llŷr", BORN), Child("Siân", "Llŷr", date(2020, 1, 1)), False),
        (Child("Siân", "Llŷr", None), Child("Gwen", "Llŷr", None), False),
        (Child("", "", None), Child("", "", None), False),
        (Child("Siân", "", None), Child("Siân", "Llŷr", None), False),
    ],
)
def test_who_is_the_same_child(one: Child, other: Child, *, same: bool) -> None:
    assert same_child(one, other) is same
