"""A report of a story is offered to the other council of the demonstration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from portal.kernel.scope import Actor
from portal.referrals.queries.record import Found
from portal.screening.grounds import Grounds
from portal.transfers.commands import offering
from portal.transfers.queries.transfers import of_report

Step = Mapping[str, Any]


def propose(actor: Actor, step: Step, found: Found) -> None:
    """Propose to send it to the council that the step names."""
    grounds = Grounds(
        consent=step.get("consent", "given"), consent_reason=step.get("because", ""),
        consent_words=step.get("consent_words", ""),
    )  # fmt: skip
    given = offering.Wanted(step["to"], files=True, messages=True, why=step["text"], grounds=grounds, once=uuid4())
    offering.propose(actor, found, given)


def send(actor: Actor, _step: Step, found: Found) -> None:
    """Send what waits."""
    offering.confirm(actor, found, of_report(actor, found.id)[0].id)
