"""Writing in the hub, and who has read what; each is done once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple
from uuid import UUID, uuid4

from psycopg.errors import InsufficientPrivilege
from sqlalchemy import func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import ProgrammingError

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission
from portal.hub import telling
from portal.hub.commands import filing
from portal.hub.commands.opening import state_of
from portal.hub.commands.rows import of_agency
from portal.hub.models import HubAccess, HubMessage
from portal.hub.queries import Opened, Room, room_of
from portal.hub.sides import COUNCIL, said_with
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.scope import Actor
from portal.messaging.commands import guarding
from portal.messaging.commands.writing import checked, whole
from portal.messaging.queries import given_away
from portal.referrals.commands.attaching import Paper
from portal.referrals.queries.record import Found, find

MAX_WORDS: Final = 8000


@whole
def write(
    actor: Actor, found: Found, text: str, once: UUID, papers: Sequence[Paper] = (), *, confirmed: str = ""
) -> None:
    """The council writes to every agency to which it is open, with files. The same `once` twice is one message.

    Raises Forbidden for somebody who may only read, Invalid({"message": required, too_long, control, protected,
    protected_name}) and what `filing.bring` does, and Conflict when it is open to nobody. `confirmed` is the mark of
    `said_with` these files.
    """
    if found.reads_only(actor):
        raise Forbidden("opened for a while, to read")
    words = checked(text, MAX_WORDS)
    room = room_of(actor, Permission.ASK, found)
    if room is None or not telling.readers(found.id):
        raise Conflict("open to nobody", state=found.state)
    # What is refused stores no file first.
    _checked_names(actor, found, words, papers, confirmed)
    said = _say(actor, room, None, words, once)
    brought = filing.bring(actor, room, said.id, papers, agency_id=found.agency_id, side="council")
    # Only now: the report is not held while files are stored. What it keeps secret stays as it is until this is
    # written: a correction comes before or after.
    state_of(found)
    secrets = _checked_names(actor, found, words, papers, confirmed)
    # A file that comes with a message of before has a name that was confirmed now.
    if said.new or brought:
        guarding.note(found, secrets)
    if said.new:
        telling.tell_partners(actor, telling.partners(telling.readers(found.id)), found.id)


def _checked_names(actor: Actor, found: Found, words: str, papers: Sequence[Paper], confirmed: str) -> int:
    """How many secrets the words and the names of the files give away, each of them confirmed. Raises Invalid."""
    try:
        return guarding.held(actor, found, said_with(words, (one.name for one in papers)), confirmed, "message")
    except Invalid:
        code = "protected" if given_away(actor, found, words) else "protected_name"
        raise Invalid({"message": code}) from None


def answer(actor: Actor, opened: Opened, text: str, once: UUID, papers: Sequence[Paper] = ()) -> None:
    """A partner writes, with files; whoever owns the report (else opened it) and the other agencies are told. Twice is
    once. What gives away what the report keeps secret, in words or in a file's name, the other agencies read once the
    council has looked at it: whoever writes is not told, or they could find a secret out by guessing.

    Raises Invalid({"message": required, too_long, control}) and what `filing.bring` does, and NotFound once it is not
    there for them any more.
    """
    try:
        _answer(actor, opened, text, once, papers)
    except ProgrammingError as error:
        # It was taken back while their files were stored: nothing locks it meanwhile, and its walls refuse the rest.
        if isinstance(error.orig, InsufficientPrivilege):
            raise NotFound("taken back meanwhile") from None
        raise


@whole
def _answer(actor: Actor, opened: Opened, text: str, once: UUID, papers: Sequence[Paper]) -> None:
    words, agency_id = checked(text, MAX_WORDS), of_agency(actor.agency_id)
    room, said = opened.room, _say(actor, opened.room, agency_id, words, once)
    names = filing.bring(actor, room, said.id, papers, agency_id=agency_id, side="agency")
    if not said.new and not names:
        return
    with db.as_system():
        # Of a message of before, which somebody may have shown to partners, only the names that came now.
        held = said.held or _keep(room, said.id, agency_id, said_with(words if said.new else "", names))
        if not said.new:
            return
        others = [] if held else [one for one in telling.readers(room.referral_id) if one.agency_id != agency_id]
        telling.tell_partners(actor, telling.partners(others), room.referral_id)
        telling.tell_council(actor, room.referral_id, opened.access_id)


def _keep(room: Room, message_id: UUID, agency_id: UUID, text: str) -> bool:
    """Keep from partners, as the system, a message that gives away what the report keeps secret; whether it does."""
    found = find(scope.SYSTEM, Permission.ASK, room.reference)
    # A correction comes before or after: before, it is looked for here; after, `keeping` finds this message.
    state_of(found)
    given = given_away(scope.SYSTEM, found, text)
    if given:
        statement = (
            update(HubMessage)
            .where(HubMessage.tenant_id == scope.council().id, HubMessage.id == message_id)
            .values(held_at=clock.now())
        )
        db.session().execute(statement.execution_options(synchronize_session=False))
        events.record(Event.HUB_KEPT, found.id, agency=str(agency_id), why=given[0].kind, messages=1)
    return bool(given)


def mark_read(room: Room, side: UUID, ids: Iterable[UUID]) -> None:
    """Those messages were shown to somebody of that side: an agency's id, or COUNCIL."""
    this = (HubMessage.tenant_id == scope.council().id, HubMessage.room_id == room.id, HubMessage.id.in_(sorted(ids)))
    statement = (
        update(HubMessage)
        .where(*this, ~(literal(side) == func.any(HubMessage.read_by)))
        .values(read_by=func.array_append(HubMessage.read_by, side))
    )
    db.session().execute(statement.execution_options(synchronize_session=False))


def note_read(actor: Actor, opened: Opened) -> None:
    """Keep that somebody of an agency read what is shared; the council sees when its people first did."""
    events.record(Event.HUB_READ, opened.room.referral_id, agency=str(of_agency(actor.agency_id)))
    if opened.read_at is None:
        statement = (
            update(HubAccess)
            .where(
                HubAccess.tenant_id == scope.council().id, HubAccess.id == opened.access_id, HubAccess.read_at.is_(None)
            )
            .values(read_at=clock.now())
        )
        db.session().execute(statement.execution_options(synchronize_session=False))


class _Written(NamedTuple):
    """A message; `new` unless this very message was written before, `held` where the council alone reads it."""

    id: UUID
    new: bool
    held: bool = False


def _say(actor: Actor, room: Room, agency_id: UUID | None, words: str, once: UUID) -> _Written:
    """The message. A form that comes again is once; with other words it is another message."""
    made = _written(actor, room, agency_id, words, once)
    if made is not None:
        return _Written(made, new=True)
    before = select(HubMessage.id, HubMessage.body, HubMessage.held_at).where(
        HubMessage.tenant_id == scope.council().id, HubMessage.once == once,
        HubMessage.room_id == room.id, HubMessage.author_id == actor.account_id,
    )  # fmt: skip
    row = db.session().execute(before).one_or_none()
    if row is not None and room.record.open(row.body, "hub_message", row.id, "body") == words:
        return _Written(row.id, new=False, held=agency_id is not None and row.held_at is not None)
    made = _written(actor, room, agency_id, words, uuid4())
    if made is None:
        raise Conflict("written by somebody else")
    return _Written(made, new=True)


def _written(actor: Actor, room: Room, agency_id: UUID | None, words: str, once: UUID) -> UUID | None:
    made, side = uuid4(), agency_id or COUNCIL
    statement = (
        insert(HubMessage)
        .values(
            tenant_id=scope.council().id, id=made, referral_id=room.referral_id, room_id=room.id, agency_id=agency_id,
            author_id=actor.account_id, body=room.record.seal(words, "hub_message", made, "body"), once=once,
            sent_at=clock.now(), read_by=[side],
        )
        .on_conflict_do_nothing()
        .returning(HubMessage.id)
    )  # fmt: skip
    if db.session().execute(statement).scalar_one_or_none() is None:
        return None
    events.record(Event.HUB_WRITTEN, room.referral_id, side="agency" if agency_id else "council")
    return made
