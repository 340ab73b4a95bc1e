"""Accounts, sessions, one-time codes, agencies, and what a person may do in a council."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.auth.models.agencies import IS_LISTED as IS_LISTED
from portal.auth.models.agencies import Agency as Agency
from portal.auth.models.agencies import AgencyApproval as AgencyApproval
from portal.auth.models.agencies import AgencyDomain as AgencyDomain
from portal.auth.models.agencies import AgencyKindPermission as AgencyKindPermission
from portal.auth.models.agencies import AgencySite as AgencySite
from portal.auth.models.agencies import DomainConfirmation as DomainConfirmation
from portal.auth.models.hub import HubMember as HubMember
from portal.auth.models.leads import LeadCheck as LeadCheck
from portal.auth.models.mail import SentMail as SentMail
from portal.auth.models.operators import InstanceOperator as InstanceOperator
from portal.auth.models.operators import SupportGrant as SupportGrant
from portal.auth.models.sign_on import SignOnCheck as SignOnCheck
from portal.auth.models.sign_on import SignOnLink as SignOnLink
from portal.auth.models.sign_on import SignOnSecret as SignOnSecret
from portal.auth.models.sign_on import SignOut as SignOut
from portal.auth.models.terms import TermsAcceptance as TermsAcceptance
from portal.auth.models.terms import TermsVersion as TermsVersion
from portal.kernel.tables import GlobalTable, TenantTable, now_column
from portal.kernel.tables import one_of as one_of

ROLES = (
    "referrer", "agency_lead", "screener", "practice_manager", "form_designer", "council_admin",
    "early_help_worker",
)  # fmt: skip
STATES = ("pending", "active", "refused", "suspended", "ended")


class Account(GlobalTable):
    """A person, once across every council."""

    __tablename__ = "account"
    why_global = "one account per person across councils; what it may do in a council is a membership"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    language: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="active")
    created_at: Mapped[datetime] = now_column()
    email_proved_at: Mapped[datetime | None]
    # When a mail server first said that it never takes mail for the address.
    mail_failed_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint(one_of("state", ("active", "suspended")), name="state"),)


class AccountSession(GlobalTable):
    """A browser's session; only the SHA-256 of its id is stored."""

    __tablename__ = "account_session"
    why_global = "a session is read before the council is known, and serves all councils of its person"

    id_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = now_column()
    seen_at: Mapped[datetime] = now_column()
    signed_in_at: Mapped[datetime | None]
    strength: Mapped[str] = mapped_column(server_default="")
    issuer: Mapped[str] = mapped_column(server_default="")
    sid: Mapped[str] = mapped_column(server_default="")
    agent: Mapped[str] = mapped_column(server_default="")
    network: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (
        Index("ix_account_session_account_id", "account_id"),
        Index("ix_account_session_seen_at", "seen_at"),
    )


class KnownDevice(GlobalTable):
    """A browser and network that a person has signed in with before; only a hash of both is stored."""

    __tablename__ = "known_device"
    why_global = "it belongs to an account, in whichever council"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    mark: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime] = now_column()


class OneTimeCode(GlobalTable):
    """A code sent to an address: hashed, 15 minutes, 5 tries, bound to a browser, consumed once."""

    __tablename__ = "one_time_code"
    why_global = "a code proves an address before there is an account or a membership"
    PURPOSES: ClassVar[tuple[str, ...]] = ("register", "sign_in", "join", "sign_on", "email")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    purpose: Mapped[str]
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("council.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    browser_hash: Mapped[str]
    code_hash: Mapped[str | None]
    wrapped_key: Mapped[bytes | None]
    details: Mapped[bytes | None]
    language: Mapped[str] = mapped_column(server_default="en")
    created_at: Mapped[datetime] = now_column()
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(server_default="0")
    consumed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(one_of("purpose", PURPOSES), name="purpose"),
        Index("ix_one_time_code_expires_at", "expires_at"),
    )


class Authenticator(GlobalTable):
    """The authenticator app of a person: its seed, sealed, and the last thirty seconds whose code was used."""

    __tablename__ = "authenticator"
    why_global = "it proves who an account is, in whichever council"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    wrapped_key: Mapped[bytes]
    seed: Mapped[bytes]
    last_step: Mapped[int] = mapped_column(BigInteger)
    confirmed_at: Mapped[datetime] = now_column()


class Passkey(GlobalTable):
    """A passkey: what browsers call it, its public key, and how often it was used (0 for those that do not count)."""

    __tablename__ = "passkey"
    why_global = "it proves who an account is, in whichever council"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    backed_up: Mapped[bool]
    name: Mapped[str]
    created_at: Mapped[datetime] = now_column()
    used_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_passkey_account_id", "account_id"),)


class RecoveryCode(GlobalTable):
    """One of a person's ten codes for the day their telephone is lost: hashed, used once."""

    __tablename__ = "recovery_code"
    why_global = "it stands in for what proves who an account is, in whichever council"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("account_id", "code_hash"),)


class CallBack(TenantTable):
    """Somebody rang a person back on a number that they knew already: the person may set up signing in anew."""

    __tablename__ = "call_back"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = now_column()
    usable_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_call_back_account", "tenant_id", "account_id", "used_at"),)


class Membership(TenantTable):
    """What a person may do in this council; without an agency they are the council's own staff."""

    __tablename__ = "membership"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agency.id"))
    role: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="pending")
    job_title: Mapped[str] = mapped_column(server_default="")
    asked_at: Mapped[datetime] = now_column()
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    version: Mapped[int] = mapped_column(server_default="1")
    # Somebody whose address proves no agency, whom the council vouches for until `ends_at`.
    sponsored: Mapped[bool] = mapped_column(server_default=false())
    evidence: Mapped[str] = mapped_column(server_default="")
    ends_at: Mapped[datetime | None]
    # The day matters, not the moment: kept once a day.
    used_at: Mapped[datetime | None]
    why: Mapped[str] = mapped_column(server_default="")
    confirmed_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    reminded: Mapped[int] = mapped_column(SmallInteger, server_default="0")

    __table_args__ = (
        UniqueConstraint("tenant_id", "account_id", "agency_id", postgresql_nulls_not_distinct=True),
        CheckConstraint(one_of("role", ROLES), name="role"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("agency_id is not null or role not in ('referrer', 'agency_lead')", name="agency"),
        CheckConstraint(IS_LISTED, name="listed"),
        Index("ix_membership_agency", "tenant_id", "agency_id", "state"),
    )


class Invitation(TenantTable):
    """A place offered to one address: 48 hours, used once; only the SHA-256 of what the email carries is stored."""

    __tablename__ = "invitation"

    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agency.id"))
    role: Mapped[str]
    sponsored: Mapped[bool] = mapped_column(server_default=false())
    evidence: Mapped[str] = mapped_column(server_default="")
    email: Mapped[str]
    email_key: Mapped[str]
    wrapped_key: Mapped[bytes]
    token_hash: Mapped[str]
    language: Mapped[str] = mapped_column(server_default="en")
    state: Mapped[str] = mapped_column(server_default="open")
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = now_column()
    expires_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")

    __table_args__ = (
        UniqueConstraint("tenant_id", "token_hash"),
        CheckConstraint(one_of("role", ROLES), name="role"),
        CheckConstraint(one_of("state", ("open", "accepted", "cancelled")), name="state"),
        CheckConstraint("(agency_id is null) = (role not in ('referrer', 'agency_lead'))", name="agency"),
        CheckConstraint("not sponsored or role = 'referrer'", name="sponsored"),
        Index(
            "ix_invitation_open",
            "tenant_id",
            "email_key",
            "agency_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
            postgresql_nulls_not_distinct=True,
        ),
    )
