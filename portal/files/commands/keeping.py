"""Keep a file that came as one stream: sealed into the store first, then the row that names it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID, uuid4

from portal.files import content
from portal.files.commands import judging
from portal.files.models import StoredFile
from portal.files.states import CHECKING
from portal.kernel import clock, db
from portal.kernel.errors import Invalid
from portal.kernel.scope import Actor
from portal.tenants import vault

_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")


def keep(
    actor: Actor, agency_id: UUID, pieces: Iterable[bytes], *, name: str, declared: str, most: int, kind: str = ""
) -> UUID:
    """Keep a new file of at most so many bytes, to be checked; its id. `declared` is the type that the browser said,
    `kind` what the file was seen to be ("": nobody has looked).

    The object is in the store before the row is written: a transaction that is undone leaves an object that no row
    names, which the sweeper finds. Raises Invalid (file: too_large, empty) and Unavailable, when the store is away.
    """
    file_id = uuid4()
    wrapped = vault.new_record_key(content.TABLE, file_id)
    try:
        written = content.write(file_id, wrapped, pieces, most)
    except content.TooLarge:
        raise Invalid({"file": "too_large"}) from None
    if not written.size:
        raise Invalid({"file": "empty"})
    now = clock.now()
    db.session().add(
        StoredFile(
            tenant_id=content.council_id(),
            id=file_id,
            agency_id=agency_id,
            added_by=actor.account_id,
            created_at=now,
            wrapped_key=wrapped,
            name=sealed_name(file_id, wrapped, name),
            kind=kind,
            declared=declared_type(declared),
            size=written.size,
            sha256=written.sha256,
            state=CHECKING,
            object_key=written.object_key,
            asked_at=now,
        )
    )
    db.session().flush()
    judging.ask(file_id)
    return file_id


def sealed_name(file_id: UUID, wrapped: bytes, name: str) -> bytes:
    """A file's name as its row has it."""
    return vault.Record(content.TABLE, file_id, wrapped).seal(name, content.TABLE, file_id, "name")


def declared_type(given: str) -> str:
    """What a browser said of a file's type, if it is one: without parameters, "" for anything else."""
    plain = given.partition(";")[0].strip().lower()
    return plain if _TYPE.fullmatch(plain) else ""
