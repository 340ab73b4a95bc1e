"""What one council offers another in the world of the matrix, and what came from there."""

from __future__ import annotations

from uuid import uuid4

from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.scope import Council
from portal.referrals.queries.record import find
from portal.screening.commands import restricting
from tests.factories.people import Person, make_person
from tests.factories.transfers import arrived, offered, proposed
from tests.matrix.access import AGENCY, MISSING, OTHER_AGENCY, OTHER_COUNCIL, RESTRICTED


def transfers(there: Council, here: Council) -> dict[str, str]:
    """One that waits here for an answer, and one that the other council has not sent yet."""
    author, screener = make_person(there), make_person(there, role="screener")
    waits, _reference = proposed(author, screener, here.slug)
    return {AGENCY: str(offered(author, screener, here.slug)), OTHER_COUNCIL: str(waits), MISSING: str(uuid4())}


def arrivals(there: Council, manager: Person, listed: Person, elsewhere: str) -> dict[str, str]:
    """What came from there: one that all of the council see, one restricted to a manager and somebody listed."""
    author, screener = make_person(there), make_person(there, role="screener")
    came, hidden = (arrived(author, screener, manager) for _ in range(2))
    with db.unit_of_work(manager.scope):
        found = find(manager.actor, Permission.RESTRICT, hidden)
        restricting.restrict(manager.actor, found, "adoption", "", (listed.account_id,))
    return {AGENCY: came, OTHER_AGENCY: came, RESTRICTED: hidden, OTHER_COUNCIL: elsewhere, MISSING: "AAA-AAA-AAA"}
