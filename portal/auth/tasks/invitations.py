"""The email of an invitation: what it is for stays on the page that it opens."""

from __future__ import annotations

from uuid import UUID

from portal.auth.letters import address, send
from portal.auth.queries import invitations
from portal.auth.queries.mailing import Reader
from portal.kernel import jobs
from portal.kernel.language import words


@jobs.task("auth.send_invitation")
def send_invitation(invitation_id: UUID) -> None:
    """Send the address that opens an invitation, unless it was accepted, cancelled or sent again meanwhile."""
    found = invitations.letter(invitation_id)
    if found is None:
        return
    subject = words(found.language, "You are invited to the professionals' portal")
    body = words(
        found.language,
        "You are invited to the portal for people who work with children and families. Open this page to see what "
        "you are offered and to accept it:\n\n%(address)s\n\n"
        "The invitation is for this email address only. It works once, for 48 hours.\n\n"
        "If you did not expect it, you can ignore this email.",
    )
    text = body % {"address": address(f"/invitation/{found.token}")}
    reader = Reader(invitation_id, found.email, found.language)
    send(reader, found.language, subject, text, f"invitation-{invitation_id}-{found.version}")
