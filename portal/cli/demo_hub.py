"""What happens in the hub of a report in a story of the demonstration, and who takes part there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal.auth.models import Agency, HubMember
from portal.auth.policy import Permission
from portal.cli.demo_papers import papers
from portal.hub import commands
from portal.hub.queries import find_opened, thread
from portal.hub.sides import COUNCIL
from portal.kernel import clock, db
from portal.kernel.scope import Actor, Council
from portal.referrals.queries.corrections import count
from portal.referrals.queries.record import find

STEPS: Final = ("hub_open", "hub_write", "hub_answer", "hub_anew")


def take(actor: Actor, step: Mapping[str, Any], reference: str) -> None:
    """Take one step (STEPS) in the actor's scope: a screener opens it, writes or shares it as it is
    now, a partner reads and answers. Whoever writes may send `files` (demo_papers)."""
    if step["do"] == "hub_answer":
        opened = find_opened(actor, reference)
        commands.note_read(actor, opened)
        side = actor.agency_id or COUNCIL
        commands.mark_read(opened.room, side, [one.id for one in thread(opened.room, side)])
        commands.answer(actor, opened, step["text"], uuid4(), papers(step.get("files", ())))
        return
    found = find(actor, Permission.ASK, reference)
    if step["do"] == "hub_write":
        commands.write(actor, found, step["text"], uuid4(), papers(step.get("files", ())))
        return
    if step["do"] == "hub_anew":
        commands.share_anew(actor, found, count(found))
        return
    agency_id = db.session().execute(select(Agency.id).where(Agency.key == step["agency"])).scalar_one()
    commands.open_to(actor, found, commands.Opening(agency_id, step["what"], step["text"], uuid4()))


def make_partner(council: Council, account_id: UUID, agency_id: UUID | None) -> bool:
    """Somebody of that agency takes part in the council's hub, now if they did not before; False without an agency."""
    if agency_id is None:
        return False
    db.session().execute(
        insert(HubMember)
        .values(
            tenant_id=council.id, id=uuid4(), account_id=account_id, agency_id=agency_id, granted_by=account_id,
            granted_at=clock.now(),
        )
        .on_conflict_do_nothing()
    )  # fmt: skip
    return True
