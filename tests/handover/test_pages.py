"""The pages of the hand-over: what waits and why, sending again, copying by section, and the line on the report."""

from __future__ import annotations

from functools import partial
from uuid import UUID

import psycopg
import pytest
from bs4 import Tag
from flask import Flask
from flask.testing import FlaskClient
from psycopg.types.json import Jsonb
from sqlalchemy import func, select

from portal.adapters import ports
from portal.handover.commands import people
from portal.handover.models import Parcel
from portal.kernel import db, scope
from portal.kernel.errors import Conflict, Invalid
from portal.kernel.scope import Scope
from portal.tenants import resolve
from tests.factories.pages import soup
from tests.factories.people import make_person, sign_in
from tests.factories.referrals import Child, make_referral
from tests.fixtures.councils import Councils
from tests.handover.making import Case, make_case

Admin = psycopg.Connection[tuple[object, ...]]
MOST_STATEMENTS = 8


def set_up(admin: Admin, how: str) -> None:
    """Both councils hand decisions over, for requests too."""
    said = Jsonb({"hand_over": {"how": how, "push": {"address": "https://cases.example.org/parcels"}}})
    admin.execute("update council set settings = settings || %s", (said,))
    resolve.forget()


def page(app: Flask, case: Case, who: object = None) -> FlaskClient:
    client = app.test_client()
    sign_in(client, who or case.screener)  # type: ignore[arg-type] # a person of tests.factories.people
    return client


def seen(shown: Tag, end: str) -> dict[str, str]:
    """The hidden fields of the form that posts there."""
    found = shown.select_one(f"form[action$='{end}']")
    assert found is not None
    return {str(one["name"]): str(one["value"]) for one in found.select("input[type=hidden]")}


def address(case: Case, end: str = "") -> str:
    return f"/{case.council.slug}/screening/{case.made.reference}/hand-over{end}"


@pytest.mark.usefixtures("as_it_was")
def test_copied_by_hand_from_the_report_to_delivered(app: Flask, councils: Councils, admin: Admin) -> None:
    set_up(admin, "copy")
    case = make_case(councils.england, "copy")
    case.decide()
    client = page(app, case)
    report = soup(client.get(f"/avonmere/screening/{case.made.reference}"))
    lines = [one for one in report.select("#beside li") if one.select(f"a[href='{address(case)}']")]
    assert [[tag.text.strip() for tag in one.select(".govuk-tag")] for one in lines] == [["Waiting"]]
    shown = soup(client.get(address(case)))
    assert "It waits until somebody has copied it" in shown.text
    # In the order of the form, and the decision with its words.
    assert "CNRY we visit the family" in shown.text
    assert [one.text for one in shown.select("h3.govuk-heading-m")][:2] == ["The contact", "Decision"]
    assert shown.select("form[action$='/again']") == []
    fields = seen(shown, "/copied")
    wrong = client.post(address(case, "/copied"), data=fields | {"number": "<b>"})
    assert (wrong.status_code, "such as 12345" in wrong.text, 'value="&lt;b&gt;"' in wrong.text) == (422, True, True)
    done = client.post(address(case, "/copied"), data=fields | {"number": " CON/2026-77 "})
    assert done.status_code == 303
    again = client.post(address(case, "/copied"), data=fields | {"number": "CON/2026-77"})
    assert again.status_code == 303
    other = client.post(address(case, "/copied"), data=fields | {"number": "CON/2026-78"})
    assert (other.status_code, "This changed meanwhile" in other.text) == (409, True)
    parcel = case.parcel()
    assert (parcel.state, parcel.delivered_by, parcel.copied_by) == ("delivered", "copied", case.screener.account_id)
    assert b"CON/2026-77" not in (parcel.record_number or b"")
    assert "Record number CON/2026-77, entered by Ali Screener" in client.get(address(case)).text
    assert case.made.reference in client.get("/avonmere/hand-over?tab=delivered").text


@pytest.mark.usefixtures("as_it_was")
def test_what_was_refused_says_why_and_is_sent_again_once(app: Flask, councils: Councils, admin: Admin) -> None:
    set_up(admin, "push")
    case = make_case(councils.england)
    case.decide()
    case.receiver.answer = ports.Declined("unauthorised")
    case.send()
    client = page(app, case)
    report = soup(client.get(f"/avonmere/screening/{case.made.reference}"))
    assert [one.text.strip() for one in report.select("#beside .govuk-tag--red")] == ["Refused"]
    board = soup(client.get("/avonmere/dashboard"))
    assert board.select_one("a[href='/avonmere/hand-over?tab=failed']") is not None
    listed = client.get("/avonmere/hand-over?tab=failed").text
    assert (case.made.reference in listed, "does not accept our key" in listed) == (True, True)
    fields = seen(soup(client.get(address(case))), "/again")
    case.receiver.answer = True
    assert [client.post(address(case, "/again"), data=fields).status_code for _ in range(2)] == [303, 303]
    assert (case.parcel().state, case.parcel().tries) == ("waiting", 0)
    case.send()
    stale = client.post(address(case, "/again"), data=fields)
    assert (stale.status_code, case.parcel().state) == (409, "delivered")
    # Whoever lost it on the other side asks for it once more.
    client.post(address(case, "/again"), data=seen(soup(client.get(address(case))), "/again"))
    case.send()
    assert len(case.receiver.got) == 3


def test_one_that_is_being_sent_is_not_copied_meanwhile(councils: Councils) -> None:
    case = make_case(councils.england)
    case.decide()
    case.change(state="sending", lease=UUID(int=1))
    parcel = case.parcel()
    with pytest.raises(Conflict):
        case.act(partial(people.say_copied, shown=()), parcel.id, parcel.version, "1")
    for number in ("", "x" * 61, "-", "=1+1", "a\u202eb"):
        with pytest.raises(Invalid):
            case.act(partial(people.say_copied, shown=()), parcel.id, parcel.version, number)


def test_nobody_of_an_agency_and_nobody_off_the_list_sees_a_parcel(app: Flask, councils: Councils) -> None:
    case = make_case(councils.england, "copy")
    case.decide()
    for who in (case.author, make_person(councils.england, role="council_admin")):
        client = page(app, case, who)
        assert {client.get(one).status_code for one in (address(case), "/avonmere/hand-over")} == {403}
    with db.unit_of_work(Scope(case.council, case.author.actor)) as session:
        assert session.execute(select(func.count()).select_from(Parcel)).scalar_one() == 0
    with db.unit_of_work(Scope(case.council, scope.SYSTEM)) as session:
        session.connection().exec_driver_sql("update referral set sight = '{}'")
    listed = page(app, case).get("/avonmere/hand-over").text
    assert case.made.reference not in listed


@pytest.mark.usefixtures("as_it_was")
def test_a_long_list_is_walked_page_by_page(app: Flask, councils: Councils, admin: Admin) -> None:
    case = make_case(councils.england, "copy")
    case.decide()
    admin.execute(
        """insert into decision (tenant_id, id, referral_id, agency_id, outcome, route, rationale, told, decided_by,
               replaced_at)
           select tenant_id, gen_random_uuid(), referral_id, agency_id, outcome, route, rationale, told, decided_by,
               now() from decision, generate_series(1, 30) """
    )
    admin.execute(
        """insert into parcel (tenant_id, id, referral_id, decision_id, event, by_hand)
           select tenant_id, gen_random_uuid(), referral_id, id, 'decided', true from decision
           where replaced_at is not null"""
    )
    client, rows, at = page(app, case), 0, "/avonmere/hand-over"
    while at:
        shown = soup(client.get(at))
        rows += len(shown.select("tbody tr"))
        link = shown.select_one("a[rel=next]")
        at = str(link["href"]) if link else ""
    assert rows == 31
    for odd in ("older=x", "older=2026-01-01T00:00:00~zz", f"tab=%00&older={'9' * 30}~{'a' * 36}"):
        assert client.get(f"/avonmere/hand-over?{odd}").status_code == 200


@pytest.mark.parametrize("tab", ["waiting", "delivered", "failed"])
def test_the_list_takes_few_statements(app: Flask, councils: Councils, statements: list[str], tab: str) -> None:
    for _each in range(3):
        case = make_case(councils.england)
        case.decide()
    case.change(awaits=[str(UUID(int=1))])
    client = page(app, case)
    client.get("/avonmere/hand-over")
    statements.clear()
    shown = client.get(f"/avonmere/hand-over?tab={tab}")
    assert len(soup(shown).select("tbody tr")) == (3 if tab == "waiting" else 0)
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)


def test_names_of_every_shape_are_copied_as_they_are(app: Flask, councils: Councils) -> None:
    case = make_case(councils.england, "copy")
    told = "CNRY Siân O'Brien 李 <script>alert(1)</script>"
    case.made = make_referral(
        councils.england, case.author, state="screening", owner=case.screener, children=(Child("李", "O'Brien"),),
        sections={"concern": {"sos_what_happened": told}, "referrer": {}},
    )  # fmt: skip
    case.decide()
    text = page(app, case).get(address(case)).text
    assert "<script>alert" not in text
    assert "Siân O&#39;Brien 李 &lt;script&gt;" in text
