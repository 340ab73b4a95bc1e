"""Brings the database to what a council's folder says: all of it in one transaction, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import func, insert, select, text, update

from portal.audit import events
from portal.auth.commands import terms
from portal.forms.commands.folder_forms import AppliedForm, bring
from portal.forms.digests import digest
from portal.forms.families import CONCERN
from portal.forms.folder import CouncilFolder
from portal.forms.models import FormVersion
from portal.kernel import clock, db, scope
from portal.kernel.scope import Council, Scope
from portal.tenants import own_parts, vault
from portal.tenants.commands import folder_agencies, logos
from portal.tenants.commands.folder_agencies import LOCK, AgencyDisagreement
from portal.tenants.models import CouncilKey, CouncilRow
from portal.tenants.settings import parse_council

__all__ = ["AgencyDisagreement", "Applied", "apply"]


@dataclass(frozen=True)
class Applied:
    """What was done, for the command line; `changed` is False when the folder was applied before as it is. `kept` are
    the parts of the settings that the council changed in the portal, and that the folder has otherwise."""

    slug: str
    changed: bool
    new: bool = False
    agencies: int = 0
    forms: tuple[AppliedForm, ...] = ()
    kept: tuple[str, ...] = ()

    @property
    def form_number(self) -> int:
        """The newest number of the concern form."""
        return next((form.number for form in self.forms if form.key == CONCERN), 0)


def apply(folder: CouncilFolder, *, replace_designed: bool = False, replace_settings: bool = False) -> Applied:
    """Load a checked folder into the database, as the role that owns it; safe to repeat.

    A form whose newest version was made in the portal stays as it is, unless `replace_designed` says otherwise; so do
    the parts of the settings that were changed there, unless `replace_settings` does.

    Raises AgencyDisagreement when an agency of the folder is known to another council with another kind or other
    domains, SettingsMistakes when what the council changed in the portal does not fit the folder's settings any more.
    Whatever is raised, nothing is changed.
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
        own = () if known is None or replace_settings else _own_parts(council)
        wishes = {"replace_designed": replace_designed, "replace_settings": replace_settings}
        return _apply(folder, council, own, new=known is None, **wishes)


def _own_parts(council: Council) -> tuple[str, ...]:
    query = select(CouncilRow.own_parts).where(CouncilRow.id == council.id)
    return tuple(db.session().execute(query).scalar_one())


def _apply(
    folder: CouncilFolder,
    council: Council,
    own: tuple[str, ...],
    *,
    new: bool,
    replace_designed: bool,
    replace_settings: bool,
) -> Applied:
    content = _content(folder)
    agencies = len(folder.agencies)
    stored = select(CouncilRow.folder_hash, CouncilRow.own_parts, CouncilRow.settings).where(
        CouncilRow.id == council.id
    )
    row = db.session().execute(stored).one_or_none()
    known = row is not None and row.folder_hash == content and not (replace_settings and row.own_parts)
    document = dict(folder.settings_document)
    if row is not None and own:
        document = own_parts.with_parts(document, row.settings, own)
        parse_council(document)
    if not known:
        _write_council(document, council, content, own, new=new)
        folder_agencies.bring(folder.agencies, council, new=new)
    if folder.logo is not None:
        logos.keep(council.id, folder.logo)
    terms.publish(parse_council(document).pages["terms"])
    before = _versions(council)
    forms = tuple(bring(council.id, family, replace_designed=replace_designed) for family in folder.families)
    changed = not known or _versions(council) > before
    if changed:
        events.record(events.Event.COUNCIL_APPLIED, council.id, hash=content)
    kept = tuple(own_parts.differing(document, folder.settings_document))
    return Applied(council.slug, changed=changed, new=new, agencies=agencies, forms=forms, kept=kept)


def _content(folder: CouncilFolder) -> str:
    """A digest of all that the folder says."""
    forms = [[family.form_document, family.thresholds_document, *family.scenarios] for family in folder.families]
    return digest([folder.settings_document, folder.agencies_document, forms])


def _versions(council: Council) -> int:
    """How many versions of forms the council has."""
    query = select(func.count()).select_from(FormVersion).where(FormVersion.tenant_id == council.id)
    return db.session().execute(query).scalar_one()


def _write_council(
    document: dict[str, Any], council: Council, content: str, own: tuple[str, ...], *, new: bool
) -> None:
    values = {
        "nation": council.nation,
        "settings": document,
        "own_parts": list(own),
        "folder_hash": content,
        "changed_at": clock.now(),
    }
    if not new:
        newer = {**values, "version": CouncilRow.version + 1}
        db.session().execute(update(CouncilRow).where(CouncilRow.id == council.id).values(newer))
        return
    db.session().execute(insert(CouncilRow).values(id=council.id, slug=council.slug, **values))
    wrapped = vault.new_council_key(council.id)
    db.session().execute(
        insert(CouncilKey).values(tenant_id=council.id, id=uuid4(), version=1, wrapped=wrapped, created_at=clock.now())
    )
