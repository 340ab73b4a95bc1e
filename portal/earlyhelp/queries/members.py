"""Who of early help is of one team only, and so sees no other team's reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true

from portal.auth.policy import Permission
from portal.auth.queries.staff import who_may
from portal.earlyhelp.models import EarlyHelpMember, EarlyHelpOffer
from portal.kernel import db
from portal.kernel.scope import Actor, council_id

WORKER: Final = "early_help_worker"


def of_team(actor: Actor) -> ColumnElement[bool]:
    """Offers to the team that this worker is of; to every team for whoever is bound to none, and for managers."""
    if actor.system or actor.role != WORKER:
        return true()
    mine = select(EarlyHelpMember.team).where(
        EarlyHelpMember.tenant_id == EarlyHelpOffer.tenant_id, EarlyHelpMember.account_id == actor.account_id
    )
    bound = mine.correlate(EarlyHelpOffer).scalar_subquery()
    return EarlyHelpOffer.team == func.coalesce(bound, EarlyHelpOffer.team)


def bound(accounts: Iterable[UUID]) -> Mapping[UUID, str]:
    """The team of each of these people who is of one only."""
    query = select(EarlyHelpMember.account_id, EarlyHelpMember.team).where(
        EarlyHelpMember.tenant_id == council_id(), EarlyHelpMember.account_id.in_(list(accounts))
    )
    return {row.account_id: row.team for row in db.session().execute(query)}


def team_of(account_id: UUID) -> str:
    """The team that somebody is of, "" for whoever is of every team."""
    return bound([account_id]).get(account_id, "")


def number_of(team: str) -> int:
    """How many people of early help are of that team only."""
    workers = [one.account_id for one in who_may(Permission.EARLY_HELP) if one.role == WORKER]
    return list(bound(workers).values()).count(team)
