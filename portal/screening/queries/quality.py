"""How complete and how fitting an agency's reports were, month by month, for its own lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, func, select

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.policy import Permission, Reach, reach
from portal.forms.families import CONCERN
from portal.kernel import clock, db, scope
from portal.kernel.errors import NotFound
from portal.kernel.scope import Actor
from portal.referrals.models import Referral
from portal.referrals.queries.reaching import reachable
from portal.referrals.queries.record import CAME_AT

MONTHS = 12


@dataclass(frozen=True)
class Month:
    """The reports of concern that reached the council in a month and are decided: how many were complete (decided
    without a question), how many fitting (not returned), and how many both."""

    first: date
    decided: int
    complete: int
    fitting: int
    both: int

    @property
    def rate(self) -> int | None:
        """Both, of a hundred; None where nothing is decided."""
        return round(100 * self.both / self.decided) if self.decided else None


def quality(actor: Actor) -> tuple[Month, ...]:
    """The last twelve months, oldest first, also those without a report. Raises NotFound for anybody but a lead."""
    council = scope.current().council
    if council is None or reach(actor, Permission.TRACK) is not Reach.AGENCY:
        raise NotFound("no such page")
    returned = [one.key for one in council.settings.outcomes if one.returns]
    months = _months(clock.today())
    local = func.timezone(clock.LONDON.key, CAME_AT)
    month = func.date_trunc("month", local).label("month")
    was_asked = (
        select(AuditEvent.id)
        .where(
            AuditEvent.tenant_id == Referral.tenant_id,
            AuditEvent.subject_id == Referral.id,
            AuditEvent.event == str(Event.QUESTION_ASKED),
        )
        .exists()
    )
    fitting = Referral.outcome.not_in(returned)
    query = (
        select(
            month,
            func.count(),
            func.count().filter(~was_asked),
            func.count().filter(fitting),
            func.count().filter(and_(~was_asked, fitting)),
        )
        .where(
            reachable(actor, Permission.TRACK),
            Referral.tenant_id == council.id,
            Referral.agency_id == actor.agency_id,
            Referral.state == "decided",
            Referral.form_key == CONCERN,
            local >= months[0],
        )
        .group_by("month")
    )
    found = {row[0].date(): Month(row[0].date(), *row[1:]) for row in db.session().execute(query)}
    return tuple(found.get(first, Month(first, 0, 0, 0, 0)) for first in months)


def _months(today: date) -> Sequence[date]:
    """The first days of the last months, this one included, oldest first."""
    firsts = [today.replace(day=1)]
    while len(firsts) < MONTHS:
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    return firsts[::-1]
