"""What the decision that counts says of handing a report to early help."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from portal.earlyhelp.queries.offers import Offer
from portal.earlyhelp.states import ACCEPTED, OF_DECISION
from portal.kernel import db, scope
from portal.referrals.queries.record import Found
from portal.screening.models import Decision


@dataclass(frozen=True)
class Standing:
    """The decision that counts: its kind, and whether what it says of consent is enough to hand over."""

    id: UUID
    kind: str
    consent: str

    @property
    def agreed(self) -> bool:
        """Whether nothing more must be said of consent."""
        return self.consent in OF_DECISION


def standing(found: Found) -> Standing | None:
    """The decision that counts; None without one."""
    query = select(Decision.id, func.coalesce(Decision.kind, ""), func.coalesce(Decision.consent, "")).where(
        Decision.tenant_id == scope.council().id, Decision.referral_id == found.id, Decision.replaced_at.is_(None)
    )
    row = db.session().execute(query).one_or_none()
    return Standing(*row) if row else None


def unagreed(now: Standing | None, one: Offer) -> bool:
    """Whether a team works on what the family had agreed to when it was offered, and the decision that counts says so
    no more."""
    return one.state == ACCEPTED and one.consent in OF_DECISION and now is not None and not now.agreed
