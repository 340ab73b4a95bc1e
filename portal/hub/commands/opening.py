"""Opening a report to partners in the hub, and taking that back; each is done once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission
from portal.auth.queries.hub import partner_agencies, partners_of
from portal.hub import telling
from portal.hub.commands.rows import of_agency, sealed
from portal.hub.models import HubAccess, HubRoom
from portal.hub.queries import Room, room_of
from portal.hub.queries.sources import source
from portal.hub.sharing import Source, from_text, share
from portal.hub.sides import ANSWERS, WHAT
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.scope import Actor
from portal.messaging.commands import guarding
from portal.messaging.commands.writing import checked
from portal.referrals.models import Referral
from portal.referrals.queries.record import Found
from portal.tenants import vault

MAX_QUESTION: Final = 2000  # characters (code points)


@dataclass(frozen=True)
class Opening:
    """To whom a report is opened, what they may see (WHAT), what they are asked, the mark of the form, and the mark
    that confirms what the question gives away ("" for none)."""

    agency_id: UUID | None
    what: str
    question: str
    once: UUID
    confirmed: str = ""


@dataclass(frozen=True)
class State:
    """What the report says of who must not see it."""

    sight: tuple[UUID, ...] | None
    author_only: bool
    authors: list[UUID]
    unseen_by: list[UUID]


def open_to(actor: Actor, found: Found, wanted: Opening) -> None:
    """Open a report to the partners of an agency, who are told that there is news. The same `once` twice is one.

    Raises Forbidden for somebody who may only read, Invalid (agency: choice, own; what: choice; question: required,
    too_long, control, protected) and Conflict when it is restricted or open to that agency already.
    """
    if found.reads_only(actor):
        raise Forbidden("opened for a while, to read")
    offered = {one.id for one in partner_agencies()}
    errors = {} if wanted.agency_id in offered else {"agency": "choice"}
    errors |= {} if wanted.what in WHAT else {"what": "choice"}
    wanted = replace(wanted, question=_words(wanted.question, "question", MAX_QUESTION, errors))
    if _same(actor, found, wanted):
        return
    state = state_of(found)
    if state.sight is not None:
        raise Conflict("restricted", state=found.state)
    if wanted.agency_id == found.agency_id and state.author_only:
        raise Invalid({"agency": "own"})
    confirmed = guarding.held(actor, found, wanted.question, wanted.confirmed, "question")
    room = _room(actor, found)
    if not _insert(actor, found, room, wanted, state):
        return
    events.record(Event.HUB_OPENED, found.id, agency=str(wanted.agency_id), what=wanted.what)
    guarding.note(found, confirmed)
    hidden_from = {*state.authors, *state.unseen_by}
    # Whatever they were told within a day: that may have been of what was taken back since.
    telling.tell(actor, "hub", partners_of({of_agency(wanted.agency_id)}) - hidden_from, found.id)


def _same(actor: Actor, found: Found, wanted: Opening) -> bool:
    """Whether it is open to that agency just so by this very form, or by this person, who says the same again. Raises
    Conflict where what the form opened was taken back since."""
    mine = and_(HubAccess.agency_id == wanted.agency_id, HubAccess.opened_by == actor.account_id)
    query = select(HubAccess.id, HubAccess.agency_id, HubAccess.what, HubAccess.shared, HubAccess.withdrawn_at).where(
        HubAccess.tenant_id == scope.council().id, HubAccess.referral_id == found.id,
        or_(HubAccess.once == wanted.once, mine & HubAccess.withdrawn_at.is_(None)),
    )  # fmt: skip
    rows, room = db.session().execute(query).all(), room_of(actor, Permission.ASK, found)
    same = [
        row
        for row in rows
        if room
        and (row.agency_id, row.what) == (wanted.agency_id, wanted.what)
        and from_text(room.record.open(row.shared, "hub_access", row.id, "shared")).question == wanted.question
    ]
    if same and all(row.withdrawn_at for row in same):
        raise Conflict("taken back since", state=found.state)
    return bool(same)


def _insert(actor: Actor, found: Found, room: Room, wanted: Opening, state: State) -> bool:
    """Whether it was opened now; not where the same form has just done it. Raises Conflict."""
    of = source(actor, Permission.ASK, found)
    # An old form that says something else now is another one.
    for once in (wanted.once, uuid4()):
        if _inserted(actor, of, room, replace(wanted, once=once), state):
            _note_open(found)
            return True
        if _same(actor, found, wanted):
            return False
    raise Conflict("open to them already", state=found.state)


def _inserted(actor: Actor, of: Source, room: Room, wanted: Opening, state: State) -> bool:
    made = uuid4()
    shared = share(of, wanted.question, scope.council().languages, answers=wanted.what == ANSWERS)
    statement = (
        insert(HubAccess)
        .values(
            tenant_id=scope.council().id, id=made, referral_id=room.referral_id, room_id=room.id,
            agency_id=wanted.agency_id, what=wanted.what, once=wanted.once, corrections=len(of.versions) - 1,
            authors=state.authors, opened_by=actor.account_id, opened_at=clock.now(), unseen_by=state.unseen_by,
            **sealed(room, made, shared),
        )
        .on_conflict_do_nothing()
        .returning(HubAccess.id)
    )  # fmt: skip
    return db.session().execute(statement).scalar_one_or_none() is not None


def _room(actor: Actor, found: Found) -> Room:
    room = room_of(actor, Permission.ASK, found)
    if room is None:
        made = uuid4()
        statement = insert(HubRoom).values(
            tenant_id=scope.council().id, id=made, referral_id=found.id, reference=found.reference,
            form_key=found.form_key, wrapped_key=vault.new_record_key("hub_room", made), made_at=clock.now(),
        )  # fmt: skip
        db.session().execute(statement.on_conflict_do_nothing())
        # Of two who open it at once, one has made it.
        room = room_of(actor, Permission.ASK, found)
    if room is None:
        raise NotFound("out of reach")
    return room


def state_of(found: Found) -> State:
    """The report's own word, locked: whoever restricts it at this moment comes before or after."""
    query = (
        select(
            Referral.sight, Referral.author_only, Referral.author_id, Referral.first_author_id, Referral.unseen_by
        )
        .where(Referral.tenant_id == scope.council().id, Referral.id == found.id)
        .with_for_update(read=True)
    )  # fmt: skip
    row = db.session().execute(query).one_or_none()
    if row is None:
        raise NotFound("no such report")
    authors = [one for one in (row.author_id, row.first_author_id) if one is not None]
    sight = tuple(row.sight) if row.sight is not None else None
    return State(sight, row.author_only, authors, list(row.unseen_by))


def _note_open(found: Found) -> None:
    """Keep in the room to which agencies it is open now; of two who change that at once the second waits here."""
    here = (HubRoom.tenant_id == scope.council().id, HubRoom.referral_id == found.id)
    # Whoever writes in the room, or opens it to another agency, refers to its row: that does not wait, or both would.
    db.session().execute(select(HubRoom.id).where(*here).with_for_update(key_share=True))
    live = select(HubAccess.agency_id).where(
        HubAccess.tenant_id == scope.council().id, HubAccess.referral_id == found.id, HubAccess.withdrawn_at.is_(None)
    )
    open_to = list(db.session().execute(live.order_by(HubAccess.opened_at, HubAccess.id)).scalars())
    db.session().execute(
        update(HubRoom).where(*here).values(open_to=open_to).execution_options(synchronize_session=False)
    )


def withdraw(actor: Actor, found: Found, access_id: UUID) -> None:
    """Take it back: from their next page on that agency's partners read nothing of it. Twice is once.

    Raises Forbidden for somebody who may only read, NotFound for what was never opened.
    """
    if found.reads_only(actor):
        raise Forbidden("opened for a while, to read")
    this = (HubAccess.tenant_id == scope.council().id, HubAccess.id == access_id, HubAccess.referral_id == found.id)
    statement = (
        update(HubAccess)
        .where(*this, HubAccess.withdrawn_at.is_(None))
        .values(withdrawn_at=clock.now(), withdrawn_by=actor.account_id)
        .returning(HubAccess.agency_id)
        .execution_options(synchronize_session=False)
    )
    agency_id = db.session().execute(statement).scalar_one_or_none()
    if agency_id is not None:
        _note_open(found)
        events.record(Event.HUB_WITHDRAWN, found.id, agency=str(agency_id))
    elif db.session().execute(select(HubAccess.id).where(*this)).first() is None:
        raise NotFound("never opened")


def _words(text: str, field: str, most: int, errors: dict[str, str]) -> str:
    try:
        words = checked(text, most)
    except Invalid as error:
        raise Invalid(errors | {field: error.errors["message"]}) from None
    if errors:
        raise Invalid(errors)
    return words
