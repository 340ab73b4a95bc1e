"""Mail that a server took and that came back later: the email is known again, and its mailbox counts as gone."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func, insert, literal, select, update

from portal.adapters.ports import Email, Return
from portal.auth import councils
from portal.auth.commands import idle
from portal.auth.models import Account, SentMail
from portal.kernel import clock, db

KEPT: Final = timedelta(days=30)
# Servers try for five days; what comes back much later says nothing about today.
COUNTS: Final = timedelta(days=14)
# Written as 26 letters and digits that mail servers leave alone.
TOKEN_BYTES: Final = 16


def expected_back(email: Email) -> Email:
    """The email with what whoever returns it will know it by, if it goes to somebody's account; noted in this
    transaction."""
    token = base64.b32encode(secrets.token_bytes(TOKEN_BYTES)).decode().rstrip("=").lower()
    to_account = select(literal(_hashed(token)), Account.id, literal(clock.now())).where(Account.email == email.to)
    noted = insert(SentMail).from_select(["token_hash", "account_id", "sent_at"], to_account)
    made = db.session().execute(noted.returning(SentMail.token_hash)).first()
    return email if made is None else replace(email, receipt=token)


def came_back(mail: Return) -> bool:
    """There is no such mailbox, says whoever returned an email: the person's memberships of agencies are suspended, in
    every council. False for what is not known, came too late or was told before: then nothing happens.

    The report must name the address that the account has now: who forwards their mail to a mailbox that is gone still
    has the first one.
    """
    now = clock.now()
    known = update(SentMail).where(
        SentMail.token_hash == _hashed(mail.token.lower()),
        SentMail.returned_at.is_(None),
        SentMail.sent_at > now - COUNTS,
        SentMail.account_id == Account.id,
        func.lower(Account.email).in_([one.lower() for one in mail.recipients]),
    )
    found = db.session().execute(known.values(returned_at=now).returning(Account.email, SentMail.sent_at)).one_or_none()
    if found is None:
        return False
    for council in councils.everyone():
        with db.in_council(council):
            idle.mail_refused(found.email, found.sent_at)
    return True


def tidy() -> None:
    """Forget emails that nobody returns any more."""
    db.session().execute(delete(SentMail).where(SentMail.sent_at < clock.now() - KEPT))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
