"""A mistake of ours in any view: a page that helps, and nothing about anybody in the page or the logs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from portal.auth import guard
from tests.factories.people import sign_in
from tests.factories.templates import Admin
from tests.fixtures.canary import MARK, Sinks
from tests.fixtures.councils import Councils
from tests.matrix import walk, world
from tests.matrix.access import AGENCY, read
from tests.matrix.operators import add_operators

WORDS = f"duplicate key (child)=({MARK} Prys)"
TYPED = "She told me words that must not be lost"


def mistake() -> NoReturn:
    raise ValueError(WORDS)


def broken_rule() -> NoReturn:
    raise IntegrityError(f"insert into account values ('{MARK}')", {"name": MARK}, ValueError(WORDS))


def failing(view: Callable[..., Any], fail: Callable[[], NoReturn]) -> Callable[..., Any]:
    """A view behind the same door that fails."""

    def broken(**_values: Any) -> NoReturn:
        fail()

    setattr(broken, guard.MARK, guard.door_of(view))
    return broken


@pytest.mark.parametrize("fail", [mistake, broken_rule])
def test_every_view_may_fail(
    app: Flask,
    councils: Councils,
    admin: Admin,
    sinks: Sinks,
    monkeypatch: pytest.MonkeyPatch,
    fail: Callable[[], NoReturn],
) -> None:
    filled = world.make(councils)
    add_operators(filled, admin)
    access = read()
    walkers: dict[str, walk.Walker] = {}
    for rule in walk.rules(app):
        for method in walk.methods(rule):
            if walk.outside(app, rule):
                continue
            person = access.somebody(f"{method} {rule.rule}")
            if person not in walkers:
                walkers[person] = walk.Walker(app, filled, filled.people[person], filled.here.slug)
                walkers[person].csrf()
            path = walk.address(app, filled, rule, AGENCY)
            with monkeypatch.context() as patch:
                patch.setitem(app.view_functions, rule.endpoint, failing(app.view_functions[rule.endpoint], fail))
                answer = walkers[person].ask(method, path, {"concern": TYPED} if method == "POST" else None)
            text = answer.get_data(as_text=True)
            assert answer.status_code == 500, rule
            assert "999" in text
            assert filled.here.settings.phones.hub.number in text
            assert MARK not in text
            assert (TYPED in text) is (method == "POST"), rule
    logged = sinks.lines.getvalue()
    assert '"event": "unhandled"' in logged
    assert MARK not in logged


@pytest.mark.parametrize("fail", [mistake, broken_rule])
def test_every_view_of_an_operator_may_fail(
    app: Flask,
    councils: Councils,
    admin: Admin,
    sinks: Sinks,
    monkeypatch: pytest.MonkeyPatch,
    fail: Callable[[], NoReturn],
) -> None:
    filled = world.make(councils)
    add_operators(filled, admin)
    operator, client = filled.people["operator"], app.test_client()
    assert operator is not None
    sign_in(client, operator)
    own = [rule for rule in walk.rules(app) if walk.outside(app, rule) and "GET" in walk.methods(rule)]
    assert own
    for rule in own:
        with monkeypatch.context() as patch:
            patch.setitem(app.view_functions, rule.endpoint, failing(app.view_functions[rule.endpoint], fail))
            answer = client.get(walk.address(app, filled, rule, AGENCY))
        text = answer.get_data(as_text=True)
        assert answer.status_code == 500, rule
        assert "999" in text
        assert MARK not in text
    assert MARK not in sinks.lines.getvalue()
