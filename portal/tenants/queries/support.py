"""When operators asked to look into a council, what was decided, and everything that they opened."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.models import Account, SupportGrant
from portal.auth.policy import Permission, Reach, reach
from portal.kernel import clock, db, scope
from portal.kernel.errors import Forbidden
from portal.kernel.scope import Actor

MOST = 50
MOST_USES = 2_000


@dataclass(frozen=True)
class Use:
    """One thing that was opened: which page, by which method, about which report ("" for none)."""

    at: datetime
    page: str
    method: str
    about: str


@dataclass(frozen=True)
class Grant:
    """One request and what became of it; `live` while the operator may look."""

    id: UUID
    who: str
    purpose: str
    reason: str
    hours: int
    state: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    until: datetime | None
    ended_at: datetime | None
    version: int
    live: bool
    uses: tuple[Use, ...] = ()


def grants(actor: Actor) -> list[Grant]:
    """All of the council in scope, newest first, for those who decide. Raises Forbidden."""
    if reach(actor, Permission.SUPPORT) is Reach.NONE:
        raise Forbidden("the council's own people decide")
    return _grants()


def mine(actor: Actor) -> list[Grant]:
    """What this operator asked the council in scope for."""
    return _grants(SupportGrant.account_id == actor.account_id)


def until(actor: Actor) -> datetime | None:
    """When the permission ends under which somebody looks."""
    query = select(SupportGrant.until).where(SupportGrant.id == actor.support)
    return db.session().execute(query).scalar_one_or_none()


def asked_by(grant_id: UUID) -> UUID:
    """Whose request it is."""
    return db.session().execute(select(SupportGrant.account_id).where(SupportGrant.id == grant_id)).scalar_one()


def _grants(*where: Any) -> list[Grant]:
    council = scope.council()
    who, by, table = aliased(Account), aliased(Account), SupportGrant
    query = (
        select(
            table.id, who.name.label("who"), table.purpose, table.reason, table.hours, table.state, table.asked_at,
            func.coalesce(by.name, "").label("decided_by"), table.decided_at, table.until,
            table.ended_at, table.version,
        )
        .join(who, who.id == table.account_id)
        .outerjoin(by, by.id == table.decided_by)
        .where(table.tenant_id == council.id, *where)
        .order_by(table.asked_at.desc(), table.id)
        .limit(MOST)
    )  # fmt: skip
    rows = db.session().execute(query).all()
    uses = _uses([row.id for row in rows])
    now = clock.now()
    return [
        Grant(**row._asdict(), live=row.state == "approved" and row.until > now, uses=tuple(uses[row.id]))
        for row in rows
    ]


def _uses(ids: list[UUID]) -> dict[UUID, list[Use]]:
    found: dict[UUID, list[Use]] = defaultdict(list)
    query = (
        select(AuditEvent.subject_id, AuditEvent.at, AuditEvent.detail)
        .where(AuditEvent.event == str(Event.SUPPORT_USED), AuditEvent.subject_id.in_(ids))
        .order_by(AuditEvent.at.desc())
        .limit(MOST_USES)
    )
    for row in db.session().execute(query):
        said = row.detail
        found[row.subject_id].append(Use(row.at, said["page"], said["method"], said["about"]))
    return found
