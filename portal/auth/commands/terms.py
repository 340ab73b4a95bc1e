"""Terms of use: their words become a version, and people accept it."""

from __future__ import annotations

import hashlib
import json
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from portal.audit import events
from portal.audit.events import Event
from portal.auth.models import TermsAcceptance, TermsVersion
from portal.auth.queries import terms as queries
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, NotFound
from portal.kernel.language import Text
from portal.kernel.scope import Actor


def hash_of(words: Text) -> str:
    """What tells one text from another: its words in all languages."""
    return hashlib.sha256(json.dumps(dict(words), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def publish(words: Text, *, by: UUID | None = None, asks: bool = True) -> int | None:
    """Make these words the version in force; its number, or None when they are in force already.

    Whoever calls holds the council's row or the lock of `portal council apply`. The first version always asks.
    """
    council = scope.council()
    own = select(TermsVersion.number, TermsVersion.hash).where(TermsVersion.tenant_id == council.id)
    last = db.session().execute(own.order_by(TermsVersion.number.desc()).limit(1)).one_or_none()
    made = hash_of(words)
    if last is not None and last.hash == made:
        return None
    number = last.number + 1 if last else 1
    asks = asks or last is None
    db.session().execute(
        insert(TermsVersion).values(
            tenant_id=council.id,
            id=uuid4(),
            number=number,
            words=dict(words),
            hash=made,
            asks=asks,
            published_by=by,
            published_at=clock.now(),
        )
    )
    events.record(Event.TERMS_PUBLISHED, council.id, number=number, asks=asks)
    return number


def accept(actor: Actor, number: int) -> None:
    """The person accepts the version that they were shown; twice is once.

    Raises Conflict when another one is in force, NotFound for somebody without a place here.
    """
    council = scope.current().council
    if council is None or actor.state not in ("pending", "active"):
        raise NotFound("nobody here")
    now = queries.current()
    if now is None or now.number != number:
        raise Conflict("another version is in force")
    made = db.session().execute(
        upsert(TermsAcceptance)
        .values(tenant_id=council.id, id=uuid4(), account_id=actor.account_id, number=number, accepted_at=clock.now())
        .on_conflict_do_nothing()
        .returning(TermsAcceptance.id)
    )
    if made.one_or_none() is not None:
        events.record(Event.TERMS_ACCEPTED, actor.membership_id, number=number)
