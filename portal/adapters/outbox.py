"""The demonstration's outbox: mail that is kept in the database instead of being sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from portal.adapters.models import OutboxMail
from portal.adapters.ports import Email, Return
from portal.kernel import clock, db

SHOWN = 200


@dataclass(frozen=True)
class Kept:
    """One email on the outbox page."""

    recipient: str
    subject: str
    body: str
    sent_at: datetime


class OutboxMailer:
    """Keeps each email in the transaction of the job that sends it: a job run again leaves one."""

    returns = False

    def send(self, email: Email) -> None:
        """Keep one email."""
        db.session().execute(
            insert(OutboxMail).values(recipient=email.to, subject=email.subject, body=email.body, sent_at=clock.now())
        )

    def check(self) -> None:
        """Nothing can be wrong with it that the database would not say first."""

    def returned(self) -> Iterator[list[Return]]:
        """Nothing: nobody sends it."""
        return iter(())


def kept(recipient: str = "") -> list[Kept]:
    """What was sent, newest first (at most SHOWN); to one recipient if it is named."""
    mail = OutboxMail
    query = select(mail.recipient, mail.subject, mail.body, mail.sent_at).order_by(mail.sent_at.desc(), mail.id)
    if recipient:
        query = query.where(mail.recipient == recipient)
    rows = db.session().execute(query.limit(SHOWN)).all()
    return [Kept(row.recipient, row.subject, row.body, row.sent_at) for row in rows]


def recipients() -> list[str]:
    """Everybody who was sent something, by address."""
    return list(db.session().execute(select(OutboxMail.recipient).distinct().order_by(OutboxMail.recipient)).scalars())
