"""Push end to end: told over TLS to a receiver that fails and recovers, which then collects with signed requests."""

from __future__ import annotations

import hashlib
import io
import json
import re
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg.types.json import Jsonb
from sqlalchemy import func, select

from portal.adapters import ports, signing
from portal.adapters.push import Push
from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.handover import papers
from portal.handover.commands import people, receiving
from portal.handover.models import CollectRequest
from portal.handover.queries.contents import MADE
from portal.kernel import clock, db, scope
from portal.kernel.scope import Council, Scope
from portal.tenants import resolve
from portal.tenants.commands import hand_over
from portal.tenants.handover_settings import Receiver as Where
from portal.tenants.queries import hand_over as queries
from tests.factories.people import make_person
from tests.fixtures.case_systems import Receiver, answers
from tests.fixtures.councils import Councils
from tests.handover.making import Case, make_case

Admin = psycopg.Connection[tuple[object, ...]]
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "hand-over.md"
HERE = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
# How long the portal waits for an answer: long, but where a receiver hangs.
PATIENCE = [60.0]
PLACE = "/avonmere/machine/hand-over/collect"

pytestmark = pytest.mark.usefixtures("as_it_was")


def make_secret(council: Council) -> str:
    """One more secret of the council."""
    admin = make_person(council, role="council_admin")
    with db.unit_of_work(admin.scope):
        return hand_over.make_secret(admin.actor, uuid4())


@pytest.fixture
def secret(councils: Councils) -> str:
    return make_secret(councils.england)


@pytest.fixture
def case(councils: Councils, admin: Admin, receiver: Receiver, secret: str) -> Iterator[Case]:
    """A decided report of a council that tells the receiver."""
    del secret
    said = {"hand_over": {"how": "push", "push": {"address": "https://cases.example.org/parcels"}}}
    admin.execute("update council set settings = settings || %s where slug = 'avonmere'", (Jsonb(said),))
    resolve.forget()
    case = make_case(councils.england, "push", push=Where(receiver.address))
    ports.use_case_systems(
        lambda _how, where, kept: Push(
            where["address"], kept, networks=HERE, ports=(receiver.port,), seconds=PATIENCE[-1]
        )
    )
    case.decide()
    yield case
    ports.use_case_systems(lambda _how, _where, _kept: case.receiver)


def request_for(secret: str, parcel: object, file: str, **other: str) -> dict[str, Any]:
    """What a receiver posts to collect a file; `other` stands in for headers."""
    body = json.dumps({"parcel": str(parcel), "file": file}).encode()
    return {"data": body, "headers": signing.headers([secret], str(uuid4()), clock.now(), body) | other}


def collect(client: FlaskClient, secret: str, parcel: object, file: str, place: str = PLACE, **other: str) -> int:
    answer = client.post(place, **request_for(secret, parcel, file, **other))
    # Read to its end: what is not does not count.
    return answer.status_code if answer.data is not None else 0


@pytest.fixture
def example(secret: str, app: Flask, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The example receiver of docs/hand-over.md, whose requests reach the application."""
    client = app.test_client()

    def opened(asked: urllib.request.Request) -> io.BytesIO:
        assert asked.full_url.endswith(PLACE)
        answer = client.post(PLACE, data=asked.data, headers=dict(asked.header_items()))
        assert answer.status_code == 200, answer.status_code
        return io.BytesIO(answer.data)

    monkeypatch.setattr(urllib.request, "urlopen", opened)
    monkeypatch.setenv("PORTAL_SECRET", secret)
    code = re.search(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert code is not None
    made: dict[str, Any] = {}
    exec(compile(code[1], str(DOCUMENT), "exec"), made)  # noqa: S102 - the example that our own document shows
    return made


def test_a_receiver_that_fails_recovers_and_collects(
    case: Case, receiver: Receiver, example: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under one id, whatever happens; and what is told names nobody."""
    parcel_id = case.parcel().id
    states = []
    receiver.next[:] = [answers(503), receiver.hangs, answers(401), answers(204)]
    for seconds in (60.0, 0.5, 60.0):
        monkeypatch.setattr(f"{__name__}.PATIENCE", [seconds])
        case.send()
        states.append((case.parcel().state, case.parcel().reason))
        case.due()
    assert states == [("waiting", "unavailable"), ("waiting", "unavailable"), ("refused", "unauthorised")]
    case.act(people.send_again, parcel_id, case.parcel().version)
    case.send()
    assert (case.parcel().state, case.parcel().reason) == ("waiting", "not_collected")
    assert [one.headers["webhook-id"] for one in receiver.said] == [str(parcel_id)] * 4
    assert all(b"CNRY" not in one.body for one in receiver.said)
    assert set(json.loads(receiver.said[-1].body)["data"]) == {
        "parcel", "council", "reference", "files", "files_still_checked", "collect",
    }  # fmt: skip
    kept: dict[str, bytes] = {}
    told = receiver.said[-1]
    example["notified"](told.headers, told.body, lambda _parcel, name, content: kept.update({name: content}))
    assert set(kept) == set(MADE)
    assert json.loads(kept["package.json"])["decision"]["rationale"].startswith("CNRY")
    parcel = case.parcel()
    assert (parcel.state, parcel.delivered_by, case.tries()) == (
        "delivered", "push", ["unavailable", "unavailable", "unauthorised", "told"],
    )  # fmt: skip
    assert case.count(AuditEvent.event == Event.PARCEL_COLLECTED) == len(MADE)
    with pytest.raises(PermissionError):
        example["notified"](told.headers, told.body + b" ", kept.update)


def test_a_receiver_that_collects_before_it_answers(case: Case, receiver: Receiver, app: Flask, secret: str) -> None:
    """It was told, and need not wait for us to have written that down."""
    parcel_id, got = case.parcel().id, list[int]()

    def at_once(handler: Any) -> None:
        client = app.test_client()
        got.extend(collect(client, secret, parcel_id, name) for name in MADE if name != "report.pdf")
        answers(204)(handler)

    receiver.next[:] = [at_once]
    case.send()
    assert (got, case.parcel().state) == ([200, 200, 200], "waiting")
    assert collect(app.test_client(), secret, parcel_id, "report.pdf") == 200
    assert case.parcel().state == "delivered"


def test_whoever_is_cut_off_has_not_collected(case: Case, app: Flask, secret: str) -> None:
    """The parcel has arrived once the last byte of the last file has gone, and may be asked for again until then."""
    case.send()
    client, parcel_id = app.test_client(), case.parcel().id
    first, *others = MADE
    assert [collect(client, secret, parcel_id, name) for name in others] == [200] * len(others)
    cut = client.post(PLACE, **request_for(secret, parcel_id, first))
    assert cut.status_code == 200
    cut.close()
    assert case.parcel().state == "waiting"
    # What left the house is on record all the same.
    assert case.count(AuditEvent.event == Event.PARCEL_COLLECTED) == len(MADE)
    half = client.post(PLACE, **request_for(secret, parcel_id, first))
    pieces = half.iter_encoded()
    assert next(iter(pieces))
    half.close()
    assert case.parcel().state == "waiting"
    assert collect(client, secret, parcel_id, first) == 200
    assert case.parcel().state == "delivered"


def test_whatever_is_wrong_is_answered_alike(
    case: Case, councils: Councils, app: Flask, secret: str, admin: Admin
) -> None:
    """Nobody learns whether there is such a parcel, such a file, such a council's secret, or a hand-over at all."""
    case.send()
    client, parcel_id, other = app.test_client(), case.parcel().id, make_secret(councils.wales)
    good = request_for(secret, parcel_id, "package.json")
    seen = client.post(PLACE, **good)
    digest = hashlib.sha256(seen.data).digest()
    assert (seen.status_code, seen.headers["Content-Digest"]) == (
        200, f"sha-256=:{b64encode(digest).decode()}:",
    )  # fmt: skip
    refused = [
        client.post(PLACE, **good),
        client.post(PLACE),
        client.post(PLACE, data=b"x" * 5000, headers=good["headers"]),
        client.post(PLACE, **request_for(other, parcel_id, "package.json")),
        client.post(PLACE.replace("avonmere", "glan-yr-afon"), **request_for(other, parcel_id, "package.json")),
        client.post(PLACE, **request_for(secret, uuid4(), "package.json")),
        client.post(PLACE, **request_for(secret, "no", "package.json")),
        client.post(PLACE, **request_for(secret, parcel_id, "../package.json")),
        client.post(PLACE, **request_for(secret, parcel_id, "attachment-1.pdf")),
        client.post(PLACE, **request_for(secret, parcel_id, "package.json", **{signing.TIMESTAMP: "1"})),
    ]
    for body in (b"[" * 1000, b"[]", b"{}", b'{"parcel": 1, "file": 2}', b"\xff"):
        signed = signing.headers([secret], str(uuid4()), clock.now(), body)
        refused.append(client.post(PLACE, data=body, headers=signed))
    for minutes in (6, -6):
        late = signing.headers([secret], str(uuid4()), clock.now() + timedelta(minutes=minutes), good["data"])
        refused.append(client.post(PLACE, data=good["data"], headers=late))
    admin.execute("update council set settings = jsonb_set(settings, '{hand_over,how}', '\"none\"')")
    resolve.forget()
    refused.append(client.post(PLACE, **request_for(secret, parcel_id, "package.json")))
    assert {(one.status_code, one.data) for one in refused} == {(404, refused[0].data)}
    assert len({str(sorted(set(one.headers.keys()))) for one in refused}) == 1


def test_two_secrets_live_and_one_that_was_ended_does_not(case: Case, app: Flask, secret: str) -> None:
    case.send()
    client, parcel_id, newer = app.test_client(), case.parcel().id, make_secret(case.council)
    assert [collect(client, one, parcel_id, "people.csv") for one in (secret, newer)] == [200, 200]
    admin = make_person(case.council, role="council_admin")
    with db.unit_of_work(admin.scope):
        _newest, older = queries.made_keys(queries.PUSH)
        hand_over.end_key(admin.actor, older.id)
    assert [collect(client, one, parcel_id, "people.csv") for one in (secret, newer)] == [404, 200]


def test_what_changed_meanwhile_is_told_anew_and_not_handed_out(case: Case, app: Flask, secret: str) -> None:
    """No receiver has one half of before and one of after."""
    case.send()
    client, parcel_id = app.test_client(), case.parcel().id
    assert collect(client, secret, parcel_id, "people.csv") == 200
    assert case.parcel().told is not None
    case.change(told={**(case.parcel().told or {}), "package.json": "0" * 64})
    assert collect(client, secret, parcel_id, "package.json") == 404
    due = case.parcel().next_try_at
    assert due is not None
    assert due <= clock.now()
    case.send()
    assert [collect(client, secret, parcel_id, name) for name in MADE if name != "people.csv"] == [200, 200, 200]
    assert case.parcel().state == "delivered"


def test_only_the_file_that_is_asked_for_is_made(
    case: Case, app: Flask, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.send()
    monkeypatch.setattr(papers, "report", lambda *_words: pytest.fail("nobody asked for it"))
    assert collect(app.test_client(), secret, case.parcel().id, "contact.csv") == 200


def test_requests_are_forgotten_once_nobody_can_send_them_again(
    case: Case, app: Flask, secret: str, admin: Admin
) -> None:
    case.send()
    for _each in range(2):
        collect(app.test_client(), secret, UUID(int=1), "package.json")
    admin.execute(
        "update collect_request set at = now() - interval '11 minutes' where id = (select min(id::text)::uuid"
        " from collect_request)"
    )
    with db.unit_of_work(Scope(case.council, scope.SYSTEM)) as session:
        receiving.forget()
        assert session.execute(select(func.count()).select_from(CollectRequest)).scalar_one() == 1


def test_without_a_secret_it_says_what_is_missing(case: Case) -> None:
    with db.unit_of_work(Scope(case.council, scope.SYSTEM)) as session:
        session.connection().exec_driver_sql("delete from case_system_key")
    case.send()
    assert (case.parcel().state, case.parcel().reason) == ("refused", "no_secret")
