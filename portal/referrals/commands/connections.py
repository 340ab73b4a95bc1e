"""Declaring a connection: from then on the family's reports are not there for whoever declared it."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

from sqlalchemy import case, func, insert, literal, null, or_, select, update

from portal.audit import events
from portal.audit.events import Event
from portal.kernel import clock, db
from portal.kernel.errors import Invalid
from portal.kernel.scope import Actor, council_id
from portal.referrals.connecting import Marks, marks_of, touches
from portal.referrals.models import Connection, Notice, Referral, ReferralChild
from portal.referrals.queries.connections import Declared, declared_by
from portal.tenants import vault


def declare(actor: Actor, said: Declared) -> None:
    """Keep what the person said, sealed, and hide every report of such a child from them, now and later.

    The same twice is once. Raises Invalid({"last_name": "required"}) for a surname without a letter.
    """
    marks = marks_of(actor.account_id, said)
    if not marks.surname:
        raise Invalid({"last_name": "required"})
    before = {(one.first_name, one.last_name, one.born_on) for one in declared_by(actor)}
    if (said.first_name, said.last_name, said.born_on) in before:
        return
    made = uuid4()
    wrapped = vault.new_record_key("connection", made)
    words = json.dumps(
        {
            "first_name": said.first_name,
            "last_name": said.last_name,
            "born_on": said.born_on.isoformat() if said.born_on else "",
        },
        ensure_ascii=False,
    )
    db.session().execute(
        insert(Connection).values(
            tenant_id=council_id(),
            id=made,
            account_id=actor.account_id,
            wrapped_key=wrapped,
            words=vault.Record("connection", made, wrapped).seal(words, "connection", made, "words"),
            surname_mark=marks.surname,
            first_mark=marks.first,
            born_mark=marks.born,
            declared_at=clock.now(),
        )
    )
    # The audit says who and that, never whom: that would tell the managers of the family.
    events.record(Event.CONNECTION_DECLARED, actor.account_id)
    # Restricted reports are looked through too: the restriction may be lifted one day.
    with db.as_system():
        hide(actor.account_id, touched(marks))


def touched(marks: Marks) -> list[UUID]:
    """The reports that name such a child; those without a mark were sent before there were any."""
    unmarked = (ReferralChild.surname_mark == "") & (ReferralChild.last_name != "")
    query = (
        select(ReferralChild.referral_id, ReferralChild.first_name, ReferralChild.last_name, ReferralChild.born_on)
        .join(
            Referral,
            (Referral.tenant_id == ReferralChild.tenant_id) & (Referral.id == ReferralChild.referral_id),
        )
        .where(
            ReferralChild.tenant_id == council_id(),
            or_(ReferralChild.surname_mark == marks.surname, unmarked),
            Referral.author_id != marks.account_id,
        )
    )
    found = {row.referral_id for row in db.session().execute(query) if touches(marks, row)}
    return sorted(found)


def hide(account_id: UUID, found: list[UUID]) -> None:
    """Take the reports out of the person's sight, and out of their hands: nobody owns what they cannot see."""
    if not found:
        return
    me = literal(account_id)
    mine = Referral.owner_id == account_id
    hide = (
        update(Referral)
        .where(
            Referral.tenant_id == council_id(),
            Referral.id.in_(found),
            ~func.coalesce(me == func.any(Referral.unseen_by), False),
        )
        .values(
            unseen_by=func.array_append(Referral.unseen_by, me),
            state=case((mine & (Referral.state == "screening"), "sent"), else_=Referral.state),
            claimed_at=case((mine, null()), else_=Referral.claimed_at),
            owner_id=case((mine, null()), else_=Referral.owner_id),
            version=Referral.version + 1,
        )
    )
    db.session().execute(hide.execution_options(synchronize_session=False))
    silence = (
        update(Notice)
        .where(
            Notice.tenant_id == council_id(),
            Notice.referral_id.in_(found),
            Notice.account_id == account_id,
            Notice.state == "pending",
        )
        .values(state="failed")
    )
    db.session().execute(silence.execution_options(synchronize_session=False))
