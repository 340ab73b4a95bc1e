"""The identity providers of the council in scope, their secrets, and whom an outside identity belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal.adapters.ports import Client
from portal.auth import envelope
from portal.auth.models import Account, Agency, Membership, SignOnLink, SignOnSecret
from portal.auth.providers import Provider
from portal.kernel import db, scope
from portal.kernel.errors import NotFound
from portal.kernel.scope import Actor

SECRETS = "sign_on_secret"


@dataclass(frozen=True)
class Linked:
    """An outside identity of a person; `provider` is None when this council does not know the issuer."""

    id: UUID
    provider: Provider | None
    linked_at: datetime
    used_at: datetime | None


def known() -> tuple[Provider, ...]:
    """The providers of the council in scope, in its own order, those that are switched off too."""
    council = scope.current().council
    return tuple(council.settings.sign_on) if council is not None and council.settings is not None else ()


def of_council() -> tuple[Provider, ...]:
    """The providers that sign people in here, in the council's own order."""
    return tuple(one for one in known() if one.in_use)


def issuers() -> list[str]:
    """Whose sign-ins the council in scope trusts for everybody."""
    return [one.issuer for one in of_council() if not one.agency]


def agency_issuers() -> list[str]:
    """Whose sign-ins it trusts for the people of one agency: the agency's key, a space, the issuer."""
    return [f"{one.agency} {one.issuer}" for one in of_council() if one.agency]


def passkey_roles() -> tuple[str, ...]:
    """The roles that the council in scope lets in with a passkey or a sign-on of `issuers` only."""
    council = scope.current().council
    return tuple(council.settings.passkey_roles) if council is not None and council.settings is not None else ()


def named(key: str) -> Provider:
    """One that signs people in here. Raises NotFound."""
    found = next((one for one in of_council() if one.key == key), None)
    if found is None:
        raise NotFound("no such identity provider")
    return found


def known_as(key: str) -> Provider:
    """One of them, switched off or not. Raises NotFound."""
    found = next((one for one in known() if one.key == key), None)
    if found is None:
        raise NotFound("no such identity provider")
    return found


def of_issuer(issuer: str) -> Provider | None:
    """The council's provider with that issuer, if it has one."""
    return next((one for one in of_council() if one.issuer == issuer), None)


def client_of(provider: Provider) -> Client:
    """The provider with our secret for it ("" when none was set: a public client, held by PKCE alone)."""
    row = (
        db.session()
        .execute(
            select(SignOnSecret.id, SignOnSecret.wrapped_key, SignOnSecret.secret).where(
                SignOnSecret.provider == provider.key
            )
        )
        .one_or_none()
    )
    secret = envelope.unseal_secret(row.wrapped_key, row.id, SECRETS, row.secret).decode() if row else ""
    return Client(provider.issuer, provider.client_id, secret, provider.hosts, provider.scopes)


def account_of(issuer: str, subject: str) -> UUID | None:
    """The active account that the identity was linked to."""
    query = (
        select(SignOnLink.account_id)
        .join(Account, Account.id == SignOnLink.account_id)
        .where(SignOnLink.issuer == issuer, SignOnLink.subject == subject, Account.state == "active")
    )
    return db.session().execute(query).scalar_one_or_none()


def is_linked(issuer: str, subject: str) -> bool:
    """Whether the identity belongs to any account, suspended ones too."""
    query = select(SignOnLink.id).where(SignOnLink.issuer == issuer, SignOnLink.subject == subject)
    return db.session().execute(query).one_or_none() is not None


def linked(actor: Actor) -> tuple[Linked, ...]:
    """The actor's own outside identities, oldest first."""
    rows = db.session().execute(
        select(SignOnLink.id, SignOnLink.issuer, SignOnLink.linked_at, SignOnLink.used_at)
        .where(SignOnLink.account_id == actor.account_id)
        .order_by(SignOnLink.linked_at, SignOnLink.id)
    )
    return tuple(Linked(row.id, of_issuer(row.issuer), row.linked_at, row.used_at) for row in rows)


def agency_of(provider: Provider) -> UUID | None:
    """The agency whose people the provider signs in; None for the council's own."""
    if not provider.agency:
        return None
    return db.session().execute(select(Agency.id).where(Agency.key == provider.agency)).scalar_one_or_none()


def staff_membership(account_id: UUID) -> tuple[UUID, str, str] | None:
    """The account's membership of the council's own staff: its id, role and state."""
    query = select(Membership.id, Membership.role, Membership.state).where(
        Membership.account_id == account_id, Membership.agency_id.is_(None)
    )
    row = db.session().execute(query).one_or_none()
    return (row.id, row.role, row.state) if row else None
