"""Single sign-on: begun for one browser, answered once, and an outside identity linked only after a local proof."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from portal.adapters import ports
from portal.adapters.ports import NotTrusted
from portal.audit import events
from portal.audit.events import Event
from portal.auth import envelope, sso
from portal.auth import leaving as handing
from portal.auth.models import AccountSession, Membership, SignOnCheck, SignOnLink, SignOnSecret
from portal.auth.policy import POLICY, Permission
from portal.auth.providers import Provider
from portal.auth.queries import accounts, providers
from portal.auth.sso import Identity, NotVerified, UnknownKey
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Unavailable
from portal.kernel.scope import Actor

log = structlog.get_logger()

LIFE: Final = timedelta(minutes=10)
_STATE_LONGEST: Final = 200
_CODE_LONGEST: Final = 4_096


@dataclass(frozen=True)
class Begun:
    """What this browser's session keeps until the provider sends it back; never in an address or a cookie."""

    provider: str
    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    at: datetime


class Refused(Exception):
    """The provider's answer signs nobody in; `reason` is a stable code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def begin(provider: Provider, redirect_uri: str) -> tuple[str, Begun]:
    """Where to send the browser, and what its session keeps. Raises Refused, Unavailable."""
    client = providers.client_of(provider)
    nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    try:
        metadata = ports.identities().description(client)
    except NotTrusted as trouble:
        raise _refused(provider, str(trouble)) from None
    address, state = ports.identities().authorize(client, metadata, redirect_uri, nonce=nonce, code_verifier=verifier)
    return address, Begun(provider.key, state, nonce, verifier, redirect_uri, clock.now())


def finish(provider: Provider, begun: Begun | None, said: Mapping[str, str]) -> Identity:
    """Who the provider says this is, from what it sent the browser back with (`code`, `state`, `iss`, `error`).

    Raises Refused with a stable reason, and Unavailable when the provider does not answer.
    """
    try:
        return _finish(provider, begun, said)
    except (NotTrusted, NotVerified) as trouble:
        raise _refused(provider, str(trouble)) from None


def _finish(provider: Provider, begun: Begun | None, said: Mapping[str, str]) -> Identity:
    if begun is None or begun.provider != provider.key or clock.now() - begun.at > LIFE:
        raise NotVerified("state")
    if not secrets.compare_digest(said.get("state", "")[:_STATE_LONGEST].encode(), begun.state.encode()):
        raise NotVerified("state")
    client = providers.client_of(provider)
    metadata = ports.identities().description(client)
    _check_issuer(metadata, said)
    if said.get("error"):
        raise NotVerified("cancelled" if said["error"] == "access_denied" else "provider")
    code = said.get("code", "")
    if not 0 < len(code) <= _CODE_LONGEST:
        raise NotVerified("code")
    tokens = ports.identities().exchange(client, metadata, begun.redirect_uri, code, begun.verifier)
    return _identity(provider, client, metadata, tokens, begun.nonce)


def _check_issuer(metadata: Mapping[str, Any], said: Mapping[str, str]) -> None:
    """RFC 9207: an answer that says whose it is must be the provider's own (mix-up of two providers)."""
    promised = metadata.get("authorization_response_iss_parameter_supported") is True
    if (promised or "iss" in said) and said.get("iss") != metadata["issuer"]:
        raise NotVerified("issuer")


def _identity(
    provider: Provider, client: ports.Client, metadata: Mapping[str, Any], tokens: Mapping[str, Any], nonce: str
) -> Identity:
    def verified(key_set: Mapping[str, Any]) -> Identity:
        return sso.identity(
            provider,
            tokens.get("id_token"),
            key_set,
            nonce=nonce,
            access_token=tokens.get("access_token"),
            now=clock.now(),
        )

    try:
        return verified(ports.identities().keys(client, metadata))
    except UnknownKey:
        return verified(ports.identities().keys(client, metadata, again=True))


def _refused(provider: Provider, reason: str) -> Refused:
    log.warning("auth.sign_on_refused", provider=provider.key, reason=reason)
    events.record_apart(Event.SIGN_IN_REFUSED, reason=f"sign_on_{reason}"[:60])
    return Refused(reason)


def sign_in(identity: Identity) -> Actor | None:
    """The person whom the identity was linked to, with the role that their groups give them here; None when it is
    linked to nobody. Raises Refused("suspended") for an account that may not sign in."""
    account_id = providers.account_of(identity.issuer, identity.subject)
    if account_id is None:
        if providers.is_linked(identity.issuer, identity.subject):
            events.record_apart(Event.SIGN_IN_REFUSED, reason="suspended")
            raise Refused("suspended")
        return None
    db.session().execute(
        update(SignOnLink)
        .where(SignOnLink.issuer == identity.issuer, SignOnLink.subject == identity.subject)
        .values(used_at=clock.now())
    )
    return signed_in(account_id, identity)


def signed_in(account_id: UUID, identity: Identity) -> Actor:
    """The person, with the role that the identity gives them here; recorded as a sign-in."""
    give_role(account_id, identity)
    actor = accounts.actor_of(account_id, strength="sso")
    scope.act_as(actor)
    db.scope_changed()
    events.record(Event.SIGNED_IN, actor.account_id, by="sso")
    return actor


def give_role(account_id: UUID, identity: Identity) -> None:
    """Make the person's role here what their groups say at this moment; groups that say nothing end it.

    Only for a council's own provider that has a mapping; every other membership is decided by people.
    """
    provider = providers.of_issuer(identity.issuer)
    council = scope.current().council
    if provider is None or council is None or not provider.roles:
        return
    found = providers.staff_membership(account_id)
    state = "active" if identity.role else "ended"
    if found is None:
        if identity.role:
            _add_role(council.id, account_id, identity.role)
        return
    membership_id, role, was = found
    wanted = identity.role or role
    if (wanted, state) == (role, was):
        return
    db.session().execute(
        update(Membership)
        .where(Membership.id == membership_id)
        .values(role=wanted, state=state, decided_at=clock.now(), decided_by=None, version=Membership.version + 1)
    )
    events.record(Event.MEMBERSHIP_MAPPED, membership_id, role=wanted, state=state)
    if state == "ended" or Permission.CLAIM not in POLICY[wanted]:
        handing.hand_over(account_id, None, None)


def _add_role(council_id: UUID, account_id: UUID, role: str) -> None:
    membership_id = uuid4()
    db.session().execute(
        insert(Membership).values(
            tenant_id=council_id,
            id=membership_id,
            account_id=account_id,
            role=role,
            state="active",
            decided_at=clock.now(),
            version=1,
        )
    )
    events.record(Event.MEMBERSHIP_MAPPED, membership_id, role=role, state="active")


def link(account_id: UUID, issuer: str, subject: str) -> None:
    """Let the identity sign the account in from now on; linking the same twice is once.

    Raises Conflict when the identity is somebody else's, or the account has another identity of that issuer.
    """
    statement = insert(SignOnLink).values(
        id=uuid4(), account_id=account_id, issuer=issuer, subject=subject, linked_at=clock.now(), used_at=clock.now()
    )
    made = db.session().execute(statement.on_conflict_do_nothing().returning(SignOnLink.id)).scalar_one_or_none()
    if made is None:
        if providers.account_of(issuer, subject) == account_id:
            return
        raise Conflict("the identity or the account is linked already")
    events.record(Event.SIGN_ON_LINKED, account_id)


def link_own(actor: Actor, identity: Identity) -> Actor:
    """Link the identity to the actor, who has just proved who they are; the person as they are signed in then."""
    link(actor.account_id, identity.issuer, identity.subject)
    return signed_in(actor.account_id, identity)


def unlink(actor: Actor, link_id: UUID) -> None:
    """Take an own identity away; doing it twice is once."""
    gone = db.session().execute(
        delete(SignOnLink)
        .where(SignOnLink.id == link_id, SignOnLink.account_id == actor.account_id)
        .returning(SignOnLink.id)
    )
    if gone.one_or_none() is not None:
        events.record(Event.SIGN_ON_UNLINKED, actor.account_id)


def leaving(provider: Provider, back: str) -> str:
    """The provider's own page for signing out, which leads back to us; "" when it has none or does not answer."""
    client = providers.client_of(provider)
    try:
        found = ports.identities().description(client).get("end_session_endpoint")
    except (NotTrusted, Unavailable):
        return ""
    if not found:
        return ""
    return str(ports.identities().leave(client, str(found), back))


def set_secret(provider: Provider, secret: str) -> None:
    """Keep our secret for a provider of the council in scope, sealed; the one before is forgotten."""
    council = scope.council()
    row_id = uuid4()
    wrapped = envelope.new_key(row_id, providers.SECRETS)
    db.session().execute(delete(SignOnSecret).where(SignOnSecret.provider == provider.key))
    db.session().execute(
        insert(SignOnSecret).values(
            tenant_id=council.id,
            id=row_id,
            provider=provider.key,
            wrapped_key=wrapped,
            secret=envelope.seal_secret(wrapped, row_id, providers.SECRETS, secret.encode()),
            set_at=clock.now(),
        )
    )


def forget(key: str) -> None:
    """Forget our secret for a provider that the council in scope has no more, and how checks of it ended."""
    for table in (SignOnSecret, SignOnCheck):
        db.session().execute(delete(table).where(table.provider == key))


def end_sessions(issuer: str, reason: str) -> int:
    """End the sessions that the issuer opened, of people with a place in the council in scope; how many there were."""
    here = select(Membership.account_id)
    gone = db.session().execute(
        delete(AccountSession)
        .where(AccountSession.issuer == issuer, AccountSession.account_id.in_(here))
        .returning(AccountSession.account_id)
    )
    ended = list(gone.scalars())
    for account_id in ended:
        events.record(Event.SESSION_ENDED, account_id, reason=reason)
    return len(ended)
