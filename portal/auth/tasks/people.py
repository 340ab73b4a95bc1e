"""Emails about people who wait, whose access changed, and agencies that are left without a lead; without names."""

from __future__ import annotations

from uuid import UUID

from portal.auth.commands.reminding import TO_COUNCIL
from portal.auth.letters import address, language_of, send
from portal.auth.queries import mailing
from portal.kernel import jobs
from portal.kernel.language import N_, words

# How a membership stands: the subject, the text and the page of the email about it.
DECIDED = {
    "active": (
        N_("Your account is approved"),
        N_("You can now report a concern, follow your reports and answer questions about them. Sign in here:"),
        "/sign-in",
    ),
    "refused": (
        N_("Your request was not approved"),
        N_(
            "If you think this is a mistake, speak to your agency's safeguarding lead. "
            "You can still report a concern by phone. The numbers are here:"
        ),
        "/",
    ),
    "suspended": (
        N_("Your access is suspended"),
        N_(
            "You cannot use the portal for now. Speak to your agency's safeguarding lead, or to the council. "
            "You can still report a concern by phone. The numbers are here:"
        ),
        "/",
    ),
    "ended": (
        N_("Your access has ended"),
        N_(
            "You can no longer see your agency's reports here. If you think this is a mistake, speak to your "
            "agency's safeguarding lead. You can still report a concern by phone. The numbers are here:"
        ),
        "/",
    ),
}


@jobs.task("auth.send_membership")
def send_membership(membership_id: UUID) -> None:
    """Tell a person that they were approved or refused, or can use the portal no longer."""
    found = mailing.decided(membership_id)
    if found is None or found.state not in DECIDED:
        return
    language = language_of(found.reader)
    subject, text, path = DECIDED[found.state]
    body = f"{words(language, text)}\n\n{address(path)}"
    send(found.reader, language, words(language, subject), body, f"membership-{membership_id}-{found.version}")


@jobs.task("auth.send_changed")
def send_changed(membership_id: UUID) -> None:
    """Tell a person that their access is another than it was."""
    found = mailing.decided(membership_id)
    if found is None or found.state != "active":
        return
    language = language_of(found.reader)
    subject = words(language, "Your access has changed")
    text = words(language, "What you may do in the professionals' portal has changed. Sign in to see it:")
    body = f"{text}\n\n{address('/account')}"
    send(found.reader, language, subject, body, f"membership-{membership_id}-{found.version}")


@jobs.task("auth.remind_approvers")
def remind_approvers(membership_id: UUID) -> None:
    """Remind those who may approve somebody that they still wait: the leads twice, then the council."""
    stage = mailing.reminded(membership_id)
    readers = mailing.council_people() if stage == TO_COUNCIL else mailing.approvers(membership_id)
    for reader in readers if stage else ():
        language = language_of(reader)
        subject = words(language, "Someone is still waiting for approval")
        text = words(
            language,
            "Someone asked for access to the professionals' portal some days ago, and nobody has decided yet. Until "
            "then they can only send a report and see its receipt. Sign in to see who it is:",
        )
        key = f"reminder-{membership_id}-{stage}-{reader.membership_id}"
        send(reader, language, subject, f"{text}\n\n{address('/people')}", key)


@jobs.task("auth.tell_without_lead")
def tell_without_lead(agency_id: UUID, membership_id: UUID) -> None:
    """Tell the council that an agency has no lead any more."""
    for reader in mailing.council_people():
        language = language_of(reader)
        subject = words(language, "An agency has no safeguarding lead")
        text = words(
            language,
            "The last safeguarding lead of an agency can no longer use the portal. Until there is a new one, you "
            "approve its people. Sign in to see which agency it is, and invite a new lead:",
        )
        key = f"without-lead-{agency_id}-{membership_id}-{reader.membership_id}"
        send(reader, language, subject, f"{text}\n\n{address('/people')}", key)


@jobs.task("auth.tell_name_changed")
def tell_name_changed(membership_id: UUID, event_id: UUID) -> None:
    """Tell those who look after somebody that the name on their list is another."""
    for reader in mailing.looking_after(membership_id):
        language = language_of(reader)
        subject = words(language, "Someone has changed their name")
        text = words(language, "Someone whom you look after has changed their name. Sign in to see the list:")
        key = f"name-{event_id}-{reader.membership_id}"
        send(reader, language, subject, f"{text}\n\n{address('/people')}", key)


@jobs.task("auth.warn_idle")
def warn_idle(membership_id: UUID) -> None:
    """Tell a person that their access will be suspended unless they sign in."""
    found = mailing.decided(membership_id)
    if found is None or found.state != "active":
        return
    language = language_of(found.reader)
    subject = words(language, "Sign in to keep your access")
    text = words(
        language,
        "You have not used the professionals' portal for some time. Unless you sign in within 14 days, your access "
        "will be suspended. Sign in here:",
    )
    body = f"{text}\n\n{address('/sign-in')}"
    send(found.reader, language, subject, body, f"idle-{membership_id}-{found.version}")


@jobs.task("auth.tell_suspended")
def tell_suspended(membership_id: UUID) -> None:
    """Tell those who look after somebody that their access stopped, because their address takes no mail."""
    for reader in mailing.looking_after(membership_id):
        language = language_of(reader)
        subject = words(language, "Someone's email address no longer works")
        text = words(
            language,
            "Emails to someone whom you look after cannot be delivered, so their access is suspended. Sign in to see "
            "who it is, and end their access if they have left:",
        )
        key = f"undelivered-{membership_id}-{reader.membership_id}"
        send(reader, language, subject, f"{text}\n\n{address('/people')}", key)


@jobs.task("auth.remind_to_confirm")
def remind_to_confirm(agency_id: UUID, membership_id: UUID) -> None:
    """Ask the leads of an agency to confirm its people."""
    for reader in mailing.leads_of(agency_id):
        language = language_of(reader)
        subject = words(language, "Confirm who still works at your agency")
        text = words(
            language,
            "Every 90 days we ask you to confirm the people of your agency, so that nobody who has left can see its "
            "reports. Sign in here:",
        )
        key = f"confirm-{membership_id}-{mailing.reminders(membership_id)}-{reader.membership_id}"
        send(reader, language, subject, f"{text}\n\n{address('/people/confirm')}", key)


@jobs.task("auth.tell_call_back_elsewhere")
def tell_call_back_elsewhere(membership_id: UUID, event_id: UUID) -> None:
    """Tell those who look after somebody here that another council recorded that it rang them back."""
    for reader in mailing.looking_after(membership_id):
        language = language_of(reader)
        subject = words(language, "Someone may set up signing in again")
        text = words(
            language,
            "Someone whom you look after works with another council, too. There it was recorded that they had lost "
            "their phone and were rung back, so they may set up signing in again, here as well. If you doubt it, "
            "suspend their access and ring them:",
        )
        key = f"call-back-{event_id}-{reader.membership_id}"
        send(reader, language, subject, f"{text}\n\n{address('/people/' + str(membership_id))}", key)
