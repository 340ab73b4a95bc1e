"""The world of access.yaml, and requests whose work is undone so that the next finds the same world."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from flask import Flask, Response, g, request
from sqlalchemy import select

from portal.auth.models import SupportGrant
from portal.kernel import db
from portal.kernel.scope import Scope
from portal.tenants.commands import support
from portal.tenants.commands.support import Wish
from portal.web import security
from portal.web.limits import limiter
from tests.factories.operators import make_operator
from tests.factories.templates import Admin, add_template
from tests.fixtures.councils import Councils
from tests.forms.contents import shipped_contents
from tests.matrix import world
from tests.matrix.access import AGENCY, MISSING, OTHER_COUNCIL, Access, read
from tests.matrix.world import World

WISH = Wish("fault", "A page does not open", 1)


def _asked(made: World, where: str, who: str = "operator") -> str:
    """An operator's request, by its id, that this council (or the other) has not decided."""
    person, council = made.people[who], made.there if where == "other" else made.here
    assert person is not None
    with db.unit_of_work(Scope(actor=person.actor)) as session, db.in_council(council):
        support.ask(person.actor, council, WISH, uuid4())
        mine = select(SupportGrant.id).where(SupportGrant.account_id == person.account_id)
        return str(session.execute(mine).scalar_one())


def _allow(made: World) -> None:
    """The supporter looks already."""
    manager = made.people["practice manager"]
    assert manager is not None
    asked = UUID(_asked(made, "here", "supporter"))
    with db.unit_of_work(manager.scope):
        support.approve(manager.actor, asked, 1)


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
    made.people["operator"] = make_operator(admin, councils.wales)
    made.people["supporter"] = make_operator(admin, councils.wales)
    made.things.grant = {AGENCY: _asked(made, "operator"), OTHER_COUNCIL: _asked(made, "other"), MISSING: str(uuid4())}
    _allow(made)
    finish = security.finish

    def undo(response: Response) -> None:
        if request.method == "POST" and not g.get("finished"):
            g.finished = True
            db.rollback()
        finish(response)

    monkeypatch.setattr(security, "finish", undo)
    monkeypatch.setattr(limiter, "enabled", False)
    return made
