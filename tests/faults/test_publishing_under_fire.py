"""Publishing and proving when the database or the worker dies in the middle: all of it or nothing, and once."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from portal.forms.commands import checks, releasing
from portal.forms.queries.checks import PROOF
from portal.forms.queries.drafts import find
from portal.kernel import db
from portal.kernel.errors import Invalid
from tests.factories.pages import fields_of
from tests.factories.people import make_person, sign_in
from tests.faults.conftest import Outage
from tests.fixtures.councils import Councils
from tests.forms.designing import begin, other_words, publish, read, submitted

Admin = psycopg.Connection[tuple[object, ...]]
Start = Callable[..., subprocess.Popen[bytes]]
PATIENCE = 100.0


def counted(admin: Admin, query: str) -> int:
    row = admin.execute(query.encode()).fetchone()
    assert row
    return int(str(row[0]))


def test_a_database_that_dies_while_publishing_leaves_all_or_nothing(
    client: FlaskClient, outage: Outage, there: Councils, monkeypatch: pytest.MonkeyPatch
) -> None:
    designer = make_person(there.england, role="form_designer")
    second = make_person(there.england, role="practice_manager")
    draft = submitted(designer)
    sign_in(client, second)
    path = f"/avonmere/forms/drafts/{draft.id}"
    fields = fields_of(client.get(f"{path}/review"), "/publish")
    move = releasing._move

    def dies(*given: Any, **columns: Any) -> None:
        move(*given, **columns)
        outage.stop()

    with monkeypatch.context() as patch:
        patch.setattr(releasing, "_move", dies)
        answer = client.post(f"{path}/publish", data=fields)
    assert answer.status_code == 503
    outage.start()
    with outage.admin() as admin:
        versions = "select count(*) from form_version where source = 'designer'"
        published = "select count(*) from audit_event where event = 'forms.published'"
        assert counted(admin, versions) == 0
        before = counted(admin, published)
        assert read(designer, draft.id).state == "submitted"
        assert client.post(f"{path}/publish", data=fields).status_code == 303
        assert client.post(f"{path}/publish", data=fields).status_code == 303
        assert counted(admin, versions) == 1
        assert counted(admin, published) - before <= 1
    assert read(designer, draft.id).state == "published"


def test_a_worker_killed_during_a_proof_is_followed_by_one_that_ends_it_once(
    councils: Councils, admin: Admin, portal_process: Start
) -> None:
    designer = make_person(councils.england, role="form_designer")
    draft = begin(designer, change=other_words)
    with db.unit_of_work(designer.scope):
        checks.ask(designer.actor, find(designer.actor, draft.id), PROOF)
    state = "select state from form_check"
    worker = portal_process("worker")
    deadline = time.monotonic() + PATIENCE
    while admin.execute(state).fetchall() == [("waiting",)] and time.monotonic() < deadline:
        time.sleep(0.02)
    worker.kill()
    worker.wait()
    admin.execute("update procrastinate_workers set last_heartbeat = now() - interval '1 hour'")
    portal_process("worker")
    while admin.execute(state).fetchall() != [("done",)] and time.monotonic() < deadline:
        time.sleep(0.2)
    assert admin.execute("select state, result->>'holds' from form_check").fetchall() == [("done", "true")]
    assert counted(admin, "select count(*) from audit_event where event = 'forms.check_asked'") == 1


def test_a_check_that_is_done_counts_only_while_its_result_holds(councils: Councils, admin: Admin) -> None:
    designer = make_person(councils.england, role="form_designer")
    second = make_person(councils.england, role="practice_manager")
    draft = submitted(designer)
    admin.execute("update form_check set result = jsonb_set(result::jsonb, '{holds}', 'false')")
    with pytest.raises(Invalid) as refused:
        publish(second, draft)
    assert refused.value.errors == {"draft": "not_proved"}
    admin.execute("update form_check set result = result::jsonb - 'holds'")
    with pytest.raises(Invalid):
        publish(second, draft)
    admin.execute("update form_check set result = jsonb_set(result::jsonb, '{holds}', 'true')")
    assert publish(make_person(councils.england, role="council_admin"), draft)


def test_somebody_whose_role_changed_publishes_nothing(client: FlaskClient, councils: Councils, admin: Admin) -> None:
    designer = make_person(councils.england, role="form_designer")
    second = make_person(councils.england, role="practice_manager")
    draft = submitted(designer)
    sign_in(client, second)
    path = f"/avonmere/forms/drafts/{draft.id}"
    fields = fields_of(client.get(f"{path}/review"), "/publish")
    admin.execute("update membership set role = 'screener' where account_id = %s", (second.account_id,))
    assert client.post(f"{path}/publish", data=fields).status_code == 403
    admin.execute("update membership set role = 'council_admin' where account_id = %s", (designer.account_id,))
    sign_in(client, designer)
    own = fields_of(client.get(f"{path}/review"), "/send-back")
    assert client.post(f"{path}/publish", data={**fields, "csrf_token": own["csrf_token"]}).status_code == 403
    assert read(designer, draft.id).state == "submitted"
