"""People whom their organisation signs in and who have no account: an emailed code proves the address, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert

from portal.audit import events
from portal.audit.events import Event
from portal.auth import addresses
from portal.auth.commands import codes, memberships, sign_on
from portal.auth.commands.codes import Slip
from portal.auth.envelope import Details
from portal.auth.models import Account
from portal.auth.providers import Provider
from portal.auth.queries import accounts, pending, providers
from portal.auth.queries.agencies import judge
from portal.auth.sso import Identity
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Invalid
from portal.kernel.scope import Actor

PURPOSE: Final = "sign_on"
LIFE: Final = timedelta(minutes=15)
# No password opens an account that was made this way, until its person chooses one: this is no Argon2 hash.
NO_PASSWORD: Final = "none"  # noqa: S105 - the absence of one


def begin(identity: Identity, language: str, replaces: Slip | None) -> Slip:
    """Keep what the organisation said of the person, sealed, for this browser. Nothing is sent yet."""
    return codes.begin(PURPOSE, Details(email=identity.email, name=identity.name), language, replaces=replaces)


def typed(slip: Slip) -> dict[str, str]:
    """What the form begins with. Raises WrongCode("expired")."""
    found = pending.details(slip.id, codes.browser_hash(slip), PURPOSE)
    if found is None:
        raise codes.WrongCode("expired")
    return {"name": found.name, "job": found.job, "email": found.email}


def ask(provider: Provider, slip: Slip, name: str, job: str, email: str) -> None:
    """Keep what the person typed and send the code. Raises Invalid({"email": reason}), WrongCode("expired")."""
    reason = _mistake(provider, email)
    if reason:
        events.record_apart(Event.ADDRESS_REFUSED, reason=reason)
        raise Invalid({"email": reason})
    codes.change(slip, PURPOSE, Details(email=email, name=name, job=job))
    codes.send(slip, PURPOSE)


def _mistake(provider: Provider, email: str) -> str:
    """Why the address will not do: an agency's people have its domains; a council's have no webmail."""
    if provider.agency:
        judged = judge(email)
        agency_id = providers.agency_of(provider)
        fits = judged.accepted and any(one.id == agency_id for one in judged.agencies)
        return "" if fits else judged.reason if not judged.accepted else "no_agency"
    try:
        address = addresses.parse(email)
    except addresses.BadAddress as refusal:
        return refusal.reason
    return "webmail" if addresses.is_webmail(address.domain) or addresses.is_tier(address.domain) else ""


def again(slip: Slip, language: str) -> Slip:
    """A new code; the old one is worthless. Raises WrongCode("expired")."""
    return codes.again(slip, PURPOSE, language)


def make(provider: Provider, slip: Slip, code: str, identity: Identity) -> Actor:
    """Spend the code and make the account, linked to the identity; then its role here, or the request for one.

    Raises WrongCode, and Conflict when the address has an account (its owner signs in and links it).
    """
    details = codes.spend(slip, PURPOSE, code).details
    address = addresses.parse(details.email)
    account_id = uuid4()
    made = db.session().execute(
        insert(Account)
        .values(
            id=account_id,
            email=address.as_typed,
            email_key=address.key,
            name=details.name,
            password_hash=NO_PASSWORD,
            email_proved_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["email_key"])
        .returning(Account.id)
    )
    if made.scalar_one_or_none() is None:
        raise Conflict("there is an account with that address")
    sign_on.link(account_id, identity.issuer, identity.subject)
    events.record(Event.ACCOUNT_REGISTERED, account_id)
    if provider.agency:
        _ask_agency(provider, account_id, details.job)
    return sign_on.signed_in(account_id, identity)


def _ask_agency(provider: Provider, account_id: UUID, job: str) -> None:
    newcomer = accounts.actor_of(account_id)
    scope.act_as(newcomer)
    memberships.ask(newcomer, str(providers.agency_of(provider)), job, lead=False)
