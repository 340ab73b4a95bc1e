"""Reports go after their council's years, unless something keeps them; a manager's hold does, until it is lifted."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from portal.audit import events
from portal.audit.events import Event
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Invalid
from portal.kernel.scope import Actor
from portal.referrals.models import Referral
from portal.referrals.queries.record import Found, record_of
from portal.screening.queries import retention
from portal.screening.queries.retention import Step, steps

BATCH = 100
MAX_WORDS = 2000


def warn() -> int:
    """Note on which day each report came onto the managers' list, and forget it of those that left the list.

    Returns how many came. Whatever put a report there, shorter years too, it stays on the list for the whole time.
    """
    soon = retention.ending_before(retention.warning_ends())
    mine = Referral.tenant_id == scope.council().id
    quietly = {"synchronize_session": False}
    left = update(Referral).where(mine, Referral.warned_on.is_not(None), ~soon).values(warned_on=None)
    db.session().execute(left.execution_options(**quietly))
    came = update(Referral).where(soon, Referral.warned_on.is_(None)).values(warned_on=clock.today())
    return len(db.session().execute(came.returning(Referral.id).execution_options(**quietly)).all())


def destroy(most: int = BATCH) -> int:
    """Delete at most so many of the council's reports that have had their time, with all that hangs on each.

    Returns how many. The audit keeps that it was done, and the report's id. A report that somebody is changing just
    now is left for the next time; the lock makes PostgreSQL look at a hold again that came meanwhile.
    """
    mine = Referral.tenant_id == scope.council().id
    due = (
        select(Referral.id)
        .where(retention.ending_before(clock.today()), retention.warned_enough())
        .order_by(Referral.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    chosen = list(db.session().execute(due).scalars())
    gone = delete(Referral).where(mine, Referral.id.in_(chosen), Referral.held_at.is_(None)).returning(Referral.id)
    done = list(db.session().execute(gone.execution_options(synchronize_session=False)).scalars())
    for report_id in done:
        events.record(Event.REFERRAL_DESTROYED, report_id)
    return len(done)


def hold(actor: Actor, found: Found, words: str) -> None:
    """Keep the report past its time, whatever the years say. The same twice is once.

    Raises Invalid (words: required, too_long) and Conflict when somebody else holds it already.
    """
    _check(words)
    told = steps(found)
    if found.held_at is not None:
        if told and (told[-1].who, told[-1].words) == (actor.name, words):
            return
        raise _conflict(found)
    now = clock.now()
    kept = _sealed(found, (*told, Step(now, actor.name, lifted=False, words=words)))
    _change(found, Referral.held_at.is_(None), held_at=now, held_by=actor.account_id, hold_words=kept)
    events.record(Event.REPORT_HELD, found.id)


def lift(actor: Actor, found: Found, words: str, since: str) -> None:
    """End the hold that was seen, the one since that moment (ISO 8601). Lifted twice is once.

    Raises Invalid (words: required, too_long) and Conflict when it is another hold by now.
    """
    if found.held_at is None:
        return
    _check(words)
    if since != found.held_at.isoformat():
        raise _conflict(found)
    kept = _sealed(found, (*steps(found), Step(clock.now(), actor.name, lifted=True, words=words)))
    # A report whose time is long over is on the managers' list first, like any other.
    nothing = {"held_at": None, "held_by": None, "warned_on": None}
    _change(found, Referral.held_at == found.held_at, hold_words=kept, **nothing)
    events.record(Event.HOLD_LIFTED, found.id)


def _check(words: str) -> None:
    if not words or len(words) > MAX_WORDS:
        raise Invalid({"words": "too_long" if words else "required"})


def _sealed(found: Found, told: tuple[Step, ...]) -> bytes:
    document = [{"at": _text(one.at), "who": one.who, "lifted": one.lifted, "words": one.words} for one in told]
    return record_of(found).seal(json.dumps(document, ensure_ascii=False), "referral", found.id, "hold_words")


def _text(moment: datetime) -> str:
    return moment.isoformat()


def _change(found: Found, as_seen: Any, **values: Any) -> None:
    """The version stays: a hold is no change that somebody's decision could collide with."""
    changed = (
        update(Referral)
        .where(Referral.tenant_id == scope.council().id, Referral.id == found.id, as_seen)
        .values(**values)
        .returning(Referral.id)
        .execution_options(synchronize_session=False)
    )
    if db.session().execute(changed).scalar_one_or_none() is None:
        raise _conflict(found)


def _conflict(found: Found) -> Conflict:
    return Conflict("the hold has changed", state=found.state)
