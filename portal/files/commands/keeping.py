"""Keep a file that came as one stream: sealed into the store first, then the row that names it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple
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


class NewFile(NamedTuple):
    """A file that has its id and its own key, and no row yet."""

    id: UUID
    wrapped_key: bytes


def new_file() -> NewFile:
    """An id, and a key for it."""
    file_id = uuid4()
    return NewFile(file_id, vault.new_record_key(content.TABLE, file_id))


def keep(
    actor: Actor, agency_id: UUID, pieces: Iterable[bytes], *, name: str, declared: str, most: int, kind: str = "",
    hub_room_id: UUID | None = None,
) -> UUID:  # fmt: skip
    """Keep a new file of at most so many bytes, to be checked; its id. `declared` is the type that the browser said,
    `kind` what the file was seen to be ("": nobody has looked), `hub_room_id` the room of the hub that it is kept in.

    The object is in the store before the row is written: a transaction that is undone leaves an object that no row
    names, which the sweeper finds. Raises Invalid (file: too_large, empty) and Unavailable, when the store is away.
    """
    new = new_file()
    try:
        written = content.write(new.id, new.wrapped_key, pieces, most)
    except content.TooLarge:
        raise Invalid({"file": "too_large"}) from None
    if not written.size:
        raise Invalid({"file": "empty"})
    new_row(
        actor, agency_id, new, name, declared,
        state=CHECKING, kind=kind, size=written.size, sha256=written.sha256, object_key=written.object_key,
        hub_room_id=hub_room_id,
    )  # fmt: skip
    judging.ask(new.id)
    return new.id


def new_row(
    actor: Actor, agency_id: UUID, new: NewFile, name: str, declared: str, *, sha256: str, **known: Any
) -> None:
    """Write the row of a file that is new: its name sealed, and what is known of it as columns."""
    now, record = clock.now(), vault.Record(content.TABLE, *new)
    db.session().add(
        StoredFile(
            tenant_id=content.council_id(), id=new.id, agency_id=agency_id, added_by=actor.account_id,
            created_at=now, asked_at=now, wrapped_key=new.wrapped_key, sha256=sha256, came_as=sha256,
            name=record.seal(name, content.TABLE, new.id, "name"), declared=declared_type(declared), **known,
        )
    )  # fmt: skip
    db.session().flush()


def declared_type(given: str) -> str:
    """What a browser said of a file's type, if it is one: without parameters, "" for anything else."""
    plain = given.partition(";")[0].strip().lower()
    return plain if _TYPE.fullmatch(plain) else ""
