"""The world of access.yaml, and requests whose work is undone so that the next finds the same world."""

from __future__ import annotations

import pytest
from flask import Flask, Response, g, request

from portal.kernel import db
from portal.web import security
from portal.web.limits import limiter
from tests.factories.templates import Admin, add_template
from tests.fixtures.councils import Councils
from tests.forms.contents import shipped_contents
from tests.matrix import world
from tests.matrix.access import Access, read
from tests.matrix.operators import add_operators
from tests.matrix.world import World


@pytest.fixture(scope="session")
def access() -> Access:
    """What access.yaml says."""
    return read()


@pytest.fixture
def filled(app: Flask, councils: Councils, admin: Admin, monkeypatch: pytest.MonkeyPatch) -> World:
    """Both councils with people and things; whatever a form does is undone when its answer is ready."""
    del app
    add_template(admin, shipped_contents()[0])
    made = world.make(councils)
    add_operators(made, admin)
    finish = security.finish

    def undo(response: Response) -> None:
        if request.method == "POST" and not g.get("finished"):
            g.finished = True
            db.rollback()
        finish(response)

    monkeypatch.setattr(security, "finish", undo)
    monkeypatch.setattr(limiter, "enabled", False)
    return made
