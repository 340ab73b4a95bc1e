"""Which of the council's approved agencies an address may belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select

from portal.auth.agency_rules import DomainRule, Reason, match
from portal.auth.models import Agency, AgencyApproval, AgencyDomain, DomainConfirmation
from portal.kernel import db
from portal.kernel.language import Text


@dataclass(frozen=True)
class Choice:
    """An agency that the person may say they work for."""

    id: UUID
    name: Text


@dataclass(frozen=True)
class Judged:
    """What the address proves here: the agencies it may belong to, and why or why not (a stable code)."""

    accepted: bool
    reason: Reason
    agencies: tuple[Choice, ...]

    def agency(self, agency_id: str) -> Choice | None:
        """The agency with that id, if the address may belong to it."""
        return next((one for one in self.agencies if str(one.id) == agency_id), None)


def rules() -> Select[*tuple[Any, ...]]:
    """Every domain of the agencies that this council has approved, and its confirmation here (None: frozen)."""
    return (
        select(
            Agency.id,
            Agency.key,
            Agency.name,
            AgencyDomain.domain,
            AgencyDomain.match,
            AgencyDomain.kind,
            DomainConfirmation.id.label("confirmation"),
        )
        .join(AgencyApproval, AgencyApproval.agency_id == Agency.id)
        .join(AgencyDomain, AgencyDomain.agency_id == Agency.id)
        .outerjoin(
            DomainConfirmation,
            and_(
                DomainConfirmation.tenant_id == AgencyApproval.tenant_id,
                DomainConfirmation.domain_id == AgencyDomain.id,
            ),
        )
        .where(AgencyApproval.state == "approved")
        .order_by(Agency.key, AgencyDomain.domain)
    )


def judge(address: str) -> Judged:
    """Judge an address by the domains of the agencies that this council has approved."""
    names: dict[str, Choice] = {}
    found_rules = []
    for row in db.session().execute(rules()):
        names[str(row.id)] = Choice(row.id, row.name)
        frozen = row.confirmation is None
        found_rules.append(DomainRule(str(row.id), row.domain, row.match, row.kind, frozen=frozen))
    found = match(address, found_rules)
    agencies = sorted((names[key] for key in found.agencies), key=lambda one: one.name.get("en", ""))
    return Judged(found.accepted, found.reason, tuple(agencies))
