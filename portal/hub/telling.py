"""Who is told that there is news in the hub: partners for whom a report is there, and somebody of the council."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from portal.auth.policy import Permission
from portal.auth.queries.hub import partners_of
from portal.auth.queries.staff import who_may
from portal.hub.models import HubAccess, HubMessage
from portal.hub.queries.members import last_read, reads
from portal.kernel import clock, db, scope
from portal.kernel.scope import Actor
from portal.referrals.commands import notices
from portal.referrals.commands.telling import approvers, tell_approvers
from portal.referrals.models import Notice, Referral

DAY: Final = timedelta(hours=24)


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


def tell_partners(actor: Actor, accounts: Iterable[UUID], referral_id: UUID) -> None:
    """A notice for each of those partners, but for whom was told within a day and has not looked since: they know that
    there is something, and what came meanwhile is told when the day is over (`hub.tell_held_back`)."""
    wanted = set(accounts)
    told = _last_told({referral_id})
    read = last_read(referral_id) if told else {}
    recent = {
        account_id
        for (account_id, _referral), at in told.items()
        if at > clock.now() - DAY and read.get(account_id, at) <= at
    }
    tell(actor, "hub", wanted - recent, referral_id)


def tell_held_back() -> int:
    """Tell the partners of the council in scope of what came after their last notice, once that is a day old and they
    have still not looked; how many notices."""
    waiting = _with_news()
    ids = {one.referral_id for one in waiting}
    read, told = reads(ids), defaultdict[UUID, dict[UUID, datetime]](dict)
    for (who, referral_id), at in _last_told(ids).items():
        told[referral_id][who] = at
    before, number = clock.now() - DAY, 0
    for one in waiting:
        behind = {
            who
            for who, at in told[one.referral_id].items()
            if at < before and _behind(one, at, read.get((who, one.referral_id), at))
        }
        due = behind & partners([one]) if behind else frozenset()
        tell(scope.SYSTEM, "hub", due, one.referral_id)
        number += len(due)
    return number


def _behind(one: Any, told: datetime, read: datetime) -> bool:
    """Whether somebody who was told then, and looked then, has something to hear of. A colleague's looking does not
    count; what nobody of the agency has read is new to all of them, if it was committed late."""
    return max(told, read) < one.newest or (one.unread is not None and told < one.unread)


def _with_news() -> list[Any]:
    """What is open and has something that others wrote there, or was shared anew: to whom, whom it leaves out, the
    newest, and the newest of what nobody of the agency has read."""
    here = (HubMessage.tenant_id == HubAccess.tenant_id, HubMessage.room_id == HubAccess.room_id)
    others = HubMessage.held_at.is_(None) & HubMessage.agency_id.is_distinct_from(HubAccess.agency_id)
    last = select(func.max(HubMessage.sent_at)).where(*here, others).correlate(HubAccess)
    # What was held first came when it was shown.
    shown = select(func.max(func.greatest(HubMessage.sent_at, HubMessage.released_at))).where(*here, others)
    unread = shown.where(~(HubAccess.agency_id == func.any(HubMessage.read_by))).correlate(HubAccess).scalar_subquery()
    newest = func.greatest(last.scalar_subquery(), HubAccess.changed_at)
    query = select(
        HubAccess.referral_id, HubAccess.agency_id, HubAccess.authors, HubAccess.unseen_by, newest.label("newest"),
        unread.label("unread"),
    ).where(
        HubAccess.tenant_id == scope.council().id, HubAccess.withdrawn_at.is_(None), ~HubAccess.hidden,
        newest.is_not(None),
    )  # fmt: skip
    return list(db.session().execute(query).all())


def _last_told(referral_ids: Collection[UUID]) -> dict[tuple[UUID, UUID], datetime]:
    """When each partner was last told that there is news, by person and report."""
    query = (
        select(Notice.account_id, Notice.referral_id, func.max(Notice.created_at))
        .where(
            Notice.tenant_id == scope.council().id, Notice.kind == "hub", Notice.referral_id.in_(sorted(referral_ids)),
        )
        .group_by(Notice.account_id, Notice.referral_id)
    )  # fmt: skip
    rows: Any = db.session().execute(query).all()
    return {(account_id, referral_id): at for account_id, referral_id, at in rows}


def tell(actor: Actor, kind: str, accounts: Iterable[UUID], referral_id: UUID) -> None:
    """A notice for each of them."""
    for account_id in sorted(accounts):
        notices.tell(actor, kind, account_id, referral_id)


def tell_council(actor: Actor, referral_id: UUID, access_id: UUID, *, kind: str = "hub_in") -> frozenset[UUID]:
    """Have whoever owns the report (else opened it) told that there is news, or of what `kind` says; the practice
    managers where it is not there for that person any more, because somebody must read it. Who was told."""
    reader = _council_reader(referral_id, access_id)
    if reader:
        tell(actor, kind, reader, referral_id)
        return reader
    tell_approvers(actor, kind, referral_id, but=())
    return frozenset(one.account_id for one in approvers(referral_id, but=()))
