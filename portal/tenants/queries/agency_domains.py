"""The email domains of agencies as one council sees them: whose, how far they reach, and who confirmed them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import and_, select

from portal.auth.agency_rules import DomainRule, MatchHow, overlap
from portal.auth.models import Account, Agency, AgencyApproval, AgencyDomain, DomainConfirmation
from portal.kernel import db
from portal.kernel.language import Text
from portal.kernel.scope import council_id
from portal.tenants.queries.here import approved_here


@dataclass(frozen=True)
class Domain:
    """One domain with who confirmed it here; `others` are the names of agencies here that have it too."""

    id: UUID
    domain: str
    match: str
    kind: str
    added_at: datetime
    confirmed_by: str
    confirmed_at: datetime | None
    recorded_by: str
    others: tuple[Text, ...]

    @property
    def frozen(self) -> bool:
        """Whether it waits for somebody to confirm it."""
        return self.confirmed_at is None


def claims() -> list[tuple[UUID, Text, DomainRule]]:
    """Every domain of the agencies approved here: whose it is, and its rule."""
    query = (
        select(Agency.id, Agency.name, AgencyDomain.domain, AgencyDomain.match, AgencyDomain.kind)
        .join(AgencyApproval, approved_here())
        .join(AgencyDomain, AgencyDomain.agency_id == Agency.id)
        .where(AgencyApproval.state == "approved")
    )
    return [
        (row.id, row.name, DomainRule(str(row.id), row.domain, row.match, row.kind))
        for row in db.session().execute(query)
    ]


def domains(agency_id: UUID) -> tuple[Domain, ...]:
    """The domains of one agency, with who confirmed each here."""
    everybody = claims()
    query = (
        select(AgencyDomain, DomainConfirmation.confirmed_by, DomainConfirmation.confirmed_at, Account.name)
        .outerjoin(
            DomainConfirmation,
            and_(DomainConfirmation.domain_id == AgencyDomain.id, DomainConfirmation.tenant_id == council_id()),
        )
        .outerjoin(Account, Account.id == DomainConfirmation.account_id)
        .where(AgencyDomain.agency_id == agency_id)
        .order_by(AgencyDomain.domain)
    )
    found = []
    for one, by, at, name in db.session().execute(query):
        rule = DomainRule(str(agency_id), one.domain, cast("MatchHow", one.match))
        others = tuple(text for owner, text, other in everybody if owner != agency_id and overlap(rule, other))
        found.append(Domain(one.id, one.domain, one.match, one.kind, one.added_at, by or "", at, name or "", others))
    return tuple(found)
