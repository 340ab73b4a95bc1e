"""The register of agencies, and what a council decided about them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.auth.agency_types import NOT_LISTED
from portal.kernel.tables import GlobalTable, TenantTable, now_column, one_of

IS_LISTED = f"agency_id not in ({', '.join(repr(str(one)) for one in NOT_LISTED)})"
APPROVAL_STATES = ("approved", "suspended", "ended")


class Agency(GlobalTable):
    """A school, practice, force or service; the same hospital may serve several councils."""

    __tablename__ = "agency"
    why_global = "an agency reports to several councils; each council approves it with an agency_approval"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[dict[str, str]] = mapped_column(JSONB)
    kind: Mapped[str]
    identifier_scheme: Mapped[str] = mapped_column(server_default="")
    identifier: Mapped[str] = mapped_column(server_default="")
    other_identifiers: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    phone: Mapped[str] = mapped_column(server_default="")
    # The council whose administrators may change it; without one it is the operator's.
    managed_by: Mapped[UUID | None] = mapped_column(ForeignKey("council.id"))
    version: Mapped[int] = mapped_column(server_default="1")

    __table_args__ = (
        Index("ix_agency_identifier", "identifier_scheme", "identifier"),
        Index("ix_agency_managed_by", "managed_by"),
    )


class AgencySite(GlobalTable):
    """A place where an agency's people work."""

    __tablename__ = "agency_site"
    why_global = "a site belongs to the agency wherever it reports"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id", ondelete="CASCADE"))
    name: Mapped[dict[str, str]] = mapped_column(JSONB)
    address: Mapped[str] = mapped_column(server_default="")
    postcode: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str] = mapped_column(server_default="")
    code: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (Index("ix_agency_site_agency_id", "agency_id"),)


class AgencyDomain(GlobalTable):
    """An email domain that an agency's people use."""

    __tablename__ = "agency_domain"
    why_global = "a domain belongs to the agency wherever it reports"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id", ondelete="CASCADE"))
    domain: Mapped[str]
    match: Mapped[str]
    kind: Mapped[str]
    added_at: Mapped[datetime] = now_column()

    __table_args__ = (
        UniqueConstraint("agency_id", "domain"),
        CheckConstraint(one_of("match", ("exact", "below", "both")), name="match"),
        CheckConstraint(one_of("kind", ("exclusive", "shared")), name="kind"),
    )


class DomainConfirmation(TenantTable):
    """Somebody confirmed to this council that the domain is the agency's; without it nobody registers by it."""

    __tablename__ = "domain_confirmation"

    domain_id: Mapped[UUID] = mapped_column(ForeignKey("agency_domain.id", ondelete="CASCADE"))
    # In the council's own words: who said so, and how they were reached.
    confirmed_by: Mapped[str]
    confirmed_at: Mapped[datetime] = now_column()
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))

    __table_args__ = (UniqueConstraint("tenant_id", "domain_id"),)


class AgencyKindPermission(TenantTable):
    """What the people of one kind of agency may do in this council."""

    __tablename__ = "agency_kind_permission"

    kind: Mapped[str]
    may: Mapped[list[str]] = mapped_column(JSONB)
    version: Mapped[int] = mapped_column(server_default="1")
    changed_at: Mapped[datetime] = now_column()
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))

    __table_args__ = (UniqueConstraint("tenant_id", "kind"),)


class AgencyApproval(TenantTable):
    """A council accepts reports from this agency; `changed_at` says when a person there decided last."""

    __tablename__ = "agency_approval"

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    state: Mapped[str] = mapped_column(server_default="approved")
    approved_at: Mapped[datetime] = now_column()
    version: Mapped[int] = mapped_column(server_default="1")
    changed_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("tenant_id", "agency_id"),
        CheckConstraint(one_of("state", APPROVAL_STATES), name="state"),
        CheckConstraint(IS_LISTED, name="listed"),
    )
