"""The operator's own addresses, outside every council, asked for by everybody: an operator alone gets them."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.auth import guard
from tests.factories.people import sign_in
from tests.faults.test_hostile_forms import NAMES, ODD
from tests.matrix import walk
from tests.matrix.access import AGENCY, read
from tests.matrix.walk import TOKEN, outcome
from tests.matrix.world import World

PEOPLE = [name for name in read().people if name not in ("operator", "supporter")]


def pages(app: Flask, world: World, *, public: bool) -> list[tuple[str, str]]:
    """Method and address of what is only outside the councils."""
    found = []
    for rule in walk.rules(app):
        door = guard.door_of(app.view_functions[rule.endpoint])
        if door is not None and door.instance and (door.permission is None) is public:
            found += [(method, walk.address(app, world, rule, AGENCY)) for method in walk.methods(rule)]
    assert found
    return found


def ask(client: FlaskClient, method: str, path: str, token: str) -> str:
    data = {"csrf_token": token} if method == "POST" else None
    return outcome(client.open(path, method=method, data=data))


def token_of(client: FlaskClient, slug: str) -> str:
    for page in (f"/{slug}/account", f"/{slug}/sign-in", "/operator"):
        found = TOKEN.search(client.get(page).get_data(as_text=True))
        if found:
            return found.group(1)
    raise AssertionError("no form anywhere")


@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_else_is_refused(app: Flask, filled: World, name: str) -> None:
    person, client = filled.people[name], app.test_client()
    if person is not None:
        sign_in(client, person)
    token = token_of(client, filled.here.slug)
    expected = "sign-in" if name in read().groups["nobody"] else "forbidden"
    got = {f"{method} {path}": ask(client, method, path, token) for method, path in pages(app, filled, public=False)}
    assert {page: answer for page, answer in got.items() if answer != expected} == {}


def test_an_operator_gets_them(app: Flask, filled: World) -> None:
    operator, client = filled.people["operator"], app.test_client()
    assert operator is not None
    sign_in(client, operator)
    token = token_of(client, filled.here.slug)
    got = {f"{method} {path}": ask(client, method, path, token) for method, path in pages(app, filled, public=False)}
    assert {page: answer for page, answer in got.items() if answer in ("sign-in", "forbidden")} == {}
    assert got["GET /operator"] == "page"


def test_signing_in_and_setting_up_are_open(app: Flask, filled: World) -> None:
    client = app.test_client()
    got = {f"{method} {path}": ask(client, method, path, "") for method, path in pages(app, filled, public=True)}
    assert got["GET /operator/sign-in"] == "page"
    assert {answer for page, answer in got.items() if page.startswith("POST")} == {"400"}


def test_odd_words_are_answered_and_never_fail(app: Flask, filled: World) -> None:
    operator = filled.people["operator"]
    assert operator is not None
    for method, path in [*pages(app, filled, public=False), *pages(app, filled, public=True)]:
        for odd in ODD if method == "POST" else ():
            client = app.test_client()
            sign_in(client, operator)
            data = dict.fromkeys((*NAMES, "credential", "password"), odd)
            answer = client.post(path, data={**data, "csrf_token": token_of(client, filled.here.slug)})
            assert answer.status_code < 500, (path, odd)
            assert "<script>alert" not in answer.get_data(as_text=True)
