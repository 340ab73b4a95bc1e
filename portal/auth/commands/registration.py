"""Registering: what was typed waits, sealed, until the address is proved; then account and membership are made."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert

from portal.audit import events
from portal.audit.events import Event
from portal.auth import addresses, passwords
from portal.auth.commands import codes, memberships
from portal.auth.commands.codes import Slip
from portal.auth.envelope import Details
from portal.auth.models import Account
from portal.auth.queries import pending
from portal.auth.queries.agencies import Judged, judge
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Invalid
from portal.kernel.scope import Actor

PURPOSE = "register"


def begin(details: Details, language: str, replaces: Slip | None) -> Slip:
    """Keep what was typed for this browser. Nothing here asks whether the address has an account.

    Raises Invalid({"email": reason}) with the reason of agency_rules.match when no agency fits.
    """
    judged = judge(details.email)
    if not judged.accepted:
        events.record_apart(Event.ADDRESS_REFUSED, reason=judged.reason)
        raise Invalid({"email": judged.reason})
    return codes.begin(PURPOSE, details, language, replaces=replaces)


def choose_agency(slip: Slip, agency_id: str) -> None:
    """Keep the agency and have the code sent. Raises Invalid({"agency": "not_yours"}), codes.WrongCode."""
    details, judged = waiting_details(slip)
    agency = judged.agency(agency_id)
    if agency is None:
        raise Invalid({"agency": "not_yours"})
    codes.change(slip, PURPOSE, details.at(agency.id))
    codes.send(slip, PURPOSE)


def waiting_details(slip: Slip) -> tuple[Details, Judged]:
    """What was typed, and the agencies that its address may belong to. Raises codes.WrongCode."""
    details = pending.details(slip.id, codes.browser_hash(slip), PURPOSE)
    if details is None:
        raise codes.WrongCode("expired")
    return details, judge(details.email)


def finish(slip: Slip | None, password: str, language: str) -> Actor:
    """Make the account with its password, and ask for the membership.

    Raises Invalid({"password": short|long|words|obvious}), codes.WrongCode("expired"), Conflict when the
    address got an account meanwhile.
    """
    if slip is None:
        raise codes.WrongCode("expired")
    details = codes.take(slip, PURPOSE)
    weak = passwords.weakness(password, own_words(details))
    if weak is not None:
        raise Invalid({"password": weak})
    account_id = make_account(details, password, language)
    return memberships.ask_as(account_id, details.agency_id, details.job, lead=details.lead)


def own_words(details: Details) -> frozenset[str]:
    """The words that this person's password may not contain: the council's, the agency's and their own."""
    council = scope.current().council
    agency = judge(details.email).agency(details.agency_id)
    names = [*(council.name.values() if council else ()), *(agency.name.values() if agency else ())]
    return passwords.words_of(details.name, details.email, *names)


def make_account(details: Details, password: str, language: str) -> UUID:
    """The account of an address that was proved a moment ago. Raises Conflict when it has one already."""
    address = addresses.parse(details.email)
    made = db.session().execute(
        insert(Account)
        .values(
            id=uuid4(),
            email=address.as_typed,
            email_key=address.key,
            name=details.name,
            password_hash=passwords.hashed(password),
            language=language,
            email_proved_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["email_key"])
        .returning(Account.id)
    )
    account_id = made.scalar_one_or_none()
    if account_id is None:
        raise Conflict("the address has an account")
    events.record(Event.ACCOUNT_REGISTERED, account_id)
    return account_id
