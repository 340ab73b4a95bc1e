"""Somebody of early help is of one team only, or of every team: the council's administrators say so."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from portal.audit import events
from portal.audit.events import Event
from portal.auth.queries import colleagues
from portal.auth.queries.colleagues import Colleague
from portal.earlyhelp.commands.offering import teams
from portal.earlyhelp.models import EarlyHelpMember
from portal.earlyhelp.queries.members import WORKER, team_of
from portal.kernel import clock, db, jobs, scope
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import Actor


def worker(actor: Actor, membership_id: UUID) -> Colleague:
    """Somebody of early help whom the actor looks after; raises NotFound for anybody else."""
    found = colleagues.find(actor, membership_id)
    if found is None or found.role != WORKER:
        raise NotFound("nobody of early help")
    return found


def bind(actor: Actor, membership_id: UUID, *, team: str, seen: str) -> None:
    """Let them see that team's reports only from their next page on, or every team's ("" for `team`); they are told by
    email. `seen` is what the page showed; the same twice is once.

    Raises NotFound for whom the actor does not look after or who is no early-help worker, Invalid (team: unknown), and
    Conflict when somebody else has changed it meanwhile.
    """
    found, here = worker(actor, membership_id), scope.council()
    if team and team not in {one.key for one in teams()}:
        raise Invalid({"team": "unknown"})
    # Two administrators at once: the second reads what the first has done.
    db.session().execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"early help {found.account_id}", 0))))
    was = team_of(found.account_id)
    if was == team:
        return
    if was != seen:
        raise Conflict("changed meanwhile")
    if team:
        values: dict[str, Any] = {"team": team, "bound_by": actor.account_id, "bound_at": clock.now()}
        statement = insert(EarlyHelpMember).values(tenant_id=here.id, id=uuid4(), account_id=found.account_id, **values)
        one = ["tenant_id", "account_id"]
        db.session().execute(statement.on_conflict_do_update(index_elements=one, set_=values))
    else:
        mine = (EarlyHelpMember.tenant_id == here.id, EarlyHelpMember.account_id == found.account_id)
        db.session().execute(delete(EarlyHelpMember).where(*mine).execution_options(synchronize_session=False))
    events.record(Event.EARLY_HELP_BOUND, membership_id, was=was, now=team)
    if found.state == "active":
        jobs.enqueue("auth.send_changed", membership_id=membership_id)
