"""Reading changes nothing, and nothing is changed by a form that is not our own page's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.matrix import walk
from tests.matrix.access import AGENCY, Access
from tests.matrix.walk import Walker
from tests.matrix.world import World

Admin = psycopg.Connection[tuple[object, ...]]

# What reading may leave behind: that it happened, that somebody was here, and that something was read. The key that
# makes a report be sent once is minted with the page that sends it.
TRACES: dict[str, tuple[str, ...]] = {
    "message": ("read_at",),
    "decision": ("seen_at",),
    "membership": ("used_at",),
    "referral": ("unread_by_council", "unread_by_agency", "submit_key"),
}
# The last is where /ready proves that the database takes writes.
IGNORED = ("audit_event", "account_session", "rate_limit", "presence", "message_sighting")
READERS = ("author", "lead", "screener", "council admin", "anonymous")


@pytest.fixture
def checksum(admin: Admin) -> Callable[[], dict[str, object]]:
    """A checksum of each table, without the traces that reading may leave.

    A table is read again only when a row of it was written since: every version of a row has its own place and
    transaction.
    """
    names = "select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
    tables = sorted(str(row[0]) for row in admin.execute(names) if row[0] not in IGNORED)
    written = " union all ".join(
        f"select '{table}', count(*), sum(hashtextextended(ctid::text || xmin::text, 0)) from {table}"
        for table in tables
    )
    known: dict[str, tuple[object, object]] = {}

    def add_up() -> dict[str, object]:
        for name, *stamp in admin.execute(written.encode()).fetchall():
            table = str(name)
            if table not in known or known[table][0] != stamp:
                known[table] = (stamp, _sum_of(admin, table))
        return {table: exact for table, (_, exact) in known.items()}

    return add_up


def _sum_of(admin: Admin, table: str) -> object:
    kept = "to_jsonb(t)" + "".join(f" - '{column}'" for column in TRACES.get(table, ()))
    query = f"select md5(string_agg(({kept})::text, '|' order by ({kept})::text)) from {table} t"
    return next(iter(admin.execute(query.encode())))[0]


def _safe(app: Flask, world: World, walker: Walker) -> None:
    for rule in walk.rules(app):
        if "GET" not in walk.methods(rule):
            continue
        path = walk.address(app, world, rule, AGENCY)
        page = walker.ask("GET", path)
        head = walker.ask("HEAD", path)
        assert head.status_code == page.status_code, path
        assert head.get_data() == b""


@pytest.mark.parametrize("person", READERS)
def test_reading_changes_nothing(
    app: Flask, filled: World, checksum: Callable[[], dict[str, object]], person: str
) -> None:
    walker = Walker(app, filled, filled.people[person], filled.here.slug)
    before = checksum()
    _safe(app, filled, walker)
    after = checksum()
    assert [table for table in before if before[table] != after[table]] == []


def test_asking_for_the_head_of_a_page_deletes_nothing(app: Flask, filled: World, admin: Admin) -> None:
    """A view that asks "is it GET?" must not take HEAD, which carries no token, for its form."""
    walker = Walker(app, filled, filled.people["author"], filled.here.slug)
    draft = filled.things.draft[AGENCY]
    for path in (f"/report/{draft}/delete", f"/report/{draft}/several/children/0/remove"):
        assert walker.ask("HEAD", path).status_code == 200
    assert admin.execute("select count(*) from referral where id = %s", (draft,)).fetchone() == (1,)


def test_the_checksum_can_fail(filled: World, admin: Admin, checksum: Callable[[], dict[str, object]]) -> None:
    del filled
    before = checksum()
    admin.execute("update referral set priority = 'low'")
    admin.execute("update message set read_at = now()")
    after = checksum()
    assert [table for table in before if before[table] != after[table]] == ["referral"]


def _forms(app: Flask, access: Access) -> list[tuple[Rule, str]]:
    """Every address that takes a form, with somebody who passes its door."""
    here = [rule for rule in walk.rules(app) if not walk.outside(app, rule) and not walk.for_machines(app, rule)]
    taking = [rule for rule in here if "POST" in walk.methods(rule)]
    return [(rule, access.somebody(f"POST {rule.rule}")) for rule in taking]


def _statuses(app: Flask, world: World, access: Access, data: dict[str, Any], **headers: str) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for rule, person in _forms(app, access):
        walker = Walker(app, world, world.people[person], world.here.slug)
        path = f"/{world.here.slug}{walk.address(app, world, rule, AGENCY)}"
        body = walk.BODIES.get(rule.endpoint, {}) | data
        answer = walker.client.post(path, data=body, headers=headers)
        found.setdefault(answer.status_code, []).append(rule.endpoint)
    return found


def test_every_form_needs_its_token(app: Flask, filled: World, access: Access) -> None:
    assert set(_statuses(app, filled, access, {})) == {400}


def test_another_sessions_token_is_none(app: Flask, filled: World, access: Access) -> None:
    token = Walker(app, filled, filled.people["colleague"], filled.here.slug).csrf()
    assert set(_statuses(app, filled, access, {"csrf_token": token})) == {400}


def test_another_site_may_not_post(app: Flask, filled: World, access: Access) -> None:
    assert set(_statuses(app, filled, access, {}, **{"Sec-Fetch-Site": "cross-site"})) == {403}
    # With a token besides: the refusal is about the site.
    walker = Walker(app, filled, filled.people["author"], filled.here.slug)
    assert walker.ask("POST", "/report", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert walker.ask("POST", "/report", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_a_method_in_disguise_is_the_method_it_is(app: Flask, filled: World, access: Access) -> None:
    del access
    walker = Walker(app, filled, filled.people["author"], filled.here.slug)
    draft = filled.things.draft[AGENCY]
    for disguise in ({"X-HTTP-Method-Override": "POST"}, {"X-Method-Override": "POST"}):
        walker.ask("GET", f"/report/{draft}/delete?_method=POST", headers=disguise)
        assert walker.ask("GET", f"/report/{draft}").status_code == 200
    for method in ("PUT", "DELETE", "PATCH"):
        assert walker.ask(method, f"/report/{draft}").status_code == 405
