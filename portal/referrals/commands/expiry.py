"""Drafts that nobody came back to: deleted after the council's number of days, with all that is in them."""

from __future__ import annotations

from sqlalchemy import delete, select

from portal.audit import events
from portal.audit.events import Event
from portal.kernel import clock, db
from portal.referrals.commands.drafts import council_of_scope
from portal.referrals.models import Referral

MOST_AT_ONCE = 500


def forget_expired() -> int:
    """Delete the council's expired drafts, at most MOST_AT_ONCE of them; returns how many."""
    expired = (
        select(Referral.id)
        .where(
            Referral.tenant_id == council_of_scope().id,
            Referral.state == "draft",
            Referral.expires_on < clock.today(),
        )
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    gone = db.session().execute(
        delete(Referral)
        .where(
            Referral.tenant_id == council_of_scope().id,
            Referral.id.in_(expired),
            Referral.state == "draft",
        )
        .returning(Referral.id)
        .execution_options(synchronize_session=False)
    )
    forgotten = list(gone.scalars())
    for draft_id in forgotten:
        events.record(Event.DRAFT_DELETED, draft_id)
    return len(forgotten)
