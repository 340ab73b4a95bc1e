"""Moving much of one person's work at once: a leaver, a sick day, a Monday morning."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, true, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission
from portal.kernel import clock, db
from portal.kernel.errors import Invalid
from portal.kernel.scope import Actor
from portal.referrals.commands import duty
from portal.referrals.models import Referral
from portal.referrals.queries.reaching import changeable
from portal.referrals.states import OPEN
from portal.screening.commands.notes import hand_notes
from portal.screening.dealing import deal
from portal.screening.queries.workload import who_may_not, workload

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Moved:
    """How many reports changed hands, how many were somebody else's by then, and how many nobody chosen may see."""

    moved: int
    changed: int
    barred: int


def reassign(actor: Actor, owner_id: UUID | None, report_ids: Sequence[UUID], heirs: Sequence[UUID]) -> Moved:
    """Give open reports of one person (None: those that nobody has) to others, dealt evenly; back to the holding area
    where `heirs` is empty. What is not that person's any more is left alone, so that a second click moves nothing.

    Raises Invalid({"heirs": "unknown"}) for somebody who does not work with reports or has them already, and
    Invalid({"reports": "required" or "too_many"}).
    """
    wanted = list(dict.fromkeys(report_ids))
    if not wanted:
        raise Invalid({"reports": "required"})
    if len(wanted) > MOST_AT_ONCE:
        raise Invalid({"reports": "too_many"})
    loads = {one.account_id: one.open for one in workload(actor) if one.here and one.account_id is not None}
    if not set(heirs) <= set(loads) - {owner_id} or (not heirs and owner_id is None):
        raise Invalid({"heirs": "unknown"})
    dealt = deal(wanted, {one: loads[one] for one in heirs}, who_may_not(wanted, heirs))
    barred = sum(heir is None for heir in dealt.values()) if heirs else 0
    shares: dict[UUID | None, list[UUID]] = defaultdict(list)
    for report, heir in dealt.items():
        if heir is not None or not heirs:
            shares[heir].append(report)
    done = sum(_hand(actor, owner_id, heir, share) for heir, share in shares.items())
    return Moved(moved=done, changed=len(wanted) - barred - done, barred=barred)


def _hand(actor: Actor, owner_id: UUID | None, heir_id: UUID | None, share: Sequence[UUID]) -> int:
    """Move what is still as it was; each is recorded."""
    began = Referral.owner_id.is_(None) if owner_id is None else Referral.owner_id == owner_id
    # What was proposed is its owner's to answer for: without one it waits where it is.
    kept = true() if heir_id else Referral.approval_asked_at.is_(None)
    forth = case((Referral.state == "sent", "screening"), else_=Referral.state)
    back = case((Referral.state == "screening", "sent"), else_=Referral.state)
    statement = (
        update(Referral)
        .where(
            changeable(actor, Permission.CLAIM), Referral.id.in_(share), began, kept, Referral.state.in_(sorted(OPEN)),
        )
        .values(
            owner_id=heir_id, claimed_at=clock.now() if heir_id else None, state=forth if heir_id else back,
            version=Referral.version + 1, changed_at=clock.now(),
        )
        .returning(Referral.id)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    moved = list(db.session().execute(statement).scalars())
    hand_notes(actor, moved, heir_id)
    if heir_id:
        duty.acknowledge_given(actor, moved)
    for report in moved:
        events.record(Event.WORK_HANDED_OVER if heir_id else Event.REFERRAL_RELEASED, report)
    return len(moved)
