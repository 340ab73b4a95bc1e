"""What the holding area may be filtered by, in one statement: its agencies, its people and its newest form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, literal, null, select, union_all

from portal.auth.models import Account, Agency, AgencyApproval, Membership
from portal.auth.policy import Permission
from portal.auth.queries.staff import working_here
from portal.auth.reach import within_reach
from portal.forms.queries import Published, version
from portal.forms.queries.versions import newest_id
from portal.kernel import db, scope
from portal.kernel.language import Text
from portal.kernel.scope import Actor


@dataclass(frozen=True)
class Choices:
    """The agencies that the council takes reports from, in the order of their keys; the people who work with them, by
    name; and the form that says what the categories are called (None before the first is published)."""

    agencies: tuple[tuple[UUID, Text], ...]
    people: tuple[tuple[UUID, str], ...]
    form: Published | None


def choices(actor: Actor) -> Choices:
    """What there is to choose from."""
    rows = db.session().execute(_query(actor, scope.council_id())).all()
    newest = next((row.id for row in rows if row.kind == "form"), None)
    return Choices(
        agencies=tuple((row.id, row.name) for row in rows if row.kind == "agency"),
        people=tuple((row.id, row.name) for row in rows if row.kind == "person"),
        form=version(newest) if newest else None,
    )


@lru_cache(maxsize=128)
def _query(actor: Actor, council_id: UUID) -> Select[Any]:
    del council_id  # part of the key: what is asked below names the council in scope
    agencies = (
        select(literal("agency").label("kind"), Agency.id, Agency.name, Agency.key.label("key"))
        .join(AgencyApproval, AgencyApproval.agency_id == Agency.id)
        .where(within_reach(actor, Permission.LOOK, owner=None, agency=Agency.id))
    )
    people = (
        select(literal("person"), Membership.account_id, func.to_jsonb(Account.name), Account.name)
        .join(Account, Account.id == Membership.account_id)
        .where(working_here(Permission.SCREEN))
    )
    form = select(literal("form"), newest_id("concern").scalar_subquery(), null(), literal(""))
    found = union_all(agencies, people, form).subquery()
    return select(found).order_by(found.c.key)
