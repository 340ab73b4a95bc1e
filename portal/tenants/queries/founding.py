"""Councils that an operator is about to make, and what other councils have already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select

from portal.adapters import ports
from portal.auth.policy import Permission, Reach, reach
from portal.kernel import db
from portal.kernel.errors import Forbidden, NotFound
from portal.kernel.scope import Actor
from portal.tenants.models import CouncilDraft, CouncilRow


@dataclass(frozen=True)
class Draft:
    """What was typed of a council, and its first administrator; `council_id` once it is made."""

    id: UUID
    document: Mapping[str, Any]
    email: str
    version: int
    made_at: datetime
    council_id: UUID | None


@dataclass(frozen=True)
class Settings:
    """A council's settings as they are, and the version that a change must have seen."""

    document: Mapping[str, Any]
    version: int


def _may(actor: Actor) -> None:
    if reach(actor, Permission.OPERATE) is Reach.NONE:
        raise Forbidden("only an operator makes councils")


def _drafts(actor: Actor) -> Any:
    _may(actor)
    columns = (CouncilDraft.id, CouncilDraft.document, CouncilDraft.email, CouncilDraft.version)
    return select(*columns, CouncilDraft.made_at, CouncilDraft.council_id)


def drafts(actor: Actor) -> list[Draft]:
    """Those that are not made yet, oldest first. Raises Forbidden."""
    query = _drafts(actor).where(CouncilDraft.council_id.is_(None)).order_by(CouncilDraft.made_at, CouncilDraft.id)
    return [Draft(*row) for row in db.session().execute(query)]


def draft(actor: Actor, draft_id: UUID) -> Draft:
    """One of them, made or not. Raises Forbidden and NotFound."""
    row = db.session().execute(_drafts(actor).where(CouncilDraft.id == draft_id)).one_or_none()
    if row is None:
        raise NotFound("no such draft")
    return Draft(*row)


def settings(actor: Actor, council_id: UUID) -> Settings:
    """A council's settings, for who runs the instance. Raises Forbidden and NotFound."""
    _may(actor)
    query = select(CouncilRow.settings, CouncilRow.version).where(CouncilRow.id == council_id)
    row = db.session().execute(query).one_or_none()
    if row is None:
        raise NotFound("no such council")
    return Settings(row.settings, row.version)


def taken(slug: str, hostnames: Iterable[str], *, but: UUID | None = None) -> dict[str, str]:
    """Which of "slug" and "hostnames" another council (or the instance itself) has: {field: "taken"}."""
    rows = db.session().execute(select(CouncilRow.id, CouncilRow.slug, CouncilRow.settings["hostnames"].label("hosts")))
    others = [row for row in rows if row.id != but]
    hosts = {urlsplit(ports.address("")).hostname, *(host for row in others for host in row.hosts or ())}
    found = {"slug": any(row.slug == slug for row in others), "hostnames": bool(hosts & set(hostnames))}
    return {field: "taken" for field, wrong in found.items() if wrong}
