"""Notes who of the other side has seen which message."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

from sqlalchemy.dialects.postgresql import insert

from portal.kernel import clock, db, scope
from portal.kernel.scope import Actor
from portal.messaging.models import MessageSighting
from portal.messaging.queries import Said
from portal.referrals.queries.record import Found


def note_seen(actor: Actor, found: Found, said: Iterable[Said], reader: str) -> None:
    """Note that this person of the side `reader` has the other side's messages before them; once for each message.

    No statement where there is nothing new to note: a thread is looked at much more often.
    """
    new = [
        {
            "tenant_id": scope.council().id, "id": uuid4(), "referral_id": found.id, "agency_id": found.agency_id,
            "message_id": one.id, "account_id": actor.account_id, "seen_at": clock.now(),
        }
        for one in said
        if one.side != reader and actor.account_id not in {who.account_id for who in one.seen}
    ]  # fmt: skip
    if new:
        statement = insert(MessageSighting).values(new)
        db.session().execute(statement.on_conflict_do_nothing(index_elements=["tenant_id", "message_id", "account_id"]))
