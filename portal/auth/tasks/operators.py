"""The email with which an operator of the instance sets up signing in."""

from __future__ import annotations

from uuid import UUID

from portal.auth.letters import address, language_of, send
from portal.auth.queries import operators
from portal.auth.queries.mailing import Reader
from portal.kernel import jobs
from portal.kernel.language import words


@jobs.task("auth.send_operator_link")
def send_operator_link(operator_id: UUID) -> None:
    """Send the address that sets up signing in, unless it was used, replaced or taken back meanwhile."""
    found = operators.letter(operator_id)
    if found is None:
        return
    reader = Reader(operator_id, found.email, found.language)
    language = language_of(reader)
    subject = words(language, "Set up how you sign in as an operator")
    body = words(
        language,
        "You are to help run the professionals' portal. Open this page to set up how you sign in:\n\n%(address)s\n\n"
        "The page works once, for 48 hours. What this address signed in with before stops working then.\n\n"
        "If you did not expect it, tell whoever runs the portal.",
    )
    text = body % {"address": address(f"/operator/set-up/{found.token}")}
    send(reader, language, subject, text, f"operator-{operator_id}-{found.token_hash[:12]}")
