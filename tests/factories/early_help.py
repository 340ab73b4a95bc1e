"""Reports that an early-help team has."""

from __future__ import annotations

from uuid import UUID, uuid4

from portal.auth.policy import Permission
from portal.earlyhelp.commands import offering
from portal.earlyhelp.queries.offers import offers
from portal.kernel import db
from portal.referrals.queries.record import find
from tests.factories.people import Person


def offer_on(screener: Person, reference: str, words: str = "") -> UUID:
    """The open offer of that decided report: the one that the decision made by itself, or one to the first team."""
    with db.unit_of_work(screener.scope):
        found = find(screener.actor, Permission.DECIDE, reference)
        made = offers(screener.actor, Permission.DECIDE, found)
        if not any(one.open for one in made):
            team = offering.teams()[0].key
            offering.offer(screener.actor, found, offering.Handing(team, uuid4(), words))
            made = offers(screener.actor, Permission.DECIDE, found)
    return next(one.id for one in made if one.open)
