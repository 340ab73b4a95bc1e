"""Brings the database to what a council's folder says: all of it in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from portal.audit import events
from portal.auth.models import Agency, AgencyApproval, AgencyDomain
from portal.forms.commands.folder_forms import AppliedForm, bring
from portal.forms.digests import digest
from portal.forms.families import CONCERN
from portal.forms.folder import AGENCIES, CouncilFolder
from portal.forms.models import FormVersion
from portal.kernel import clock, db, scope
from portal.kernel.scope import Council, Scope
from portal.tenants import agency_list, vault
from portal.tenants.models import CouncilKey, CouncilRow

# Any constant: two applications at once would both find an agency missing and both add it.
LOCK = 7_246_120_314


class AgencyDisagreement(Exception):
    """Agencies that other councils know differently; `mistakes` are sentences about the folder's agencies.yaml."""

    file = AGENCIES

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = tuple(mistakes)


@dataclass(frozen=True)
class Applied:
    """What was done, for the command line; `changed` is False when the folder was applied before as it is."""

    slug: str
    changed: bool
    new: bool = False
    agencies: int = 0
    forms: tuple[AppliedForm, ...] = ()

    @property
    def form_number(self) -> int:
        """The newest number of the concern form."""
        return next((form.number for form in self.forms if form.key == CONCERN), 0)


def apply(folder: CouncilFolder, *, replace_designed: bool = False) -> Applied:
    """Load a checked folder into the database, as the role that owns it; safe to repeat.

    A form whose newest version was made in the portal stays as it is, unless `replace_designed` says otherwise.

    Raises AgencyDisagreement when an agency of the folder is known to another council with another kind or other
    domains. Whatever is raised, nothing is changed.
    """
    with db.unit_of_work(scope.NOWHERE) as session:
        known = session.execute(
            select(CouncilRow.id).where(CouncilRow.slug == folder.settings.slug)
        ).scalar_one_or_none()
    made = known or uuid4()
    settings = folder.settings
    council = Council(made, settings.slug, settings.name, settings.nation, settings.languages, settings)
    with db.unit_of_work(Scope(council=council, actor=scope.SYSTEM)) as session:
        session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        return _apply(folder, council, new=known is None, replace_designed=replace_designed)


def _apply(folder: CouncilFolder, council: Council, *, new: bool, replace_designed: bool) -> Applied:
    content = _content(folder)
    agencies = len(folder.agencies)
    stored = select(CouncilRow.folder_hash).where(CouncilRow.id == council.id)
    known = not new and db.session().execute(stored).scalar_one_or_none() == content
    if not known:
        _write_council(folder, council, content, new=new)
        _write_agencies(folder.agencies, council)
    before = _versions(council)
    forms = tuple(bring(council.id, family, replace_designed=replace_designed) for family in folder.families)
    changed = not known or _versions(council) > before
    if changed:
        events.record(events.Event.COUNCIL_APPLIED, council.id, hash=content)
    return Applied(council.slug, changed=changed, new=new, agencies=agencies, forms=forms)


def _content(folder: CouncilFolder) -> str:
    """A digest of all that the folder says."""
    forms = [[family.form_document, family.thresholds_document, *family.scenarios] for family in folder.families]
    return digest([folder.settings_document, folder.agencies_document, forms])


def _versions(council: Council) -> int:
    """How many versions of forms the council has."""
    query = select(func.count()).select_from(FormVersion).where(FormVersion.tenant_id == council.id)
    return db.session().execute(query).scalar_one()


def _write_council(folder: CouncilFolder, council: Council, content: str, *, new: bool) -> None:
    values = {
        "nation": council.nation,
        "settings": dict(folder.settings_document),
        "folder_hash": content,
        "changed_at": clock.now(),
    }
    if not new:
        db.session().execute(update(CouncilRow).where(CouncilRow.id == council.id).values(values))
        return
    db.session().execute(insert(CouncilRow).values(id=council.id, slug=council.slug, **values))
    wrapped = vault.new_council_key(council.id)
    db.session().execute(
        insert(CouncilKey).values(tenant_id=council.id, id=uuid4(), version=1, wrapped=wrapped, created_at=clock.now())
    )


def _write_agencies(agencies: Sequence[agency_list.Agency], council: Council) -> None:
    rows = db.session().execute(
        select(Agency.id, Agency.key, Agency.kind, Agency.name).where(
            Agency.key.in_([agency.key for agency in agencies])
        )
    )
    known = {row.key: row for row in rows}
    others = _approved_elsewhere(council)
    shared = {key for key, row in known.items() if row.id in others}
    _refuse_disagreement([agency for agency in agencies if agency.key in shared])
    ids = []
    for agency in agencies:
        row = known.get(agency.key)
        agency_id: UUID = row.id if row else uuid4()
        # Another council's words for the same agency stay unless this one says them too.
        name = {**(row.name if agency.key in shared else {}), **agency.name} if row else dict(agency.name)
        _write_agency(agency, agency_id, name, known=row is not None)
        ids.append(agency_id)
    _approve(ids, council)


def _approved_elsewhere(council: Council) -> set[UUID]:
    """Agencies on another council's list. Row-level security binds the owner too: each council is asked alone."""
    query = select(CouncilRow.id, CouncilRow.slug, CouncilRow.nation).where(CouncilRow.id != council.id)
    found: set[UUID] = set()
    for row in db.session().execute(query).all():
        other = Council(row.id, row.slug, {}, row.nation, ())
        with db.unit_of_work(Scope(council=other, actor=scope.SYSTEM)) as session:
            approved = select(AgencyApproval.agency_id).where(AgencyApproval.state == "approved")
            found.update(session.execute(approved).scalars())
    return found


def _refuse_disagreement(shared: Sequence[agency_list.Agency]) -> None:
    mistakes = []
    for agency in shared:
        row = db.session().execute(select(Agency.id, Agency.kind).where(Agency.key == agency.key)).one()
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


def _write_agency(agency: agency_list.Agency, agency_id: UUID, name: Mapping[str, str], *, known: bool) -> None:
    values = {"name": dict(name), "kind": agency.type, "identifier": agency.identifier}
    if known:
        db.session().execute(update(Agency).where(Agency.id == agency_id).values(values))
    else:
        db.session().execute(insert(Agency).values(id=agency_id, key=agency.key, **values))
    if known and _domains_of(agency_id) == _domains_in(agency):
        return
    db.session().execute(delete(AgencyDomain).where(AgencyDomain.agency_id == agency_id))
    for domain, match, kind in sorted(_domains_in(agency)):
        rule = {"domain": domain, "match": match, "kind": kind}
        db.session().execute(insert(AgencyDomain).values(id=uuid4(), agency_id=agency_id, **rule))


def _approve(agency_ids: Sequence[UUID], council: Council) -> None:
    """The folder's agencies are approved; those that left it are not any more, and keep their history."""
    approval = AgencyApproval
    db.session().execute(
        update(approval)
        .where(approval.tenant_id == council.id, approval.agency_id.not_in(agency_ids))
        .values(state="ended")
    )
    for agency_id in agency_ids:
        statement = upsert(approval).values(
            tenant_id=council.id, id=uuid4(), agency_id=agency_id, state="approved", approved_at=clock.now()
        )
        db.session().execute(
            statement.on_conflict_do_update(
                constraint="uq_agency_approval_tenant_id_agency_id", set_={"state": "approved"}
            )
        )
