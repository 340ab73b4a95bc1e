"""Invitations that nobody has accepted yet, and what their emails carry."""

from __future__ import annotations

import itertools
from uuid import UUID, uuid4

from sqlalchemy import insert

from portal.auth import envelope
from portal.auth.commands.invitations import LIFE
from portal.auth.models import Invitation
from portal.auth.queries.invitations import hashed
from portal.kernel import clock, db, scope
from portal.kernel.scope import Scope
from tests.factories.people import Person

_count = itertools.count(1)


def make_invitation(
    by: Person, *, role: str = "referrer", email: str = "", agency_id: UUID | None = None
) -> tuple[str, str]:
    """An open invitation to the agency of `by` (or that one): its id, and the secret of its email."""
    made = uuid4()
    wrapped = envelope.new_key(made)
    token = envelope.token(wrapped, made)
    email = email or f"invited.{next(_count)}@example.org.uk"
    with db.unit_of_work(Scope(by.council, scope.SYSTEM)) as session:
        session.execute(
            insert(Invitation).values(
                tenant_id=by.council.id,
                id=made,
                agency_id=agency_id or by.actor.agency_id,
                role=role,
                email=email,
                email_key=email.lower(),
                wrapped_key=wrapped,
                token_hash=hashed(token),
                invited_by=by.account_id,
                expires_at=clock.now() + LIFE,
            )
        )
    return str(made), token
