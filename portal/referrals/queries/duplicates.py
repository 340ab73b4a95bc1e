"""Reports of the last weeks about the same child, as far as this person may know of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from portal.auth.models import Account
from portal.auth.policy import Permission
from portal.kernel import clock, db, scope
from portal.kernel.scope import Actor
from portal.referrals.connecting import surname_mark
from portal.referrals.duplicates import same_child
from portal.referrals.models import Referral, ReferralChild
from portal.referrals.projecting import ChildFacts
from portal.referrals.queries.reaching import reachable


@dataclass(frozen=True)
class Earlier:
    """A report that was sent already: of this person's, or of their agency for its lead."""

    reference: str
    initials: str
    sent_at: datetime
    state: str
    form_key: str
    author: str
    mine: bool


@dataclass(frozen=True)
class _Child:
    first_name: str
    last_name: str
    born_on: date | None


def earlier(actor: Actor, children: Iterable[ChildFacts]) -> tuple[Earlier, ...]:
    """The person's (for a lead: the agency's) reports of the council's last weeks about one of these children, newest
    first. What a colleague has sent, or hidden, is as if it were not there: that alone would tell of a family.
    """
    wanted = list(children)
    council = scope.council()
    weeks: int = council.settings.duplicate_weeks
    if not wanted or not weeks:
        return ()
    query = (
        select(
            Referral.reference, Referral.initials, Referral.sent_at, Referral.state, Referral.form_key, Account.name,
            Referral.author_id, ReferralChild.first_name, ReferralChild.last_name, ReferralChild.born_on,
        )
        .join(
            Referral, (Referral.tenant_id == ReferralChild.tenant_id) & (Referral.id == ReferralChild.referral_id)
        )
        .join(Account, Account.id == Referral.author_id)
        .where(
            reachable(actor, Permission.TRACK),
            Referral.tenant_id == council.id,
            Referral.state.not_in(("draft", "withdrawn")),
            Referral.sent_at >= clock.now() - timedelta(weeks=weeks),
            or_(
                ReferralChild.surname_mark.in_({mark for mark in map(surname_mark, wanted) if mark} | {""}),
                ReferralChild.born_on.in_({child.born_on for child in wanted if child.born_on}),
            ),
        )
        .order_by(Referral.sent_at.desc(), Referral.id, ReferralChild.position)
    )  # fmt: skip
    found: dict[str, Earlier] = {}
    for row in db.session().execute(query):
        known = _Child(row.first_name, row.last_name, row.born_on)
        if any(same_child(child, known) for child in wanted):
            found.setdefault(row.reference, _earlier(actor, row))
    return tuple(found.values())


def _earlier(actor: Actor, row: Any) -> Earlier:
    mine = row.author_id == actor.account_id
    return Earlier(row.reference, row.initials, row.sent_at, row.state, row.form_key, row.name, mine)
