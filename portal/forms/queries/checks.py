"""How the checks of a draft stand: not run, waiting, running, passed, failed, or of an earlier content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.auth.models import Account
from portal.auth.policy import Permission
from portal.auth.reach import within_reach
from portal.forms.digests import digest
from portal.forms.models import FormCheck
from portal.forms.queries.drafts import Draft
from portal.forms.verify import VERIFIER
from portal.kernel import db, scope
from portal.kernel.scope import Actor

PROOF, SCENARIOS, WHAT_IF = "proof", "scenarios", "what_if"


@dataclass(frozen=True)
class Check:
    """One check; `current` tells whether it was made of the draft's present content."""

    id: UUID
    kind: str
    state: str
    current: bool
    done: int
    total: int
    result: Mapping[str, Any]
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None

    @property
    def status(self) -> str:
        """One word for pages: waiting, running, passed, failed, done (no verdict), error or out_of_date."""
        if not self.current:
            return "out_of_date"
        if self.state == "failed":
            return "error"
        if self.state != "done":
            return self.state
        holds = self.result.get("holds")
        return "done" if holds is None else "passed" if holds else "failed"

    @property
    def under_way(self) -> bool:
        """Whether it is waited for."""
        return self.current and self.state in ("waiting", "running")


def subject_of(kind: str, content: Mapping[str, Any]) -> str:
    """The digest of exactly what a check of this kind reads: scenarios only matter to their own check.

    A proof also hangs on who made it: one of an earlier verifier is out of date.
    """
    parts = {"form": content["form"], "thresholds": content["thresholds"]}
    if kind == PROOF:
        parts["verifier"] = VERIFIER
    if kind == SCENARIOS:
        parts["scenarios"] = content.get("scenarios") or []
    return digest(parts)


def of_draft(actor: Actor, draft: Draft, kind: str) -> Check | None:
    """The check of this kind of the draft's present content, else its newest of an earlier one, else None."""
    subject = subject_of(kind, draft.content)
    query = (
        select(FormCheck, Account.name)
        .join(Account, Account.id == FormCheck.asked_by)
        .where(
            within_reach(actor, Permission.PUBLISH, owner=FormCheck.asked_by, agency=None),
            FormCheck.tenant_id == _tenant(),
            FormCheck.draft_id == draft.id,
            FormCheck.kind == kind,
        )
        .order_by((FormCheck.content_hash == subject).desc(), FormCheck.asked_at.desc())
        .limit(1)
    )
    row = db.session().execute(query).one_or_none()
    if row is None:
        return None
    stored = row.FormCheck
    return Check(
        id=stored.id,
        kind=stored.kind,
        state=stored.state,
        current=stored.content_hash == subject,
        done=stored.done,
        total=stored.total,
        result=stored.result or {},
        asked_by=row.name,
        asked_at=stored.asked_at,
        finished_at=stored.finished_at,
    )


def _tenant() -> UUID:
    return scope.council().id
