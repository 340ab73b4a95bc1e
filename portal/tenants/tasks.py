"""Every day, in every council: what has to be done about its people. And emails about an operator who wants to look."""

from __future__ import annotations

from uuid import UUID

import structlog

from portal.adapters import ports
from portal.auth.commands import attesting, idle, reminding
from portal.auth.letters import address, language_of, send
from portal.auth.queries import mailing
from portal.kernel import clock, db, jobs, scope
from portal.kernel.language import words
from portal.kernel.scope import Council, Scope
from portal.tenants.each import for_each
from portal.tenants.opening import hours_of
from portal.tenants.queries import support

log = structlog.get_logger()


@jobs.app.periodic(cron="20 7 * * *")
@jobs.app.task(name="tenants.look_after_people", queueing_lock="tenants.look_after_people", pass_context=False)
def look_after_people(timestamp: int) -> None:
    """Remind of requests that nobody decides and of lists that nobody confirms; suspend whoever is away."""
    del timestamp
    for_each(_look_after_people)


def _look_after_people(council: Council) -> None:
    with db.unit_of_work(Scope(council=council, actor=scope.SYSTEM)):
        now = clock.now()
        found = reminding.remind(now, council.nation, hours_of(council))
        found += attesting.remind(now) + idle.look_after(now)
    if found:
        log.info("people.looked_after", council=council.slug, count=found)


@jobs.task("tenants.tell_support_asked")
def tell_support_asked(grant_id: UUID) -> None:
    """Tell those who can decide that an operator asks to look; who and why stands on the page."""
    for reader in mailing.council_people():
        language = language_of(reader)
        subject = words(language, "The portal's operator asks to look")
        text = words(
            language,
            "Somebody who runs the portal asks to look into your council's part of it for a few hours. Until you "
            "decide, they see nothing. Sign in to see who it is, and why:",
        )
        body = f"{text}\n\n{address('/council/support')}"
        send(reader, language, subject, body, f"support-{grant_id}-{reader.membership_id}")


@jobs.task("tenants.tell_support_decided")
def tell_support_decided(grant_id: UUID) -> None:
    """Tell the operator that the council has decided."""
    reader = mailing.of_account(support.asked_by(grant_id))
    if reader is None:
        return
    language = reader.language or "en"
    subject = words(language, "A council has decided about your request to look")
    body = words(language, "Sign in to see what the council decided:")
    send(reader, language, subject, f"{body}\n\n{ports.address('/operator')}", f"support-decided-{grant_id}")
