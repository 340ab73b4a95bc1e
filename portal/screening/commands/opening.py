"""Opening a restricted record with a reason: for an hour, in everybody's sight, and never past one's own connection."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update

from portal.audit import events
from portal.audit.events import Event
from portal.kernel import clock, db, scope
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.scope import Actor, council_id
from portal.referrals.commands.telling import tell_managers
from portal.referrals.models import Referral
from portal.referrals.queries.record import REFERENCE
from portal.screening.models import OPENING_REASONS, OpenedRecord
from portal.screening.queries.openings import openings
from portal.tenants import vault

LIFE: Final = timedelta(minutes=60)
MAX_WORDS = 2000


def open_record(actor: Actor, reference: str, reason: str, words: str) -> str:
    """Let the actor read one restricted record for an hour; returns its reference. What they see anyway needs no
    opening. The practice managers are told, or whoever stands in for them.

    Raises Invalid (reason: unknown; words: required, too_long), the same whatever was typed as reference; and NotFound
    for a record that does not exist or that the actor has a connection to, which look alike.
    """
    errors = {} if reason in OPENING_REASONS else {"reason": "unknown"}
    if not words or len(words) > MAX_WORDS:
        errors["words"] = "too_long" if words else "required"
    if errors:
        raise Invalid(errors)
    found = _look_up(reference.strip().upper())
    if found is None or actor.account_id in found.unseen_by:
        # Without the reference: the trail must not say which records somebody has a connection to.
        events.record_apart(Event.OPENING_REFUSED, actor.account_id)
        raise NotFound("no such record")
    if found.sight is not None and actor.account_id not in found.sight and found.id not in actor.opened:
        _open(actor, found, reason, words)
    return str(found.reference)


def end(actor: Actor, opening_id: UUID) -> None:
    """A manager ends it before its time; ended twice is once. Raises NotFound."""
    one = next((found for found in openings(actor) if found.id == opening_id), None)
    if one is None:
        raise NotFound
    ended = (
        update(OpenedRecord)
        .where(
            OpenedRecord.tenant_id == council_id(),
            OpenedRecord.id == opening_id,
            OpenedRecord.ended_at.is_(None),
            OpenedRecord.until > clock.now(),
        )
        .values(ended_at=clock.now(), ended_by=actor.account_id)
        .returning(OpenedRecord.referral_id)
    )
    referral_id = db.session().execute(ended).scalar_one_or_none()
    if referral_id is not None:
        events.record(Event.OPENING_ENDED, referral_id)


def _look_up(reference: str) -> Any:
    """The record past its wall, to decide who may open it; locked, so that two clicks open it once."""
    if not REFERENCE.fullmatch(reference):
        return None
    query = select(Referral.id, Referral.reference, Referral.sight, Referral.unseen_by).where(
        Referral.tenant_id == council_id(), Referral.reference == reference, Referral.state != "draft"
    )
    with db.as_system() as session:
        return session.execute(query.with_for_update()).one_or_none()


def _open(actor: Actor, found: Any, reason: str, words: str) -> None:
    open_now = select(OpenedRecord.id).where(
        OpenedRecord.tenant_id == council_id(),
        OpenedRecord.referral_id == found.id,
        OpenedRecord.account_id == actor.account_id,
        OpenedRecord.ended_at.is_(None),
        OpenedRecord.until > clock.now(),
    )
    if db.session().execute(open_now.limit(1)).scalar_one_or_none() is not None:
        return
    made, now = uuid4(), clock.now()
    wrapped = vault.new_record_key("opened_record", made)
    sealed = vault.Record("opened_record", made, wrapped).seal(words, "opened_record", made, "words")
    db.session().execute(
        insert(OpenedRecord).values(
            tenant_id=council_id(), id=made, referral_id=found.id, account_id=actor.account_id, reason=reason,
            wrapped_key=wrapped, words=sealed, opened_at=now, until=now + LIFE,
        )
    )  # fmt: skip
    events.record(Event.RECORD_OPENED, found.id, reason=reason)
    # From here on the rest of this transaction may see the record too: a notice hangs on it.
    scope.act_as(replace(actor, opened=actor.opened | {found.id}))
    db.scope_changed()
    tell_managers(actor, "opened", referral_id=found.id, unseen_by=frozenset(found.unseen_by))
