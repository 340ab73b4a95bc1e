"""Tells people of the council in scope that a transfer has news; nothing about whom it is of."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from portal.auth.policy import Permission
from portal.auth.queries.staff import who_may
from portal.kernel import scope
from portal.referrals.commands import notices
from portal.referrals.deadlines import URGENT_RANK

KIND = "transfer"


def tell_managers(*, urgency: int = 0, but: UUID | None = None) -> None:
    """Have the practice managers told by email, of something urgent the people on duty too; never nobody."""
    readers = {one.account_id for one in who_may(Permission.APPROVE)} - {but}
    for account_id in sorted(readers):
        notices.tell(scope.SYSTEM, KIND, account_id, None)
    settings = scope.council().settings
    mailboxes = settings.duty.addresses if urgency >= URGENT_RANK else ()
    for mailbox in mailboxes or (() if readers else (settings.email,)):
        notices.tell_mailbox(KIND, mailbox, None)


def tell_each(readers: Collection[UUID]) -> None:
    """Have these people told by email, and nobody else: of what is restricted no mailbox hears."""
    for account_id in sorted(readers):
        notices.tell(scope.SYSTEM, KIND, account_id, None)


def tell_of_restricted() -> None:
    """Have those told who may restrict reports, and so may see it; without any of them the council's own mailbox."""
    readers = {one.account_id for one in who_may(Permission.RESTRICT)}
    tell_each(readers)
    if not readers:
        notices.tell_mailbox(KIND, scope.council().settings.email, None)


def tell(account_id: UUID | None) -> None:
    """Have one person told by email; the managers where it is nobody's."""
    if account_id is None:
        tell_managers()
        return
    notices.tell(scope.SYSTEM, KIND, account_id, None)
