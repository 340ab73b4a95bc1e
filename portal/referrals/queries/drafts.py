"""Which drafts a person may open, and one of them with its sections opened."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from portal.auth.models import Account
from portal.auth.policy import Permission, Reach, reach
from portal.auth.reach import within_reach, within_sight
from portal.forms.families import INFORMATION
from portal.forms.models import FormVersion
from portal.kernel import clock, db, scope
from portal.kernel.errors import NotFound
from portal.kernel.scope import Actor
from portal.referrals.models import Referral, ReferralSection
from portal.referrals.paths import TRIAGE
from portal.referrals.queries.reaching import reachable
from portal.tenants import vault

TABLE = "referral_section"


@dataclass(frozen=True)
class Stored:
    """One saved section: its version (0 before the first save), what is in it, and who wrote it when."""

    version: int = 0
    body: Any = None
    at: datetime | None = None
    writer_id: UUID | None = None
    writer: str = ""


NOT_SAVED = Stored()


@dataclass(frozen=True)
class Draft:
    """One draft with everything saved so far; `version` counts every change of any section.

    `must_restart` says that the council has replaced the form for drafts too.
    """

    id: UUID
    kind: str
    version: int
    language: str
    agency_id: UUID
    form_version_id: UUID
    submit_key: UUID | None
    expires_on: date | None
    wrapped_key: bytes
    form_key: str
    must_restart: bool
    stored: Mapping[str, Stored]
    # Whose it is; nobody's name where it is a trial, which only its own person opens.
    author_id: UUID | None = None
    author: str = ""
    helpers: tuple[UUID, ...] = ()

    def of(self, section: str) -> Stored:
        """What is saved of a section."""
        return self.stored.get(section, NOT_SAVED)

    @property
    def triage(self) -> dict[str, Any]:
        """The triage answers saved so far."""
        body = self.of(TRIAGE).body or {}
        return dict(body.get("answers", {}))

    @property
    def override_reason(self) -> str:
        """Why the referrer disagrees with the route, "" when they do not."""
        return str((self.of(TRIAGE).body or {}).get("override_reason", ""))

    @property
    def sections(self) -> dict[str, Any]:
        """What is saved of each section of the form."""
        return {key: stored.body for key, stored in self.stored.items() if key != TRIAGE}


def own(actor: Actor, *, helping: bool = True) -> ColumnElement[bool]:
    """Drafts that this person may open: their own and (with `helping`) those they help with, no full one while their
    membership waits, and no request for information once their kind of agency may not make one."""
    council = scope.current().council
    kept = or_(Referral.expires_on.is_(None), Referral.expires_on >= clock.today())
    reached = within_reach(
        actor,
        Permission.REPORT,
        owner=Referral.author_id,
        agency=Referral.agency_id,
        helpers=Referral.helpers if helping else None,
    )
    here = and_(reached, within_sight(actor, Referral), Referral.tenant_id == (council.id if council else None), kept)
    if reach(actor, Permission.REQUEST) is Reach.NONE:
        here = and_(here, Referral.form_key != INFORMATION)
    return here if may_send_full(actor) else and_(here, Referral.kind == "urgent")


def may_send_full(actor: Actor) -> bool:
    """Whether the person may use the full form and follow reports; waiting people may not."""
    return reach(actor, Permission.TRACK) is not Reach.NONE


def find_draft(actor: Actor, draft_id: UUID) -> Draft:
    """One of the person's drafts, opened; raises NotFound."""
    query = select(
        Referral.id,
        Referral.kind,
        Referral.version,
        Referral.language,
        Referral.agency_id,
        Referral.form_version_id,
        Referral.submit_key,
        Referral.expires_on,
        Referral.wrapped_key,
        Referral.form_key,
        Referral.author_id,
        Referral.helpers,
        Account.name.label("author"),
        _must_restart().label("must_restart"),
    ).join(Account, Account.id == Referral.author_id)
    query = query.where(own(actor), Referral.id == draft_id, Referral.state == "draft")
    row = db.session().execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound("no such draft")
    stored = _sections(row["id"], vault.Record("referral", row["id"], row["wrapped_key"]))
    return Draft(**{**row, "helpers": tuple(row["helpers"])}, stored=stored)


def _must_restart() -> Any:
    """Whether the council has published a later version that drafts of the version pinned must go on with."""
    pinned, later = aliased(FormVersion), aliased(FormVersion)
    after = and_(later.tenant_id == pinned.tenant_id, later.form_key == pinned.form_key, later.number > pinned.number)
    return (
        select(later.id)
        .join(pinned, after)
        .where(pinned.tenant_id == Referral.tenant_id, pinned.id == Referral.form_version_id, later.must_restart)
        .correlate(Referral)
        .exists()
    )


def _sections(draft_id: UUID, record: vault.Record) -> dict[str, Stored]:
    query = (
        select(
            ReferralSection.id,
            ReferralSection.section,
            ReferralSection.version,
            ReferralSection.body,
            ReferralSection.changed_at,
            ReferralSection.changed_by,
            Account.name,
        )
        .outerjoin(Account, Account.id == ReferralSection.changed_by)
        .where(ReferralSection.tenant_id == scope.council_id(), ReferralSection.referral_id == draft_id)
    )
    return {
        row.section: Stored(
            row.version,
            json.loads(record.open(row.body, TABLE, row.id, "body")),
            row.changed_at,
            row.changed_by,
            row.name or "",
        )
        for row in db.session().execute(query)
    }


def sent_as(actor: Actor, draft_id: UUID) -> str:
    """The reference under which a draft was sent meanwhile; raises NotFound."""
    query = select(Referral.reference).where(
        reachable(actor, Permission.RECEIPT),
        Referral.tenant_id == scope.council_id(),
        Referral.id == draft_id,
        Referral.state != "draft",
    )
    reference = db.session().execute(query).scalar_one_or_none()
    if reference is None:
        raise NotFound("no such report")
    return reference
