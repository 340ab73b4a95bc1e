"""Writing one message of a thread, once however often its form is sent."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import Actor
from portal.messaging.models import Message
from portal.referrals.queries.record import Found, record_of

MAX_TEXT = 8000  # characters (code points) of one message
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def checked(text: str, most: int = MAX_TEXT) -> str:
    """The text as it is stored: one kind of line break, outer space gone.

    Raises Invalid({"message": "required" | "too_long" | "control"}).
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not plain:
        raise Invalid({"message": "required"})
    if _CONTROL.search(plain):
        raise Invalid({"message": "control"})
    if len(plain) > most:
        raise Invalid({"message": "too_long"})
    return plain


def write(actor: Actor, found: Found, side: str, text: str, once: UUID, *, kind: str = "message") -> UUID | None:
    """Insert the message; its id, or None when this very message was written before. Raises Conflict when `once`
    belongs to somebody else's message."""
    made = _insert(actor, found, side, text, once, kind=kind)
    if made is not None:
        return made
    before = select(Message.id, Message.body).where(
        Message.once == once, Message.referral_id == found.id, Message.author_id == actor.account_id
    )
    row = db.session().execute(before).one_or_none()
    if row is None:
        raise Conflict(state=found.state)
    if record_of(found).open(row.body, "message", row.id, "body") == text:
        return None
    return _insert(actor, found, side, text, uuid4(), kind=kind)


def _insert(actor: Actor, found: Found, side: str, text: str, once: UUID, *, kind: str) -> UUID | None:
    council = scope.current().council
    if council is None:
        raise NotFound
    message_id = uuid4()
    statement = (
        insert(Message)
        .values(
            tenant_id=council.id, id=message_id, referral_id=found.id, agency_id=found.agency_id,
            author_id=actor.account_id, side=side, once=once, sent_at=clock.now(), kind=kind,
            body=record_of(found).seal(text, "message", message_id, "body"),
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "once"])
        .returning(Message.id)
    )  # fmt: skip
    made: UUID | None = db.session().execute(statement).scalar_one_or_none()
    return made
