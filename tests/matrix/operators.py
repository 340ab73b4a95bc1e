"""Those who run the instance, added to the world: one without a permission of its council, one who looks into it."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import select

from portal.auth.models import SupportGrant
from portal.kernel import db
from portal.kernel.scope import Scope
from portal.tenants.commands import support
from portal.tenants.commands.support import Wish
from tests.factories.operators import make_operator
from tests.factories.templates import Admin
from tests.matrix.access import AGENCY, MISSING, OTHER_COUNCIL
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


def add_operators(made: World, admin: Admin) -> None:
    """The operator, the supporter, and what each asked for."""
    made.people["operator"] = make_operator(admin, made.here)
    made.people["supporter"] = make_operator(admin, made.here)
    made.things.grant = {AGENCY: _asked(made, "operator"), OTHER_COUNCIL: _asked(made, "other"), MISSING: str(uuid4())}
    _allow(made)
