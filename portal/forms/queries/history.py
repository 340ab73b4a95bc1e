"""The history of a council's forms: every published version with who, when and why, and what happened to each draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal.audit.models import AuditEvent
from portal.auth.models import Account
from portal.auth.policy import Permission
from portal.auth.reach import within_reach
from portal.forms.models import FormVersion
from portal.kernel import db, scope
from portal.kernel.errors import NotFound
from portal.kernel.scope import Actor


@dataclass(frozen=True)
class PublishedVersion:
    """One published version with all that is known of it; `proof` is None for one that was applied from a folder."""

    id: UUID
    form_key: str
    number: int
    content: Mapping[str, Any]
    published_at: datetime
    source: str
    note: str
    author: str | None
    approver: str | None
    restored_from: int | None
    must_restart: bool
    scenarios: Sequence[Any]
    proof: Mapping[str, Any] | None
    accepted: Sequence[Mapping[str, Any]]
    template_key: str
    template_number: int | None

    @property
    def whole(self) -> dict[str, Any]:
        """The content as a draft holds it."""
        return {**self.content, "scenarios": list(self.scenarios)}


@dataclass(frozen=True)
class Happened:
    """One thing that happened to a draft: the event's name, its code (what was changed), who and when."""

    event: str
    what: str
    who: str | None
    at: datetime


def versions(actor: Actor, form_key: str) -> Sequence[PublishedVersion]:
    """The versions of one form, newest first."""
    query = _query(actor).where(FormVersion.form_key == form_key).order_by(FormVersion.number.desc())
    return [_version(row) for row in db.session().execute(query)]


def version(actor: Actor, version_id: UUID) -> PublishedVersion:
    """One version by its id; raises NotFound, for those who may not read drafts too."""
    row = db.session().execute(_query(actor).where(FormVersion.id == version_id)).one_or_none()
    if row is None:
        raise NotFound("no such version")
    return _version(row)


def before(actor: Actor, found: PublishedVersion) -> PublishedVersion | None:
    """The version that was the newest when this one was published."""
    query = (
        _query(actor)
        .where(FormVersion.form_key == found.form_key, FormVersion.number < found.number)
        .order_by(FormVersion.number.desc())
        .limit(1)
    )
    row = db.session().execute(query).one_or_none()
    return _version(row) if row else None


def newest(actor: Actor, form_key: str) -> PublishedVersion | None:
    """The newest version of a form, None when nothing is published."""
    query = _query(actor).where(FormVersion.form_key == form_key).order_by(FormVersion.number.desc()).limit(1)
    row = db.session().execute(query).one_or_none()
    return _version(row) if row else None


def trail(actor: Actor, draft_id: UUID) -> Sequence[Happened]:
    """What happened to a draft, oldest first, from the audit trail."""
    query = (
        select(AuditEvent, Account.name)
        .outerjoin(Account, Account.id == AuditEvent.actor_id)
        .where(
            _may_read(actor),
            AuditEvent.tenant_id == _council_id(),
            AuditEvent.subject_id == draft_id,
            AuditEvent.event.like("forms.%"),
        )
        .order_by(AuditEvent.at)
    )
    return [
        Happened(one.event, str(one.detail.get("what", "")), name, one.at) for one, name in db.session().execute(query)
    ]


def _query(actor: Actor) -> Any:
    author, approver = aliased(Account), aliased(Account)
    return (
        select(FormVersion, author.name, approver.name)
        .outerjoin(author, author.id == FormVersion.author_id)
        .outerjoin(approver, approver.id == FormVersion.approver_id)
        .where(_may_read(actor), FormVersion.tenant_id == _council_id())
    )


def _may_read(actor: Actor) -> Any:
    # Versions and their history belong to nobody: only who reads the whole council's sees any.
    return within_reach(actor, Permission.PUBLISH, owner=FormVersion.author_id, agency=None)


def _version(row: Any) -> PublishedVersion:
    stored, author, approver = row
    return PublishedVersion(
        id=stored.id,
        form_key=stored.form_key,
        number=stored.number,
        content=stored.content,
        published_at=stored.published_at,
        source=stored.source,
        note=stored.note,
        author=author,
        approver=approver,
        restored_from=stored.restored_from,
        must_restart=stored.must_restart,
        scenarios=stored.scenarios,
        proof=stored.proof,
        accepted=stored.accepted,
        template_key=stored.template_key,
        template_number=stored.template_number,
    )


def _council_id() -> UUID:
    return scope.council().id
