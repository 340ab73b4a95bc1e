"""A council's case system asks for a file with a signed request, which is heard once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as upsert

from portal.adapters import signing
from portal.handover.commands.collecting import Handed, collect
from portal.handover.models import CollectRequest
from portal.kernel import clock, db, scope
from portal.kernel.errors import NotFound
from portal.tenants.queries.hand_over import PUSH, secrets

# Compared with where a council has no secret, so that the time of the answer does not tell so.
_NOBODYS: Final = signing.new_secret()
# A message may be stamped as far ahead of our clock as behind it.
_REMEMBERED: Final = 2 * signing.WINDOW


def asked(said: Mapping[str, str], body: bytes) -> Handed:
    """The file that a signed request asks for, which the caller sends and then counts. `said` are the headers of
    Standard Webhooks, `body` is {"parcel": id, "file": name}.

    Raises NotFound for everything else, without saying why: an unknown signature, a request that was heard before, a
    parcel or file that is not there. Raises Unavailable.
    """
    if not _is_theirs(said, body) or not _is_new(said[signing.ID]):
        raise NotFound("nothing to collect")
    return collect(*_wanted(body))


def _is_theirs(said: Mapping[str, str], body: bytes) -> bool:
    with db.as_system():
        kept = secrets(PUSH)
    signed = signing.is_signed(kept or [_NOBODYS], said, body, clock.now())
    return signed and bool(kept) and scope.council().settings.hand_over.how == PUSH


def _is_new(message_id: str) -> bool:
    """Remember a request, whatever becomes of it; whether it was not heard before."""
    mark = hashlib.sha256(message_id.encode()).hexdigest()
    statement = (
        upsert(CollectRequest)
        .values(tenant_id=scope.council().id, id=uuid4(), mark=mark, at=clock.now())
        .on_conflict_do_nothing(index_elements=["tenant_id", "mark"])
        .returning(CollectRequest.id)
    )
    with db.apart(), db.as_system() as session:
        return session.execute(statement).scalar_one_or_none() is not None


def _wanted(body: bytes) -> tuple[UUID, str]:
    try:
        found = json.loads(body)
        parcel, name = found["parcel"], found["file"]
        if not isinstance(name, str):
            raise NotFound("no name")
        return UUID(parcel), name
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise NotFound("not a request") from None


def forget() -> None:
    """Forget requests that are too old to be heard again."""
    old = (
        CollectRequest.tenant_id == scope.council().id,
        CollectRequest.at < clock.now() - _REMEMBERED,
    )
    db.session().execute(delete(CollectRequest).where(*old))
