"""Keeps what somebody typed in a form of a thread until it is sent or thrown away; nobody else reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from portal.audit import events
from portal.audit.events import Event
from portal.auth.leaving import Handover
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Invalid
from portal.kernel.scope import Actor
from portal.messaging.models import MessageDraft
from portal.messaging.queries.drafts import TABLE
from portal.referrals.queries.record import Found, record_of

MOST = 200_000  # characters of all fields of one form


@dataclass(frozen=True)
class Sheet:
    """A form of a thread as somebody has it open: its name, their side, the key of their page, and the version of the
    draft that the page shows (0: none)."""

    page: str
    side: str
    tab: UUID
    version: int


def keep(actor: Actor, found: Found, sheet: Sheet, fields: Mapping[str, Sequence[str]]) -> int | None:
    """Keep what stands in the fields; returns the version of what is kept, None when this page has sent its text
    already and this comes late.

    Raises Conflict(typed="elsewhere") for text of another page that this one has not shown, which is never replaced,
    and Invalid({"fields": "too_long"}). The audit hears of the first text only.
    """
    text = json.dumps({name: list(values) for name, values in fields.items()}, ensure_ascii=False)
    if len(text) > MOST:
        raise Invalid({"fields": "too_long"})
    body = record_of(found).seal(text, TABLE, _id(actor, found, sheet), "body")
    row = _row(actor, found, sheet)
    if row is None:
        if _begin(actor, found, sheet, body):
            events.record(Event.MESSAGE_DRAFTED, found.id)
            return 1
        row = _begun(actor, found, sheet)
    if row.empty and row.tab == sheet.tab:
        return None
    if not row.empty and _unseen(row, sheet):
        raise Conflict("typed in another tab", typed="elsewhere")
    kept = _put(actor, found, sheet, body)
    if row.empty:
        events.record(Event.MESSAGE_DRAFTED, found.id)
    return kept


def settle(actor: Actor, found: Found, sheet: Sheet) -> None:
    """The form was sent: what was typed in it is gone, and text of this page that is still under way counts no more.

    What was typed in another tab, and this one has not shown, stays.
    """
    row = _row(actor, found, sheet)
    if row is None:
        if _begin(actor, found, sheet, None):
            return
        row = _begun(actor, found, sheet)
    if row.empty or not _unseen(row, sheet):
        _put(actor, found, sheet, None)


def discard(actor: Actor, found: Found, sheet: Sheet) -> None:
    """Throw away what this page shows or has kept; twice is once. Raises Conflict(typed="elsewhere") where another tab
    has kept other text meanwhile."""
    row = _row(actor, found, sheet)
    if row is None or row.empty:
        return
    if _unseen(row, sheet):
        raise Conflict("typed in another tab", typed="elsewhere")
    _put(actor, found, sheet, None)
    events.record(Event.DRAFT_DISCARDED, found.id)


def forget_old() -> int:
    """Delete what nobody has touched for as long as the council keeps drafts; how many."""
    council = scope.council()
    since = clock.now() - timedelta(days=council.settings.draft_days)
    old = delete(MessageDraft).where(MessageDraft.tenant_id == council.id, MessageDraft.changed_at < since)
    return len(db.session().execute(old.returning(MessageDraft.id)).all())


def _id(actor: Actor, found: Found, sheet: Sheet) -> UUID:
    """A row's id, known before there is one: its text is sealed for that row."""
    return uuid5(found.id, f"{actor.account_id}/{sheet.page}")


def _row(actor: Actor, found: Found, sheet: Sheet) -> Any:
    query = select(MessageDraft.tab, MessageDraft.version, MessageDraft.body.is_(None).label("empty")).where(
        MessageDraft.tenant_id == scope.council().id, MessageDraft.id == _id(actor, found, sheet)
    )
    return db.session().execute(query.with_for_update()).one_or_none()


def _unseen(row: Any, sheet: Sheet) -> bool:
    """Whether the text there is of another tab, and this page has not shown it."""
    return bool(row.tab != sheet.tab and row.version != sheet.version)


def _begin(actor: Actor, found: Found, sheet: Sheet, body: bytes | None) -> bool:
    """Write the row where there is none; False where another tab has written it at the same moment."""
    statement = insert(MessageDraft).values(
        tenant_id=scope.council().id, id=_id(actor, found, sheet), referral_id=found.id, agency_id=found.agency_id,
        account_id=actor.account_id, side=sheet.side, page=sheet.page, **_values(sheet, body),
    )  # fmt: skip
    written = statement.on_conflict_do_nothing(index_elements=["tenant_id", "id"]).returning(MessageDraft.id)
    return db.session().execute(written).scalar_one_or_none() is not None


def _begun(actor: Actor, found: Found, sheet: Sheet) -> Any:
    """The row that another tab has written at the same moment; raises Conflict where it is gone again."""
    row = _row(actor, found, sheet)
    if row is None:
        raise Conflict("begun in another tab", typed="elsewhere")
    return row


def _put(actor: Actor, found: Found, sheet: Sheet, body: bytes | None) -> int:
    """Replace what stands in a row that is locked; its version then."""
    statement = (
        update(MessageDraft)
        .where(MessageDraft.tenant_id == scope.council().id, MessageDraft.id == _id(actor, found, sheet))
        .values(version=MessageDraft.version + 1, **_values(sheet, body))
        .returning(MessageDraft.version)
        .execution_options(synchronize_session=False)
    )
    version: int = db.session().execute(statement).scalar_one()
    return version


def _values(sheet: Sheet, body: bytes | None) -> dict[str, Any]:
    return {"tab": sheet.tab, "body": body, "changed_at": clock.now()}


def _count(_account_id: UUID, _agency_id: UUID | None) -> Mapping[str, int]:
    """Nothing: what somebody has not sent is for nobody else to have."""
    return {}


def _hand(account_id: UUID, agency_id: UUID | None, _heir_id: UUID | None) -> None:
    """Whoever leaves leaves none behind."""
    here = [MessageDraft.tenant_id == scope.council().id, MessageDraft.account_id == account_id]
    here += [MessageDraft.side == "council"] if agency_id is None else [MessageDraft.agency_id == agency_id]
    with db.as_system():
        db.session().execute(delete(MessageDraft).where(*here).execution_options(synchronize_session=False))


HANDOVER = Handover(_count, _hand)
