"""Every page declares its door; what declares none is refused; addresses are kebab-case and typed."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

from portal.auth import guard
from portal.web.security import PortalFlask

KEBAB = re.compile(r"^(/|(/([a-z0-9]+(-[a-z0-9]+)*|<(uuid|string|int|path):[a-z_]+>|<[a-z_]+>(\.png)?))+)$")


def without_door(app: Flask) -> list[str]:
    return [
        rule.endpoint for rule in app.url_map.iter_rules() if guard.door_of(app.view_functions[rule.endpoint]) is None
    ]


def test_every_page_declares_its_door(app: Flask) -> None:
    assert without_door(app) == []


def test_open_pages_say_why(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        door = guard.door_of(app.view_functions[rule.endpoint])
        assert door is not None
        assert door.permission or len(door.why) > 10, rule.endpoint


def test_addresses_are_kebab_case(app: Flask) -> None:
    # Where RFC 8615 puts what machines look for; the names are those of its register.
    ours = [rule.rule for rule in app.url_map.iter_rules() if not rule.rule.startswith("/.well-known/")]
    wrong = [rule for rule in ours if not KEBAB.fullmatch(rule)]
    assert wrong == []


def test_a_page_without_a_door_is_refused() -> None:
    bare = PortalFlask("bare")
    guard.register(bare)

    @bare.get("/open")
    def open_page() -> str:
        return "secret"

    assert "open_page" in without_door(bare)
    bare.register_error_handler(Exception, lambda error: (type(error).__name__, 403))
    client: FlaskClient = bare.test_client()
    answer = client.get("/open")
    assert answer.status_code == 403
    assert b"secret" not in answer.data
