"""Writing one message of a thread, once however often its form is sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar
from uuid import UUID, uuid4, uuid5

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Invalid
from portal.kernel.scope import Actor
from portal.messaging.models import Message
from portal.referrals.queries.record import Found, record_of

Asked = ParamSpec("Asked")
Done = TypeVar("Done")
Dated = Callable[[datetime], str]
MAX_TEXT = 8000  # characters (code points) of one message
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def whole(act: Callable[Asked, Done]) -> Callable[Asked, Done]:
    """All of it or nothing: the page that says why something was refused must not show half of it as sent."""

    @wraps(act)
    def done(*asked: Asked.args, **named: Asked.kwargs) -> Done:
        with db.session().begin_nested():
            return act(*asked, **named)

    return done


def checked(text: str, most: int = MAX_TEXT) -> str:
    """The text as it is stored: one kind of line break, outer space gone.

    Raises Invalid({"message": "required" | "too_long" | "control"}).
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not plain:
        raise Invalid({"message": "required"})
    if _CONTROL.search(plain):
        raise Invalid({"message": "control"})
    if len(plain) > most:
        raise Invalid({"message": "too_long"})
    return plain


class Before(NamedTuple):
    """A message that was written with a mark before: when, and until when its answer is wanted."""

    id: UUID
    sent_at: datetime
    answer_by: datetime | None


@dataclass(frozen=True)
class Along:
    """What goes along with a text: in one line, and whether it went along with a message before."""

    told: str
    alike: Callable[[Before], bool]


class Written(NamedTuple):
    """A message; `new` unless this very message was written before."""

    id: UUID
    new: bool


def write(
    actor: Actor, found: Found, side: str, text: str, once: UUID, *,
    kind: str = "message", answer_by: datetime | None = None, words: Dated | None = None, along: Along | None = None,
) -> Written:  # fmt: skip
    """Insert the message, once. Raises Conflict when `once` belongs to somebody else's message.

    `words` gives the text with another due date: of two clicks, a minute apart, the second has a later one. With
    another text, or other things `along`, it is another message, which a double click makes once, too.
    """
    made = _insert(actor, found, side, text, once, kind=kind, answer_by=answer_by)
    if made is not None:
        return Written(made, new=True)
    row = _written(actor, found, once)
    as_before = text if words is None or row.answer_by is None else words(row.answer_by)
    same = along is None or along.alike(Before(row.id, row.sent_at, row.answer_by))
    if same and record_of(found).open(row.body, "message", row.id, "body") == as_before:
        return Written(row.id, new=False)
    anew = uuid5(once, f"{along.told if along else ''}\n{text}")
    made = _insert(actor, found, side, text, anew, kind=kind, answer_by=answer_by)
    return Written(made or _written(actor, found, anew).id, new=made is not None)


def _written(actor: Actor, found: Found, once: UUID) -> Any:
    """What this person wrote with that mark; raises Conflict where it is no message of theirs here."""
    before = select(Message.id, Message.body, Message.answer_by, Message.sent_at).where(
        Message.once == once, Message.referral_id == found.id, Message.author_id == actor.account_id
    )
    row = db.session().execute(before).one_or_none()
    if row is None:
        raise Conflict(state=found.state)
    return row


def _insert(
    actor: Actor, found: Found, side: str, text: str, once: UUID, *, kind: str, answer_by: datetime | None
) -> UUID | None:
    council = scope.council()
    message_id = uuid4()
    statement = (
        insert(Message)
        .values(
            tenant_id=council.id, id=message_id, referral_id=found.id, agency_id=found.agency_id,
            author_id=actor.account_id, side=side, once=once, sent_at=clock.now(), kind=kind, answer_by=answer_by,
            body=record_of(found).seal(text, "message", message_id, "body"),
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "once"])
        .returning(Message.id)
    )  # fmt: skip
    made: UUID | None = db.session().execute(statement).scalar_one_or_none()
    return made
