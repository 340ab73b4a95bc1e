"""A council leaves and returns with its files: they open under the other instance's root key."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from portal.adapters import ports, storage
from portal.auth.policy import Permission
from portal.files import queries as files
from portal.files.travelling import PIECE, Objects
from portal.kernel import db
from portal.kernel.scope import SYSTEM, Scope
from portal.messaging.commands import adding
from portal.messaging.models import Message
from portal.referrals.commands.attaching import Paper
from portal.referrals.models import Attachment
from portal.referrals.queries.attachments import of_report
from portal.referrals.queries.record import find
from portal.tenants import beside
from portal.tenants.commands import leaving
from tests.tenants.leaving import World
from tests.tenants.test_leaving import back, elsewhere, out, world

__all__ = ["elsewhere", "world"]

LONG = bytes(range(256)) * (PIECE // 100)


@pytest.fixture(autouse=True)
def store(tmp_path: Path) -> Iterator[None]:
    """A store of one's own, and files that travel."""
    before = list(ports._store)
    ports.use_store(storage.store_for(str(tmp_path / "here"), {}))
    beside.register(Objects())
    yield
    ports._store[:] = before


def kept(world: World) -> UUID:
    """A file that came with a message about the author's report."""
    with db.unit_of_work(world.author.scope):
        actor = world.author.actor
        found = find(actor, Permission.REPLY, world.report.reference)
        adding.add(actor, found, "See my notes", uuid4(), [Paper("Siân's notes.txt", "", BytesIO(LONG))])
        (one,) = of_report(actor, found.id)
        return one.id


def test_files_leave_and_come_back(world: World, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    file_id = kept(world)
    with db.unit_of_work(Scope(world.england, SYSTEM)):
        ports.store().put(f"{world.england.id}/neighbour", [b"stays"])
    done = out(tmp_path)
    assert done.rows["object"] > 1
    leaving.destroy("glan-yr-afon", done.hash)
    assert [one.key for one in ports.store().list("")] == [f"{world.england.id}/neighbour"]
    request.getfixturevalue("elsewhere")
    ports.use_store(storage.store_for(str(tmp_path / "there"), {}))
    assert back(tmp_path).rows["object"] == 1
    with db.unit_of_work(Scope(world.wales, SYSTEM)):
        found = files.find(file_id)
        assert (found.name, b"".join(files.bytes_of(found)) == LONG) == ("Siân's notes.txt", True)
        query = select(Message.kind).join(Attachment, Attachment.message_id == Message.id)
        assert db.session().execute(query.where(Attachment.file_id == file_id)).scalars().all() == ["addition"]


def test_an_object_that_is_missing_stops_no_export(world: World, tmp_path: Path) -> None:
    kept(world)
    ports.store().delete([one.key for one in ports.store().list(str(world.wales.id))])
    assert out(tmp_path).rows["object"] == 0
