"""What a council decides about agencies: adds and changes those that it keeps, approves, suspends and ends any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from portal.audit import events
from portal.audit.events import Event
from portal.auth import identifiers
from portal.auth.models import Agency, AgencyApproval, AgencySite
from portal.kernel import clock, db
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.language import Text
from portal.kernel.scope import Actor, council_id
from portal.tenants.agency_list import Site
from portal.tenants.commands.folder_agencies import LOCK
from portal.tenants.models import AgencyDecision
from portal.tenants.queries import agencies as queries
from portal.tenants.queries.agencies import Entry

LONGEST_WHY = 1000
MOST_SITES = 200
# From which states a decision leads where; "" is an agency about which nothing was decided.
DECISIONS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "approve": (("",), "approved"),
    "suspend": (("approved",), "suspended"),
    "end": (("approved", "suspended"), "ended"),
    "take-back": (("suspended", "ended"), "approved"),
}


@dataclass(frozen=True)
class Values:
    """What may be said of an agency; `identifier` is bare."""

    name: Text
    kind: str
    scheme: str = ""
    identifier: str = ""
    phone: str = ""
    others: Mapping[str, str] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        """The table's columns."""
        return {
            "name": dict(self.name),
            "kind": self.kind,
            "identifier_scheme": self.scheme,
            "identifier": self.identifier,
            "phone": self.phone,
        }


def read_number(scheme: str, typed: str, kind: str) -> str:
    """The number bare; raises Invalid({"scheme" or "identifier": code})."""
    if not typed and not scheme:
        return ""
    try:
        return identifiers.read(scheme, typed, kind)
    except identifiers.BadIdentifier as bad:
        code = str(bad)
        raise Invalid({"identifier" if code == "format" else "scheme": code}) from None


def lock() -> None:
    """One writer of the register at a time: two would both find an agency missing and both add it."""
    db.session().execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def add(actor: Actor, values: Values, once: UUID) -> UUID:
    """Add an agency that the council keeps, and approve it; the same mark twice is once.

    Raises Conflict(agency=id) when an agency of that kind has the number already.
    """
    lock()
    before = queries.decided_once(once)
    if before is not None:
        return before
    known = queries.with_number(values.scheme, values.identifier, values.kind)
    if known is not None:
        raise Conflict("an agency has this number", agency=str(known))
    agency_id = insert_kept(values)
    approve(agency_id)
    note(actor, agency_id, "added", once=once)
    events.record(Event.AGENCY_ADDED, agency_id, kind=values.kind)
    return agency_id


def insert_kept(values: Values) -> UUID:
    """A new agency that the council keeps."""
    agency_id = uuid4()
    columns = {**values.columns(), "other_identifiers": dict(values.others)}
    db.session().execute(
        insert(Agency).values(id=agency_id, key=f"a-{agency_id.hex}", managed_by=council_id(), **columns)
    )
    return agency_id


def approve(agency_id: UUID) -> None:
    """Approve an agency about which nothing was decided here."""
    now = clock.now()
    db.session().execute(
        upsert(AgencyApproval)
        .values(tenant_id=council_id(), id=uuid4(), agency_id=agency_id, approved_at=now, changed_at=now)
        .on_conflict_do_nothing(constraint="uq_agency_approval_tenant_id_agency_id")
    )


def note(actor: Actor, agency_id: UUID, what: str, why: str = "", once: UUID | None = None) -> None:
    """Write down what a person decided, and why."""
    db.session().execute(
        insert(AgencyDecision).values(
            tenant_id=council_id(),
            id=uuid4(),
            agency_id=agency_id,
            what=what,
            why=why,
            decided_by=None if actor.system else actor.account_id,
            decided_at=clock.now(),
            once=once or uuid4(),
        )
    )


def take_on(actor: Actor, scheme: str, identifier: str, kind: str, once: UUID) -> UUID:
    """Approve an agency that somebody else keeps, known by its number; the same mark twice is once."""
    lock()
    before = queries.decided_once(once)
    if before is not None:
        return before
    agency_id = queries.with_number(scheme, identifier, kind)
    if agency_id is None:
        raise NotFound("no agency has this number")
    approve(agency_id)
    note(actor, agency_id, "approve", once=once)
    events.record(Event.AGENCY_DECIDED, agency_id, was="", now="approved")
    return agency_id


def touch(entry: Entry, seen: int, **columns: Any) -> None:
    """Change an agency that was seen at a version; raises Forbidden when another keeps it, Conflict when it changed."""
    if not entry.kept_here:
        raise Forbidden
    changed = db.session().execute(
        update(Agency)
        .where(Agency.id == entry.id, Agency.version == seen)
        .values(version=Agency.version + 1, **columns)
        .returning(Agency.id)
    )
    if changed.scalar_one_or_none() is None:
        raise Conflict("the agency was changed elsewhere")


def change(actor: Actor, entry: Entry, values: Values, seen: int) -> None:
    """Change what is said of an agency that the council keeps; the same words twice are once."""
    said = Values(entry.name, entry.kind, entry.scheme, entry.identifier, entry.phone)
    if entry.kept_here and values.columns() == said.columns():
        return
    lock()
    known = queries.with_number(values.scheme, values.identifier, values.kind)
    if known not in (None, entry.id):
        raise Invalid({"identifier": "known"})
    touch(entry, seen, **values.columns())
    note(actor, entry.id, "changed")
    events.record(Event.AGENCY_CHANGED, entry.id, version=seen + 1)


def decide(actor: Actor, entry: Entry, decision: str, why: str, *, seen: int, once: UUID) -> None:
    """Approve, suspend, end or take back; its people feel it at their next request.

    Raises NotFound for a decision that there is not, Conflict when the agency is not in a state for it or somebody
    decided first. The same mark twice is once.
    """
    if decision not in DECISIONS:
        raise NotFound
    before, after = DECISIONS[decision]
    if queries.decided_once(once) == entry.id:
        return
    if entry.state not in before or entry.approval_version != seen:
        raise Conflict("somebody decided first", state=entry.state)
    if entry.state == "":
        lock()
        approve(entry.id)
    else:
        _decide(entry, after)
    note(actor, entry.id, decision, why, once)
    events.record(Event.AGENCY_DECIDED, entry.id, was=entry.state, now=after)


def _decide(entry: Entry, after: str) -> None:
    changed = db.session().execute(
        update(AgencyApproval)
        .where(
            AgencyApproval.tenant_id == council_id(),
            AgencyApproval.agency_id == entry.id,
            AgencyApproval.version == entry.approval_version,
        )
        .values(state=after, version=AgencyApproval.version + 1, changed_at=clock.now())
        .returning(AgencyApproval.id)
    )
    if changed.scalar_one_or_none() is None:
        raise Conflict("somebody decided first", state=entry.state)


def add_site(actor: Actor, entry: Entry, site: Site, seen: int) -> None:
    """Add a place of the agency."""
    if any((one.name, one.postcode, one.address) == (site.name, site.postcode, site.address) for one in entry.sites):
        return
    if len(entry.sites) >= MOST_SITES:
        raise Invalid({"name": "many"})
    touch(entry, seen)
    said = {"address": site.address, "postcode": site.postcode, "phone": site.phone, "code": site.code}
    db.session().execute(insert(AgencySite).values(id=uuid4(), agency_id=entry.id, name=dict(site.name), **said))
    note(actor, entry.id, "changed")
    events.record(Event.AGENCY_CHANGED, entry.id, version=seen + 1)


def remove_site(actor: Actor, entry: Entry, site_id: UUID, seen: int) -> None:
    """Take a place away; one that is gone already is gone."""
    if all(one.id != site_id for one in entry.sites):
        return
    touch(entry, seen)
    db.session().execute(delete(AgencySite).where(AgencySite.id == site_id, AgencySite.agency_id == entry.id))
    note(actor, entry.id, "changed")
    events.record(Event.AGENCY_CHANGED, entry.id, version=seen + 1)
