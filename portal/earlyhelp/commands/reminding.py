"""What time does to an offer that waits for its answer: its date moves with the calendar, and its team is reminded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission
from portal.earlyhelp.commands.offering import teams, tell_team
from portal.earlyhelp.models import EarlyHelpOffer
from portal.earlyhelp.states import OFFERED
from portal.kernel import clock, db, scope
from portal.kernel.scope import Council
from portal.referrals.models import Referral
from portal.referrals.queries.record import find
from portal.tenants.early_help_settings import USUAL_WORKING_DAYS, Team
from portal.tenants.opening import hours_of

AT_ONCE: Final = 100


def recount(council: Council) -> None:
    """Count anew when the answers that wait are due: hours, closures or a team's working days changed."""
    days = {team.key: team.working_days for team in council.settings.early_help}
    for row in _waiting(council):
        given = days.get(row.team, USUAL_WORKING_DAYS)
        due = clock.due_after_working_days(row.offered_at, given, council.nation, hours_of(council))
        if due == row.due_at:
            continue
        # A team that was reminded of an earlier date is reminded of the later one.
        _change(council, row, due_at=due, reminded_at=row.reminded_at if due <= row.due_at else None)
        events.record(Event.EARLY_HELP_DUE_MOVED, row.referral_id, was=row.due_at.isoformat(), due=due.isoformat())


def remind() -> int:
    """Have the teams told that have not answered in time, once for each offer; how many offers that was."""
    council, now = scope.council(), clock.now()
    rows = _waiting(council, EarlyHelpOffer.reminded_at.is_(None), EarlyHelpOffer.due_at < now, limit=AT_ONCE)
    for row in rows:
        _change(council, row, reminded_at=now)
        found = find(scope.SYSTEM, Permission.LOOK, row.reference)
        # What was offered to a team that the council has no more waits for somebody all the same.
        team = next((one for one in teams() if one.key == row.team), Team(row.team, {}))
        tell_team(scope.SYSTEM, found, team, "help_due")
        events.record(Event.EARLY_HELP_REMINDED, row.referral_id)
    return len(rows)


def _waiting(council: Council, *which: Any, limit: int | None = None) -> Sequence[Any]:
    """The offers that wait, the first due first; nobody else changes them meanwhile."""
    query = (
        select(
            EarlyHelpOffer.id, EarlyHelpOffer.referral_id, EarlyHelpOffer.team, EarlyHelpOffer.offered_at,
            EarlyHelpOffer.due_at, EarlyHelpOffer.reminded_at, Referral.reference,
        )
        .join(Referral, (Referral.tenant_id == EarlyHelpOffer.tenant_id) & (Referral.id == EarlyHelpOffer.referral_id))
        .where(EarlyHelpOffer.tenant_id == council.id, EarlyHelpOffer.state == OFFERED, *which)
        .order_by(EarlyHelpOffer.due_at, EarlyHelpOffer.id)
        .limit(limit)
        # Whoever reminds comes again; what is not counted anew now would stay as it is.
        .with_for_update(of=EarlyHelpOffer, skip_locked=limit is not None)
    )  # fmt: skip
    return db.session().execute(query).all()


def _change(council: Council, row: Any, **values: Any) -> None:
    changed = update(EarlyHelpOffer).where(EarlyHelpOffer.tenant_id == council.id, EarlyHelpOffer.id == row.id)
    db.session().execute(changed.values(**values).execution_options(synchronize_session=False))
