"""Who is told that there is news in the hub: partners for whom a report is there, and somebody of the council."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from portal.auth.policy import Permission
from portal.auth.queries.hub import partners_of
from portal.auth.queries.staff import who_may
from portal.hub.models import HubAccess
from portal.kernel import db, scope
from portal.kernel.scope import Actor
from portal.referrals.commands import notices
from portal.referrals.commands.telling import tell_approvers
from portal.referrals.models import Referral


def readers(referral_id: UUID) -> list[Any]:
    """Whose partners may read a report's hub now, with whom of them it leaves out."""
    query = select(HubAccess.agency_id, HubAccess.authors, HubAccess.unseen_by).where(
        HubAccess.tenant_id == scope.council().id, HubAccess.referral_id == referral_id,
        HubAccess.withdrawn_at.is_(None), ~HubAccess.hidden,
    )  # fmt: skip
    return list(db.session().execute(query).all())


def partners(readers: list[Any]) -> frozenset[UUID]:
    """The people of those agencies for whom it is there."""
    left_out = {one for row in readers for one in (*row.authors, *row.unseen_by)}
    return partners_of({row.agency_id for row in readers}) - left_out if readers else frozenset()


def _council_reader(referral_id: UUID, access_id: UUID) -> frozenset[UUID]:
    """Who owns the report, else who opened it, if it is there for them."""
    query = (
        select(func.coalesce(Referral.owner_id, HubAccess.opened_by), Referral.sight, Referral.unseen_by)
        .join(HubAccess, (HubAccess.tenant_id == Referral.tenant_id) & (HubAccess.referral_id == Referral.id))
        .where(Referral.tenant_id == scope.council().id, Referral.id == referral_id, HubAccess.id == access_id)
    )
    row: Any = db.session().execute(query).one_or_none()
    if row is None:
        return frozenset()
    reader, sight, unseen_by = row
    works_here = any(one.account_id == reader for one in who_may(Permission.SCREEN))
    there = reader not in unseen_by and (sight is None or reader in sight)
    return frozenset({reader}) if works_here and there else frozenset()


def tell(actor: Actor, kind: str, accounts: Iterable[UUID], referral_id: UUID) -> None:
    """A notice for each of them."""
    for account_id in sorted(accounts):
        notices.tell(actor, kind, account_id, referral_id)


def tell_council(actor: Actor, referral_id: UUID, access_id: UUID) -> None:
    """Have whoever owns the report (else opened it) told that a partner wrote; the practice managers where it is not
    there for that person any more, because somebody must read it."""
    reader = _council_reader(referral_id, access_id)
    if reader:
        tell(actor, "hub_in", reader, referral_id)
    else:
        tell_approvers(actor, "hub_in", referral_id, but=())
