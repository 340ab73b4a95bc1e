"""`policy.allows` and the WHERE clause of `within_reach` agree on every role, permission and row."""

from __future__ import annotations

import itertools
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import column, create_engine, select, values
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from portal.auth.agency_types import MAY
from portal.auth.policy import NEEDS, POLICY, Permission, Reach, allows, awaits_terms, part, reach, would_reach
from portal.auth.reach import within_reach
from portal.cli.cluster import Addresses
from portal.kernel.scope import SYSTEM, Actor

ME, OTHER = UUID(int=1), UUID(int=2)
HERE, THERE = UUID(int=11), UUID(int=12)
ROWS = list(itertools.product((ME, OTHER), (HERE, THERE)))


def actors() -> list[Actor | None]:
    found: list[Actor | None] = [None, SYSTEM]
    for role in (*POLICY, "unknown"):
        for state in ("active", "pending", "refused", "suspended", "ended", ""):
            for agency, (strength, asked), may in itertools.product(
                (HERE, None), (("", False), ("email", False), ("totp", True)), (frozenset[str](), frozenset(MAY))
            ):
                actor = Actor(ME, role=role, state=state, agency_id=agency, strength=strength, agency_may=may)
                found.append(replace(actor, passkey_role=asked))
    return found


def test_they_agree(database: Addresses) -> None:
    rows = values(column("owner", Uuid), column("agency", Uuid), name="r").data(ROWS)
    engine = create_engine(database.app)
    with engine.connect() as connection:
        for actor, permission in itertools.product(actors(), Permission):
            clause = within_reach(actor, permission, owner=rows.c.owner, agency=rows.c.agency)
            seen = {tuple(row) for row in connection.execute(select(rows.c.owner, rows.c.agency).where(clause))}
            allowed = {
                (owner, agency) for owner, agency in ROWS if allows(actor, permission, owner_id=owner, agency_id=agency)
            }
            assert seen == allowed, (actor, permission)
    engine.dispose()


def test_they_agree_on_what_several_write(database: Addresses) -> None:
    helping = [(owner, agency, helpers) for owner, agency in ROWS for helpers in ([], [ME], [OTHER, ME])]
    columns = (column("owner", Uuid), column("agency", Uuid), column("helpers", ARRAY(Uuid)))
    rows = values(*columns, name="r").data(helping)
    engine = create_engine(database.app)
    with engine.connect() as connection:
        for actor, permission in itertools.product(actors(), (Permission.REPORT, Permission.OVERSEE)):
            clause = within_reach(actor, permission, owner=rows.c.owner, agency=rows.c.agency, helpers=rows.c.helpers)
            seen = [tuple(row) for row in connection.execute(select(*rows.c).where(clause))]
            allowed = [
                (owner, agency, helpers)
                for owner, agency, helpers in helping
                if allows(actor, permission, owner_id=owner, agency_id=agency, helpers=helpers)
            ]
            assert sorted(seen) == sorted(allowed), (actor, permission)
    engine.dispose()


@pytest.mark.parametrize("state", ["refused", "suspended", "ended", ""])
def test_a_membership_that_is_over_reaches_nothing_of_anybody(state: str) -> None:
    for role in POLICY:
        actor = Actor(ME, role=role, state=state, agency_id=HERE)
        assert part(actor) == ""
        for permission in set(Permission) - {Permission.ACCOUNT}:
            assert reach(actor, permission) is Reach.NONE


def test_waiting_people_may_report_and_see_a_receipt_only() -> None:
    actor = Actor(ME, role="agency_lead", state="pending", agency_id=HERE, agency_may=frozenset(MAY))
    reached = {permission for permission in Permission if reach(actor, permission) is not Reach.NONE}
    assert reached == {Permission.ACCOUNT, Permission.REPORT, Permission.RECEIPT}


@pytest.mark.parametrize("role", sorted(set(POLICY) - {"", "system", "waiting"}))
def test_an_emailed_code_writes_and_never_reads(role: str) -> None:
    for agency in (HERE, None):
        actor = Actor(ME, role=role, state="active", agency_id=agency, strength="email", agency_may=frozenset(MAY))
        reached = {permission for permission in Permission if reach(actor, permission) is not Reach.NONE}
        allowed = {Permission.ACCOUNT, Permission.REPORT, Permission.RECEIPT} if agency else {Permission.ACCOUNT}
        assert reached == allowed
        assert actor.reach == ("agency" if agency else "")
        for permission in Permission:
            strong = reach(replace(actor, strength="totp"), permission)
            assert would_reach(actor, permission) is (permission not in allowed and strong is not Reach.NONE)
            assert not would_reach(replace(actor, strength="totp"), permission)


@pytest.mark.parametrize("role", sorted(set(POLICY) - {"", "system", "waiting"}))
def test_where_a_role_needs_a_passkey_an_apps_code_is_worth_an_emailed_one(role: str) -> None:
    for agency in (HERE, None):
        actor = Actor(ME, role=role, state="active", agency_id=agency, strength="totp", agency_may=frozenset(MAY))
        asked = replace(actor, passkey_role=True)
        for permission in Permission:
            assert reach(asked, permission) is reach(replace(actor, strength="email"), permission)
            missing = reach(asked, permission) is Reach.NONE and reach(actor, permission) is not Reach.NONE
            assert would_reach(asked, permission) is missing
            for enough in ("passkey", "sso"):
                assert reach(replace(asked, strength=enough), permission) is reach(actor, permission)
        assert asked.reach == ("agency" if agency else "")


def test_nobody_outside_the_council_reaches_the_council() -> None:
    for role in ("referrer", "agency_lead"):
        actor = Actor(ME, role=role, state="active", agency_id=HERE)
        assert all(reach(actor, permission) < Reach.COUNCIL for permission in Permission)


@pytest.mark.parametrize("role", ["referrer", "agency_lead"])
def test_a_role_does_not_reach_past_what_the_kind_of_agency_may_do(role: str) -> None:
    nothing = Actor(ME, role=role, state="active", agency_id=HERE)
    reached = {permission for permission in Permission if reach(nothing, permission) is not Reach.NONE}
    assert not reached & set(NEEDS)
    assert {Permission.TRACK, Permission.RECEIPT, Permission.REPLY} <= reached
    for permission, word in NEEDS.items():
        actor = Actor(ME, role=role, state="active", agency_id=HERE, agency_may=frozenset({word}))
        assert {one for one in NEEDS if reach(actor, one) is not Reach.NONE} == {permission}


def test_a_kind_of_agency_gives_council_staff_and_strangers_nothing() -> None:
    for role in ("screener", "council_admin", "", "unknown"):
        actor = Actor(ME, role=role, state="active", agency_may=frozenset(MAY))
        assert all(reach(actor, permission) is Reach.NONE for permission in NEEDS)


def test_until_the_terms_are_accepted_one_waits_and_the_council_is_out_of_reach() -> None:
    for role, agency in (
        ("referrer", HERE),
        ("agency_lead", HERE),
        ("practice_manager", None),
        ("council_admin", None),
    ):
        due = Actor(ME, role=role, state="active", agency_id=agency, agency_may=frozenset(MAY), terms_due=True)
        allowed = {permission for permission in Permission if reach(due, permission) is not Reach.NONE}
        assert allowed == set(POLICY["waiting" if agency else ""])
        assert due.reach == ("agency" if agency else "")
        assert replace(due, terms_due=False).reach == ("agency" if agency else "council")
        for permission in Permission:
            later = reach(replace(due, terms_due=False), permission) is not Reach.NONE
            assert awaits_terms(due, permission) is (later and permission not in allowed)
            assert not awaits_terms(replace(due, terms_due=False), permission)
