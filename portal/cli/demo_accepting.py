"""A report of a story that one council offered is accepted by another, once every council's stories are told."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from portal.cli.demo_keys import key_of
from portal.cli.demo_steps import take
from portal.cli.demo_stories import APART, Cast, Story, at, moment_of, post
from portal.kernel import clock, db, scope
from portal.kernel.scope import Scope
from portal.referrals.models import Referral
from portal.transfers.commands import answering
from portal.transfers.models import Transfer
from portal.transfers.queries.transfers import one
from portal.transfers.states import OFFERED, OUT


def accept(casts: Mapping[str, Cast], cast: Cast, story: Story) -> bool:
    """Accept what the story `story["story"]` of the council `story["from"]` offered, and take the steps that follow on
    the report that it became; False when that happened before. `casts` are all councils' by slug.

    Raises LookupError when the story offered nothing to this council.
    """
    sender = casts[story["from"]]
    offer = _offer(sender, cast, story["story"])
    if offer.state != OFFERED:
        return False
    person = cast.people[story["by"]]
    # The two councils may not work on the same days: an answer never comes before its offer, nor a step before that.
    now = max(moment_of(cast.council, story), (offer.confirmed_at or clock.now()) + APART)
    with at(now), db.unit_of_work(Scope(cast.council, person)):
        answering.accept(person, offer.id)
        reference = one(person, offer.id).reference
    post(sender, now)
    post(cast, now)
    for step in story.get("steps", ()):
        now = max(moment_of(cast.council, step), now + APART)
        actor = cast.people[step["by"]]
        with at(now), db.unit_of_work(Scope(cast.council, actor)):
            take(actor, step, reference)
        post(cast, now)
    return True


def _offer(sender: Cast, cast: Cast, key: str) -> Transfer:
    told: UUID = key_of(sender.council.slug, key)
    with db.unit_of_work(Scope(sender.council, scope.SYSTEM)) as session:
        query = (
            select(Transfer)
            .join(Referral, Referral.id == Transfer.referral_id)
            .where(Referral.submit_key == told, Transfer.side == OUT, Transfer.other_id == cast.council.id)
        )
        found = session.execute(query).scalar_one_or_none()
        if found is None:
            raise LookupError(f"the story {key} offers nothing to {cast.council.slug}")
        session.expunge(found)
        return found
