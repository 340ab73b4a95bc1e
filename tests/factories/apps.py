"""The authenticator apps of fictional people."""

from __future__ import annotations

import base64
import time
from uuid import UUID

from sqlalchemy import insert, select

from portal.auth import envelope, totp
from portal.auth.models import Account, Authenticator
from portal.auth.queries.factors import app_of
from portal.kernel import clock, db, scope


def give_app(account_id: UUID) -> bytes:
    """Give an account an app that has shown no code yet; returns its seed."""
    seed = totp.new_seed()
    with db.unit_of_work(scope.NOWHERE) as session:
        wrapped = envelope.new_key(account_id, Authenticator.__tablename__)
        sealed = envelope.seal_secret(wrapped, account_id, Authenticator.__tablename__, seed)
        session.execute(
            insert(Authenticator).values(account_id=account_id, wrapped_key=wrapped, seed=sealed, last_step=0)
        )
    return seed


def app_code(account_id: UUID) -> str:
    """A code of the account's app that has not been used; waits for the next one if need be. "" without an app."""
    with db.unit_of_work(scope.NOWHERE):
        found = app_of(account_id)
    if found is None:
        return ""
    step = max(totp.step_of(clock.now()), found.last_step + 1)
    while step > totp.step_of(clock.now()) + totp.DRIFT:
        time.sleep(0.5)
    return totp.code_at(found.seed, step)


def account_of(email: str) -> UUID:
    """The account of an address."""
    with db.unit_of_work(scope.NOWHERE) as session:
        return session.execute(select(Account.id).where(Account.email_key == email.lower())).scalar_one()


def seed_of(spelled: str) -> bytes:
    """The seed that a page spells out."""
    return base64.b32decode(spelled.replace(" ", ""))
