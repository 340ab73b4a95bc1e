"""Designers' drafts of a council's forms: one, those of a form, and who wrote in them."""

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
from portal.forms.models import FormDraft, FormVersion
from portal.kernel import db, scope
from portal.kernel.errors import NotFound
from portal.kernel.scope import Actor


@dataclass(frozen=True)
class Draft:
    """One draft as it stands; `content` is {"form", "thresholds", "scenarios"}, checked only when it is published."""

    id: UUID
    form_key: str
    base_id: UUID | None
    base_number: int | None
    state: str
    version: int
    content: dict[str, Any]
    content_hash: str
    note: str
    must_restart: bool
    accepted: tuple[dict[str, Any], ...]
    restored_from: int | None
    template_key: str
    template_number: int | None
    author: str
    created_at: datetime
    changed_by: str
    changed_at: datetime
    writers: tuple[UUID, ...]
    submitted_by: UUID | None
    submitted_at: datetime | None
    published_id: UUID | None
    newest_number: int | None

    @property
    def newer_number(self) -> int | None:
        """The number of a version that was published after this draft began from an older one, as it was read."""
        return self.newest_number if self.base_id is not None and self.newest_number != self.base_number else None

    @property
    def form(self) -> dict[str, Any]:
        """The questionnaire as a document; a copy must be made before it is changed."""
        found: dict[str, Any] = self.content["form"]
        return found

    @property
    def thresholds(self) -> dict[str, Any]:
        """The rules as a document."""
        found: dict[str, Any] = self.content["thresholds"]
        return found

    @property
    def scenarios(self) -> list[dict[str, Any]]:
        """The scenarios, as in a council's folder."""
        found: list[dict[str, Any]] = self.content.get("scenarios") or []
        return found


def find(actor: Actor, draft_id: UUID) -> Draft:
    """One draft of this council; raises NotFound, for those who may not read drafts too."""
    # Whoever asks again after a save that met another must see the row as it is, not as this session remembers it.
    query = _query(actor).where(FormDraft.id == draft_id).execution_options(populate_existing=True)
    row = db.session().execute(query).one_or_none()
    if row is None:
        raise NotFound("no such draft of a form")
    return _draft(row)


def live(actor: Actor) -> Sequence[Draft]:
    """The drafts that are worked on or wait for approval, newest change first."""
    query = _query(actor).where(FormDraft.state.in_(("open", "submitted"))).order_by(FormDraft.changed_at.desc())
    return [_draft(row) for row in db.session().execute(query)]


def _query(actor: Actor) -> Any:
    council = scope.council()
    author, changer, later = aliased(Account), aliased(Account), aliased(FormVersion)
    of_this_form = (later.tenant_id == FormDraft.tenant_id) & (later.form_key == FormDraft.form_key)
    newest = select(func.max(later.number)).where(of_this_form).scalar_subquery()
    return (
        select(FormDraft, FormVersion.number, author.name, changer.name, newest)
        .join(author, author.id == FormDraft.author_id)
        .join(changer, changer.id == FormDraft.changed_by)
        .outerjoin(FormVersion, (FormVersion.tenant_id == FormDraft.tenant_id) & (FormVersion.id == FormDraft.base_id))
        .where(
            within_reach(actor, Permission.PUBLISH, owner=FormDraft.author_id, agency=None),
            FormDraft.tenant_id == council.id,
        )
    )


def _draft(row: Any) -> Draft:
    stored, base_number, author, changed_by, newest_number = row
    return Draft(
        id=stored.id,
        form_key=stored.form_key,
        base_id=stored.base_id,
        base_number=base_number,
        state=stored.state,
        version=stored.version,
        content=stored.content,
        content_hash=stored.content_hash,
        note=stored.note,
        must_restart=stored.must_restart,
        accepted=tuple(stored.accepted),
        restored_from=stored.restored_from,
        template_key=stored.template_key,
        template_number=stored.template_number,
        author=author,
        created_at=stored.created_at,
        changed_by=changed_by,
        changed_at=stored.changed_at,
        writers=tuple(UUID(one) for one in stored.writers),
        submitted_by=stored.submitted_by,
        submitted_at=stored.submitted_at,
        published_id=stored.published_id,
        newest_number=newest_number,
    )
