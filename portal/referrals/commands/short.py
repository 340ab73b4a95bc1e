"""Drafts of the urgent short form: begun by the first text that is kept, found again by the key of their page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from portal.forms.queries import Published
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict
from portal.kernel.scope import Actor
from portal.referrals.commands import drafts
from portal.referrals.models import Referral
from portal.referrals.queries.drafts import Draft, find_draft, may_send_full


def begin(actor: Actor, submit_key: UUID, form: Published, language: str) -> UUID:
    """The draft of the short form with that key, begun now where there is none; pinned to that version and language.

    Raises Forbidden as `start` does, and Conflict(state="sent") once the key has sent its report, or is a colleague's.
    """
    made = drafts.start(actor, "urgent", language, form, submit_key)
    if made is not None:
        return made
    days = scope.council().settings.draft_days
    found: UUID | None = (
        db.session()
        .execute(
            update(Referral)
            .where(*_begun(actor, submit_key))
            .values(
                form_version_id=form.id,
                language=language,
                expires_on=clock.today() + timedelta(days=days),
                warned_on=None,
            )
            .returning(Referral.id)
            .execution_options(synchronize_session=False)
        )
        .scalar_one_or_none()
    )
    if found is None:
        raise Conflict("the key belongs to another report", state="sent")
    return found


def begun_with(actor: Actor, submit_key: UUID) -> Draft | None:
    """The draft of the short form with that key, for somebody who may read it again; None where there is none."""
    if not may_send_full(actor):
        return None
    draft_id = db.session().execute(select(Referral.id).where(*_begun(actor, submit_key))).scalar_one_or_none()
    return find_draft(actor, draft_id) if draft_id is not None else None


def _begun(actor: Actor, submit_key: UUID) -> tuple[Any, ...]:
    """An expired one too: nobody who presses the button in time is told that it is too late."""
    return (
        Referral.tenant_id == scope.council().id,
        Referral.submit_key == submit_key,
        Referral.author_id == actor.account_id,
        Referral.kind == "urgent",
        Referral.state == "draft",
    )
