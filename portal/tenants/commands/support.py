"""An operator asks a council to let them look; the council decides, and may end it before its time."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from portal.audit import events
from portal.audit.events import Event
from portal.auth.models import SupportGrant
from portal.auth.models.operators import MOST_HOURS, PURPOSES
from portal.auth.policy import Permission, Reach, reach
from portal.kernel import clock, db, jobs, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.scope import Actor, Council, Scope

LONGEST_REASON: Final = 500
__all__ = ["LONGEST_REASON", "MOST_HOURS", "Wish", "approve", "ask", "end", "refuse"]


@dataclass(frozen=True)
class Wish:
    """What an operator wants to look for, why in words, and for how many hours."""

    purpose: str
    reason: str
    hours: int


def ask(actor: Actor, council: Council, wish: Wish, once: UUID) -> None:
    """Ask to look for so many hours; the same mark twice asks once. The council's people are told by email.

    Raises Forbidden, and Invalid({"purpose" | "reason" | "hours": "choice"} or {"reason": "waiting"} while an earlier
    request is not decided).
    """
    if reach(actor, Permission.OPERATE) is Reach.NONE:
        raise Forbidden("only an operator asks")
    wrong = {
        "purpose": wish.purpose not in PURPOSES,
        "reason": not wish.reason or len(wish.reason) > LONGEST_REASON,
        "hours": not 1 <= wish.hours <= MOST_HOURS,
    }
    if any(wrong.values()):
        raise Invalid({field: "choice" for field, bad in wrong.items() if bad})
    with db.in_council(council) as session:
        values = {"tenant_id": council.id, "id": uuid4(), "account_id": actor.account_id, "once": once}
        said = {**asdict(wish), "asked_at": clock.now()}
        made = session.execute(
            insert(SupportGrant).values(**values, **said).on_conflict_do_nothing().returning(SupportGrant.id)
        ).scalar_one_or_none()
        if made is None:
            same = select(SupportGrant.id).where(SupportGrant.once == once, SupportGrant.account_id == actor.account_id)
            if session.execute(same).one_or_none() is None:
                raise Invalid({"reason": "waiting"})
            return
        _record(Event.SUPPORT_ASKED, made, purpose=wish.purpose, hours=wish.hours)
        jobs.enqueue("tenants.tell_support_asked", grant_id=made)


def approve(actor: Actor, grant_id: UUID, seen: int) -> None:
    """Let the operator look, from now on for as long as they asked. Twice is once."""
    row = _asked(actor, grant_id)
    later = clock.now() + timedelta(hours=row.hours)
    values = {"decided_by": actor.account_id, "decided_at": clock.now(), "until": later}
    if _change(grant_id, seen, ("asked", "approved"), **values):
        _record(Event.SUPPORT_APPROVED, grant_id, hours=row.hours)
        jobs.enqueue("tenants.tell_support_decided", grant_id=grant_id)


def refuse(actor: Actor, grant_id: UUID, seen: int) -> None:
    """Do not let them. Twice is once."""
    _asked(actor, grant_id)
    if _change(grant_id, seen, ("asked", "refused"), decided_by=actor.account_id, decided_at=clock.now()):
        _record(Event.SUPPORT_REFUSED, grant_id)
        jobs.enqueue("tenants.tell_support_decided", grant_id=grant_id)


def end(actor: Actor, grant_id: UUID, seen: int) -> None:
    """End it before its time: the very next request of the operator sees nothing. Twice is once."""
    _asked(actor, grant_id)
    if _change(grant_id, seen, ("approved", "ended"), ended_at=clock.now()):
        _record(Event.SUPPORT_ENDED, grant_id)


def _asked(actor: Actor, grant_id: UUID) -> Any:
    """The request, locked. Raises Forbidden and NotFound."""
    if reach(actor, Permission.SUPPORT) is Reach.NONE:
        raise Forbidden("the council's own people decide")
    query = select(SupportGrant.id, SupportGrant.hours).where(SupportGrant.id == grant_id).with_for_update()
    row = db.session().execute(query).one_or_none()
    if row is None:
        raise NotFound("no such request")
    return row


def _change(grant_id: UUID, seen: int, move: tuple[str, str], **values: Any) -> bool:
    """Whether this call moved it; False when it stood there already. Raises Conflict when it was decided otherwise."""
    before, after = move
    table = SupportGrant
    changed = db.session().execute(
        update(table)
        .where(table.id == grant_id, table.state == before, table.version == seen)
        .values(state=after, version=table.version + 1, **values)
        .returning(table.id)
    )
    if changed.one_or_none() is not None:
        return True
    state, version = db.session().execute(select(table.state, table.version).where(table.id == grant_id)).one()
    if (state, version) != (after, seen + 1):
        raise Conflict("somebody decided first", state=state)
    return False


def _record(event: Event, grant_id: UUID, **detail: str | int) -> None:
    """In the council's audit, and in the instance's own."""
    events.record(event, grant_id, **detail)
    db.session().flush()
    with scope.within(Scope(None, scope.current().actor)):
        events.record(event, grant_id, **detail)
    db.session().flush()
