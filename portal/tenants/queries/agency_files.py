"""What a file of agencies would change here: each row compared with the register."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select, tuple_

from portal.auth.agency_rules import DomainRule, overlap
from portal.auth.models import Agency, AgencyApproval, AgencySite
from portal.kernel import db
from portal.kernel.errors import NotFound
from portal.kernel.scope import council_id
from portal.tenants.agency_files import RowMistake
from portal.tenants.agency_layouts import Row
from portal.tenants.models import AgencyImport
from portal.tenants.queries.agency_domains import claims

NEW, CHANGED, KNOWN, SAME, CLOSED, NOT_OURS, NO_TRUST = (
    "new", "changed", "known", "same", "closed", "not_ours", "no_trust",
)  # fmt: skip
TAKEABLE = (NEW, CHANGED, KNOWN)
_TRUST = "hospital_trust"


@dataclass(frozen=True)
class Planned:
    """What taking one row would do. `differs` names what is said otherwise; `domain` is proposed, to be confirmed."""

    row: Row
    what: str
    agency_id: UUID | None = None
    version: int = 0
    differs: tuple[str, ...] = ()
    domain: str = ""
    site_id: UUID | None = None

    @property
    def takeable(self) -> bool:
        """Whether there is anything to take."""
        return self.what in TAKEABLE


@dataclass(frozen=True)
class Plan:
    """Every row with what it would do; `digest` says whether two plans are the same."""

    rows: tuple[Planned, ...]

    def of(self, what: str) -> tuple[Planned, ...]:
        """The rows that would do that."""
        return tuple(one for one in self.rows if one.what == what)

    @property
    def takeable(self) -> tuple[Planned, ...]:
        """The rows of which something can be taken."""
        return tuple(one for one in self.rows if one.takeable)

    @property
    def digest(self) -> str:
        """The same for the same changes to the same register."""
        said = [(one.row.line, one.what, str(one.agency_id), one.version, one.domain) for one in self.rows]
        return hashlib.sha256(repr(said).encode()).hexdigest()


@dataclass(frozen=True)
class Kept:
    """A file that was read and waits to be taken from."""

    id: UUID
    layout: str
    rows: tuple[Row, ...]
    mistakes: tuple[RowMistake, ...]
    applied: bool


def as_rows(rows: Sequence[Row], mistakes: Sequence[RowMistake]) -> list[dict[str, Any]]:
    """Rows and mistakes as they are stored."""
    return [asdict(one) for one in rows] + [{"mistake": asdict(one)} for one in mistakes]


def kept(import_id: UUID) -> Kept:
    """A file that this council keeps; raises NotFound."""
    found = db.session().get(AgencyImport, (council_id(), import_id))
    if found is None:
        raise NotFound("no such file")
    rows = tuple(Row(**one) for one in found.rows if "mistake" not in one)
    mistakes = tuple(RowMistake(**one["mistake"]) for one in found.rows if "mistake" in one)
    return Kept(found.id, found.layout, rows, mistakes, found.applied_at is not None)


def plan(rows: Sequence[Row]) -> Plan:
    """Compare the rows with the register as this council sees it."""
    wanted = {(row.scheme, row.trust or row.identifier, row.kind) for row in rows}
    known = _known(wanted)
    sites = _sites([one.id for one in known.values()]) if any(row.trust for row in rows) else {}
    taken = [rule for _owner, _name, rule in claims()]
    found = []
    for row in rows:
        agency = known.get((row.scheme, row.trust or row.identifier, row.kind))
        found.append(_site(row, agency, sites) if row.trust else _agency(row, agency, taken))
    return Plan(tuple(found))


def _known(wanted: set[tuple[str, str, str]]) -> dict[tuple[str, str, str], Any]:
    numbers = tuple_(Agency.identifier_scheme, Agency.identifier, Agency.kind)
    query = (
        select(
            Agency.id,
            Agency.identifier_scheme,
            Agency.identifier,
            Agency.kind,
            Agency.name,
            Agency.phone,
            Agency.other_identifiers,
            Agency.managed_by,
            Agency.version,
            AgencyApproval.state,
        )
        .outerjoin(
            AgencyApproval,
            and_(AgencyApproval.agency_id == Agency.id, AgencyApproval.tenant_id == council_id()),
        )
        .where(numbers.in_(sorted(wanted)))
        # Of two with one number the last stands: the one that the council knows already.
        .order_by(AgencyApproval.state.is_not(None), Agency.id)
    )
    return {
        (row.identifier_scheme, row.identifier, row.kind): row
        for row in (db.session().execute(query) if wanted else ())
    }


def _sites(agency_ids: Sequence[UUID]) -> dict[tuple[UUID, str], AgencySite]:
    query = select(AgencySite).where(AgencySite.agency_id.in_(agency_ids), AgencySite.code != "")
    return {(one.agency_id, one.code): one for one in db.session().execute(query).scalars()}


def _agency(row: Row, agency: Any, taken: Sequence[DomainRule]) -> Planned:
    if agency is None:
        return Planned(row, CLOSED if row.closed else NEW, domain="" if row.closed else _proposed(row, taken))
    about = {"agency_id": agency.id, "version": agency.version}
    if row.closed:
        return Planned(row, CLOSED, **about)
    if agency.state is None:
        return Planned(row, KNOWN, **about)
    if agency.managed_by != council_id():
        return Planned(row, SAME, **about)
    differs = tuple(
        name
        for name, wrong in (
            ("name", agency.name.get("en") != row.name),
            ("phone", bool(row.phone) and agency.phone != row.phone),
            ("numbers", _other_numbers(agency.other_identifiers, row.others)),
        )
        if wrong
    )
    return Planned(row, CHANGED if differs else SAME, differs=differs, **about)


def _other_numbers(stored: Mapping[str, str], said: Mapping[str, str]) -> bool:
    return any(stored.get(scheme) != number for scheme, number in said.items())


def _proposed(row: Row, taken: Sequence[DomainRule]) -> str:
    """A website's domain, unless an agency here has it: then a person must say whose it is."""
    rule = DomainRule("", row.domain)
    return "" if not row.domain or any(overlap(rule, other) for other in taken) else row.domain


def _site(row: Row, trust: Any, sites: Mapping[tuple[UUID, str], AgencySite]) -> Planned:
    if trust is None:
        return Planned(row, CLOSED if row.closed else NO_TRUST)
    about: dict[str, Any] = {"agency_id": trust.id, "version": trust.version}
    if trust.managed_by != council_id():
        return Planned(row, NOT_OURS, **about)
    site = sites.get((trust.id, row.identifier))
    if row.closed:
        return Planned(row, CLOSED, **about)
    if site is None:
        return Planned(row, NEW, **about)
    differs = tuple(
        name
        for name, wrong in (
            ("name", site.name.get("en") != row.name),
            ("phone", bool(row.phone) and site.phone != row.phone),
            ("address", (site.address, site.postcode) != (row.address, row.postcode)),
        )
        if wrong
    )
    return Planned(row, CHANGED if differs else SAME, differs=differs, site_id=site.id, **about)
