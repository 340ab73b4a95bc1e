"""An organisation says that somebody signed out there: the sessions that its sign-in opened here end, once checked."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import uuid4

import structlog
from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from portal.adapters import ports
from portal.adapters.ports import NotTrusted
from portal.audit import events
from portal.audit.events import Event
from portal.auth import sso
from portal.auth.models import AccountSession, SignOnLink, SignOut
from portal.auth.providers import Provider
from portal.auth.queries import providers
from portal.auth.sso import NotVerified, SignedOut, UnknownKey
from portal.kernel import clock, db, scope
from portal.kernel.errors import Invalid

log = structlog.get_logger()

# Longer than any token is good for, so that none can be told twice.
REMEMBERED: Final = timedelta(hours=1)


def told(provider: Provider, token: object) -> int:
    """End the sessions that the provider's logout token names; how many there were.

    Raises Invalid({"logout_token": code}) for a token that is not to be trusted or was told before, and Unavailable
    when the provider does not answer for its keys.
    """
    try:
        said = _verified(provider, token)
        _once(provider, said)
    except (NotTrusted, NotVerified) as trouble:
        log.warning("auth.sign_out_refused", provider=provider.key, reason=str(trouble))
        raise Invalid({"logout_token": str(trouble)}) from None
    ended = _end(provider, said)
    log.info("auth.signed_out_there", provider=provider.key, count=ended)
    return ended


def _verified(provider: Provider, token: object) -> SignedOut:
    client = providers.client_of(provider)
    identities = ports.identities()
    metadata = identities.description(client)
    try:
        return sso.signed_out(provider, token, identities.keys(client, metadata), clock.now())
    except UnknownKey:
        return sso.signed_out(provider, token, identities.keys(client, metadata, again=True), clock.now())


def _once(provider: Provider, said: SignedOut) -> None:
    council, now = scope.council(), clock.now()
    db.session().execute(delete(SignOut).where(SignOut.at < now - REMEMBERED))
    values = {"tenant_id": council.id, "id": uuid4(), "issuer": provider.issuer, "jti": said.jti, "at": now}
    statement = insert(SignOut).values(values).on_conflict_do_nothing().returning(SignOut.id)
    if db.session().execute(statement).one_or_none() is None:
        raise NotVerified("twice")


def _end(provider: Provider, said: SignedOut) -> int:
    query = delete(AccountSession).where(AccountSession.issuer == provider.issuer)
    if said.subject:
        linked = select(SignOnLink.account_id).where(
            SignOnLink.issuer == provider.issuer, SignOnLink.subject == said.subject
        )
        query = query.where(AccountSession.account_id.in_(linked))
    if said.sid:
        # A provider that never said which session it was may end them all, if it says whose.
        own = AccountSession.sid == said.sid
        query = query.where(or_(own, AccountSession.sid == "") if said.subject else own)
    ended = list(db.session().execute(query.returning(AccountSession.account_id)).scalars())
    for account_id in ended:
        events.record(Event.SESSION_ENDED, account_id, reason="signed_out_there")
    return len(ended)
