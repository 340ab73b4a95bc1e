"""What a person says of two reports: whether they are about one child, and that they hang together. Nothing is merged.

Whatever is said takes the place of what was said before, which is kept; all of it can be taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from portal.audit import events
from portal.audit.events import Event
from portal.kernel import clock, db
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.scope import Actor, council_id
from portal.referrals.queries.record import Found, record_of
from portal.screening.models import LINKS, VERDICTS, Pairing
from portal.screening.queries.previous import LINK, VERDICT

MAX_WORDS = 2000
KINDS = {VERDICT: VERDICTS, LINK: LINKS}


@dataclass(frozen=True)
class Given:
    """What was posted: of which sort, what, why, and the id of what was in force when the page was made."""

    sort: str
    kind: str
    words: str
    seen: UUID | None


def say(actor: Actor, found: Found, other: Found, given: Given) -> None:
    """Say something of two reports; a duplicate is `found`, of `other`. The same twice is once.

    Raises Invalid (kind: unknown; words: required for a link, too_long) and Conflict when something else was said
    since the page was made.
    """
    _check(actor, found, other)
    _check_words(given)
    now = _in_force(found, other, given.sort)
    if now is not None and (now.kind, now.said_by) == (given.kind, actor.account_id) and now.id != given.seen:
        # The second click of two.
        return
    if (now.id if now else None) != given.seen:
        raise _conflict(found)
    if now is not None:
        _end(actor, now.id)
    _keep(actor, found, other, given)
    _record(Event.REPORTS_PAIRED, found, other, given.kind)


def take_back(actor: Actor, found: Found, other: Found, sort: str, seen: UUID | None) -> None:
    """Nothing of that sort is said of the two any more. Twice is once; raises Conflict when it is another by now."""
    _check(actor, found, other)
    now = _in_force(found, other, sort)
    if now is None:
        return
    if now.id != seen:
        raise _conflict(found)
    _end(actor, now.id)
    _record(Event.PAIRING_ENDED, found, other, now.kind)


def _check(actor: Actor, found: Found, other: Found) -> None:
    if found.id == other.id:
        raise NotFound("one report and no other")
    if found.reads_only(actor) or other.reads_only(actor):
        raise Forbidden("opened for a while, to read")


def _check_words(given: Given) -> None:
    errors = {}
    if given.kind not in KINDS.get(given.sort, ()):
        errors["kind"] = "unknown"
    if given.sort == LINK and not given.words:
        errors["words"] = "required"
    if len(given.words) > MAX_WORDS:
        errors["words"] = "too_long"
    if errors:
        raise Invalid(errors)


def _in_force(found: Found, other: Found, sort: str) -> Any:
    query = (
        select(Pairing.id, Pairing.kind, Pairing.said_by)
        .where(
            Pairing.tenant_id == council_id(),
            or_(
                and_(Pairing.referral_id == found.id, Pairing.other_id == other.id),
                and_(Pairing.referral_id == other.id, Pairing.other_id == found.id),
            ),
            Pairing.sort == sort,
            Pairing.ended_at.is_(None),
        )
        .with_for_update()
    )
    return db.session().execute(query).one_or_none()


def _end(actor: Actor, pairing_id: UUID) -> None:
    ended = (
        update(Pairing)
        .where(Pairing.tenant_id == council_id(), Pairing.id == pairing_id)
        .values(ended_at=clock.now(), ended_by=actor.account_id)
    )
    db.session().execute(ended.execution_options(synchronize_session=False))


def _keep(actor: Actor, found: Found, other: Found, given: Given) -> None:
    made = uuid4()
    words = record_of(found).seal(given.words, "pairing", made, "words") if given.words else None
    statement = insert(Pairing).values(
        tenant_id=council_id(), id=made, referral_id=found.id, other_id=other.id, sort=given.sort, kind=given.kind,
        words=words, said_by=actor.account_id, said_at=clock.now(),
    )  # fmt: skip
    try:
        with db.session().begin_nested():
            db.session().execute(statement)
    except IntegrityError:
        raise _conflict(found) from None


def _record(event: Event, found: Found, other: Found, kind: str) -> None:
    """On both: whoever looks into what happened to either finds it."""
    events.record(event, found.id, other=str(other.id), kind=kind)
    events.record(event, other.id, other=str(found.id), kind=kind)


def _conflict(found: Found) -> Conflict:
    return Conflict("something else was said meanwhile", state=found.state)
