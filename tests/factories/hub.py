"""Partners in the hub, and a report that is open to their agency."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select

from portal.auth.models import HubMember
from portal.auth.policy import Permission
from portal.hub import commands
from portal.hub.models import HubAccess
from portal.kernel import db, scope
from portal.kernel.scope import Council, Scope
from portal.referrals.queries.record import find
from tests.factories.people import Person, make_person


def as_partner(person: Person) -> Person:
    """The same person, once the council has made them a partner."""
    with db.unit_of_work(Scope(person.council, scope.SYSTEM)) as session:
        session.execute(
            insert(HubMember).values(
                tenant_id=person.council.id, id=uuid4(), account_id=person.account_id,
                agency_id=person.actor.agency_id, granted_by=person.account_id,
            )
        )  # fmt: skip
    return replace(person, actor=replace(person.actor, hub=True))


def make_partner(council: Council, agency: str, **values: Any) -> Person:
    """Somebody of that agency who is a partner."""
    return as_partner(make_person(council, agency=agency, **values))


def open_hub(screener: Person, reference: str, agency_id: UUID | None, words: str, what: str = "answers") -> UUID:
    """Open a report to the partners of an agency; the id of that access."""
    once = uuid4()
    with db.unit_of_work(screener.scope) as session:
        found = find(screener.actor, Permission.ASK, reference)
        commands.open_to(screener.actor, found, commands.Opening(agency_id, what, words, once))
        return session.execute(select(HubAccess.id).where(HubAccess.once == once)).scalar_one()
