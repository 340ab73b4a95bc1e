"""Challenges under an id that a test knows."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID, uuid4

from portal.auth.policy import Permission
from portal.kernel import clock, db
from portal.onward.models import Challenge
from portal.referrals.queries.record import find, record_of
from portal.screening.queries.decision import decision
from tests.factories.people import Person


def add_challenge(author: Person, reference: str, challenge_id: UUID, words: str) -> None:
    """The first level of a challenge of the decision that counts, waiting for the council."""
    with db.unit_of_work(author.scope) as session:
        found = find(author.actor, Permission.TRACK, reference)
        now = decision(author.actor, Permission.TRACK, found)
        assert now is not None
        said = json.dumps({"why": words, "wanted": words})
        session.add(
            Challenge(
                tenant_id=author.council.id, id=challenge_id, referral_id=found.id, agency_id=found.agency_id,
                decision_id=now.id, level=1, raised_by=author.account_id, due_at=clock.now() + timedelta(days=1),
                said=record_of(found).seal(said, "challenge", challenge_id, "said"), once=uuid4(),
            )
        )  # fmt: skip
