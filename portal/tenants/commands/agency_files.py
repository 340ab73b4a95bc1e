"""Takes agencies from a published file: kept to be looked at first, then all that was chosen in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, or_, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.models import Agency, AgencySite
from portal.kernel import clock, db
from portal.kernel.errors import Conflict
from portal.kernel.scope import Actor, council_id
from portal.tenants.agency_files import Read
from portal.tenants.agency_layouts import Row
from portal.tenants.commands.agencies import Values, approve, insert_kept, lock, note
from portal.tenants.commands.agency_domains import insert_domain
from portal.tenants.models import AgencyImport
from portal.tenants.queries.agency_files import CHANGED, KNOWN, NEW, Kept, Plan, Planned, as_rows, plan

KEPT_FOR = timedelta(days=1)


def keep(actor: Actor, layout: str, found: Read) -> UUID:
    """Keep what was read until somebody has looked at it; the person's earlier file goes, and everybody's old ones."""
    db.session().execute(
        delete(AgencyImport).where(
            AgencyImport.tenant_id == council_id(),
            or_(AgencyImport.made_by == actor.account_id, AgencyImport.made_at < clock.now() - KEPT_FOR),
        )
    )
    import_id = uuid4()
    db.session().execute(
        insert(AgencyImport).values(
            tenant_id=council_id(),
            id=import_id,
            layout=layout,
            rows=as_rows(found.rows, found.mistakes),
            made_by=actor.account_id,
            made_at=clock.now(),
        )
    )
    return import_id


def take(actor: Actor, file: Kept, lines: Collection[int], seen: str) -> int:
    """Take the rows of those lines, as the plan that was seen says; returns how many. A file is taken from once.

    Raises Conflict when the register has changed since: the plan is another one now.
    """
    lock()
    taken = db.session().execute(
        update(AgencyImport)
        .where(AgencyImport.tenant_id == council_id(), AgencyImport.id == file.id, AgencyImport.applied_at.is_(None))
        .values(applied_at=clock.now())
        .returning(AgencyImport.id)
    )
    if taken.scalar_one_or_none() is None:
        return 0
    planned = plan(file.rows)
    if planned.digest != seen:
        raise Conflict("the register was changed elsewhere")
    return take_rows(actor, file.layout, planned, lines)


def take_rows(actor: Actor, layout: str, planned: Plan, lines: Collection[int]) -> int:
    """Take the rows of those lines; the caller holds the lock of the register."""
    chosen = [one for one in planned.takeable if one.row.line in lines]
    domains: set[str] = set()
    for one in chosen:
        if one.row.trust:
            _take_site(one)
        elif one.what == NEW:
            _take_new(actor, one, domains)
        elif one.what == CHANGED:
            _take_change(actor, one)
        elif one.what == KNOWN:
            _take_known(actor, one)
    _sites_noted(actor, chosen)
    events.record(Event.AGENCIES_IMPORTED, layout=layout, rows=len(chosen))
    return len(chosen)


def _take_new(actor: Actor, one: Planned, domains: set[str]) -> None:
    row = one.row
    values = Values({"en": row.name}, row.kind, row.scheme, row.identifier, row.phone, row.others)
    agency_id = insert_kept(values)
    approve(agency_id)
    if row.address or row.postcode:
        _insert_site(agency_id, row, "")
    # Two schools of one file with one website share it: a person must say whose it is.
    if one.domain and one.domain not in domains:
        insert_domain(agency_id, one.domain, "exact", "exclusive")
        domains.add(one.domain)
    note(actor, agency_id, "imported")
    events.record(Event.AGENCY_ADDED, agency_id, kind=row.kind)


def _take_change(actor: Actor, one: Planned) -> None:
    row, agency_id = one.row, _agency_of(one)
    columns = {"name": Agency.name.concat({"en": row.name})} | ({"phone": row.phone} if row.phone else {})
    db.session().execute(
        update(Agency)
        .where(Agency.id == agency_id)
        .values(
            version=Agency.version + 1,
            other_identifiers=Agency.other_identifiers.concat(dict(row.others)),
            **columns,
        )
    )
    note(actor, agency_id, "reimported")
    events.record(Event.AGENCY_CHANGED, agency_id, version=one.version + 1)


def _take_known(actor: Actor, one: Planned) -> None:
    agency_id = _agency_of(one)
    approve(agency_id)
    note(actor, agency_id, "approve")
    events.record(Event.AGENCY_DECIDED, agency_id, was="", now="approved")


def _agency_of(one: Planned) -> UUID:
    if one.agency_id is None:
        raise Conflict("the agency is gone")
    return one.agency_id


def _take_site(one: Planned) -> None:
    agency_id = _agency_of(one)
    if one.site_id is not None:
        db.session().execute(delete(AgencySite).where(AgencySite.id == one.site_id))
    _insert_site(agency_id, one.row, one.row.identifier)


def _insert_site(agency_id: UUID, row: Row, code: str) -> None:
    said = {"address": row.address, "postcode": row.postcode, "phone": row.phone if code else "", "code": code}
    db.session().execute(insert(AgencySite).values(id=uuid4(), agency_id=agency_id, name={"en": row.name}, **said))


def _sites_noted(actor: Actor, chosen: Sequence[Planned]) -> None:
    """One line of history for a trust, however many of its sites came."""
    for agency_id in sorted({_agency_of(one) for one in chosen if one.row.trust}):
        changed = db.session().execute(
            update(Agency).where(Agency.id == agency_id).values(version=Agency.version + 1).returning(Agency.version)
        )
        note(actor, agency_id, "reimported")
        events.record(Event.AGENCY_CHANGED, agency_id, version=changed.scalar_one())
