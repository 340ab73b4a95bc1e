"""What the council's people wrote among themselves on one report, opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal.auth.models import Account
from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.scope import Actor
from portal.referrals.models import Referral
from portal.referrals.queries.reaching import reachable
from portal.referrals.queries.record import Found, record_of
from portal.screening.models import Note


@dataclass(frozen=True)
class Written:
    """One note. `kind` is note, priority (`was` and `became` are priorities) or given (`given_to` is a name, "" for
    nobody); `words` may be "" for one that was given."""

    id: UUID
    kind: str
    author: str
    words: str
    was: str
    became: str
    given_to: str
    at: datetime


def notes(actor: Actor, found: Found) -> tuple[Written, ...]:
    """The notes of a report, the newest first; none for somebody beyond whose reach the report is."""
    author, heir = aliased(Account), aliased(Account)
    query = (
        select(Note, author.name, heir.name)
        .join(Referral, (Referral.tenant_id == Note.tenant_id) & (Referral.id == Note.referral_id))
        .join(author, author.id == Note.author_id)
        .outerjoin(heir, heir.id == Note.given_to)
        .where(reachable(actor, Permission.LOOK), Note.referral_id == found.id)
        .order_by(Note.written_at.desc(), Note.id)
    )
    record = record_of(found)
    return tuple(
        Written(
            id=note.id,
            kind=note.kind,
            author=by,
            words=record.open(note.body, "note", note.id, "body") if note.body else "",
            was=note.was,
            became=note.became,
            given_to=to or "",
            at=note.written_at,
        )
        for note, by, to in db.session().execute(query)
    )
