"""What a person typed in the forms of a report's thread and has not sent; nobody else ever reads it."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from portal.kernel import db, scope
from portal.messaging.models import MessageDraft
from portal.referrals.models import Referral
from portal.referrals.queries import counted
from portal.referrals.queries.record import Found, record_of

TABLE = "message_draft"
ASK, REPLY, ADD, ANSWER, CORRECT = "ask", "reply", "add", "answer/", "correct/"
_NOT_TYPED = frozenset({"days", "shown_key"})


@dataclass(frozen=True)
class Draft:
    """The fields of one form as they were typed; `version` is what a page must have shown to replace them."""

    version: int
    at: datetime
    fields: Mapping[str, Sequence[str]]

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it but what the page itself put there."""
        return not any(text.strip() for name, texts in self.fields.items() if name not in _NOT_TYPED for text in texts)

    def one(self, name: str) -> str:
        """The only value of a field; "" where it has none."""
        return next(iter(self.fields.get(name, ())), "")


def register() -> None:
    """Have them told with a report that is found for its page, which may run no statement more."""
    counted.add(TABLE, lambda: _every(MessageDraft.referral_id == Referral.id).correlate(Referral).scalar_subquery())


def drafts(found: Found) -> dict[str, Draft]:
    """Those of the person in scope on one report, by form (ASK, REPLY, ADD, ANSWER and the
    message's id, or CORRECT and the place of the answer)."""
    return _opened(found, found.counted[TABLE]) if TABLE in found.counted else drafts_now(found)


def drafts_now(found: Found) -> dict[str, Draft]:
    """The same, as they are at this moment: another tab may have written after the report was found."""
    rows = db.session().execute(_every(MessageDraft.referral_id == found.id)).scalar_one()
    return _opened(found, rows)


def _opened(found: Found, rows: Sequence[Any] | None) -> dict[str, Draft]:
    record = record_of(found)
    return {
        page: Draft(
            version,
            datetime.fromisoformat(at),
            json.loads(record.open(b64decode(body), TABLE, UUID(row_id), "body")),
        )
        for row_id, page, version, at, body in rows or ()
    }


def _every(here: ColumnElement[bool]) -> Any:
    """All of them in one value, so that they can stand beside a report's row."""
    told = func.jsonb_build_array(
        MessageDraft.id, MessageDraft.page, MessageDraft.version, MessageDraft.changed_at,
        func.encode(MessageDraft.body, "base64"),
    )  # fmt: skip
    return select(func.jsonb_agg(told)).where(*theirs(), here, MessageDraft.body.is_not(None))


def theirs() -> tuple[ColumnElement[bool], ...]:
    """What the person in scope typed in the council in scope."""
    return (MessageDraft.tenant_id == scope.council_id(), MessageDraft.account_id == scope.actor().account_id)
