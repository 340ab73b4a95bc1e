"""Brings the register of agencies to what a council's agencies.yaml says, and leaves what people decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from portal.auth.models import Agency, AgencyApproval, AgencyDomain, AgencySite, DomainConfirmation
from portal.kernel import clock, db, scope
from portal.kernel.scope import Council, Scope
from portal.tenants import agency_list
from portal.tenants.agency_list import COUNCIL
from portal.tenants.models import CouncilRow

# Any constant: two writers at once would both find an agency missing and both add it.
LOCK = 7_246_120_314
FOLDER = "agencies.yaml"


class AgencyDisagreement(Exception):
    """Agencies that other councils know differently; `mistakes` are sentences about the folder's agencies.yaml."""

    file = FOLDER

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = tuple(mistakes)


def bring(agencies: Sequence[agency_list.Agency], council: Council, *, new: bool) -> None:
    """Write the folder's agencies, as the owner of the tables and under LOCK.

    Agencies that the council manages and has changed in the portal stay as they are, and so do those that another
    council manages; a decision that a person made about an agency stays too. A domain that comes to a council which
    is there already waits to be confirmed, unless the folder says who confirmed it.
    """
    query = select(Agency.id, Agency.key, Agency.kind, Agency.name, Agency.managed_by, Agency.version).where(
        Agency.key.in_([agency.key for agency in agencies])
    )
    known = {row.key: row for row in db.session().execute(query)}
    others = _approved_elsewhere(council)
    shared = {key for key, row in known.items() if row.id in others}
    _refuse_disagreement([(agency, known[agency.key]) for agency in agencies if agency.key in shared])
    ids = []
    for agency in agencies:
        row = known.get(agency.key)
        agency_id: UUID = row.id if row else uuid4()
        # Another council's words for the same agency stay unless this one says them too.
        name = {**(row.name if agency.key in shared else {}), **agency.name} if row else dict(agency.name)
        keeper = row.managed_by if row and agency.key in shared else _keeper(agency, council)
        added: set[str] = set()
        if row is None or _ours_to_write(row, council):
            added = _write(agency, agency_id, {"name": name, "managed_by": keeper}, known=row is not None)
        _confirm(agency, agency_id, council, added, new=new)
        ids.append(agency_id)
    _approve(ids, council)


def _keeper(agency: agency_list.Agency, council: Council) -> UUID | None:
    return council.id if agency.managed_by == COUNCIL else None


def _ours_to_write(row: Any, council: Council) -> bool:
    return row.managed_by is None or (row.managed_by == council.id and row.version == 1)


def _approved_elsewhere(council: Council) -> set[UUID]:
    """Agencies on another council's list. Row-level security binds the owner too: each council is asked alone."""
    query = select(CouncilRow.id, CouncilRow.slug, CouncilRow.nation).where(CouncilRow.id != council.id)
    found: set[UUID] = set()
    for row in db.session().execute(query).all():
        other = Council(row.id, row.slug, {}, row.nation, ())
        with db.unit_of_work(Scope(council=other, actor=scope.SYSTEM)) as session:
            approved = select(AgencyApproval.agency_id).where(AgencyApproval.state != "ended")
            found.update(session.execute(approved).scalars())
    return found


def _refuse_disagreement(shared: Sequence[tuple[agency_list.Agency, Any]]) -> None:
    mistakes = []
    for agency, row in shared:
        if row.kind != agency.type:
            mistakes.append(
                f"“{agency.key}” is of the type {row.kind} in another council's list, and {agency.type} here"
            )
        if _domains_of(row.id) != _domains_in(agency):
            mistakes.append(f"“{agency.key}” has other domains, or other matches, in another council's list")
    if mistakes:
        raise AgencyDisagreement(mistakes)


def _domains_of(agency_id: UUID) -> set[tuple[str, str, str]]:
    domain = AgencyDomain
    query = select(domain.domain, domain.match, domain.kind).where(domain.agency_id == agency_id)
    return {(row.domain, row.match, row.kind) for row in db.session().execute(query)}


def _domains_in(agency: agency_list.Agency) -> set[tuple[str, str, str]]:
    return {(rule.domain, rule.match, rule.kind) for rule in agency.domains}


def _write(agency: agency_list.Agency, agency_id: UUID, more: Mapping[str, Any], *, known: bool) -> set[str]:
    """Write one agency; returns the domains that it did not have before."""
    values = {
        "kind": agency.type,
        "identifier_scheme": agency.scheme,
        "identifier": agency.identifier,
        "other_identifiers": dict(agency.others),
        "phone": agency.phone,
        **more,
    }
    if known:
        db.session().execute(update(Agency).where(Agency.id == agency_id).values(values))
    else:
        db.session().execute(insert(Agency).values(id=agency_id, key=agency.key, **values))
    write_sites(agency_id, agency.sites)
    return _write_domains(agency, agency_id)


def write_sites(agency_id: UUID, sites: Sequence[agency_list.Site]) -> None:
    """The agency's sites, in place of those that it had."""
    db.session().execute(delete(AgencySite).where(AgencySite.agency_id == agency_id))
    for site in sites:
        said = {"address": site.address, "postcode": site.postcode, "phone": site.phone, "code": site.code}
        db.session().execute(insert(AgencySite).values(id=uuid4(), agency_id=agency_id, name=dict(site.name), **said))


def _write_domains(agency: agency_list.Agency, agency_id: UUID) -> set[str]:
    reach = {rule.domain: rule.match for rule in agency.domains}
    for rule in agency.domains:
        # Shared or not is said about the others: it leaves the domain confirmed.
        db.session().execute(
            update(AgencyDomain)
            .where(AgencyDomain.agency_id == agency_id, AgencyDomain.domain == rule.domain)
            .values(kind=rule.kind)
        )
    before, after = _domains_of(agency_id), _domains_in(agency)
    gone = [domain for domain, match, _kind in before if reach.get(domain) != match]
    # Its confirmations go with a domain: one that comes back, or reaches further, is confirmed anew.
    db.session().execute(delete(AgencyDomain).where(AgencyDomain.agency_id == agency_id, AgencyDomain.domain.in_(gone)))
    for domain, match, kind in sorted(after - before):
        said = {"domain": domain, "match": match, "kind": kind}
        db.session().execute(insert(AgencyDomain).values(id=uuid4(), agency_id=agency_id, **said))
    return {domain for domain, *_rest in after - before}


def _confirm(agency: agency_list.Agency, agency_id: UUID, council: Council, added: set[str], *, new: bool) -> None:
    query = select(AgencyDomain.id, AgencyDomain.domain, AgencyDomain.added_at).where(
        AgencyDomain.agency_id == agency_id
    )
    for row in db.session().execute(query).all():
        note = agency.confirmed.get(row.domain)
        fresh = row.domain in added
        if not new and (note is None or not (fresh or note.on >= row.added_at.date())):
            continue
        statement = upsert(DomainConfirmation).values(
            tenant_id=council.id,
            id=uuid4(),
            domain_id=row.id,
            confirmed_by=note.by if note else FOLDER,
            confirmed_at=datetime.combine(note.on, time(12), UTC) if note else clock.now(),
        )
        db.session().execute(statement.on_conflict_do_nothing(constraint="uq_domain_confirmation_tenant_id_domain_id"))


def _approve(agency_ids: Sequence[UUID], council: Council) -> None:
    """The folder's agencies are approved; those that left it are not any more, and keep their history.

    Where a person of the council has decided, or added the agency in the portal, that stands.
    """
    approval = AgencyApproval
    db.session().execute(
        update(approval)
        .where(
            approval.tenant_id == council.id,
            approval.agency_id.not_in(agency_ids),
            approval.changed_at.is_(None),
        )
        .values(state="ended")
    )
    for agency_id in agency_ids:
        statement = upsert(approval).values(
            tenant_id=council.id, id=uuid4(), agency_id=agency_id, state="approved", approved_at=clock.now()
        )
        db.session().execute(
            statement.on_conflict_do_update(
                constraint="uq_agency_approval_tenant_id_agency_id",
                set_={"state": "approved"},
                where=approval.changed_at.is_(None),
            )
        )
