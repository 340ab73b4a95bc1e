"""An operator sees nothing of a council until it lets them, then reads, and everything they open is told to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from portal.adapters import outbox
from portal.auth.models import SupportGrant
from portal.auth.policy import Permission, Reach, reach
from portal.auth.queries.whoami import whoami
from portal.auth.sessions import hashed
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict
from portal.kernel.scope import Scope
from portal.referrals.models import Referral
from portal.tenants.commands import support
from portal.tenants.commands.support import Wish
from portal.tenants.queries.support import grants
from tests.auth.walking import TOKEN
from tests.factories.operators import end_row, make_operator
from tests.factories.people import Person, make_person, open_session, sign_in
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils

Admin = psycopg.Connection[tuple[object, ...]]
WISH = Wish("fault", "A report cannot be opened", 2)


@pytest.fixture
def operator(admin: Admin, councils: Councils) -> Person:
    """Somebody who runs the instance."""
    return make_operator(admin, councils.england)


@pytest.fixture
def manager(councils: Councils) -> Person:
    """Who may let them look."""
    return make_person(councils.england, role="practice_manager", email="ruth@avonmere.example")


def ask(operator: Person, once: UUID | None = None) -> None:
    with db.unit_of_work(Scope(actor=operator.actor)):
        support.ask(operator.actor, operator.council, WISH, once or uuid4())


def newest(manager: Person) -> tuple[UUID, int]:
    with db.unit_of_work(manager.scope):
        found = grants(manager.actor)[0]
        return found.id, found.version


def allow(operator: Person, manager: Person) -> UUID:
    ask(operator)
    grant_id, version = newest(manager)
    with db.unit_of_work(manager.scope):
        support.approve(manager.actor, grant_id, version)
    return grant_id


def status(client: FlaskClient, path: str) -> int:
    return client.get(f"/avonmere{path}").status_code


def test_asked_allowed_looked_and_over(
    client: FlaskClient,
    app: Flask,
    operator: Person,
    manager: Person,
    run_jobs: Callable[[], None],
    admin: Admin,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = make_referral(operator.council, make_person(operator.council))
    sign_in(client, operator)
    page = f"/operator/councils/{operator.council.id}/support"
    found = TOKEN.search(client.get(page).text)
    assert found
    body = {"csrf_token": found.group(1), "purpose": "fault", "reason": "A report cannot be opened", "hours": "2"}
    assert client.post(page, data={**body, "hours": "9"}).status_code == 422
    assert client.post(page, data={**body, "once": str(uuid4())}).status_code == 303
    run_jobs()
    with db.unit_of_work(scope.NOWHERE):
        (mail,) = outbox.kept(manager.email)
    assert "/avonmere/council/support" in mail.body
    assert WISH.reason not in mail.body
    assert status(client, "/holding-area") == 403

    theirs = app.test_client()
    sign_in(theirs, manager)
    listed = theirs.get("/avonmere/council/support").text
    assert WISH.reason in listed
    token = TOKEN.search(listed)
    assert token
    grant_id, version = newest(manager)
    answer = {"csrf_token": token.group(1), "do": "approve", "version": str(version)}
    assert theirs.post(f"/avonmere/council/support/{grant_id}", data=answer).status_code == 303
    run_jobs()
    with db.unit_of_work(scope.NOWHERE):
        assert "/operator" in outbox.kept(operator.email)[0].body

    assert status(client, "/holding-area") == 200
    shown = client.get(f"/avonmere/screening/{made.reference}")
    assert shown.status_code == 200
    assert 'action="/avonmere/screening' not in shown.text
    assert 'href="#actions"' not in shown.text  # there is nothing to do
    told = theirs.get("/avonmere/council/support").text
    assert made.reference in told
    now = clock.now()
    for seconds, expected in ((-10, 200), (1, 403)):
        later = now + timedelta(hours=2, seconds=seconds)
        monkeypatch.setattr(clock, "now", partial(_moment, later))
        sign_in(client, operator)
        admin.execute("update account_session set seen_at = %s", (later,))
        assert status(client, "/holding-area") == expected


def _moment(moment: datetime) -> datetime:
    return moment


def test_what_a_permission_does_not_open(client: FlaskClient, operator: Person, manager: Person) -> None:
    author = make_person(operator.council)
    hidden = make_referral(operator.council, author, sight=[manager.account_id])
    shown = make_referral(operator.council, author)
    allow(operator, manager)
    sign_in(client, operator)
    assert status(client, f"/screening/{shown.reference}") == 200
    assert status(client, f"/screening/{hidden.reference}") == 404
    for path in ("/account", "/people", "/restricted", "/council", "/council/support", "/referrals", "/agencies"):
        assert status(client, path) == 403, path
    token = TOKEN.search(client.get("/avonmere/holding-area").text)
    assert token
    for path in ("claim", "release", "priority", "ask", "decide"):
        answer = client.post(
            f"/avonmere/screening/{shown.reference}/{path}", data={"csrf_token": token.group(1), "priority": "low"}
        )
        assert answer.status_code == 403, path
    assert client.get("/glan-yr-afon/holding-area").status_code == 403
    assert client.get("/operator").status_code == 200


def test_the_database_writes_nothing_in_such_a_request(app: Flask, operator: Person, manager: Person) -> None:
    del app
    make_referral(operator.council, make_person(operator.council))
    allow(operator, manager)
    key = open_session(operator)
    with db.unit_of_work(Scope(operator.council)):
        found = whoami(hashed(key))
        assert found is not None
        assert found.actor is not None
        assert found.actor.reach == "council"
        assert [one for one in Permission if reach(found.actor, one) is not Reach.NONE] == [Permission.LOOK]
        scope.act_as(found.actor)
        assert db.session().execute(select(Referral.id)).scalars().all()
        with pytest.raises(DBAPIError, match="read-only"):
            db.session().execute(update(Referral).values(priority="low"))
        db.rollback()


def test_every_request_is_in_the_councils_audit_before_its_answer(
    client: FlaskClient, operator: Person, manager: Person, admin: Admin
) -> None:
    made = make_referral(operator.council, make_person(operator.council))
    grant_id = allow(operator, manager)
    sign_in(client, operator)
    for path in ("/holding-area", f"/screening/{made.reference}", "/people", "/no-such-page", "/screening/A-CHILD"):
        client.get(f"/avonmere{path}")
    client.post("/avonmere/report")
    rows = admin.execute(
        "select detail->>'method', detail->>'page', detail->>'about' from audit_event"
        " where event = 'tenants.support_used' and tenant_id = %s and subject_id = %s and actor_id = %s order by at",
        (operator.council.id, grant_id, operator.account_id),
    ).fetchall()
    assert [row[1] for row in rows[:4]] == ["screening.queue", "screening.show", "auth.people", ""]
    assert rows[1][2] == made.reference
    assert rows[4][1:] == ("screening.show", "")
    assert rows[5][0] == "POST"
    both = admin.execute("select count(*) from audit_event where event like 'tenants.support_a%' and tenant_id is null")
    assert both.fetchone() == (2,)


def test_ended_by_the_council_or_with_the_operator(
    client: FlaskClient, operator: Person, manager: Person, admin: Admin
) -> None:
    grant_id = allow(operator, manager)
    sign_in(client, operator)
    assert status(client, "/holding-area") == 200
    _grant, version = newest(manager)
    with db.unit_of_work(manager.scope):
        support.end(manager.actor, grant_id, version)
        support.end(manager.actor, grant_id, version)  # twice is once
        with pytest.raises(Conflict):
            support.approve(manager.actor, grant_id, version + 1)
    assert status(client, "/holding-area") == 403
    allow(operator, manager)
    assert status(client, "/holding-area") == 200
    end_row(admin, operator.account_id)
    assert status(client, "/holding-area") == 403


def test_asking_twice_is_asking_once(operator: Person, manager: Person, admin: Admin) -> None:
    once = uuid4()
    ask(operator, once)
    ask(operator, once)
    assert admin.execute("select count(*) from support_grant").fetchone() == (1,)
    grant_id, version = newest(manager)
    with db.unit_of_work(manager.scope):
        support.refuse(manager.actor, grant_id, version)
        support.refuse(manager.actor, grant_id, version)
    with db.unit_of_work(manager.scope), pytest.raises(Conflict):
        support.approve(manager.actor, grant_id, version)
    with db.unit_of_work(manager.scope) as session:
        assert session.execute(select(SupportGrant.state)).scalar_one() == "refused"
