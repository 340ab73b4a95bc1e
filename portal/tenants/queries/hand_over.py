"""A council's case system, and the keys by which it knows the portal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal.adapters import ports
from portal.kernel import db, scope
from portal.tenants import vault
from portal.tenants.handover_settings import Handover
from portal.tenants.models import CaseSystemKey

TABLE = CaseSystemKey.__tablename__
PUSH, SFTP = "push", "sftp"


@dataclass(frozen=True)
class Key:
    """A key pair as its public half, or a secret ("")."""

    id: UUID
    public: str
    made_at: datetime


def made_keys(how: str = SFTP) -> Sequence[Key]:
    """The council's keys for its file server, or its secrets (push), the newest first."""
    return [Key(one.id, one.public, one.made_at) for one in _rows(how)]


def case_system(settings: Handover) -> ports.CaseSystem:
    """Where the council's parcels go, with its keys; no page shows what this opens. Raises Declined."""
    where = settings.push if settings.how == PUSH else settings.sftp
    return ports.case_system_of(settings.how, asdict(where), secrets(settings.how))


def file_server(settings: Handover) -> ports.CaseSystem:
    """The file server of the settings, to be asked who it is: it is shown no key of ours. Raises Declined."""
    return ports.case_system_of(SFTP, asdict(settings.sftp), ())


def secrets(how: str) -> list[str]:
    """What lives of the keys or secrets of that way, the newest first."""
    return [
        vault.Record(TABLE, one.id, one.wrapped_key).open(one.private, TABLE, one.id, "private") for one in _rows(how)
    ]


def _rows(how: str) -> Sequence[CaseSystemKey]:
    query = select(CaseSystemKey).where(CaseSystemKey.tenant_id == scope.council_id(), CaseSystemKey.how == how)
    return db.session().execute(query.order_by(CaseSystemKey.made_at.desc(), CaseSystemKey.id)).scalars().all()
