"""A council's case system, and the keys by which it knows the portal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal.adapters import ports
from portal.kernel import db
from portal.tenants import vault
from portal.tenants.handover_settings import Handover
from portal.tenants.models import CaseSystemKey

TABLE = CaseSystemKey.__tablename__


@dataclass(frozen=True)
class Key:
    """A key pair, as its public half."""

    id: UUID
    public: str
    made_at: datetime


def made_keys() -> Sequence[Key]:
    """The council's keys, the newest first."""
    return [Key(one.id, one.public, one.made_at) for one in _rows()]


def case_system(settings: Handover) -> ports.CaseSystem:
    """Where the council's parcels go, with its keys; no page shows what this opens. Raises Declined."""
    kept = [vault.Record(TABLE, one.id, one.wrapped_key).open(one.private, TABLE, one.id, "private") for one in _rows()]
    return ports.case_system_of(settings.how, asdict(settings.sftp), kept)


def _rows() -> Sequence[CaseSystemKey]:
    query = select(CaseSystemKey).where(CaseSystemKey.tenant_id == vault.council_id())
    return db.session().execute(query.order_by(CaseSystemKey.made_at.desc(), CaseSystemKey.id)).scalars().all()
