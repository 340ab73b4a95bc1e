"""Tells the council's practice managers of a parcel that was given up, once, and nothing about whom it is of."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import select

from portal.kernel import db, scope
from portal.kernel.scope import Council
from portal.referrals.commands import notices
from portal.referrals.commands.telling import in_turn
from portal.referrals.models import Referral

KIND: Final = "undelivered"


def tell_given_up(council: Council, referral_id: UUID) -> None:
    """Have the managers told by email, if the current transaction commits; never whoever may not see the report.

    Without a manager whom it may reach, the administrators; without those, the council's own mailbox.
    """
    query = select(Referral.unseen_by).where(Referral.tenant_id == council.id, Referral.id == referral_id)
    readers = in_turn(but=frozenset(db.session().execute(query).scalar_one_or_none() or ()))
    for account_id in readers:
        notices.tell(scope.SYSTEM, KIND, account_id, referral_id)
    if not readers:
        notices.tell_mailbox(KIND, council.settings.email, referral_id)
