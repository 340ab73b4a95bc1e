"""A council's settings as they are stored now, and every change of them that was made in the portal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.auth.models import Account
from portal.kernel import db, scope
from portal.kernel.errors import NotFound
from portal.tenants.models import CouncilRow, SettingsChange

MOST = 100


@dataclass(frozen=True)
class Stored:
    """The document as it is, and its version, which a change must have seen."""

    document: Mapping[str, Any]
    version: int


@dataclass(frozen=True)
class Change:
    """One state that the settings were in: who made it ("" for the council's folder), and which parts it changed."""

    number: int
    parts: Sequence[str]
    by: str
    at: datetime


@dataclass(frozen=True)
class Step:
    """The newest change: the document before and after it, and whose it is."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    by_id: UUID | None


def last_step(seen: int) -> Step | None:
    """The newest change, if it is the only one since that version of the settings."""
    now = stored()
    query = select(SettingsChange.settings, SettingsChange.changed_by).order_by(SettingsChange.number.desc()).limit(2)
    rows: Sequence[Any] = db.session().execute(query).all()
    if now.version != seen + 1 or len(rows) <= 1 or rows[0].settings != now.document:
        return None
    return Step(rows[1].settings, rows[0].settings, rows[0].changed_by)


def stored() -> Stored:
    """The settings of the council in scope; every council's can be read, so it is named."""
    council = scope.council()
    row = db.session().execute(select(CouncilRow.settings, CouncilRow.version).where(CouncilRow.id == council.id)).one()
    return Stored(row.settings, row.version)


def changes() -> list[Change]:
    """The newest changes first."""
    query = (
        select(SettingsChange.number, SettingsChange.parts, SettingsChange.changed_at, Account.name)
        .outerjoin(Account, Account.id == SettingsChange.changed_by)
        .order_by(SettingsChange.number.desc())
        .limit(MOST)
    )
    rows = db.session().execute(query)
    return [Change(row.number, row.parts, row.name or "", row.changed_at) for row in rows]


def document_of(number: int) -> Mapping[str, Any]:
    """The settings as they were after a change; raises NotFound."""
    query = select(SettingsChange.settings).where(SettingsChange.number == number)
    found = db.session().execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("no such change")
    return dict(found)
