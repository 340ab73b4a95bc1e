"""What may be recorded, with exactly which keys; recorded in the transaction of the thing itself."""

from __future__ import annotations

from uuid import UUID, uuid4

from portal.audit.event_keys import KEYS
from portal.audit.models import AuditEvent
from portal.audit.vocabulary import Event as Event
from portal.kernel import clock, db, scope


def record(event: Event, subject: UUID | None = None, **detail: str | int | bool) -> None:
    """Record an event of the current actor in the current transaction.

    `subject` is the id of what it happened to (a referral, a membership). Raises ValueError for keys
    other than the event's own, so that nobody adds a name to an event in passing.
    """
    actor = scope.current().actor
    if actor is not None and actor.support is not None:
        # Whoever looks with a council's permission does it in a transaction that writes nothing.
        record_apart(event, subject, **detail)
        return
    _record(event, subject, detail)


def record_apart(event: Event, subject: UUID | None = None, **detail: str | int | bool) -> None:
    """Record a refusal in a transaction of its own: it must survive the rollback of what was refused."""
    with db.apart():
        _record(event, subject, detail)


def _record(event: Event, subject: UUID | None, detail: dict[str, str | int | bool]) -> None:
    expected = KEYS.get(event, frozenset())
    if set(detail) != expected:
        raise ValueError(f"{event} takes {sorted(expected)}, not {sorted(detail)}")
    here = scope.current()
    actor = here.actor
    db.session().add(
        AuditEvent(
            id=uuid4(),
            tenant_id=here.council.id if here.council else None,
            at=clock.now(),
            event=str(event),
            actor_id=None if actor is None or actor.system else actor.account_id,
            actor_role=actor.role if actor else "",
            agency_id=actor.agency_id if actor else None,
            subject_id=subject,
            detail=detail,
        )
    )
