"""The kept numbers of a council's reports, and the few guarded ones that are in none of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    String,
    column,
    false,
    literal,
    literal_column,
    or_,
    select,
    true,
    union_all,
)

from portal.auth.policy import Permission, Reach, reach
from portal.kernel.scope import Actor
from portal.referrals.models import Referral, Tally
from portal.referrals.queries.reaching import reachable


def counted(actor: Actor, count: Any, where: Callable[[Any], ColumnElement[bool]]) -> CompoundSelect[Any]:
    """Rows of `kind`, `key`, `day` and `number`, whose sums are exact for this person: what is kept of the council, and
    what each guarded report that they see counts for as `count`, a function of the database, has it.

    `where` narrows both alike by these columns. Nobody who does not look at the whole council's reports gets any.
    """
    everything = true() if reach(actor, Permission.LOOK) is Reach.COUNCIL else false()
    kept = select(Tally.kind, Tally.key, Tally.day, Tally.number).where(everything, where(Tally))
    parts = count(literal_column("referral")).table_valued(
        column("kind", String), column("key", String), column("day", Date), name="parts"
    ).lateral()  # fmt: skip
    guarded = (
        select(parts.c.kind, parts.c.key, parts.c.day, literal(1).label("number"))
        .select_from(Referral)
        .join(parts, literal(1) == 1)
        .where(
            reachable(actor, Permission.LOOK),
            Referral.state != "draft",
            or_(Referral.sight.is_not(None), Referral.unseen_by != []),
            where(parts.c),
        )
    )
    return union_all(kept, guarded)
