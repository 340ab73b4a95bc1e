"""Somebody of one team sees what that team has, and is told of it; whoever is bound to none sees everything."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.auth.models import Membership
from portal.earlyhelp.commands import binding, offering
from portal.earlyhelp.views import in_use
from portal.kernel import db
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import SYSTEM, Scope
from portal.tenants.early_help_settings import Team
from tests.earlyhelp.making import HELP, Case
from tests.factories.pages import fields_of
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils


@pytest.fixture
def case(councils: Councils) -> Case:
    """In a council with two teams; each has a report."""
    case = Case(councils.wales)
    for team in ("south", "north"):
        case.made = make_referral(case.council, case.author, state="screening", owner=case.screener)
        case.decide().offer(team)
    return case


@pytest.fixture
def admin(case: Case) -> Person:
    return make_person(case.council, role="council_admin", language="en")


def membership(who: Person) -> UUID:
    with db.unit_of_work(Scope(who.council, SYSTEM)) as session:
        return session.execute(select(Membership.id).where(Membership.account_id == who.account_id)).scalar_one()


def bind(admin: Person, who: Person, team: str, seen: str = "") -> None:
    with db.unit_of_work(admin.scope):
        binding.bind(admin.actor, membership(who), team=team, seen=seen)


def test_whoever_is_of_one_team_sees_its_reports_only(case: Case, admin: Person) -> None:
    reports = case.tabs()["offered"]
    assert len(reports) == 2
    bind(admin, case.worker, "south")
    assert case.tabs()["offered"] == [one for one in reports if one != case.made.reference]
    with pytest.raises(NotFound):
        case.act(case.worker, lambda *_: None, may=HELP)
    with pytest.raises(NotFound):
        case.answer("accept")
    manager = make_person(case.council, role="practice_manager")
    assert len(case.tabs(manager)["offered"]) == 2
    bind(admin, case.worker, "north", "south")
    case.answer("accept")
    bind(admin, case.worker, "south", "north")
    assert case.tabs()["accepted"] == []
    bind(admin, case.worker, "", "south")
    assert case.tabs()["accepted"] == [case.made.reference]


def test_only_those_of_the_team_are_told(case: Case, admin: Person) -> None:
    south, north = (make_person(case.council, role="early_help_worker") for _ in range(2))
    bind(admin, south, "south")
    bind(admin, north, "north")
    team = Team("north", {"en": "North"})
    case.act(case.screener, offering.tell_team, team, "help_due")
    told = case.told("help_due")
    assert told == sorted(str(one.account_id) for one in (case.worker, north))


def test_twice_is_once_and_two_administrators_meet(case: Case, admin: Person) -> None:
    for _click in range(2):
        bind(admin, case.worker, "south")
    with pytest.raises(Conflict):
        bind(admin, case.worker, "north")
    with pytest.raises(Invalid):
        bind(admin, case.worker, "east", "south")
    for who in (case.screener, case.author):
        with pytest.raises(NotFound):
            bind(admin, who, "south")
    with pytest.raises(NotFound):
        bind(make_person(case.council, role="screener"), case.worker, "north", "south")


def test_the_page_says_and_changes_it(case: Case, admin: Person, client: FlaskClient) -> None:
    root, of = f"/{case.council.slug}", membership(case.worker)
    sign_in(client, admin)
    person, page = f"{root}/people/{of}", f"{root}/people/{of}/team"
    assert f'href="{page}"' in client.get(person).text
    assert "All teams" in client.get(person).text
    form = fields_of(client.get(page), page)
    assert client.post(page, data={**form, "team": "east"}).status_code == 422
    for _click in range(2):
        assert client.post(page, data={**form, "team": "south"}).status_code == 303
    assert "Families First: south team" in client.get(person).text
    assert client.post(page, data={**form, "team": "north"}).status_code == 409
    assert client.get(f"{root}/people/{membership(case.screener)}/team").status_code == 404
    sign_in(client, make_person(case.council, role="practice_manager"))
    assert client.get(page).status_code == 403


def test_whoever_removes_a_team_reads_how_many_would_see_nothing_more(case: Case, admin: Person, app: Flask) -> None:
    def says(team: str) -> str:
        with app.test_request_context(), db.unit_of_work(admin.scope):
            return in_use("early_help-teams", team)

    case.act(case.screener, lambda actor, found: offering.take_back(actor, found, case.offers()[0].id))
    assert says("north") == ""
    for _person in range(2):
        bind(admin, make_person(case.council, role="early_help_worker"), "north")
    bind(admin, case.worker, "south")
    assert says("north").startswith("2 people are of this team only")
    assert (says("south").startswith("1 report is with this team."), "1 person is of this" in says("south")) == (
        True, True,
    )  # fmt: skip
