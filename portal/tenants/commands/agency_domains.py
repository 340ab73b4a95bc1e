"""Email domains of agencies: added and removed by who keeps the agency, confirmed by each council for itself."""

from __future__ import annotations

from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import delete, insert
from sqlalchemy.dialects.postgresql import insert as upsert

from portal.audit import events
from portal.audit.events import Event
from portal.auth.agency_rules import DomainRule, MatchHow, fault_in, overlap
from portal.auth.models import AgencyDomain, DomainConfirmation
from portal.kernel import clock, db
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import Actor, council_id
from portal.tenants.commands.agencies import note, touch
from portal.tenants.queries import agency_domains as queries
from portal.tenants.queries.agencies import Entry
from portal.tenants.queries.agency_domains import Domain

LONGEST_BY = 300
MOST_DOMAINS = 50


def add(actor: Actor, entry: Entry, domain: str, match: str, *, shared: bool, seen: int) -> None:
    """Add a domain, exactly as typed but for capitals; nobody registers by it before somebody confirms it.

    A domain that another agency here has too can prove neither, and is shared whatever was said. Raises
    Invalid({"domain": format|police|tier|authority|webmail|learner|many|there}).
    """
    domain = domain.lower()
    rule = DomainRule(str(entry.id), domain, cast("MatchHow", match))
    claimed = any(overlap(rule, other) for owner, _name, other in queries.claims() if owner != entry.id)
    kind = "shared" if shared or claimed or domain == "police.uk" else "exclusive"
    fault = fault_in(DomainRule(rule.agency, domain, rule.match, "shared" if kind == "shared" else "exclusive"))
    if fault is not None:
        raise Invalid({"domain": fault})
    there = next((one for one in entry.domains if one.domain == domain), None)
    if there is not None:
        if there.match == match:
            return
        raise Invalid({"domain": "there"})
    if len(entry.domains) >= MOST_DOMAINS:
        raise Invalid({"domain": "many"})
    touch(entry, seen)
    insert_domain(entry.id, domain, match, kind)
    note(actor, entry.id, "domain_added", domain)
    events.record(Event.DOMAIN_ADDED, entry.id, domain=domain)


def insert_domain(agency_id: UUID, domain: str, match: str, kind: str) -> None:
    """The row itself: without a confirmation, and so frozen."""
    db.session().execute(
        insert(AgencyDomain).values(
            id=uuid4(), agency_id=agency_id, domain=domain, match=match, kind=kind, added_at=clock.now()
        )
    )


def _of(entry: Entry, domain_id: UUID) -> Domain | None:
    return next((one for one in entry.domains if one.id == domain_id), None)


def remove(actor: Actor, entry: Entry, domain_id: UUID, seen: int) -> None:
    """Remove a domain; whoever is in already stays in, and nobody else registers by it. One that is gone is gone."""
    found = _of(entry, domain_id)
    if found is None:
        return
    touch(entry, seen)
    db.session().execute(delete(AgencyDomain).where(AgencyDomain.id == domain_id, AgencyDomain.agency_id == entry.id))
    note(actor, entry.id, "domain_removed", found.domain)
    events.record(Event.DOMAIN_REMOVED, entry.id, domain=found.domain)


def confirm(actor: Actor, entry: Entry, domain_id: UUID, by: str) -> None:
    """Write down who said that the domain is the agency's; the first confirmation stands.

    Raises Conflict when somebody at the council confirmed it first with other words.
    """
    found = _of(entry, domain_id)
    if found is None:
        raise NotFound("no such domain")
    made = db.session().execute(
        upsert(DomainConfirmation)
        .values(
            tenant_id=council_id(),
            id=uuid4(),
            domain_id=domain_id,
            confirmed_by=by,
            confirmed_at=clock.now(),
            account_id=actor.account_id,
        )
        .on_conflict_do_nothing(constraint="uq_domain_confirmation_tenant_id_domain_id")
        .returning(DomainConfirmation.id)
    )
    if made.scalar_one_or_none() is None:
        if found.confirmed_by == by:
            return
        raise Conflict("somebody confirmed it first")
    note(actor, entry.id, "domain_confirmed", f"{found.domain}: {by}")
    events.record(Event.DOMAIN_CONFIRMED, entry.id, domain=found.domain)


def question(actor: Actor, entry: Entry, domain_id: UUID, why: str) -> None:
    """Take a confirmation back: nobody registers by the domain until somebody confirms it again."""
    found = _of(entry, domain_id)
    if found is None:
        raise NotFound("no such domain")
    gone = db.session().execute(
        delete(DomainConfirmation)
        .where(DomainConfirmation.tenant_id == council_id(), DomainConfirmation.domain_id == domain_id)
        .returning(DomainConfirmation.id)
    )
    if gone.scalar_one_or_none() is None:
        return
    note(actor, entry.id, "domain_frozen", f"{found.domain}: {why}")
    events.record(Event.DOMAIN_FROZEN, entry.id, domain=found.domain)
