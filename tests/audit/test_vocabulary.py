"""The vocabulary is closed: an event takes exactly its keys, and its values are codes."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from flask import Flask

from portal.audit import events
from portal.audit.event_keys import KEYS
from portal.audit.events import Event
from portal.kernel import db, scope
from tests.factories.people import make_person
from tests.fixtures.councils import Councils

Admin = psycopg.Connection[tuple[object, ...]]


def trail(admin: Admin) -> list[str]:
    return [str(row[0]) for row in admin.execute("select event from audit_event order by at, id")]


def good(event: Event) -> dict[str, str | int | bool]:
    return dict.fromkeys(KEYS.get(event, ()), "code")


@pytest.mark.parametrize("event", Event)
def test_every_event_takes_its_own_keys_and_no_others(app: Flask, admin: Admin, event: Event) -> None:
    del app
    with db.unit_of_work(scope.NOWHERE):
        events.record(event, uuid4(), **good(event))
        with pytest.raises(ValueError, match="takes"):
            events.record(event, uuid4(), **good(event), name="Nia")
        for key in good(event):
            fewer = {other: value for other, value in good(event).items() if other != key}
            with pytest.raises(ValueError, match="takes"):
                events.record(event, uuid4(), **fewer)
    assert trail(admin) == [str(event)]


def test_names_say_package_and_what_happened() -> None:
    packages = {
        "auth", "tenants", "forms", "files", "referrals", "screening", "messaging", "stages", "letters", "handover",
        "onward", "hub", "earlyhelp", "transfers",
    }  # fmt: skip
    for event in Event:
        package, _, what = event.partition(".")
        assert package in packages
        assert what.replace("_", "").isalpha()
    assert len({str(event) for event in Event}) == len(Event)
    assert set(KEYS) <= set(Event)


def test_no_key_invites_words() -> None:
    words = {"name", "email", "address", "text", "body", "message", "child", "rationale", "told", "answer", "value"}
    assert {key for keys in KEYS.values() for key in keys} & words == set()


def test_an_event_goes_with_its_transaction(app: Flask, admin: Admin) -> None:
    del app
    with pytest.raises(LookupError), db.unit_of_work(scope.NOWHERE):
        events.record(Event.SIGNED_IN, uuid4(), by="passkey")
        raise LookupError
    assert trail(admin) == []


def test_a_refusal_outlives_what_was_refused(app: Flask, admin: Admin) -> None:
    del app
    with pytest.raises(LookupError), db.unit_of_work(scope.NOWHERE):
        events.record(Event.SIGNED_IN, uuid4(), by="passkey")
        events.record_apart(Event.SIGN_IN_REFUSED, reason="password")
        raise LookupError
    assert trail(admin) == [str(Event.SIGN_IN_REFUSED)]


def test_who_did_it_is_in_the_event_and_the_system_is_nobody(councils: Councils, admin: Admin) -> None:
    person = make_person(councils.wales)
    with db.unit_of_work(person.scope):
        events.record(Event.SIGNED_IN, person.account_id, by="passkey")
    with db.unit_of_work(scope.Scope(councils.wales, scope.SYSTEM)):
        events.record(Event.NOTICE_SENT, None, kind="received")
    query = "select tenant_id, actor_id, actor_role, agency_id from audit_event order by at"
    assert admin.execute(query).fetchall() == [
        (councils.wales.id, person.account_id, "referrer", person.actor.agency_id),
        (councils.wales.id, None, "system", None),
    ]
