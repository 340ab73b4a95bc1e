"""How many reports there are of each kind, as rows that are only ever added, and folded by a job."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.auth.models import one_of
from portal.kernel.tables import TenantTable

TALLY_KINDS = ("state", "route", "agency", "owner", "urgent", "received", "decided", "hit_owner", "hit_agency", "due")


class Tally(TenantTable):
    """A number to add: triggers on `referral` write them, in the transaction that changes a report.

    State, of all; of what is open: route, agency, owner ("" for nobody) and urgent ("unclaimed", "claimed"). Of a
    local `day`: received (by route), decided ("in_time", "late"), and that by its owner and by its agency
    ("<id>/late"). Of the local `day` on which it was due: open reports that are late when it is over, so not those
    whose clock stands still in time; folding puts what is late already under one day.

    Guarded reports, which not everybody sees, are not in it.

    Without a foreign key to the council: the report's own, in the same transaction, says that it is there, and whoever
    works on a report would wait for it to be checked twice more.
    """

    __tablename__ = "tally"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-2)
    kind: Mapped[str]
    key: Mapped[str]
    day: Mapped[date | None]
    number: Mapped[int] = mapped_column()

    __table_args__ = (
        CheckConstraint(one_of("kind", TALLY_KINDS), name="kind"),
        Index("ix_tally_kind", "tenant_id", "kind", "day"),
    )
