"""Emails about accounts: codes, and how a request for membership stands. Names and agencies stay out of them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from portal.auth.commands import codes, mailboxes
from portal.auth.commands.forgotten import PURPOSE
from portal.auth.letters import address, language_of, send
from portal.auth.queries import mailing, pending
from portal.auth.queries.mailing import Reader
from portal.auth.sessions import tidy as tidy_sessions
from portal.auth.tasks import invitations as invitations
from portal.auth.tasks import operators as operators
from portal.auth.tasks import people as people
from portal.auth.tasks import returned as returned
from portal.auth.tasks import signing_in as signing_in
from portal.kernel import db, jobs, scope
from portal.kernel.language import words

FORGET_LIMITS = text("delete from rate_limit where expires_at < now() - interval '1 hour'")


@jobs.task("auth.send_code")
def send_code(code_id: UUID) -> None:
    """Make a code and send it; to an address that has an account already, say so instead (registration)."""
    found = pending.to_send(code_id)
    if found is None:
        return
    if found.purpose == PURPOSE and found.account_id is None:
        # Nobody's address, or somebody's whose account is suspended: the page says the same, and no mail goes out.
        codes.answer_nobody(code_id)
        return
    if found.purpose in ("register", "email") and found.has_account:
        codes.answer_known(code_id, found.purpose)
        subject, body = _already(found.language)
    else:
        code = codes.give_out(code_id, found.wrapped_key, found.purpose)
        subject, body = _code(found.language, code)
    reader = Reader(code_id, found.email, found.language)
    send(reader, found.language, subject, body, f"code-{code_id}", waited_for=True)


@jobs.task("auth.tell_approvers")
def tell_approvers(membership_id: UUID) -> None:
    """Tell those who can approve a membership that somebody waits; without a name."""
    for reader in mailing.approvers(membership_id):
        language = language_of(reader)
        subject = words(language, "Someone is waiting for your approval")
        text = words(
            language,
            "Someone has asked for access to the professionals' portal. Until you decide, they can only send a "
            "report and see its receipt. Sign in to see who it is:",
        )
        key = f"approver-{membership_id}-{reader.membership_id}"
        send(reader, language, subject, f"{text}\n\n{address('/people')}", key)


@jobs.app.periodic(cron="23 * * * *")
@jobs.app.task(name="auth.tidy", queueing_lock="auth.tidy", pass_context=False)
def tidy(timestamp: int) -> None:
    """Delete sessions, codes, counts of tries and receipts of emails that nobody can use any more."""
    del timestamp
    with db.unit_of_work(scope.Scope(actor=scope.SYSTEM)):
        codes.tidy()
        tidy_sessions()
        mailboxes.tidy()
        db.session().execute(FORGET_LIMITS)


def _code(language: str, code: str) -> tuple[str, str]:
    subject = words(language, "Your code for the professionals' portal")
    body = words(
        language,
        "Your code is %(code)s\n\nEnter it on the page where you asked for it. It works once, for 15 minutes, in "
        "the same browser only. Nobody from the council will ever ask you for it.\n\n"
        "If you did not ask for a code, you can ignore this email.",
    )
    return subject, body % {"code": code}


def _already(language: str) -> tuple[str, str]:
    subject = words(language, "You already have an account")
    body = words(
        language,
        "Someone, probably you, tried to register with this email address. It has an account already, so you do "
        "not need a new one. Sign in here:\n\n%(address)s\n\n"
        "If your account is with another council, signing in here asks for access to this one.\n\n"
        "If it was not you, you can ignore this email.",
    )
    return subject, body % {"address": address("/sign-in")}
