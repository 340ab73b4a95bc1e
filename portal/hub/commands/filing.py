"""The files of a message in the hub: taken with it, all or none, checked like every file, given out to its readers."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import and_, insert, select

from portal.audit import events
from portal.audit.events import Event
from portal.files import names
from portal.files.commands import keeping
from portal.files.states import HARMFUL
from portal.hub import telling
from portal.hub.models import HubAccess, HubFile
from portal.hub.queries import Room
from portal.hub.queries.files import has, taken_up
from portal.kernel import clock, db, jobs, scope
from portal.kernel.errors import Invalid
from portal.kernel.scope import Actor
from portal.referrals.commands.attaching import MOST_FILES, Paper, be_patient, digest, limits, pieces, take_turns
from portal.referrals.commands.harmful import CONTACT_JOB, who_had
from portal.referrals.queries.attachments import Attached


def bring(
    actor: Actor, room: Room, message_id: UUID, papers: Sequence[Paper], *, agency_id: UUID, side: str
) -> list[str]:
    """Put all of the files on the message, in its transaction; what it has already is not kept twice. The names of what
    was put there now.

    `agency_id` is the writer's agency, or (`side` council) the report's. Raises Invalid({"file": a code of attaching,
    "number": which of them, from "0"}) and Unavailable, when the store is away.
    """
    if papers:
        be_patient()
        # The room's own turn: files of the referrer's are counted apart, and do not wait for these.
        take_turns(room.id)
    new = []
    for number, paper in enumerate(papers):
        try:
            if _bring(actor, room, message_id, paper, agency_id=agency_id, side=side):
                new.append(paper.name)
        except Invalid as invalid:
            raise Invalid({**invalid.errors, "number": str(number)}) from None
    return new


def _bring(actor: Actor, room: Room, message_id: UUID, paper: Paper, *, agency_id: UUID, side: str) -> bool:
    came_as, size = digest(paper.file)
    if not size:
        raise Invalid({"file": "empty"})
    if has(message_id, came_as):
        return False
    most = limits()
    number, taken = taken_up(room)
    if size > most.most:
        raise Invalid({"file": "too_large"})
    if taken + size > most.report_most:
        raise Invalid({"file": "report_full"})
    if number >= MOST_FILES:
        raise Invalid({"file": "too_many"})
    file_id = keeping.keep(
        actor, agency_id, pieces(paper.file),
        name=names.cleaned(paper.name), declared=paper.declared, most=most.most, kind=paper.kind, hub_room_id=room.id,
    )  # fmt: skip
    db.session().execute(
        insert(HubFile).values(
            tenant_id=scope.council().id, id=uuid4(), referral_id=room.referral_id, room_id=room.id, file_id=file_id,
            message_id=message_id, agency_id=None if side == "council" else agency_id, added_by=actor.account_id,
            added_at=clock.now(),
        )
    )  # fmt: skip
    events.record(Event.HUB_FILE_ADDED, room.referral_id, file=str(file_id), side=side)
    return True


def note_opened(attached: Attached) -> None:
    """Record that a file was given out: to whom, and which, never its name."""
    events.record(Event.HUB_FILE_OPENED, attached.referral_id, file=str(attached.id))


def follow(file_id: UUID, state: str) -> None:
    """A file was found to be harmful: the council, its mailbox, and whoever may have a copy of it, taken back from them
    since or not, are told with the verdict."""
    if state != HARMFUL:
        return
    on_access = and_(HubAccess.tenant_id == HubFile.tenant_id, HubAccess.room_id == HubFile.room_id)
    query = (
        select(HubFile.referral_id, HubAccess.id)
        .join(HubAccess, on_access)
        .where(HubFile.tenant_id == scope.council().id, HubFile.file_id == file_id)
        .order_by(HubAccess.opened_at.desc())
        .limit(1)
    )
    row = db.session().execute(query).one_or_none()
    if row is None:
        return
    told = telling.tell_council(scope.SYSTEM, row.referral_id, row.id, kind="harmful_in")
    had = who_had(file_id, row.referral_id, (Event.HUB_FILE_OPENED, Event.HUB_FILE_ADDED))
    partners = {who for who, side in had.items() if side == "agency"}
    there = partners & telling.partners(telling.readers(row.referral_id))
    telling.tell(scope.SYSTEM, "hub", there, row.referral_id)
    # Whoever else has a copy reads in the email itself what it is about: the hub may not be there for them any more.
    telling.tell(scope.SYSTEM, "harmful_in", had.keys() - there - told, row.referral_id)
    jobs.enqueue(CONTACT_JOB, notice_id=uuid4(), referral_id=row.referral_id, file_id=file_id)
