"""Drafts that nobody came back to: told of some days before, then deleted with all that is in them."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from portal.audit import events
from portal.audit.events import Event
from portal.kernel import clock, db, scope
from portal.referrals.commands import endings, notices
from portal.referrals.models import Referral

MOST_AT_ONCE = 500
# Who would read of it in tomorrow's email might read of it too late.
LAST = timedelta(days=1)


def warn() -> int:
    """Tell the authors of drafts that will be deleted within the council's days of warning; returns how many people.

    Each is told once of all their drafts of a night, by a notice that names none; a draft that is changed afterwards
    begins again.
    """
    council = scope.council()
    days = council.settings.draft_warning_days
    if not days:
        return 0
    soon = (
        select(Referral.id)
        .where(
            Referral.tenant_id == council.id,
            Referral.state == "draft",
            Referral.warned_on.is_(None),
            Referral.expires_on >= clock.today(),
            Referral.expires_on <= clock.today() + timedelta(days=days),
        )
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    warned = db.session().execute(
        update(Referral)
        .where(Referral.tenant_id == council.id, Referral.id.in_(soon))
        .values(warned_on=clock.today())
        .returning(Referral.author_id, Referral.expires_on)
        .execution_options(synchronize_session=False)
    )
    first: dict[UUID, date] = {}
    for row in warned:
        first[row.author_id] = min(row.expires_on, first.get(row.author_id, row.expires_on))
    for author_id, expires_on in sorted(first.items()):
        now = expires_on <= clock.today() + LAST
        notices.tell(scope.SYSTEM, "expiring", author_id, None, now=now)
    return len(first)


def forget_expired() -> int:
    """Delete the council's expired drafts, at most MOST_AT_ONCE of them; returns how many.

    Those who wrote them can read for some time that they expired.
    """
    expired = (
        select(Referral.id)
        .where(
            Referral.tenant_id == scope.council().id,
            Referral.state == "draft",
            Referral.expires_on < clock.today(),
        )
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    gone = db.session().execute(
        delete(Referral)
        .where(
            Referral.tenant_id == scope.council().id,
            Referral.id.in_(expired),
            Referral.state == "draft",
        )
        .returning(Referral.id, Referral.agency_id, Referral.author_id, Referral.helpers)
        .execution_options(synchronize_session=False)
    )
    forgotten = list(gone)
    for row in forgotten:
        knew: list[UUID] = [row.author_id, *row.helpers]
        endings.remember(row.id, row.agency_id, dict.fromkeys(knew, "expired"))
        events.record(Event.DRAFT_DELETED, row.id)
    return len(forgotten)
