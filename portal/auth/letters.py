"""How an email about an account is addressed, signed and handed over; what it says is its job's."""

from __future__ import annotations

import structlog

from portal.adapters import ports
from portal.adapters.ports import Email
from portal.auth.commands import idle, mailboxes
from portal.auth.queries.mailing import Reader
from portal.kernel import scope
from portal.kernel.language import say, words
from portal.kernel.scope import Council

log = structlog.get_logger()


def council() -> Council | None:
    """The council that writes; None for the instance itself, which writes to its operators."""
    return scope.current().council


def language_of(reader: Reader) -> str:
    """The language that somebody chose, else the council's first."""
    here = council()
    return reader.language or (here.languages[0] if here else "en")


def address(path: str) -> str:
    """The address of a page of the council, or of the instance."""
    here = council()
    return ports.address(f"/{here.slug}{path}" if here else path)


def send(reader: Reader, language: str, subject: str, body: str, key: str, *, waited_for: bool = False) -> None:
    """Hand an email over; `key` is stable, so that a job run again sends what can be told for the same. `waited_for`:
    somebody sits there until it comes."""
    here = council()
    name = say(here.name, language) if here else words(language, "Professionals portal")
    danger = words(language, "If a child is in immediate danger, call 999.")
    email = Email(
        to=reader.email,
        subject=f"{subject} - {name}",
        body=f"{body}\n\n{danger}\n\n{name}\n",
        sender=here.settings.sender if here else ports.instance_sender(),
        language=language,
        message_id=key,
    )
    try:
        hand_over(email, waited_for=waited_for)
    except ports.Refused:
        # The address takes no mail: trying again is no use, and the page said what to do if nothing comes.
        log.warning("auth.mail_refused", kind=key.partition("-")[0])


def hand_over(email: Email, *, waited_for: bool = False) -> None:
    """Give an email to the mail server; whether its mailbox is there is noted for the person's access.

    What somebody waits for carries no receipt: some mail servers keep a sender that they have not met yet (and each
    receipt makes another one) waiting for a quarter of an hour. Raises ports.Refused, Unavailable.
    """
    mailer = ports.mailer()
    try:
        mailer.send(mailboxes.expected_back(email) if mailer.returns and not waited_for else email)
    except ports.Refused as refusal:
        if refusal.no_mailbox:
            idle.mail_refused(email.to)
        raise
    if not mailer.returns:
        # Whoever takes mail that may come back has not said that the mailbox is there.
        idle.mail_taken(email.to)
