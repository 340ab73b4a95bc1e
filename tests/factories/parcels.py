"""Parcels of decided reports, which wait for somebody to copy them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

from sqlalchemy import insert, select

from portal.handover.models import Parcel
from portal.kernel import db, scope
from portal.kernel.scope import Council, Scope
from portal.referrals.models import Referral
from portal.screening.models import Decision

PARCEL = UUID("5f0c1d2e-0000-4000-8000-000000000003")


def add_parcels(council: Council, reports: Mapping[str, str], known: str) -> None:
    """One of each report of the council (references, by whose they are), that of `known` as PARCEL."""
    with db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
        for whose, reference in reports.items():
            query = select(Decision.referral_id, Decision.id).join(Referral, Referral.id == Decision.referral_id)
            for row in session.execute(query.where(Referral.reference == reference)).all():
                session.execute(
                    insert(Parcel).values(
                        tenant_id=council.id, id=PARCEL if whose == known else uuid4(), referral_id=row.referral_id,
                        decision_id=row.id, event="decided", by_hand=True,
                    )
                )  # fmt: skip
