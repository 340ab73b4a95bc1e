"""The objects of a council's files, when it leaves an instance and when it comes back: sealed as they are."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from itertools import groupby
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import select

from portal.adapters import ports
from portal.files.models import FilePart, StoredFile
from portal.kernel import db
from portal.kernel.errors import Unavailable

log = structlog.get_logger()
PIECE: Final = 2**19


def object_keys(council_id: UUID) -> Iterator[UUID]:
    """The objects that the council's rows name."""
    query = select(StoredFile.object_key, StoredFile.original_key).where(StoredFile.tenant_id == council_id)
    for row in db.session().execute(query.order_by(StoredFile.id)).all():
        yield from (key for key in row if key is not None)
    parts = select(FilePart.id).where(FilePart.tenant_id == council_id).order_by(FilePart.id)
    yield from db.session().execute(parts).scalars().all()


class Objects:
    """Sealed objects as lines of an archive. What opens them is the files' keys, which their rows take along."""

    name = "object"

    def lines(self, council_id: UUID) -> Iterator[str]:
        """Every object in pieces; one that went since the rows were read is left out, as its row would be now."""
        missing = 0
        for key in object_keys(council_id):
            try:
                for piece in _cut(ports.store().get(f"{council_id}/{key}")):
                    yield json.dumps({"key": str(key), "bytes": b64encode(piece).decode()})
            except ports.NoObject:
                missing += 1
        if missing:
            log.warning("files.objects_missing", count=missing)

    def load(self, council_id: UUID, lines: Iterator[str]) -> int:
        """Put each object back under its key."""
        number = 0
        for key, some in groupby(map(json.loads, lines), lambda line: UUID(line["key"])):
            ports.store().put(f"{council_id}/{key}", (b64decode(line["bytes"]) for line in some))
            number += 1
        return number

    def forget(self, council_id: UUID) -> None:
        """Delete all that is under the council's prefix."""
        try:
            ports.store().delete([one.key for one in ports.store().list(str(council_id))])
        except Unavailable:
            log.warning("files.store_unavailable")


def _cut(pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        for start in range(0, len(piece), PIECE):
            yield piece[start : start + PIECE]
