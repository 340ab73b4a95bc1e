"""What a person typed on a page of a draft and has not saved yet."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from portal.auth.models import Account
from portal.kernel import db, scope
from portal.kernel.scope import Actor
from portal.referrals.models import DraftTyping
from portal.referrals.queries.drafts import Draft
from portal.tenants import vault

TABLE = "draft_typing"


@dataclass(frozen=True)
class Typed:
    """The fields of one page as they were typed; `seen` is the version of its section that was on the screen."""

    version: int
    seen: int
    fields: Mapping[str, Sequence[str]]
    at: datetime


@dataclass(frozen=True)
class OtherTyped:
    """What somebody else who writes the draft typed on one page of it and has not saved."""

    row: UUID
    name: str
    fields: Mapping[str, Sequence[str]]
    at: datetime


def theirs(actor: Actor, draft_id: UUID) -> ColumnElement[bool]:
    """What this person typed in one draft; that they may open it is asked where it is opened."""
    council = scope.council()
    return and_(
        DraftTyping.tenant_id == council.id,
        DraftTyping.referral_id == draft_id,
        DraftTyping.account_id == actor.account_id,
    )


def typed_on(actor: Actor, draft: Draft, page: str, but: UUID | None = None) -> Typed | None:
    """What the person typed on one page of their draft and has not saved, None where there is nothing (or where it was
    typed in the tab `but`)."""
    query = select(DraftTyping).where(theirs(actor, draft.id), DraftTyping.page == page, DraftTyping.body.is_not(None))
    if but is not None:
        query = query.where(DraftTyping.tab != but)
    row = db.session().execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None or row.body is None:
        return None
    return Typed(row.version, row.seen, opened(draft, row.id, row.body), row.changed_at)


def typed_by_others(actor: Actor, draft: Draft, page: str) -> tuple[OtherTyped, ...]:
    """What others typed on one page of a draft that the person has open, and did not save; the latest first."""
    query = (
        select(DraftTyping.id, DraftTyping.body, DraftTyping.changed_at, Account.name)
        .join(Account, Account.id == DraftTyping.account_id)
        .where(_of_others(actor, draft), DraftTyping.page == page)
        .order_by(DraftTyping.changed_at.desc(), DraftTyping.id)
    )
    return tuple(
        OtherTyped(row.id, row.name, opened(draft, row.id, row.body), row.changed_at)
        for row in db.session().execute(query)
    )


def pages_of_others(actor: Actor, draft: Draft) -> tuple[tuple[str, str], ...]:
    """The pages on which others typed something that is not saved, each with who did, in order."""
    query = (
        select(DraftTyping.page, Account.name)
        .join(Account, Account.id == DraftTyping.account_id)
        .where(_of_others(actor, draft))
        .order_by(DraftTyping.page, Account.name)
    )
    return tuple((row.page, row.name) for row in db.session().execute(query))


def _of_others(actor: Actor, draft: Draft) -> ColumnElement[bool]:
    """Whoever may open the draft reads all of it, what is being typed in it too."""
    council = scope.current().council
    return and_(
        DraftTyping.tenant_id == (council.id if council else None),
        DraftTyping.referral_id == draft.id,
        DraftTyping.account_id != actor.account_id,
        DraftTyping.body.is_not(None),
    )


def pages_typed(actor: Actor, draft: Draft) -> tuple[str, ...]:
    """The pages on which the person typed something that is not saved, in order."""
    query = select(DraftTyping.page).where(theirs(actor, draft.id), DraftTyping.body.is_not(None))
    return tuple(db.session().execute(query.order_by(DraftTyping.page)).scalars())


def opened(draft: Draft, row_id: UUID, body: bytes) -> dict[str, list[str]]:
    """The fields of a sealed row."""
    record = vault.Record("referral", draft.id, draft.wrapped_key)
    fields: dict[str, list[str]] = json.loads(record.open(body, TABLE, row_id, "body"))
    return fields


def sealed(draft: Draft, row_id: UUID, fields: Mapping[str, Sequence[str]]) -> bytes:
    """The fields of a page encrypted with the draft's key, for that row."""
    record = vault.Record("referral", draft.id, draft.wrapped_key)
    text = json.dumps({name: list(values) for name, values in fields.items()}, ensure_ascii=False)
    return record.seal(text, TABLE, row_id, "body")
