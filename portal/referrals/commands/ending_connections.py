"""Ending a declared connection, with a reason that the practice managers read; and hiding the family again."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, literal, select, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission, Reach, reach
from portal.kernel import clock, db
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.kernel.scope import Actor, council_id
from portal.referrals.commands.connections import hide, touched
from portal.referrals.commands.telling import tell_managers
from portal.referrals.connecting import Marks
from portal.referrals.models import Connection, Referral
from portal.tenants import vault

MAX_WORDS: Final = 2000


def end(actor: Actor, connection_id: UUID, why: str) -> None:
    """The person who declared it ends it: the family's reports are there for them again, unless another connection of
    theirs hides them. The practice managers are told at once, or whoever stands in for
    them. Twice is once.

    Raises NotFound for what is not theirs, and Invalid({"why": "required" or "too_long"}).
    """
    if not why or len(why) > MAX_WORDS:
        raise Invalid({"why": "too_long" if why else "required"})
    one = _locked(connection_id)
    if one is None or one.account_id != actor.account_id:
        raise NotFound("no such connection of theirs")
    if one.ended_at is not None:
        return
    sealed = vault.Record("connection", one.id, one.wrapped_key).seal(why, "connection", one.id, "why")
    _change(one.id, ended_at=clock.now(), ended_by=actor.account_id, why=sealed)
    events.record(Event.CONNECTION_ENDED, actor.account_id)
    with db.as_system():
        _show(_marks(one))
    tell_managers(actor, "connection")


def put_back(actor: Actor, connection_id: UUID) -> None:
    """A practice manager hides the family again from whoever ended the connection. Twice is once. Raises NotFound."""
    if reach(actor, Permission.RESTRICT) is not Reach.COUNCIL:
        raise Forbidden
    one = _locked(connection_id)
    if one is None:
        raise NotFound("no such connection")
    if one.ended_at is None:
        return
    _change(one.id, ended_at=None, ended_by=None, why=None)
    events.record(Event.CONNECTION_PUT_BACK, one.account_id)
    marks = _marks(one)
    with db.as_system():
        hide(marks.account_id, touched(marks))


def _locked(connection_id: UUID) -> Any:
    query = select(Connection).where(Connection.tenant_id == council_id(), Connection.id == connection_id)
    return db.session().execute(query.with_for_update()).scalar_one_or_none()


def _marks(one: Connection) -> Marks:
    return Marks(one.account_id, one.surname_mark, one.first_mark, one.born_mark)


def _change(connection_id: UUID, **values: Any) -> None:
    changed = update(Connection).where(Connection.tenant_id == council_id(), Connection.id == connection_id)
    db.session().execute(changed.values(values).execution_options(synchronize_session=False))


def _show(marks: Marks) -> None:
    """Put the family's reports back into the person's sight, but for those that another connection hides."""
    others = select(Connection).where(
        Connection.tenant_id == council_id(), Connection.account_id == marks.account_id, Connection.ended_at.is_(None)
    )
    hidden = {report for one in db.session().execute(others).scalars() for report in touched(_marks(one))}
    found = sorted(set(touched(marks)) - hidden)
    if not found:
        return
    me = literal(marks.account_id)
    show = (
        update(Referral)
        .where(Referral.tenant_id == council_id(), Referral.id.in_(found), me == func.any(Referral.unseen_by))
        .values(unseen_by=func.array_remove(Referral.unseen_by, me), version=Referral.version + 1)
    )
    db.session().execute(show.execution_options(synchronize_session=False))
