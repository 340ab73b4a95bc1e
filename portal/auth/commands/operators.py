"""Making, ending and setting up the operators of the instance."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth import addresses, envelope, passwords, sessions
from portal.auth.ceremonies import New
from portal.auth.commands import factors, passkeys
from portal.auth.models import Account, Authenticator, InstanceOperator, Passkey, RecoveryCode
from portal.auth.queries import operators
from portal.auth.queries.invitations import hashed
from portal.auth.queries.operators import Invited, Operator
from portal.kernel import clock, db, jobs, scope
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import Actor, Scope

LINK_LIFE: Final = timedelta(hours=48)


def add(email: str, name: str, added_by: str) -> UUID:
    """Make an operator, and an account if the address has none; the link to set up signing in goes by email.

    For somebody who is an operator already: a new link, and the old one stops working. Raises addresses.BadAddress.
    Runs as the owner of the tables: the application may not.
    """
    address = addresses.parse(email)
    query = select(Account.id).where(Account.email_key == address.key)
    account_id = db.session().execute(query).scalar_one_or_none() or _account(address, name)
    found = next((one for one in operators.live() if one.account_id == account_id), None)
    operator_id = found.id if found else uuid4()
    wrapped = envelope.new_key(operator_id)
    link = {
        "wrapped_key": wrapped,
        "token_hash": hashed(envelope.token(wrapped, operator_id)),
        "link_expires_at": clock.now() + LINK_LIFE,
        "link_used_at": None,
    }
    if found:
        db.session().execute(update(InstanceOperator).where(InstanceOperator.id == operator_id).values(link))
    else:
        db.session().execute(
            insert(InstanceOperator).values(
                id=operator_id, account_id=account_id, added_by=added_by, since=clock.now(), **link
            )
        )
        # Whoever was signed in with less than an operator needs begins again.
        sessions.end_all(account_id)
    events.record(Event.OPERATOR_LINK_SENT if found else Event.OPERATOR_ADDED, operator_id)
    jobs.enqueue("auth.send_operator_link", operator_id=operator_id)
    return operator_id


def _account(address: addresses.Address, name: str) -> UUID:
    account_id = uuid4()
    db.session().execute(
        insert(Account).values(
            id=account_id, email=address.as_typed, email_key=address.key, name=name, password_hash="", language=""
        )
    )
    return account_id


def end(email: str) -> Operator:
    """End an operator: their sessions and every grant end with it. Raises NotFound, and Conflict for the last one."""
    key = addresses.key_of(email)
    there = operators.live()
    found = next((one for one in there if addresses.key_of(one.email) == key), None)
    if found is None:
        raise NotFound("no such operator")
    if len(there) == 1:
        raise Conflict("nobody would be left to run the instance")
    db.session().execute(update(InstanceOperator).where(InstanceOperator.id == found.id).values(ended_at=clock.now()))
    sessions.end_all(found.account_id)
    events.record(Event.OPERATOR_ENDED, found.id)
    return found


def set_up_passkey(token: str, new: New, name: str) -> Actor:
    """Use the link up: from now on this passkey, and nothing that was set up before, signs the operator in.

    Raises NotFound when the link is over, Conflict when the passkey is known already.
    """
    actor = _begin(token, "passkey")
    passkeys.add(actor, new, name, here="")
    return actor


def set_up_app(token: str, password: str, seed: bytes, typed: str) -> Actor:
    """Use the link up with a password and an authenticator app.

    Raises NotFound when the link is over, Invalid({"password": …}), WrongCode("wrong").
    """
    found = operators.invited(token)
    weak = passwords.weakness(password, passwords.words_of(found.name, found.email) if found else ())
    if weak is not None:
        raise Invalid({"password": weak})
    actor = _begin(token, "totp")
    db.session().execute(
        update(Account).where(Account.id == actor.account_id).values(password_hash=passwords.hashed(password))
    )
    factors.set_up_app(actor, seed, typed, here="")
    return actor


def _begin(token: str, strength: str) -> Actor:
    """Use the link up in one UPDATE, and forget what signed the person in before."""
    found = operators.invited(token)
    won = db.session().execute(
        update(InstanceOperator)
        .where(InstanceOperator.account_id == Account.id, operators.good_link(token))
        .values(link_used_at=clock.now())
        .returning(InstanceOperator.id)
    )
    if won.one_or_none() is None or found is None:
        raise NotFound("the link is over")
    for table in (Authenticator, Passkey, RecoveryCode):
        db.session().execute(delete(table).where(table.account_id == found.account_id))
    proved = {"password_hash": "", "email_proved_at": clock.now()}
    db.session().execute(update(Account).where(Account.id == found.account_id).values(proved))
    actor = as_operator(found, strength)
    scope.enter(Scope(actor=actor))
    db.scope_changed()
    events.record(Event.OPERATOR_SET_UP, found.id, kind=strength)
    return actor


def as_operator(found: Invited, strength: str) -> Actor:
    """The operator as the next request will know them."""
    return Actor(
        account_id=found.account_id,
        name=found.name,
        email=found.email,
        role="operator",
        state="active",
        instance=True,
        strength=strength,
    )


def must_be_one(account_id: UUID) -> None:
    """Let an operator pass who has just shown who they are; anybody else is refused, and that is kept.

    Raises NotFound.
    """
    if not operators.is_live(account_id):
        events.record_apart(Event.SIGN_IN_REFUSED, account_id, reason="not_operator")
        raise NotFound("no operator")
