"""What the council's people write among themselves on a report: kept as written, once however often it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert

from portal.audit import events
from portal.audit.events import Event
from portal.kernel import clock, db, scope
from portal.kernel.errors import Forbidden
from portal.kernel.scope import Actor
from portal.messaging.commands.writing import checked
from portal.referrals.queries.record import Found, record_of
from portal.screening.models import Note

MAX_NOTE = 4000  # characters (code points)


def write_note(actor: Actor, found: Found, words: str, once: UUID) -> None:
    """Add a note for colleagues, also on a closed report. The same `once` twice is one note.

    Raises Invalid({"message": required, too_long, control}), and Forbidden for somebody who may only read.
    """
    if found.reads_only(actor):
        raise Forbidden("opened for a while, to read")
    if insert_note(actor, found, checked(words, MAX_NOTE), once=once):
        events.record(Event.NOTE_WRITTEN, found.id)


def insert_note(
    actor: Actor, found: Found, words: str, *, kind: str = "note", was: str = "", became: str = "",
    given_to: UUID | None = None, once: UUID | None = None,
) -> bool:  # fmt: skip
    """Keep words beside what was done, in its transaction; False when these very words were kept before."""
    council = scope.council()
    note_id = uuid4()
    body = record_of(found).seal(words, "note", note_id, "body") if words else None
    statement = (
        insert(Note)
        .values(
            tenant_id=council.id, id=note_id, referral_id=found.id, author_id=actor.account_id, kind=kind, body=body,
            was=was, became=became, given_to=given_to, once=once or uuid4(), written_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "once"])
        .returning(Note.id)
    )  # fmt: skip
    return db.session().execute(statement).scalar_one_or_none() is not None


def hand_notes(actor: Actor, report_ids: Sequence[UUID], heir_id: UUID | None) -> None:
    """Keep on each of these reports who gave it to whom, without words."""
    council = scope.council()
    now = clock.now()
    rows = [
        {
            "tenant_id": council.id, "id": uuid4(), "referral_id": report, "author_id": actor.account_id,
            "kind": "given", "given_to": heir_id, "once": uuid4(), "written_at": now,
        }
        for report in report_ids
    ]  # fmt: skip
    if rows:
        db.session().execute(insert(Note), rows)
