"""How a report of the holding area is linked with others, as its line says it."""

from __future__ import annotations

from sqlalchemy import ScalarSelect, case, func, or_, select
from sqlalchemy.orm import aliased

from portal.auth.reach import within_sight
from portal.kernel.scope import Actor
from portal.referrals.models import Referral
from portal.screening.models import Pairing
from portal.screening.queries.previous import LINK

# Made once: an alias made anew copies every column of the table.
_OTHER = aliased(Referral)
_THERE = case((Pairing.referral_id == Referral.id, Pairing.other_id), else_=Pairing.referral_id)


def linked(actor: Actor) -> ScalarSelect[str]:
    """Of each report the kind of its links, a duplicate before any other; None where there is none that this person may
    know of."""
    return (
        select(func.min(Pairing.kind))
        .join(_OTHER, (_OTHER.tenant_id == Pairing.tenant_id) & (_OTHER.id == _THERE))
        .where(
            Pairing.tenant_id == Referral.tenant_id,
            or_(Pairing.referral_id == Referral.id, Pairing.other_id == Referral.id),
            Pairing.sort == LINK,
            Pairing.ended_at.is_(None),
            within_sight(actor, _OTHER),
        )
        .correlate(Referral)
        .scalar_subquery()
    )
