"""Which of the council's approved agencies an address may belong to."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from portal.auth.agency_rules import DomainRule, Reason, match
from portal.auth.models import Agency, AgencyApproval, AgencyDomain
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


def judge(address: str) -> Judged:
    """Judge an address by the domains of the agencies that this council has approved."""
    rows = db.session().execute(
        select(Agency.id, Agency.name, AgencyDomain.domain, AgencyDomain.match, AgencyDomain.kind)
        .join(AgencyApproval, AgencyApproval.agency_id == Agency.id)
        .join(AgencyDomain, AgencyDomain.agency_id == Agency.id)
        .where(AgencyApproval.state == "approved")
    )
    names: dict[str, Choice] = {}
    rules = []
    for row in rows:
        names[str(row.id)] = Choice(row.id, row.name)
        rules.append(DomainRule(str(row.id), row.domain, row.match, row.kind))
    found = match(address, rules)
    agencies = sorted((names[key] for key in found.agencies), key=lambda one: one.name.get("en", ""))
    return Judged(found.accepted, found.reason, tuple(agencies))
