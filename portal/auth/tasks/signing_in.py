"""Emails about what a person signs in with; nothing in them says who they are."""

from __future__ import annotations

from uuid import UUID

from portal.auth.letters import address, council, language_of, send
from portal.auth.queries import mailing
from portal.kernel import jobs
from portal.kernel.language import N_, words


@jobs.task("auth.tell_factor_set_up")
def tell_factor_set_up(account_id: UUID, event_id: UUID) -> None:
    """Tell a person that what they sign in with has changed."""
    subject = N_("What you sign in with has changed")
    text = N_("Something that you sign in with was set up or replaced just now. You were signed out everywhere else.")
    _tell(account_id, event_id, subject, text)


@jobs.task("auth.tell_recovery_code_used")
def tell_recovery_code_used(account_id: UUID, event_id: UUID) -> None:
    """Tell a person that one of their recovery codes was used."""
    subject = N_("A recovery code was used")
    _tell(account_id, event_id, subject, N_("One of your recovery codes was used to sign in just now."))


@jobs.task("auth.tell_password_changed")
def tell_password_changed(account_id: UUID, event_id: UUID) -> None:
    """Tell a person that their password was changed."""
    text = N_("Your password was changed just now. You were signed out everywhere else.")
    _tell(account_id, event_id, N_("Your password has changed"), text)


@jobs.task("auth.tell_new_device")
def tell_new_device(account_id: UUID, event_id: UUID) -> None:
    """Tell a person that they signed in on a device or network that is new."""
    text = N_("You signed in just now with a browser or from a network that you had not used here before.")
    _tell(account_id, event_id, N_("You signed in on a new device"), text)


@jobs.task("auth.tell_call_back")
def tell_call_back(account_id: UUID, event_id: UUID) -> None:
    """Tell a person that a call-back was recorded for them."""
    subject = N_("You can set up signing in again")
    text = N_(
        "Somebody recorded that they rang you back because you could not sign in. Sign in with your password and a "
        "code from an email to set up a new app. If you have forgotten your password, begin with that on the sign-in "
        "page. If you work for the council, both are possible after 24 hours."
    )
    _tell(account_id, event_id, subject, text)


@jobs.task("auth.tell_email_asked")
def tell_email_asked(account_id: UUID, event_id: UUID) -> None:
    """Tell a person, at the address that they still have, that another one was asked for."""
    subject = N_("A new email address was asked for")
    text = N_("Somebody who is signed in as you asked to change your email address. It has not been changed yet.")
    _tell(account_id, event_id, subject, text)


@jobs.task("auth.tell_email_changed")
def tell_email_changed(account_id: UUID, event_id: UUID) -> None:
    """Tell a person, at their new address, that it is theirs now."""
    subject = N_("Your email address has been changed")
    text = N_("You now sign in with this address. You were signed out everywhere else.")
    _tell(account_id, event_id, subject, text)


def _tell(account_id: UUID, event_id: UUID, subject: str, text: str) -> None:
    """An email about signing in: no name, no agency, and what to do if it was somebody else."""
    reader = mailing.of_account(account_id)
    if reader is None:
        return
    language = language_of(reader)
    alarm = N_(
        "If it was not you, somebody else may be able to sign in as you. Sign in, end your other sessions on your "
        "account page, and tell the council:"
    )
    path = "/account"
    if council() is None:
        alarm = N_(
            "If it was not you, somebody else may be able to sign in as you. Have another operator end your access at "
            "once. You sign in here:"
        )
        path = "/operator/sign-in"
    body = f"{words(language, text)}\n\n{words(language, alarm)}\n\n{address(path)}"
    send(reader, language, words(language, subject), body, f"account-{event_id}")
