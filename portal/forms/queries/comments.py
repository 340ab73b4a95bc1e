"""What people said about a draft, oldest first, and how much of it is still to be dealt with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from portal.auth.models import Account
from portal.auth.policy import Permission
from portal.auth.reach import within_reach
from portal.forms.models import FormComment
from portal.kernel import db, scope
from portal.kernel.scope import Actor


@dataclass(frozen=True)
class Comment:
    """One comment; `place` is "" for the whole draft, else "question:KEY" or "rule:ID"."""

    id: UUID
    author: str
    place: str
    body: str
    created_at: datetime
    resolved_by: str | None
    resolved_at: datetime | None


def of_draft(actor: Actor, draft_id: UUID) -> Sequence[Comment]:
    """The comments on a draft, oldest first."""
    author, resolver = aliased(Account), aliased(Account)
    query = (
        select(FormComment, author.name, resolver.name)
        .join(author, author.id == FormComment.author_id)
        .outerjoin(resolver, resolver.id == FormComment.resolved_by)
        .where(*_of(actor, draft_id))
        .order_by(FormComment.created_at, FormComment.id)
    )
    return [
        Comment(one.id, said, one.place, one.body, one.created_at, settled, one.resolved_at)
        for one, said, settled in db.session().execute(query)
    ]


def unresolved(actor: Actor, draft_id: UUID) -> int:
    """How many comments wait for somebody."""
    query = select(func.count()).where(*_of(actor, draft_id), FormComment.resolved_at.is_(None))
    return db.session().execute(query).scalar_one()


def _of(actor: Actor, draft_id: UUID) -> tuple[Any, ...]:
    council = scope.council()
    return (
        within_reach(actor, Permission.PUBLISH, owner=FormComment.author_id, agency=None),
        FormComment.tenant_id == council.id,
        FormComment.draft_id == draft_id,
    )
