"""Whom the council's practice managers' notices reach when there is no manager: never nobody."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select

from portal.auth.policy import Permission
from portal.auth.queries.staff import Staff, who_may
from portal.kernel import db, jobs, scope
from portal.kernel.scope import Actor
from portal.referrals.commands import notices
from portal.referrals.models import Referral

# The managers; without one, the administrators, who can let one in.
IN_TURN: Final = (Permission.RESTRICT, Permission.COUNCIL)
CONTACT_JOB: Final = "referrals.tell_contact"


def in_turn(but: Collection[UUID]) -> list[UUID]:
    """The practice managers without those; without any, the administrators; else nobody."""
    for permission in IN_TURN:
        readers = {one.account_id for one in who_may(permission)}.difference(but)
        if readers:
            return sorted(readers)
    return []


def tell_approvers(
    actor: Actor, kind: str, referral_id: UUID, but: Collection[UUID], only: Collection[UUID] = ()
) -> None:
    """Have everybody told who may approve a decision on a report and may see it, without those, and `only` these where
    any of them is among them; without any, the council's own mailbox."""
    readers = {one.account_id for one in approvers(referral_id, but)}
    for account_id in sorted(readers.intersection(only) or readers):
        notices.tell(actor, kind, account_id, referral_id)
    if not readers:
        notices.tell_mailbox(kind, scope.council().settings.email, referral_id)


def approvers(referral_id: UUID, but: Collection[UUID]) -> tuple[Staff, ...]:
    """Everybody who may approve a decision on a report and for whom it is there, without those."""
    query = select(Referral.sight, Referral.unseen_by).where(
        Referral.tenant_id == scope.council().id, Referral.id == referral_id
    )
    sight, unseen_by = db.session().execute(query).one()
    return tuple(
        one
        for one in who_may(Permission.APPROVE)
        if one.account_id not in (*unseen_by, *but) and (sight is None or one.account_id in sight)
    )


def tell_managers(
    actor: Actor, kind: str, *, referral_id: UUID | None = None, unseen_by: frozenset[UUID] = frozenset()
) -> None:
    """Have the practice managers told by email; without one whom it may reach, the administrators; without those, the
    council's mailbox for security.

    `kind` is opened (of a report) or connection. Neither the actor nor an account in `unseen_by` is told.
    """
    readers = in_turn(but={actor.account_id} | unseen_by)
    for account_id in readers:
        notices.tell(actor, kind, account_id, referral_id)
    if readers:
        return
    report = {} if referral_id is None else {"referral_id": referral_id}
    jobs.enqueue(CONTACT_JOB, notice_id=uuid4(), **report)
