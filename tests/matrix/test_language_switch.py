"""The language switch of a page that answers a form: the page again in the other language, and nothing done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.web.limits import limiter
from tests.fixtures.councils import Councils
from tests.matrix import walk
from tests.matrix import world as worlds
from tests.matrix.access import AGENCY, Access
from tests.matrix.operators import add_operators
from tests.matrix.test_safe_methods import Admin, _forms, checksum
from tests.matrix.walk import Walker

__all__ = ["checksum"]

# A page that comes back in another language is read once more, which is on record.
DONE = "select count(*) from audit_event where event not in ('referrals.read', 'hub.read')"
SWITCH = {"lang": "cy", "only_language": "yes"}


def test_no_form_of_the_product_acts_for_a_change_of_language(
    app: Flask,
    councils: Councils,
    access: Access,
    admin: Admin,
    checksum: Callable[[], dict[str, object]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Not the world of `filled`, which undoes whatever a form does.
    filled = worlds.make(councils)
    add_operators(filled, admin)
    monkeypatch.setattr(limiter, "enabled", False)
    # What signing in leaves is not counted: what was after one form is what is before the next.
    before = checksum()
    walkers: dict[str, Walker] = {}
    for rule, person in _forms(app, access):
        if person not in walkers:
            walkers[person] = Walker(app, filled, filled.people[person], filled.here.slug)
        walker = walkers[person]
        walker.csrf()
        events = admin.execute(DONE).fetchone()
        body: dict[str, Any] = walk.BODIES.get(rule.endpoint, {}) | SWITCH
        if rule.endpoint == "screening.record":
            body["outcome"] = filled.here.settings.outcomes[0].key
        answer = walker.ask("POST", walk.address(app, filled, rule, AGENCY), body)
        assert answer.status_code < 500, rule.endpoint
        after = checksum()
        assert [table for table in before if before[table] != after[table]] == [], rule.endpoint
        before = after
        again = admin.execute(DONE).fetchone()
        assert again == events, rule.endpoint
        if person != "anonymous":
            assert walker.ask("GET", "/account").status_code == 200, rule.endpoint
